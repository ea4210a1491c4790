//! Carrying out deletions: a copy is removed with its tombstone, or a tombstone is raised where no copy is left.

use std::sync::Arc;
use std::time::Instant;

use sync_core::inbox::Task;
use sync_core::place::{Direction, Side};
use sync_core::sighting::Tombstone;

use super::{Ended, Outcome, document};
use crate::error::EngineError;
use crate::look::Look;
use crate::monitor::Finished;
use crate::quarantine::Refused;
use crate::replica::{Deletion, Raise, Refusal, Written};
use crate::run::{PASSES_WITHIN, Run};

/// A deletion that was decided.
#[derive(Debug)]
pub(super) struct Removal {
    pub(super) look: Look,
    pub(super) tombstone: Tombstone,
    pub(super) conflict: bool,
}

pub(super) async fn delete(
    run: &Run,
    collection: &Arc<str>,
    target: Side,
    removals: Vec<Removal>,
    started: Instant,
) -> Result<Ended, EngineError> {
    let mut deletions = Vec::with_capacity(removals.len());
    let mut tasks = Vec::with_capacity(removals.len());
    for removal in removals {
        if let Some(seen) = document(&removal.look, target).cloned() {
            run.origins.forget(target, &removal.look.task.key);
            let tombstone = removal.tombstone;
            deletions.push(Deletion { seen, tombstone });
            tasks.push((removal.look.task, removal.conflict));
        }
    }
    let outcomes = run.replica(target).delete(collection, &deletions).await?;
    let direction = Direction::into(target);
    let ended = tasks
        .into_iter()
        .zip(outcomes)
        .map(|((task, conflict), written)| {
            if written == Written::Done {
                let finished = Finished {
                    bytes: 0,
                    took: started.elapsed(),
                    conflict,
                };
                run.monitor.applied(direction, finished);
            }
            // A dead copy that was finished off on Atlas may still live here: the delete's own event brings that in.
            ending(run, task, written, direction)
        });
    Ok(ended.collect())
}

pub(super) async fn raise(
    run: &Run,
    collection: &Arc<str>,
    removals: Vec<Removal>,
) -> Result<Ended, EngineError> {
    let mut ended = Ended::new();
    for Removal {
        look, tombstone, ..
    } in removals
    {
        let raise = Raise {
            key: look.task.key.document.clone(),
            seen: look.sighting.atlas_tombstone,
            tombstone,
        };
        let written = run.replica(Side::Atlas).raise(collection, &raise).await?;
        ended.push(ending(run, look.task, written, Direction::UPLOAD));
    }
    Ok(ended)
}

/// The event of a deletion that is set aside is kept with it: see `quarantine`.
fn ending(run: &Run, task: Task, written: Written, direction: Direction) -> (Task, Outcome) {
    let outcome = match written {
        Written::Done => {
            run.works(direction.target(), &task.key.collection);
            Outcome::Settled
        }
        Written::Stale => Outcome::Again,
        Written::Busy => Outcome::Later(PASSES_WITHIN),
        Written::Refused(Refusal { code, reason }) => {
            run.monitor.failed(direction);
            Outcome::SetAside(Refused::new(direction, code, reason))
        }
    };
    (task, outcome)
}
