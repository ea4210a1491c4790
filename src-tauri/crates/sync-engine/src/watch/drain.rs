//! The listener of a standalone Local: reads its queue instead of a stream, and turns rows into the same hints.

mod rows;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::RawDocument;
use sync_core::place::Side;

use super::event::Salvage;
use super::{Listener, Stopped};
use crate::error::EngineError;
use crate::queue::row::salvage;
use crate::queue::{self, Page};
use crate::run::{Reading, Run};
use rows::Taken;

const SIDE: Side = Side::Local;

/// How often the queue is looked at: nothing tells when a row comes.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// How often rows are looked at that were put by: deletions that a program announced and may never make.
const UNPARK: Duration = Duration::from_secs(30);

impl Listener {
    /// Reads the queue until that fails or the engine stops.
    pub(super) async fn listen_to_queue(&mut self, run: &Arc<Run>) -> Result<Stopped, EngineError> {
        self.prepare_queue(run).await?;
        // Where it begins is stored before anything that it tells of is worked on.
        run.inbox().checkpoint(SIDE, queue::position(self.page));
        loop {
            let mark = run.fence(SIDE).latest();
            let is_awaited = run.fence(SIDE).is_awaited(mark);
            let is_due = |at: Instant| is_awaited || at.elapsed() >= UNPARK;
            if self.parked.is_some_and(is_due) {
                queue::unpark(run.replica(SIDE)).await?;
                self.parked = None;
            }
            if let Some(stopped) = self.drain(run, is_awaited).await? {
                return Ok(stopped);
            }
            run.fence(SIDE).delivered(mark);
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = run.fence(SIDE).asked() => {}
                () = run.stopping() => return Ok(Stopped::Ending),
            }
        }
    }

    /// What was noted while this server stood alone and is not settled yet: no stream tells of it any more.
    pub(super) async fn take_left_in_queue(&mut self, run: &Arc<Run>) -> Result<(), EngineError> {
        self.prepare_queue(run).await?;
        let mut after = None;
        loop {
            let Page {
                rows, bad, next, ..
            } = queue::read(run.replica(SIDE), after.as_ref()).await?;
            let mut taken = self.take_rows(run, rows, true).await?;
            take_bad(run, bad, &mut taken);
            // Nobody will confirm what is under way: the stream tells what became of it.
            taken.give_up_all();
            self.mark(run, taken).await?;
            if next.is_none() {
                break;
            }
            after = next;
        }
        run.leave_queue(self.page);
        Ok(())
    }

    async fn prepare_queue(&mut self, run: &Run) -> Result<(), EngineError> {
        let local = run.replica(SIDE);
        if self.page == 0 {
            // Before any page of this run is counted as settled.
            queue::give_back(local).await?;
            // What an earlier run asked for last, and comes late, means none of these.
            self.page = run.clock.of(SIDE).0.max(1);
        }
        queue::prepare(local).await
    }

    /// Reads everything there is.
    async fn drain(
        &mut self,
        run: &Arc<Run>,
        for_fence: bool,
    ) -> Result<Option<Stopped>, EngineError> {
        let (mut after, mut under_way) = (None, false);
        loop {
            let page = queue::read(run.replica(SIDE), after.as_ref()).await?;
            if page.has_stream {
                return Ok(Some(Stopped::Invalidated));
            }
            let Page {
                rows, bad, next, ..
            } = page;
            let mut taken = self.take_rows(run, rows, for_fence).await?;
            take_bad(run, bad, &mut taken);
            run.compare_unread().await?;
            run.look_at_discarded(std::mem::take(&mut self.discarded))
                .await?;
            under_way |= taken.under_way;
            self.mark(run, taken).await?;
            run.inbox().checkpoint(SIDE, queue::position(self.page));
            run.set_caught_up(SIDE, next.is_none() && !under_way);
            run.connected(SIDE);
            run.wake();
            tokio::select! {
                reading = run.room(SIDE) => if reading == Reading::Again {
                    return Ok(Some(Stopped::LeftOut));
                },
                () = run.stopping() => return Ok(Some(Stopped::Ending)),
            }
            if next.is_none() {
                return Ok(None);
            }
            after = next;
        }
    }

    /// Notes which rows were taken in. They are taken away once what they told of is settled.
    async fn mark(&mut self, run: &Run, taken: Taken) -> Result<(), EngineError> {
        let (local, page) = (run.replica(SIDE), self.page + 1);
        if !taken.parked.is_empty() {
            // Also where the answer is lost.
            self.parked.get_or_insert_with(Instant::now);
            queue::park(local, &taken.parked).await?;
        }
        if taken.done.is_empty() && taken.given_up.is_empty() {
            return Ok(());
        }
        for row in taken.done.iter().chain(&taken.given_up) {
            self.believed.remove(row);
        }
        self.page = page;
        // Also where nobody is to hear of them, the position moves.
        run.inbox().pass(SIDE);
        queue::take(local, &taken.done, true, page).await?;
        queue::take(local, &taken.given_up, false, page).await
    }
}

/// Has looked at what rows name that cannot be understood.
fn take_bad(run: &Run, bad: Vec<queue::Bad>, taken: &mut Taken) {
    for queue::Bad { id, row, error } in bad {
        let before = run.inbox().left_out_ever(SIDE);
        run.take_bad_event(SIDE, salvaged(&row), &error);
        if run.inbox().left_out_ever(SIDE) == before {
            // Whether it is done is not known either.
            taken.done.push(id.clone());
            taken.given_up.push(id);
        }
    }
}

fn salvaged(row: &RawDocument) -> Salvage {
    let (collection, key) = salvage(row);
    Salvage {
        operation: row.get_str("operation").unwrap_or("?").to_owned(),
        collection,
        key,
        order: None,
    }
}
