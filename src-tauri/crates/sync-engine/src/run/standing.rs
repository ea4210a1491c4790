//! How a run stands: which side answers, and what a person should know.

use std::sync::atomic::Ordering;

use bson::{Document, doc};
use futures_util::TryStreamExt;
use sync_core::inbox::SeenPosition;
use sync_core::place::Side;

use super::{Run, index};
use crate::error::{EngineError, answered};
use crate::names::{CONFLICTS, METADATA, is_engine_owned};
use crate::queue;
use crate::status::{Notice, SideStatus};

impl Run {
    /// The listener of `side` works.
    pub(crate) fn connected(&self, side: Side) {
        let mut links = self.links.lock().expect("no holder panics");
        let link = &mut links[index(side)];
        if !link.connected {
            *link = SideStatus {
                connected: true,
                ..SideStatus::default()
            };
            drop(links);
            tracing::info!(%side, "connected");
            if self.opened[index(side)].swap(true, Ordering::Relaxed) {
                self.monitor.reconnected(side);
            }
            for kind in ["reconnect-failing", "unauthorized", "standalone", "too-old"] {
                self.forget(kind, side.name());
            }
            self.try_later(true);
            self.wake();
            self.comparisons.wake();
        }
    }

    /// The listener of `side` failed; returns how often in a row.
    pub(crate) fn disconnected(&self, side: Side, error: &EngineError) -> u32 {
        let mut links = self.links.lock().expect("no holder panics");
        let link = &mut links[index(side)];
        link.connected = false;
        self.set_caught_up(side, false);
        link.attempts += 1;
        link.last_error = Some(error.to_string());
        link.trouble = Some(error.trouble());
        link.attempts
    }

    pub(crate) fn is_connected(&self, side: Side) -> bool {
        self.links.lock().expect("no holder panics")[index(side)].connected
    }

    pub(crate) fn link(&self, side: Side) -> SideStatus {
        self.links.lock().expect("no holder panics")[index(side)].clone()
    }

    /// What a queue told last, up to this page, was taken in just now; from here on a stream tells.
    pub(crate) fn leave_queue(&self, page: i64) {
        let seen = self.inbox().seen(Side::Local);
        *self.queue_left.lock().expect("no holder panics") = Some((seen, page));
    }

    /// Everything before this place in the stream of `side` is settled: so may be what a queue told before.
    pub(crate) async fn left_queue(
        &self,
        side: Side,
        safe: SeenPosition,
    ) -> Result<(), EngineError> {
        let left = *self.queue_left.lock().expect("no holder panics");
        if let Some((seen, page)) = left.filter(|(seen, _)| side == Side::Local && safe >= *seen) {
            queue::take_away(self.replica(side), page).await?;
            let mut left = self.queue_left.lock().expect("no holder panics");
            left.take_if(|left| *left == (seen, page));
        }
        Ok(())
    }

    /// Something a person should know; the same kind about the same thing is told once.
    pub(crate) fn notice(&self, kind: &'static str, about: &str, text: String) {
        let notice = Notice {
            kind,
            text,
            about: Some(about.to_owned()).filter(|about| !about.is_empty()),
            count: None,
        };
        let mut notices = self.notices.lock().expect("no holder panics");
        let before = notices.insert((kind, about.to_owned()), notice.clone());
        if before.as_ref() != Some(&notice) {
            tracing::warn!(kind, about, "{}", notice.text);
        }
    }

    /// It no longer holds.
    pub(crate) fn forget(&self, kind: &'static str, about: &str) {
        self.notices
            .lock()
            .expect("no holder panics")
            .remove(&(kind, about.to_owned()));
    }

    /// It no longer holds, whatever it was about.
    pub(crate) fn forget_kind(&self, kind: &str) {
        let mut notices = self.notices.lock().expect("no holder panics");
        notices.retain(|(known, _), _| *known != kind);
    }

    /// What was dropped is being compared, or all of it is.
    pub(crate) async fn forget_dropped(&self, collection: Option<&str>) -> Result<(), EngineError> {
        let rows = match collection {
            Some(collection) => {
                let ids = Side::BOTH.map(|side| dropped_row(side, collection));
                doc! { "_id": { "$in": ids.to_vec() } }
            }
            None => doc! { "_id": { "$regex": "^dropped:" } },
        };
        let metadata = self.replica(Side::Local).own(METADATA);
        answered(Side::Local, metadata.delete_many(rows).into_future()).await?;
        let mut notices = self.notices.lock().expect("no holder panics");
        notices.retain(|(kind, about), _| {
            *kind != "dropped" || collection.is_some_and(|collection| collection != about)
        });
        Ok(())
    }

    /// Says again what earlier runs were told of.
    pub(crate) async fn load_dropped(&self) -> Result<(), EngineError> {
        let metadata = self.replica(Side::Local).own(METADATA);
        let rows = metadata.find(doc! { "_id": { "$regex": "^dropped:" } });
        let rows = answered(Side::Local, rows.into_future()).await?;
        let rows: Vec<Document> = answered(Side::Local, rows.try_collect()).await?;
        for row in rows {
            if let (Ok(collection), Ok(text)) = (row.get_str("collection"), row.get_str("text")) {
                self.notice("dropped", collection, text.to_owned());
            }
        }
        Ok(())
    }

    pub(crate) fn notices(&self) -> Vec<Notice> {
        self.notices
            .lock()
            .expect("no holder panics")
            .values()
            .cloned()
            .collect()
    }

    /// Collections, or the whole database, are gone on one side. The other side's documents stay.
    pub(crate) async fn report_dropped(
        &self,
        side: Side,
        dropped: Vec<Option<String>>,
    ) -> Result<(), EngineError> {
        for collection in dropped {
            let unwatched = |name: &String| {
                is_engine_owned(name) || name == CONFLICTS || !self.takes_part(side, name)
            };
            if !collection.as_ref().is_some_and(unwatched) {
                self.report_one_dropped(side, collection.as_deref()).await?;
            }
        }
        Ok(())
    }

    async fn report_one_dropped(
        &self,
        side: Side,
        collection: Option<&str>,
    ) -> Result<(), EngineError> {
        let what = collection.map_or_else(
            || "the whole database".to_owned(),
            |name| format!("collection {name}"),
        );
        let text = format!(
            "{what} was dropped or renamed on {side}; the other side keeps its documents. \
             Run `resync` to copy them back, or drop it on the other side as well."
        );
        let about = collection.unwrap_or_default();
        let metadata = self.replica(Side::Local).own(METADATA);
        let row = doc! { "_id": dropped_row(side, about) };
        let told = doc! { "$set": { "collection": about, "text": &text } };
        let tell = metadata.update_one(row, told).upsert(true);
        answered(Side::Local, tell.into_future()).await?;
        self.notice("dropped", about, text);
        Ok(())
    }
}

fn dropped_row(side: Side, collection: &str) -> String {
    format!("dropped:{side}:{collection}")
}
