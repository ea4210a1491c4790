//! Has Bomba's rules look at what is about to be written to Local, and writes what they make of it.

use std::sync::Arc;

use sync_core::digest::Digest;
use sync_core::document::content_of;
use sync_core::place::{Direction, Side};
use sync_core::stamp::Stamp;

use super::puts::Put;
use super::{Ended, Outcome, document};
use crate::quarantine::Refused;
use crate::rules::{Incoming, Ruling};
use crate::run::{PASSES_WITHIN, Run};

/// What is left to be written; the others are among those that ended.
pub(super) async fn ruled(
    run: &Run,
    collection: &Arc<str>,
    puts: Vec<Put>,
    ended: &mut Ended,
) -> Vec<Put> {
    if puts.is_empty() || !run.rules.are_any() {
        return puts;
    }
    let mut incoming = Vec::with_capacity(puts.len());
    let mut shown = Vec::with_capacity(puts.len());
    for put in puts {
        match shown_to_rules(&put) {
            Some(seen) => {
                incoming.push(seen);
                shown.push(put);
            }
            None => ended.push((put.look.task, Outcome::Again)),
        }
    }
    let rulings = match run.rules.judge(run, collection, &incoming).await {
        Ok(rulings) => rulings,
        Err(unready) => {
            tracing::debug!(%unready, "documents wait for Bomba's rules");
            let later = |put: Put| (put.look.task, Outcome::Later(PASSES_WITHIN));
            ended.extend(shown.into_iter().map(later));
            return Vec::new();
        }
    };
    let mut left = Vec::with_capacity(shown.len());
    for (mut put, ruling) in shown.into_iter().zip(rulings) {
        match ruling {
            Ruling::AsItIs => left.push(put),
            Ruling::Computed(computed) => match Digest::of_content(&computed) {
                Ok(digest) => {
                    put.stamp = computed_stamp(&put.stamp, digest);
                    put.computed = Some(computed);
                    left.push(put);
                }
                Err(error) => {
                    let refused = Refused::malformed(&error);
                    ended.push((put.look.task, Outcome::SetAside(refused)));
                }
            },
            Ruling::Refused(reason) => {
                run.monitor.failed(Direction::DOWNLOAD);
                let refused = Refused {
                    direction: Direction::DOWNLOAD,
                    code: 0,
                    reason,
                };
                ended.push((put.look.task, Outcome::SetAside(refused)));
            }
        }
    }
    left
}

/// `None`: what was seen is no document any more.
fn shown_to_rules(put: &Put) -> Option<Incoming> {
    let existing = match document(&put.look, Side::Local) {
        Some(existing) => Some(content_of(existing).ok()?),
        None => None,
    };
    Some(Incoming {
        document: content_of(document(&put.look, Side::Atlas)?).ok()?,
        existing,
    })
}

/// The stamp of a copy that the rules have changed: it still stands for what Atlas holds.
fn computed_stamp(stamp: &Stamp, digest: Digest) -> Stamp {
    let base = stamp.base();
    Stamp {
        digest,
        base: (base != digest).then_some(base),
        ..stamp.clone()
    }
}

#[cfg(test)]
mod tests {
    use sync_core::revision::{EventTime, Revision};

    use super::*;

    #[test]
    fn a_computed_copy_stands_for_what_atlas_holds() {
        let (atlas, computed) = (Digest::of_bytes(b"atlas"), Digest::of_bytes(b"computed"));
        let stamp = Stamp {
            revision: Revision::on_atlas(EventTime(5)),
            version: 3,
            conflict_count: 0,
            digest: atlas,
            base: None,
        };
        let changed = computed_stamp(&stamp, computed);
        assert_eq!((changed.digest, changed.base), (computed, Some(atlas)));
        assert_eq!(computed_stamp(&stamp, atlas), stamp);
        assert_eq!(computed_stamp(&changed, atlas).base, None, "changed back");
    }
}
