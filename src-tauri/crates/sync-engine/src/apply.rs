//! Doing what was decided: the vault first, then the writes, each only if nothing moved since the look.

use std::sync::Arc;
use std::time::Instant;

use bson::RawDocumentBuf;
use sync_core::decide::{Decision, Loss};
use sync_core::document::{DOCUMENT_BYTES_MAX, with_stamp};
use sync_core::inbox::Task;
use sync_core::place::{Direction, Side};
use sync_core::sighting::Tombstone;
use sync_core::stamp::Stamp;

use crate::error::EngineError;
use crate::look::Look;
use crate::monitor::Finished;
use crate::quarantine::Refused;
use crate::replica::{Deletion, Raise, Refusal, Rewrite, Written};
use crate::run::Run;

/// A key and what was decided about it.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) look: Look,
    pub(crate) decision: Decision,
}

/// What became of a key.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Nothing is left to do.
    Settled,
    /// Something moved: look again.
    Again,
    /// Its direction is paused.
    Hold,
    /// Something that will pass stands in its way: look again, but not at once.
    Later,
    /// It cannot be applied.
    SetAside(Refused),
}

/// Why a document is set aside, in words for a person.
type Reason = String;

/// Outcomes so far, each with its task.
type Ended = Vec<(Task, Outcome)>;

/// Plans of one collection, sorted by the kind of write they need.
#[derive(Debug, Default)]
struct Writes {
    put: [Vec<Put>; 2],
    stamp: Vec<(Look, Stamp)>,
    delete: [Vec<(Look, Tombstone, bool)>; 2],
    raise: Vec<(Look, Tombstone)>,
}

#[derive(Debug)]
struct Put {
    look: Look,
    stamp: Stamp,
    conflict: bool,
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
    for Plan { look, decision } in plans {
        if direction(&decision).is_some_and(|direction| run.is_paused(direction)) {
            ended.push((look.task, Outcome::Hold));
            continue;
        }
        if let Some(loss) = loss(&decision)
            && !run.keep(&look, loss).await?
        {
            ended.push((look.task, Outcome::Later));
            continue;
        }
        sort(look, decision, &mut writes, &mut ended);
    }
    let [put_local, put_atlas] = writes.put;
    let [delete_local, delete_atlas] = writes.delete;
    let done = tokio::try_join!(
        put(run, collection, Side::Local, put_local, started),
        put(run, collection, Side::Atlas, put_atlas, started),
        stamp(run, collection, writes.stamp),
        delete(run, collection, Side::Local, delete_local, started),
        delete(run, collection, Side::Atlas, delete_atlas, started),
        raise(run, collection, writes.raise),
    )?;
    for part in [done.0, done.1, done.2, done.3, done.4, done.5] {
        ended.extend(part);
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

fn loss(decision: &Decision) -> Option<&Loss> {
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

fn sort(look: Look, decision: Decision, writes: &mut Writes, ended: &mut Ended) {
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
        }),
        Decision::Download { stamp, keep } => put_local.push(Put {
            look,
            stamp,
            conflict: keep.is_some(),
        }),
        Decision::DeleteLocal { tombstone, keep } => {
            delete_local.push((look, tombstone, keep.is_some()))
        }
        Decision::DeleteAtlas { tombstone, keep } => {
            delete_atlas.push((look, tombstone, keep.is_some()))
        }
        Decision::RaiseTombstone { tombstone } => writes.raise.push((look, tombstone)),
    }
}

fn document(look: &Look, side: Side) -> Option<&RawDocumentBuf> {
    match side {
        Side::Local => look.local.as_ref(),
        Side::Atlas => look.atlas.as_ref(),
    }
}

/// Puts to one side, split by whether a copy is there already.
#[derive(Debug, Default)]
struct Prepared {
    inserts: Vec<Put>,
    inserted: Vec<RawDocumentBuf>,
    replaces: Vec<Put>,
    rewrites: Vec<Rewrite>,
}

/// Writes the other side's content to `target`, with its stamp; after an upload Local takes the same stamp.
async fn put(
    run: &Run,
    collection: &Arc<str>,
    target: Side,
    puts: Vec<Put>,
    started: Instant,
) -> Result<Ended, EngineError> {
    let mut ended = Ended::new();
    let Prepared {
        inserts,
        inserted,
        replaces,
        rewrites,
    } = prepare(run, target, puts, &mut ended);
    let replica = run.replica(target);
    let (insert_outcomes, rewrite_outcomes) = tokio::try_join!(
        replica.insert(collection, &inserted),
        replica.rewrite(collection, &rewrites)
    )?;
    let sizes = inserted
        .iter()
        .chain(rewrites.iter().map(|rewrite| &rewrite.seen));
    let sizes: Vec<usize> = sizes.map(|document| document.as_bytes().len()).collect();
    let outcomes = insert_outcomes.into_iter().chain(rewrite_outcomes);
    let direction = Direction::into(target);
    let mut written = Vec::new();
    for ((put, outcome), bytes) in inserts.into_iter().chain(replaces).zip(outcomes).zip(sizes) {
        match outcome {
            Written::Done => {
                run.monitor.applied(
                    direction,
                    Finished {
                        bytes,
                        took: started.elapsed(),
                        conflict: put.conflict,
                    },
                );
                written.push(put);
            }
            Written::Stale => {
                run.origins.forget(target, &put.look.task.key);
                ended.push((put.look.task, Outcome::Again));
            }
            Written::Busy => ended.push((put.look.task, Outcome::Later)),
            Written::Refused(Refusal { code, reason }) => {
                run.origins.forget(target, &put.look.task.key);
                run.monitor.failed(direction);
                ended.push((
                    put.look.task,
                    Outcome::SetAside(Refused {
                        direction,
                        code,
                        reason,
                    }),
                ));
            }
        }
    }
    match target {
        Side::Local => ended.extend(
            written
                .into_iter()
                .map(|put| (put.look.task, Outcome::Settled)),
        ),
        Side::Atlas => {
            let stamps = written
                .into_iter()
                .map(|put| (put.look, put.stamp))
                .collect();
            ended.extend(stamp(run, collection, stamps).await?);
        }
    }
    Ok(ended)
}

fn prepare(run: &Run, target: Side, puts: Vec<Put>, ended: &mut Ended) -> Prepared {
    let mut prepared = Prepared::default();
    for put in puts {
        let Some(source) = document(&put.look, target.other()) else {
            ended.push((put.look.task, Outcome::Again));
            continue;
        };
        let new = match stamped(source, &put.stamp) {
            Ok(new) => new,
            Err(reason) => {
                let direction = Direction::into(target);
                run.monitor.failed(direction);
                ended.push((
                    put.look.task,
                    Outcome::SetAside(Refused {
                        direction,
                        code: 0,
                        reason,
                    }),
                ));
                continue;
            }
        };
        run.origins
            .brings(target, &put.look.task.key, put.stamp.digest);
        match document(&put.look, target) {
            None => {
                prepared.inserted.push(new);
                prepared.inserts.push(put);
            }
            Some(seen) => {
                prepared.rewrites.push(Rewrite::replace(seen.clone(), new));
                prepared.replaces.push(put);
            }
        }
    }
    prepared
}

/// The document to write, or why there can be none.
fn stamped(source: &RawDocumentBuf, stamp: &Stamp) -> Result<RawDocumentBuf, Reason> {
    let new = with_stamp(source, &stamp.to_bson()).map_err(|error| error.to_string())?;
    if new.as_bytes().len() > DOCUMENT_BYTES_MAX {
        return Err(
            "the document is too large: with the sync's stamp it would exceed 16 MiB".to_owned(),
        );
    }
    Ok(new)
}

/// Notes in Local's copies that they agree with Atlas.
async fn stamp(
    run: &Run,
    collection: &Arc<str>,
    stamps: Vec<(Look, Stamp)>,
) -> Result<Ended, EngineError> {
    let mut rewrites = Vec::with_capacity(stamps.len());
    let mut tasks = Vec::with_capacity(stamps.len());
    for (look, stamp) in stamps {
        if let Some(seen) = look.local {
            run.origins
                .brings(Side::Local, &look.task.key, stamp.digest);
            rewrites.push(Rewrite::stamp(seen, stamp.to_bson()));
            tasks.push(look.task);
        }
    }
    let outcomes = run
        .replica(Side::Local)
        .rewrite(collection, &rewrites)
        .await?;
    let outcome = |written| match written {
        Written::Done => Outcome::Settled,
        Written::Stale => Outcome::Again,
        Written::Busy => Outcome::Later,
        Written::Refused(refusal) => Outcome::SetAside(Refused {
            direction: Direction::UPLOAD,
            code: refusal.code,
            reason: refusal.reason,
        }),
    };
    let ended = tasks.into_iter().zip(outcomes.into_iter().map(outcome));
    Ok(ended
        .inspect(|(task, outcome)| {
            if matches!(outcome, Outcome::Again) {
                run.origins.forget(Side::Local, &task.key);
            }
        })
        .collect())
}

async fn delete(
    run: &Run,
    collection: &Arc<str>,
    target: Side,
    deletes: Vec<(Look, Tombstone, bool)>,
    started: Instant,
) -> Result<Ended, EngineError> {
    let mut deletions = Vec::with_capacity(deletes.len());
    let mut tasks = Vec::with_capacity(deletes.len());
    for (look, tombstone, conflict) in deletes {
        if let Some(seen) = document(&look, target).cloned() {
            run.origins.forget(target, &look.task.key);
            deletions.push(Deletion { seen, tombstone });
            tasks.push((look.task, conflict));
        }
    }
    let outcomes = run.replica(target).delete(collection, &deletions).await?;
    let ended = tasks
        .into_iter()
        .zip(outcomes)
        .map(|((task, conflict), written)| match written {
            Written::Done => {
                let finished = Finished {
                    bytes: 0,
                    took: started.elapsed(),
                    conflict,
                };
                run.monitor.applied(Direction::into(target), finished);
                // A dead copy that was finished off on Atlas may still live here: the delete's own event brings that in.
                (task, Outcome::Settled)
            }
            Written::Stale | Written::Refused(_) => (task, Outcome::Again),
            Written::Busy => (task, Outcome::Later),
        });
    Ok(ended.collect())
}

async fn raise(
    run: &Run,
    collection: &Arc<str>,
    raises: Vec<(Look, Tombstone)>,
) -> Result<Ended, EngineError> {
    let mut ended = Ended::new();
    for (look, tombstone) in raises {
        let raise = Raise {
            key: look.task.key.document.clone(),
            tombstone,
        };
        let outcome = match run.replica(Side::Atlas).raise(collection, &raise).await? {
            Written::Done => Outcome::Settled,
            Written::Stale | Written::Refused(_) => Outcome::Again,
            Written::Busy => Outcome::Later,
        };
        ended.push((look.task, outcome));
    }
    Ok(ended)
}
