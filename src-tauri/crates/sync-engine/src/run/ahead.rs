//! How far a listener reads ahead of what is settled: until many keys wait, and on while somebody waits for a fence.
//!
//! On the way to a fence no more than `KEYS_MAX` keys are taken in. What concerns keys in somebody's hands always is;
//! the rest is left out, and read again when the fence is passed. So a fence begins only where nothing is left out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bson::RawDocumentBuf;
use sync_core::place::Side;
use tokio::sync::Notify;

use super::{Run, index};
use crate::error::EngineError;
use crate::watch::KEYS_WAITING_MAX;

/// Keys a side may ever have waiting: bounds memory at about 20 MB a side.
pub(super) const KEYS_MAX: usize = 2 * KEYS_WAITING_MAX;

/// How long a listener may take to come by without reading anything; longer means its connection is dead, and the
/// keys are looked at again.
const READING_WAIT_MAX: Duration = Duration::from_secs(60);

/// Fences of one side.
#[derive(Debug, Default)]
pub(super) struct Fences {
    /// Those that somebody waits for.
    asked: AtomicUsize,
    /// Those of them that the listener reads on for.
    begun: AtomicUsize,
}

/// How a listener goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// With what comes next.
    On,
    /// With what was left out.
    Again,
}

impl Run {
    /// Waits until every event that `side` holds by now has been taken in.
    ///
    /// # Errors
    /// The side does not answer, or holds more events than there is room for.
    pub(crate) async fn pass_fence(&self, side: Side) -> Result<(), EngineError> {
        if self.pass(side).await? {
            Ok(())
        } else {
            Err(EngineError::Crowded { side })
        }
    }

    /// Waits until every event that `side` holds by now of the keys in the caller's hands has been taken in.
    ///
    /// # Errors
    /// The side does not answer.
    pub(crate) async fn pass_fence_for_taken(&self, side: Side) -> Result<(), EngineError> {
        self.pass(side).await?;
        Ok(())
    }

    /// Returns whether nothing was left out on the way.
    async fn pass(&self, side: Side) -> Result<bool, EngineError> {
        let _asked = Counted::one(&self.ahead[index(side)].asked, &self.room);
        let (_begun, before) = self.while_reading(side, self.begin(side)).await?;
        let fence = self.fence(side);
        let mark = fence.raise(self.replica(side)).await?;
        self.while_reading(side, fence.passed(mark)).await??;
        self.monitor.fenced(side);
        Ok(self.inbox().left_out_ever(side) == before)
    }

    /// Waits until nothing is left out. Returns how much ever was.
    async fn begin(&self, side: Side) -> (Counted<'_>, u64) {
        loop {
            let changed = self.room.notified();
            {
                let inbox = self.inbox();
                if !inbox.has_left_out(side) {
                    let begun = Counted::one(&self.ahead[index(side)].begun, &self.room);
                    return (begun, inbox.left_out_ever(side));
                }
            }
            changed.await;
        }
    }

    /// Waits for something that the listener of `side` brings, as long as it has more to read and reads.
    async fn while_reading<T>(
        &self,
        side: Side,
        wait: impl Future<Output = T>,
    ) -> Result<T, EngineError> {
        let mut wait = std::pin::pin!(wait);
        loop {
            let before = self.inbox().seen(side);
            let waited = tokio::select! {
                waited = tokio::time::timeout(READING_WAIT_MAX, &mut wait) => waited,
                // The listeners end at once, and bring nothing any more.
                () = self.stopping() => return Err(EngineError::Stopping),
            };
            match waited {
                Ok(done) => return Ok(done),
                Err(_elapsed) if !self.has_read_all(side) && self.inbox().seen(side) > before => {}
                Err(_elapsed) => return Err(EngineError::Silent { side }),
            }
        }
    }

    /// Whether more keys wait on `side` than its listener may read ahead.
    pub(crate) fn is_backlogged(&self, side: Side) -> bool {
        self.inbox().waiting(side) >= KEYS_WAITING_MAX
    }

    /// Waits until the listener of `side` may read on: there is room, or somebody waits for a fence.
    pub(crate) async fn room(&self, side: Side) -> Reading {
        let fences = &self.ahead[index(side)];
        loop {
            let changed = self.room.notified();
            let left_out = self.inbox().has_left_out(side);
            let begun = fences.begun.load(Ordering::Relaxed) > 0;
            let asked = fences.asked.load(Ordering::Relaxed) > 0;
            match (left_out, begun, asked || !self.is_backlogged(side)) {
                (_, true, _) | (false, false, true) => return Reading::On,
                (true, false, true) => return Reading::Again,
                (_, false, false) => {}
            }
            changed.await;
        }
    }

    /// If events of `side` were left out: where to read it again from.
    pub(crate) fn read_again(&self, side: Side) -> Option<RawDocumentBuf> {
        let token = self.inbox().read_again(side)?;
        self.set_caught_up(side, false);
        self.room.notify_waiters();
        Some(token)
    }

    /// Keys were settled: listeners that waited for room may go on.
    pub(crate) fn made_room(&self) {
        self.room.notify_waiters();
    }
}

/// One more of something, for as long as it lives.
#[derive(Debug)]
struct Counted<'a> {
    count: &'a AtomicUsize,
    room: &'a Notify,
}

impl<'a> Counted<'a> {
    fn one(count: &'a AtomicUsize, room: &'a Notify) -> Counted<'a> {
        count.fetch_add(1, Ordering::Relaxed);
        room.notify_waiters();
        Counted { count, room }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
        self.room.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::run::tests::{idle_run, key};

    #[tokio::test]
    async fn a_fence_that_nobody_waits_for_any_more_keeps_no_listener_reading() {
        let run = idle_run().await;
        let counts = |run: &Run| {
            let fences = &run.ahead[index(Side::Local)];
            [&fences.asked, &fences.begun].map(|count| count.load(Ordering::Relaxed))
        };
        {
            let mut passing = std::pin::pin!(run.pass_fence(Side::Local));
            assert!(passing.as_mut().now_or_never().is_none());
            assert_eq!(counts(&run), [1, 1]);
        }
        assert_eq!(counts(&run), [0, 0]);
    }

    fn fill(run: &Run) {
        run.inbox()
            .checkpoint(Side::Local, bson::rawdoc! { "_data": "82" });
        for id in 0..=u32::try_from(KEYS_MAX).unwrap() {
            run.inbox().offer(Side::Local, key(id), put(), 0);
        }
    }

    fn put() -> sync_core::sighting::Event {
        sync_core::sighting::Event {
            happening: sync_core::sighting::Happening::Put { content: None },
            time: sync_core::revision::EventTime(0),
            order: None,
            assumed: false,
        }
    }

    #[tokio::test]
    async fn a_full_inbox_grows_for_no_fence_and_reads_again_for_the_next_one() {
        let run = idle_run().await;
        let reading = |run: &Run| run.room(Side::Local).now_or_never();
        let fences = &run.ahead[index(Side::Local)];
        let (asked, begun) = (
            || Counted::one(&fences.asked, &run.room),
            || Counted::one(&fences.begun, &run.room),
        );
        let first = (asked(), begun());
        fill(&run);
        assert_eq!(run.inbox().len(), KEYS_MAX);
        assert_eq!(reading(&run), Some(Reading::On), "for the first fence");
        let second = asked();
        assert_eq!(reading(&run), Some(Reading::On), "the second waits");
        drop(first);
        assert_eq!(reading(&run), Some(Reading::Again), "for the second");
        drop(second);
        assert_eq!(reading(&run), None, "for nobody");
        assert!(run.read_again(Side::Local).is_some());
        let _third = asked();
        assert_eq!(reading(&run), Some(Reading::On));
    }
}
