//! Documents that differ: looked at again until they are the same, have held still for long enough, or never do.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bson::{Bson, RawDocumentBuf};
use sync_core::digest::Digest;
use sync_core::place::{DocumentKey, Side};

use super::{Difference, LISTED_MAX, Report, sight};
use crate::error::EngineError;
use crate::look::for_people;
use crate::replica::{Found, Replica};

/// A difference that held still for so long is one: a write on its way takes a fraction of it.
const STILL_MIN: Duration = Duration::from_secs(4);
/// What differs and has not held still by then is not judged.
const PATIENCE_MAX: Duration = Duration::from_secs(15);
/// Waits between two looks: the first and the longest one.
const WAIT_MIN: Duration = Duration::from_millis(200);
const WAIT_MAX: Duration = Duration::from_millis(1600);

/// Keys looked at together.
const KEYS_MAX: usize = 100;
/// Documents of one look held at a time, in bytes a side; a single batch of the server's may exceed it.
const LOOK_BYTES_MAX: usize = 16 * 1024 * 1024;

/// One side's copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sight {
    #[default]
    Absent,
    Content(Digest),
    /// Its bytes do not add up.
    Unreadable,
}

/// Both copies of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pair {
    local: Sight,
    atlas: Sight,
}

impl Pair {
    pub(super) fn see(&mut self, side: Side, document: Option<&RawDocumentBuf>) {
        match side {
            Side::Local => self.local = sight(side, document),
            Side::Atlas => self.atlas = sight(side, document),
        }
    }

    pub(super) fn is_equal(&self) -> bool {
        self.local == self.atlas && self.local != Sight::Unreadable
    }
}

/// What is known of a document by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Both copies are the same.
    Same,
    /// It has held still and is not.
    Different(&'static str),
    /// Its bytes cannot be compared.
    Unreadable,
    /// Not to be judged yet.
    Moving,
}

/// `still`: for how long both copies have been like this.
fn judge(pair: Pair, still: Duration) -> Verdict {
    if pair.is_equal() {
        return Verdict::Same;
    }
    if still < STILL_MIN {
        return Verdict::Moving;
    }
    match (pair.local, pair.atlas) {
        (Sight::Unreadable, _) | (_, Sight::Unreadable) => Verdict::Unreadable,
        (Sight::Content(_), Sight::Content(_)) => Verdict::Different("the contents differ"),
        (Sight::Content(_), Sight::Absent) => Verdict::Different("only on Local"),
        (Sight::Absent, _) => Verdict::Different("only on Atlas"),
    }
}

/// Looks at the suspects until each is judged or patience ends.
pub(super) async fn look_again(
    local: &Replica,
    atlas: &Replica,
    name: &str,
    suspects: HashMap<DocumentKey, Pair>,
    report: &mut Report,
) -> Result<(), EngineError> {
    let began = Instant::now();
    let mut wait = WAIT_MIN;
    let mut suspects: HashMap<DocumentKey, (Pair, Instant)> = suspects
        .into_iter()
        .map(|(key, pair)| (key, (pair, began)))
        .collect();
    while !suspects.is_empty() && began.elapsed() < PATIENCE_MAX {
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(WAIT_MAX);
        let keys: Vec<DocumentKey> = suspects.keys().cloned().collect();
        for (key, now) in look(local, atlas, name, &keys).await? {
            let Some((before, since)) = suspects.get_mut(&key) else {
                continue;
            };
            if *before != now {
                (*before, *since) = (now, Instant::now());
            }
            match judge(now, since.elapsed()) {
                Verdict::Moving => continue,
                Verdict::Same => {}
                Verdict::Different(why) => note(report, name, &key, why),
                Verdict::Unreadable => report.could_not_tell += 1,
            }
            suspects.remove(&key);
        }
    }
    report.could_not_tell += suspects.len() as u64;
    Ok(())
}

fn note(report: &mut Report, collection: &str, key: &DocumentKey, why: &'static str) {
    report.different += 1;
    if report.differences.len() < LISTED_MAX {
        report.differences.push(Difference {
            collection: collection.to_owned(),
            id: for_people(key).remove("_id").unwrap_or(Bson::Null),
            why,
        });
    }
}

async fn look(
    local: &Replica,
    atlas: &Replica,
    name: &str,
    keys: &[DocumentKey],
) -> Result<Vec<(DocumentKey, Pair)>, EngineError> {
    let mut seen = Vec::with_capacity(keys.len());
    let mut parts: Vec<&[DocumentKey]> = keys.chunks(KEYS_MAX).collect();
    while let Some(keys) = parts.pop() {
        let (here, there) = tokio::try_join!(
            local.find(name, keys, LOOK_BYTES_MAX),
            atlas.find(name, keys, LOOK_BYTES_MAX),
        )?;
        if keys.len() > 1 && !(here.unread.is_empty() && there.unread.is_empty()) {
            // Too much for one look.
            let (one, other) = keys.split_at(keys.len() / 2);
            parts.extend([one, other]);
            continue;
        }
        let pairs = keys
            .iter()
            .map(|key| (key.clone(), pair(&here, &there, key)));
        seen.extend(pairs);
    }
    Ok(seen)
}

fn pair(here: &Found, there: &Found, key: &DocumentKey) -> Pair {
    let mut pair = Pair::default();
    pair.see(Side::Local, here.documents.get(key));
    pair.see(Side::Atlas, there.documents.get(key));
    pair
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_held_still_is_called_different() {
        let pair = |local, atlas| Pair { local, atlas };
        let content = |byte| Sight::Content(Digest([byte; 16]));
        let short = STILL_MIN - Duration::from_millis(1);
        let rows = [
            (pair(content(1), content(1)), Verdict::Same, Verdict::Same),
            (
                pair(Sight::Absent, Sight::Absent),
                Verdict::Same,
                Verdict::Same,
            ),
            (
                pair(content(1), content(2)),
                Verdict::Moving,
                Verdict::Different("the contents differ"),
            ),
            (
                pair(content(1), Sight::Absent),
                Verdict::Moving,
                Verdict::Different("only on Local"),
            ),
            (
                pair(Sight::Absent, content(2)),
                Verdict::Moving,
                Verdict::Different("only on Atlas"),
            ),
            (
                pair(Sight::Unreadable, Sight::Unreadable),
                Verdict::Moving,
                Verdict::Unreadable,
            ),
        ];
        for (pair, early, late) in rows {
            assert_eq!(judge(pair, short), early, "{pair:?}");
            assert_eq!(judge(pair, STILL_MIN), late, "{pair:?}");
        }
    }
}
