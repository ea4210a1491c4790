//! Rules that a file declares, for shops without Mongoose models at hand: per collection a `$jsonSchema` to hold to and
//! fields to set by MongoDB's own expressions. MongoDB works them out, over a whole batch in one round trip.

mod file;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use sync_core::place::Side;
use tokio::sync::Mutex;

use super::{Incoming, Ruling, Unready};
use crate::error::EngineError;
use crate::replica::Replica;
use crate::run::Run;
use file::{Rule, read};
use work::work_out;

/// Bytes of one batch. Its answer holds every document twice, in one document of at most 16 MiB.
const BATCH_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A document above this size cannot be worked out with its answer in one document.
const DOCUMENT_BYTES_MAX: usize = 5 * 1024 * 1024;
const BATCH_DOCUMENTS_MAX: usize = 500;

/// "Unrecognized pipeline stage name": a server that does not know `$documents`.
const UNKNOWN_STAGE: i32 = 40324;

#[derive(Debug)]
pub(super) struct Declared {
    file: PathBuf,
    rules: Mutex<Option<BTreeMap<String, Rule>>>,
}

impl Declared {
    pub(super) fn new(file: PathBuf) -> Declared {
        Declared {
            file,
            rules: Mutex::default(),
        }
    }

    /// The file has changed: it is read when it is needed next.
    pub(super) async fn reload(&self) {
        *self.rules.lock().await = None;
    }

    async fn rule(&self, collection: &str) -> Result<Option<Rule>, Unready> {
        let mut rules = self.rules.lock().await;
        let rules = match &mut *rules {
            Some(rules) => rules,
            unread => unread.insert(read(&self.file)?),
        };
        Ok(rules.get(collection).cloned())
    }

    pub(super) async fn judge(
        &self,
        run: &Run,
        collection: &str,
        incoming: &[Incoming],
    ) -> Result<Vec<Ruling>, Unready> {
        let mut rulings = vec![Ruling::AsItIs; incoming.len()];
        let Some(rule) = self.rule(collection).await? else {
            return Ok(rulings);
        };
        let local = run.replica(Side::Local);
        let mut parts = Vec::new();
        for (at, document) in incoming.iter().enumerate() {
            let bytes = document.document.as_bytes().len();
            if bytes > DOCUMENT_BYTES_MAX {
                rulings[at] = Ruling::Refused(
                    "it is too large for Bomba's rules to be worked out".to_owned(),
                );
            } else {
                add(&mut parts, at, bytes);
            }
        }
        let mut parts: Vec<Range<usize>> = parts.into_iter().map(|(part, _)| part).rev().collect();
        while let Some(part) = parts.pop() {
            let documents = &incoming[part.clone()];
            match work_out(local, &rule, documents).await {
                Ok(worked_out) => rulings.splice(part, worked_out).for_each(drop),
                Err(error) if is_about_a_document(local, &rule, &error).await => match part.len() {
                    1 => rulings[part.start] = failed(&error),
                    length => {
                        let middle = part.start + length / 2;
                        parts.extend([middle..part.end, part.start..middle]);
                    }
                },
                Err(error) => return Err(unready(collection, &error)),
            }
        }
        Ok(rulings)
    }
}

/// Reads a rules file and works each rule out on no document. Gives the collections that have one.
pub(super) async fn tried(file: &Path, local: &Replica) -> Result<BTreeSet<String>, Unready> {
    let rules = read(file)?;
    for (collection, rule) in &rules {
        let tried = work_out(local, rule, &[]).await;
        tried.map_err(|error| unready(collection, &error))?;
    }
    Ok(rules.into_keys().collect())
}

/// Puts a document into the last batch, or into a new one where there is a gap or no room.
fn add(parts: &mut Vec<(Range<usize>, usize)>, at: usize, bytes: usize) {
    match parts.last_mut() {
        Some((part, size))
            if part.end == at
                && part.len() < BATCH_DOCUMENTS_MAX
                && *size + bytes <= BATCH_BYTES_MAX =>
        {
            part.end += 1;
            *size += bytes;
        }
        _ => parts.push((at..at + 1, bytes)),
    }
}

/// An expression that fails on a value says nothing of the other documents. One that is wrong fails on none at all.
async fn is_about_a_document(local: &Replica, rule: &Rule, error: &EngineError) -> bool {
    error.is_final() && work_out(local, rule, &[]).await.is_ok()
}

fn failed(error: &EngineError) -> Ruling {
    Ruling::Refused(format!("Bomba's rules failed on it: {error}"))
}

fn unready(collection: &str, error: &EngineError) -> Unready {
    if error.code() == Some(UNKNOWN_STAGE) {
        return Unready::because(
            "rules from a file need MongoDB 6.0 or newer on this PC; update it, or name the folder of Bomba's models",
        );
    }
    Unready::because(format!(
        "the rules of {collection:?} cannot be worked out: {error}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_bounded_and_leave_gaps_out() {
        let mut parts = Vec::new();
        for (at, megabytes) in [(0, 1), (1, 1), (2, 1), (4, 1)] {
            add(&mut parts, at, megabytes * 1024 * 1024);
        }
        let parts: Vec<Range<usize>> = parts.into_iter().map(|(part, _)| part).collect();
        assert_eq!(parts, [0..2, 2..3, 4..5]);
    }
}
