//! A fence: proof that a side's listener has seen everything that was written there before.
//!
//! A counter is written and the stream is read until the counter comes by. One fence serves a whole batch of keys.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bson::{Bson, doc};
use mongodb::options::{UpdateOptions, WriteConcern};
use sync_core::place::Side;
use tokio::sync::watch;

use crate::clock::wall_ms;
use crate::error::{EngineError, answered};
use crate::names::{DEVICES, METADATA};
use crate::replica::Replica;

/// The `_id` of Local's fence.
pub(crate) const LOCAL_FENCE: &str = "fence";

/// How long a listener may take to come by; longer means its connection is dead, and the keys are looked at again.
const PASSING_WAIT_MAX: Duration = Duration::from_secs(60);

/// The fence of one side.
#[derive(Debug)]
pub(crate) struct Fence {
    side: Side,
    row: Bson,
    last: AtomicI64,
    seen: watch::Sender<i64>,
}

impl Fence {
    /// `row` is the `_id` of the document that holds the counter.
    pub(crate) fn new(side: Side, row: impl Into<Bson>) -> Fence {
        // Counters of earlier runs, read again after a restart, are all smaller.
        let start = wall_ms().saturating_mul(1000);
        Fence {
            side,
            row: row.into(),
            last: AtomicI64::new(start),
            seen: watch::Sender::new(0),
        }
    }

    /// The stream delivered this counter.
    pub(crate) fn delivered(&self, counter: i64) {
        self.seen.send_if_modified(|seen| {
            let newer = counter > *seen;
            *seen = (*seen).max(counter);
            newer
        });
    }

    /// Returns once the listener has seen everything written before the call.
    ///
    /// # Errors
    /// The write failed, or the stream did not deliver it in time.
    pub(crate) async fn pass(&self, replica: &Replica) -> Result<(), EngineError> {
        let counter = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let mut seen = self.seen.subscribe();
        let collection = replica.own(match self.side {
            Side::Local => METADATA,
            Side::Atlas => DEVICES,
        });
        let options = UpdateOptions::builder()
            .upsert(true)
            .write_concern(WriteConcern::majority())
            .build();
        let write = collection
            .update_one(
                doc! { "_id": self.row.clone() },
                doc! { "$max": { "fence": counter } },
            )
            .with_options(options);
        answered(self.side, write.into_future()).await?;
        let arrival = seen.wait_for(|seen| *seen >= counter);
        match tokio::time::timeout(PASSING_WAIT_MAX, arrival).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_closed)) => Err(EngineError::Stopping),
            Err(_elapsed) => Err(EngineError::Silent { side: self.side }),
        }
    }
}
