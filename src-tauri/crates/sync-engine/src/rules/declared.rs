//! Rules that a file declares, for shops without Mongoose models at hand: per collection a `$jsonSchema` to hold to and
//! fields to set by MongoDB's own expressions. MongoDB works them out, over a whole batch in one round trip.

mod file;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sync_core::place::Side;
use tokio::sync::Mutex;

use super::{Incoming, Ruling, Unready};
use crate::error::EngineError;
use crate::portions::Bounds;
use crate::replica::Replica;
use crate::run::Run;
use file::{Rule, read};
use work::work_out;

/// Documents of one batch. Its answer holds every one twice, in one document of at most 16 MiB.
const BATCH_MAX: Bounds = Bounds {
    items: 500,
    bytes: 2 * 1024 * 1024,
};
/// A document above this size cannot be worked out with its answer in one document.
const DOCUMENT_BYTES_MAX: usize = 5 * 1024 * 1024;

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
        let sizes = incoming.iter().map(Incoming::bytes);
        let mut parts = BATCH_MAX.portions(sizes);
        parts.reverse();
        while let Some(part) = parts.pop() {
            let documents = &incoming[part.clone()];
            if let [only] = documents
                && only.bytes() > DOCUMENT_BYTES_MAX
            {
                rulings[part.start] = Ruling::Refused(
                    "it is too large for Bomba's rules to be worked out".to_owned(),
                );
                continue;
            }
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
    fn batches_are_bounded_and_what_is_too_large_stands_alone() {
        let sizes = [1, 1, 1, 6, 1].map(|megabytes| megabytes * 1024 * 1024);
        assert_eq!(BATCH_MAX.portions(sizes), [0..2, 2..3, 3..4, 4..5]);
    }
}
