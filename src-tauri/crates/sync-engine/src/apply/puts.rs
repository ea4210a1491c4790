//! Carrying out uploads and downloads: the other side's content is written with its stamp, and Local notes the agreement.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::RawDocumentBuf;
use sync_core::document::{DOCUMENT_BYTES_MAX, with_stamp};
use sync_core::place::{Direction, Side};
use sync_core::stamp::Stamp;

use super::{Ended, Outcome, document};
use crate::error::EngineError;
use crate::look::Look;
use crate::monitor::Finished;
use crate::quarantine::Refused;
use crate::replica::{Refusal, Rewrite, Written};
use crate::run::{PASSES_WITHIN, Run};

/// Why a document is set aside, in words for a person.
type Reason = String;

/// A copy that is to be written to the other side.
#[derive(Debug)]
pub(super) struct Put {
    pub(super) look: Look,
    pub(super) stamp: Stamp,
    pub(super) conflict: bool,
    /// What Bomba's rules made of it; it is written instead.
    pub(super) computed: Option<RawDocumentBuf>,
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
pub(super) async fn put(
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
    let sizes = inserted.iter().map(|new| new.as_bytes().len());
    let sizes: Vec<usize> = sizes
        .chain(rewrites.iter().map(Rewrite::bytes_written))
        .collect();
    let outcomes = insert_outcomes.into_iter().chain(rewrite_outcomes);
    let mut written = Vec::new();
    for ((put, outcome), bytes) in inserts.into_iter().chain(replaces).zip(outcomes).zip(sizes) {
        let took = started.elapsed();
        match counted(run, target, &put, outcome, (bytes, took)) {
            None => written.push(put),
            Some(other) => ended.push((put.look.task, other)),
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

/// Counts what became of a write. `None`: it was made.
fn counted(
    run: &Run,
    target: Side,
    put: &Put,
    outcome: Written,
    (bytes, took): (usize, Duration),
) -> Option<Outcome> {
    let direction = Direction::into(target);
    let task = &put.look.task;
    Some(match outcome {
        Written::Done => {
            let conflict = put.conflict;
            let finished = Finished {
                bytes,
                took,
                conflict,
            };
            run.monitor.applied(direction, finished);
            run.works(target, &task.key.collection);
            return None;
        }
        Written::Stale => {
            run.origins.forget(target, &task.key);
            Outcome::Again
        }
        Written::Busy => Outcome::Later(PASSES_WITHIN),
        Written::Refused(Refusal { code, reason }) => {
            run.origins.forget(target, &task.key);
            run.monitor.failed(direction);
            Outcome::SetAside(Refused::new(direction, code, reason))
        }
    })
}

fn prepare(run: &Run, target: Side, puts: Vec<Put>, ended: &mut Ended) -> Prepared {
    let mut prepared = Prepared::default();
    for put in puts {
        let source = put.computed.as_ref();
        let Some(source) = source.or(document(&put.look, target.other())) else {
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
                    Outcome::SetAside(Refused::new(direction, 0, reason)),
                ));
                continue;
            }
        };
        run.origins.brings(target, &put.look.task.key, &put.stamp);
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
pub(super) async fn stamp(
    run: &Run,
    collection: &Arc<str>,
    stamps: Vec<(Look, Stamp)>,
) -> Result<Ended, EngineError> {
    let mut rewrites = Vec::with_capacity(stamps.len());
    let mut tasks = Vec::with_capacity(stamps.len());
    for (look, stamp) in stamps {
        if let Some(seen) = look.local {
            run.origins.brings(Side::Local, &look.task.key, &stamp);
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
        Written::Busy => Outcome::Later(PASSES_WITHIN),
        Written::Refused(Refusal { code, reason }) => {
            Outcome::SetAside(Refused::new(Direction::UPLOAD, code, reason))
        }
    };
    let ended = tasks.into_iter().zip(outcomes.into_iter().map(outcome));
    Ok(ended
        .inspect(|(task, outcome)| match outcome {
            Outcome::Settled => run.works(Side::Local, collection),
            Outcome::Again => run.origins.forget(Side::Local, &task.key),
            Outcome::Hold(_) | Outcome::Later(_) | Outcome::SetAside(_) => {}
        })
        .collect())
}
