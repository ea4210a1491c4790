//! Rules that a file declares, for shops without Mongoose models at hand: per collection a `$jsonSchema` to hold to and
//! fields to set by MongoDB's own expressions. MongoDB works them out, over a whole batch in one round trip.

mod file;
mod work;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tokio::sync::Mutex;

use super::objection::Objection;
use super::{Incoming, Ruling, Unready};
use crate::error::EngineError;
use crate::portions::Bounds;
use crate::replica::Replica;
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
        local: &Replica,
        collection: &str,
        incoming: &[Incoming],
    ) -> Result<Vec<Ruling>, Unready> {
        let mut rulings = vec![Ruling::AsItIs; incoming.len()];
        let Some(rule) = self.rule(collection).await? else {
            return Ok(rulings);
        };
        let sizes = incoming.iter().map(Incoming::bytes);
        let mut parts = BATCH_MAX.portions(sizes);
        parts.reverse();
        while let Some(part) = parts.pop() {
            let documents = &incoming[part.clone()];
            if let [only] = documents
                && only.bytes() > DOCUMENT_BYTES_MAX
            {
                rulings[part.start] = Ruling::Refused(Objection::too_large());
                continue;
            }
            match work_out(local, &rule, documents).await {
                Ok(worked_out) => rulings.splice(part, worked_out).for_each(drop),
                Err(error) if is_about_a_document(local, &rule, &error).await => match part.len() {
                    1 => rulings[part.start] = Ruling::Refused(Objection::failed(&error)),
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

/// Reads a rules file and works each rule out on no document. Gives the collections that have one, each with why its
/// rule cannot be worked out.
///
/// # Errors
/// The file cannot be used, or Local does not answer.
pub(super) async fn tried(
    file: &Path,
    local: &Replica,
) -> Result<BTreeMap<String, Option<Unready>>, Unready> {
    let mut tried = BTreeMap::new();
    for (collection, rule) in read(file)? {
        let wrong = match work_out(local, &rule, &[]).await {
            Ok(_) => None,
            Err(error) if error.is_final() => Some(unready(&collection, &error)),
            Err(error) => return Err(unready(&collection, &error)),
        };
        tried.insert(collection, wrong);
    }
    Ok(tried)
}

/// An expression that fails on a value says nothing of the other documents. One that is wrong fails on none at all.
async fn is_about_a_document(local: &Replica, rule: &Rule, error: &EngineError) -> bool {
    error.is_final() && work_out(local, rule, &[]).await.is_ok()
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
