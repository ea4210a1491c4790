//! A fence: proof that a side's listener has seen everything that was written there before.
//!
//! A mark is written and the stream is read until the mark comes by. Where there is a queue instead of a stream, it is
//! read to its end. One fence serves a whole batch of keys.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use bson::{Bson, doc};
use mongodb::options::{UpdateOptions, WriteConcern};
use sync_core::place::Side;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::error::{EngineError, answered};
use crate::names::{DEVICES, METADATA};
use crate::replica::Replica;

/// The `_id` of Local's fence.
pub(crate) const LOCAL_FENCE: &str = "fence";

/// What is written. It names the run, so that nothing an earlier run or a twin left there, and no clock, can stand in
/// its way or be taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    run: Uuid,
    number: u64,
}

impl Mark {
    /// Reads a mark as it stands in an event.
    pub(crate) fn parse(text: &str) -> Option<Mark> {
        let (run, number) = text.split_once('/')?;
        Some(Mark {
            run: Uuid::try_parse(run).ok()?,
            number: number.parse().ok()?,
        })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.run, self.number)
    }
}

/// The fence of one side.
#[derive(Debug)]
pub(crate) struct Fence {
    side: Side,
    row: Bson,
    run: Uuid,
    last: AtomicU64,
    seen: watch::Sender<u64>,
    asked: Notify,
}

impl Fence {
    /// `row` is the `_id` of the document that holds the mark.
    pub(crate) fn new(side: Side, row: impl Into<Bson>) -> Fence {
        Fence {
            side,
            row: row.into(),
            run: Uuid::new_v4(),
            last: AtomicU64::new(0),
            seen: watch::Sender::new(0),
            asked: Notify::new(),
        }
    }

    /// This mark was come by.
    pub(crate) fn delivered(&self, mark: Mark) {
        if mark.run != self.run {
            return;
        }
        self.seen.send_if_modified(|seen| {
            let newer = mark.number > *seen;
            *seen = (*seen).max(mark.number);
            newer
        });
    }

    /// Writes a mark behind everything that was written before the call.
    ///
    /// # Errors
    /// The write failed.
    pub(crate) async fn raise(&self, replica: &Replica) -> Result<Mark, EngineError> {
        let mark = Mark {
            run: self.run,
            number: self.last.fetch_add(1, Ordering::Relaxed) + 1,
        };
        if replica.has_queue() {
            self.asked.notify_one();
            return Ok(mark);
        }
        let collection = replica.own(match self.side {
            Side::Local => METADATA,
            Side::Atlas => DEVICES,
        });
        let options = UpdateOptions::builder()
            .upsert(true)
            .write_concern(WriteConcern::majority())
            .build();
        // Whatever stands there, it is another value, so an event will tell of it.
        let write = collection
            .update_one(
                doc! { "_id": self.row.clone() },
                doc! { "$set": { "fence": mark.to_string() } },
            )
            .with_options(options);
        answered(self.side, write.into_future()).await?;
        Ok(mark)
    }

    /// The last mark that was given out. Whoever then reads a queue to its end has come by it.
    pub(crate) fn latest(&self) -> Mark {
        Mark {
            run: self.run,
            number: self.last.load(Ordering::Relaxed),
        }
    }

    /// Whether somebody waits for it.
    pub(crate) fn is_awaited(&self, mark: Mark) -> bool {
        mark.number > *self.seen.borrow()
    }

    /// Ends when a mark of a queue is given out.
    pub(crate) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// Returns once the mark, or a later one, was come by.
    ///
    /// # Errors
    /// It never will.
    pub(crate) async fn passed(&self, mark: Mark) -> Result<(), EngineError> {
        let mut seen = self.seen.subscribe();
        match seen.wait_for(|seen| *seen >= mark.number).await {
            Ok(_seen) => Ok(()),
            Err(_closed) => Err(EngineError::Stopping),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_mark_of_this_run_counts() {
        let fence = Fence::new(Side::Local, LOCAL_FENCE);
        let seen = fence.seen.subscribe();
        let mark = |run, number| Mark { run, number };
        fence.delivered(mark(Uuid::new_v4(), u64::MAX));
        assert_eq!(*seen.borrow(), 0);
        let own = mark(fence.run, 7);
        assert_eq!(Mark::parse(&own.to_string()), Some(own));
        fence.delivered(own);
        fence.delivered(mark(fence.run, 6));
        assert_eq!(*seen.borrow(), 7);
        assert_eq!(Mark::parse("1764547200000000"), None);
    }
}
