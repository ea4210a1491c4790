//! How the changes of a side become known.

use bson::Document;
use sync_core::place::Side;

use super::Replica;
use crate::error::EngineError;

/// Where a side's changes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feed {
    /// A change stream: every write by any program.
    Stream,
    /// `_sync_queue`: a standalone Local, where Bomba's middleware notes what Bomba writes.
    Queue,
}

impl Feed {
    /// Read off a server's `hello`.
    ///
    /// # Errors
    /// It has neither.
    pub(crate) fn of(side: Side, hello: &Document) -> Result<Feed, EngineError> {
        // A standalone calls itself writable primary too.
        if hello.get_str("setName").is_ok() {
            return Ok(Feed::Stream);
        }
        let writes = hello.get_bool("isWritablePrimary").unwrap_or(false);
        // A router, and a member of a set that was never initiated, are no standalone.
        let is_alone = !hello.contains_key("msg") && !hello.contains_key("isreplicaset");
        match side {
            Side::Local if writes && is_alone => Ok(Feed::Queue),
            Side::Local | Side::Atlas => Err(EngineError::Standalone { side }),
        }
    }
}

impl Replica {
    /// Where its changes come from. The server is asked once.
    pub(crate) async fn feed(&self) -> Result<Feed, EngineError> {
        let ask = async || Feed::of(self.side, &self.hello().await?);
        self.feed.get_or_try_init(ask).await.copied()
    }

    /// Whether it is known to be a standalone, which has neither streams nor transactions.
    pub(crate) fn has_queue(&self) -> bool {
        self.feed.get() == Some(&Feed::Queue)
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn only_a_local_that_stands_alone_has_a_queue() {
        let of = |side, hello: Document| Feed::of(side, &hello).ok();
        let alone = doc! { "isWritablePrimary": true };
        assert_eq!(of(Side::Local, alone.clone()), Some(Feed::Queue));
        assert_eq!(of(Side::Atlas, alone), None);
        let member = doc! { "isWritablePrimary": false, "setName": "rs0" };
        assert_eq!(of(Side::Local, member), Some(Feed::Stream));
        let not_initiated = doc! { "isWritablePrimary": false, "isreplicaset": true };
        assert_eq!(of(Side::Local, not_initiated), None);
        let router = doc! { "isWritablePrimary": true, "msg": "isdbgrid" };
        assert_eq!(of(Side::Local, router), None);
    }
}
