//! Has Bomba's rules look at what is about to be written to Local, and writes what they make of it.

use std::sync::Arc;

use sync_core::decide::Decision;
use sync_core::digest::Digest;
use sync_core::document::content_of;
use sync_core::inbox::Task;
use sync_core::place::{Direction, Side};
use sync_core::stamp::Stamp;

use super::{Ended, Outcome, Plan, document};
use crate::look::Look;
use crate::quarantine::Refused;
use crate::rules::{Incoming, Ruling};
use crate::run::Run;

/// What is left to be done; what the rules refuse, or cannot be asked about now, is among those that ended.
pub(super) async fn ruled(
    run: &Run,
    collection: &Arc<str>,
    plans: Vec<Plan>,
    ended: &mut Ended,
) -> Vec<Plan> {
    if !run.rules.may_concern(collection) {
        return plans;
    }
    let is_download = |plan: &Plan| matches!(plan.decision, Decision::Download { .. });
    let (downloads, mut left): (Vec<Plan>, Vec<Plan>) = plans.into_iter().partition(is_download);
    let mut incoming = Vec::with_capacity(downloads.len());
    let mut shown = Vec::with_capacity(downloads.len());
    for plan in downloads {
        match shown_to_rules(&plan.look) {
            Some(seen) => {
                incoming.push(seen);
                shown.push(plan);
            }
            None => ended.push((plan.look.task, Outcome::Again)),
        }
    }
    if shown.is_empty() {
        return left;
    }
    let rulings = match run.rules.judge(run, collection, &incoming).await {
        Ok(rulings) => rulings,
        Err(unready) => {
            tracing::debug!(%unready, "documents wait for Bomba's rules");
            let later = |plan: Plan| (plan.look.task, Outcome::Later(unready.wait));
            ended.extend(shown.into_iter().map(later));
            return left;
        }
    };
    for (plan, ruling) in shown.into_iter().zip(rulings) {
        match under(plan, ruling) {
            Ok(plan) => left.push(plan),
            Err(refused) => {
                let (task, refused) = *refused;
                run.monitor.failed(refused.direction);
                ended.push((task, Outcome::SetAside(refused)));
            }
        }
    }
    left
}

/// The plan as the rules want it, or its task and why they do not.
fn under(mut plan: Plan, ruling: Ruling) -> Result<Plan, Box<(Task, Refused)>> {
    let computed = match ruling {
        Ruling::AsItIs => return Ok(plan),
        Ruling::Computed(computed) => computed,
        Ruling::Refused(objection) => {
            return Err(Box::new((plan.look.task, Refused::by_rules(objection))));
        }
    };
    let digest = match Digest::of_content(&computed) {
        Ok(digest) => digest,
        Err(malformed) => {
            let refused = Refused::new(Direction::DOWNLOAD, 0, malformed.to_string());
            return Err(Box::new((plan.look.task, refused)));
        }
    };
    // Nothing but downloads is shown to the rules.
    if let Decision::Download { stamp, .. } = &mut plan.decision {
        *stamp = computed_stamp(stamp, digest);
        plan.computed = Some(computed);
    }
    Ok(plan)
}

/// `None`: what was seen is no document any more.
fn shown_to_rules(look: &Look) -> Option<Incoming> {
    let existing = match document(look, Side::Local) {
        Some(existing) => Some(content_of(existing).ok()?),
        None => None,
    };
    Some(Incoming {
        document: content_of(document(look, Side::Atlas)?).ok()?,
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
