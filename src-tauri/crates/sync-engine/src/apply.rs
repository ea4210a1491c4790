//! Doing what was decided: the vault first, then the writes, each only if nothing moved since the look.

mod puts;
mod removals;
mod ruled;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::RawDocumentBuf;
use sync_core::decide::{Decision, Loss};
use sync_core::inbox::Task;
use sync_core::place::{Direction, Side};
use sync_core::stamp::Stamp;

use crate::error::EngineError;
use crate::look::Look;
use crate::quarantine::Refused;
use crate::run::{PASSES_WITHIN, Run};
use puts::{Put, put, stamp};
use removals::{Removal, delete, raise};
use ruled::ruled;

/// A key and what was decided about it.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) look: Look,
    pub(crate) decision: Decision,
    /// What Bomba's rules made of a document that comes from Atlas; it is written instead.
    pub(crate) computed: Option<RawDocumentBuf>,
}

impl Plan {
    pub(crate) fn new(look: Look, decision: Decision) -> Plan {
        Plan {
            look,
            decision,
            computed: None,
        }
    }
}

/// What became of a key.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Nothing is left to do.
    Settled,
    /// Something moved: look again.
    Again,
    /// This direction is paused.
    Hold(Direction),
    /// Something that will pass stands in its way: look again, but not before so long.
    Later(Duration),
    /// It cannot be applied.
    SetAside(Refused),
}

/// Outcomes so far, each with its task.
type Ended = Vec<(Task, Outcome)>;

/// Plans of one collection, sorted by the kind of write they need.
#[derive(Debug, Default)]
struct Writes {
    put: [Vec<Put>; 2],
    stamp: Vec<(Look, Stamp)>,
    delete: [Vec<Removal>; 2],
    raise: Vec<Removal>,
}

/// Carries out the plans of one collection.
pub(crate) async fn apply(
    run: &Run,
    collection: &Arc<str>,
    plans: Vec<Plan>,
    started: Instant,
) -> Result<Ended, EngineError> {
    let mut ended = Ended::new();
    let mut writes = Writes::default();
    let mut allowed = Vec::with_capacity(plans.len());
    for plan in plans {
        let task = &plan.look.task;
        if run.has_more_to_tell(task) {
            ended.push((plan.look.task, Outcome::Again));
            continue;
        }
        match direction(&plan.decision) {
            Some(direction) if run.is_paused(direction) => {
                ended.push((plan.look.task, Outcome::Hold(direction)));
            }
            Some(_) | None => allowed.push(plan),
        }
    }
    let (allowed, held) = run.brake(collection, allowed).await?;
    let held = held.into_iter();
    ended.extend(held.map(|(plan, refused)| (plan.look.task, Outcome::SetAside(refused))));
    // What the rules refuse overrules nothing.
    for plan in ruled(run, collection, allowed, &mut ended).await {
        if let Some(loss) = loss(&plan.decision)
            && !run.keep(&plan.look, loss).await?
        {
            ended.push((plan.look.task, Outcome::Later(PASSES_WITHIN)));
            continue;
        }
        sort(plan, &mut writes, &mut ended);
    }
    let [put_local, put_atlas] = writes.put;
    let [delete_local, delete_atlas] = writes.delete;
    let of_puts = |puts: &[Put]| tasks(puts.iter().map(|put| &put.look));
    let of_removals = |removals: &[Removal]| tasks(removals.iter().map(|removal| &removal.look));
    let of_stamps = tasks(writes.stamp.iter().map(|(look, _)| look));
    let done = tokio::join!(
        attempt(
            of_puts(&put_local),
            put(run, collection, Side::Local, put_local, started)
        ),
        attempt(
            of_puts(&put_atlas),
            put(run, collection, Side::Atlas, put_atlas, started)
        ),
        attempt(of_stamps, stamp(run, collection, writes.stamp)),
        attempt(
            of_removals(&delete_local),
            delete(run, collection, Side::Local, delete_local, started)
        ),
        attempt(
            of_removals(&delete_atlas),
            delete(run, collection, Side::Atlas, delete_atlas, started)
        ),
        attempt(
            of_removals(&writes.raise),
            raise(run, collection, writes.raise)
        ),
    );
    let done = [done.0, done.1, done.2, done.3, done.4, done.5];
    gather(ended, done, |error| run.failed(collection, error, started))
}

fn tasks<'a>(looks: impl Iterator<Item = &'a Look>) -> Vec<Task> {
    looks.map(|look| look.task.clone()).collect()
}

/// What one kind of write came to, or its tasks and why it failed.
type Attempt = Result<Ended, (Vec<Task>, EngineError)>;

async fn attempt(
    tasks: Vec<Task>,
    writing: impl Future<Output = Result<Ended, EngineError>>,
) -> Attempt {
    writing.await.map_err(|error| (tasks, error))
}

/// A failure of one kind of write says nothing of the others: what these finished is finished.
fn gather(
    mut ended: Ended,
    attempts: [Attempt; 6],
    note: impl Fn(&EngineError) -> Duration,
) -> Result<Ended, EngineError> {
    let mut failed = Vec::new();
    for attempt in attempts {
        match attempt {
            Ok(done) => ended.extend(done),
            Err(failure) => failed.push(failure),
        }
    }
    if ended.is_empty()
        && let Some((_, error)) = failed.pop()
    {
        return Err(error);
    }
    for (tasks, error) in failed {
        let wait = note(&error);
        let later = tasks.into_iter().map(|task| (task, Outcome::Later(wait)));
        ended.extend(later);
    }
    Ok(ended)
}

fn direction(decision: &Decision) -> Option<Direction> {
    match decision {
        Decision::Upload { .. }
        | Decision::DeleteAtlas { .. }
        | Decision::RaiseTombstone { .. } => Some(Direction::UPLOAD),
        Decision::Download { .. } | Decision::DeleteLocal { .. } => Some(Direction::DOWNLOAD),
        Decision::Settled
        | Decision::Fence(_)
        | Decision::Stamp { .. }
        | Decision::Overruled { .. } => None,
    }
}

pub(crate) fn loss(decision: &Decision) -> Option<&Loss> {
    match decision {
        Decision::Upload { keep, .. }
        | Decision::Download { keep, .. }
        | Decision::DeleteLocal { keep, .. }
        | Decision::DeleteAtlas { keep, .. } => keep.as_ref(),
        Decision::Overruled { keep } => Some(keep),
        Decision::Settled
        | Decision::Fence(_)
        | Decision::Stamp { .. }
        | Decision::RaiseTombstone { .. } => None,
    }
}

fn sort(plan: Plan, writes: &mut Writes, ended: &mut Ended) {
    let Plan {
        look,
        decision,
        computed,
    } = plan;
    let [put_local, put_atlas] = &mut writes.put;
    let [delete_local, delete_atlas] = &mut writes.delete;
    match decision {
        Decision::Settled | Decision::Overruled { .. } => ended.push((look.task, Outcome::Settled)),
        Decision::Fence(_) => ended.push((look.task, Outcome::Again)),
        Decision::Stamp { stamp } => writes.stamp.push((look, stamp)),
        Decision::Upload { stamp, keep } => put_atlas.push(Put {
            look,
            stamp,
            conflict: keep.is_some(),
            computed,
        }),
        Decision::Download { stamp, keep } => put_local.push(Put {
            look,
            stamp,
            conflict: keep.is_some(),
            computed,
        }),
        Decision::DeleteLocal { tombstone, keep } => delete_local.push(Removal {
            look,
            tombstone,
            conflict: keep.is_some(),
        }),
        Decision::DeleteAtlas { tombstone, keep } => delete_atlas.push(Removal {
            look,
            tombstone,
            conflict: keep.is_some(),
        }),
        Decision::RaiseTombstone { tombstone } => writes.raise.push(Removal {
            look,
            tombstone,
            conflict: false,
        }),
    }
}

fn document(look: &Look, side: Side) -> Option<&RawDocumentBuf> {
    match side {
        Side::Local => look.local.as_ref(),
        Side::Atlas => look.atlas.as_ref(),
    }
}

#[cfg(test)]
mod tests {
    use sync_core::place::{DocumentKey, Key};

    use super::*;

    fn task(id: u8) -> Task {
        Task {
            key: Key {
                collection: Arc::from("bills"),
                document: DocumentKey::new(0x10, &[id, 0, 0, 0]),
            },
            local: None,
            atlas: None,
            compared: false,
            attempts: 0,
        }
    }

    fn failed(id: u8) -> Attempt {
        let side = Side::Atlas;
        Err((vec![task(id)], EngineError::Silent { side }))
    }

    #[test]
    fn what_one_kind_of_write_finished_stands_though_another_failed() {
        let attempts = [
            Ok(vec![(task(1), Outcome::Settled)]),
            failed(2),
            Ok(Vec::new()),
            Ok(Vec::new()),
            failed(3),
            Ok(Vec::new()),
        ];
        let ended = gather(Vec::new(), attempts, |_| Duration::ZERO).unwrap();
        let ended: Vec<_> = ended
            .iter()
            .map(|(task, outcome)| (task.key.document.value()[0], outcome))
            .collect();
        assert!(
            matches!(
                ended[..],
                [
                    (1, Outcome::Settled),
                    (2, Outcome::Later(_)),
                    (3, Outcome::Later(_))
                ]
            ),
            "{ended:?}"
        );
    }

    #[test]
    fn where_nothing_was_finished_the_failure_is_that_of_the_batch() {
        let nothing = || Ok(Vec::new());
        let attempts = [
            failed(1),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
        ];
        assert!(gather(Vec::new(), attempts, |_| Duration::ZERO).is_err());
    }
}
