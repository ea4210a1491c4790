//! Deciding about a document that lives on both sides.

use super::evidence::Known;
use super::{Case, Decision, LossReason};
use crate::place::Side;
use crate::revision::{EventTime, Revision};
use crate::sighting::{Copy, Happening, History, Sides};
use crate::stamp::Stamp;

impl Case<'_> {
    pub(super) fn both(&self, here: &Copy, there: &Copy) -> Decision {
        if let Some(mine) = here.clean().and_then(|stamp| self.deleted_after(stamp)) {
            return self.deleted_here(there, mine, false);
        }
        let corresponds = here
            .clean()
            .is_some_and(|stamp| stamp.base() == there.content);
        if here.content == there.content || corresponds {
            return self.same_content(here, there);
        }
        let Some(stamp) = here.clean() else {
            return self.dirty_here(here, there);
        };
        if let Some(decision) = self.written_again(here, there, stamp) {
            return decision;
        }
        if !self.policy.downloads {
            return Decision::Settled;
        }
        let revision = match self.revision_on_atlas(there) {
            Known::Yes(revision) => revision,
            Known::AfterFence => {
                return Decision::Fence(Sides {
                    local: false,
                    atlas: true,
                });
            }
            // Its event was handled before, and this is what came of it.
            Known::Never if self.seen.history == History::Complete => return Decision::Settled,
            Known::Never => {
                Revision::on_atlas(stamp.revision.time.next().max(self.just_after(there)))
            }
        };
        if revision >= stamp.revision {
            return Decision::Download {
                stamp: self.stamp_from(there, revision, Some(here), 0),
                keep: None,
            };
        }
        let loss = self.loss(
            Side::Atlas,
            LossReason::RolledBack,
            stamp.revision,
            Some(revision),
        );
        self.upload_again(stamp, Some(loss))
    }

    /// Local holds an older version, stamp and all, though this PC has sent a newer one up: whoever wrote here last wrote
    /// the older content again, before its copy could be stamped.
    fn written_again(&self, here: &Copy, there: &Copy, stamp: &Stamp) -> Option<Decision> {
        let newer = there.clean().map(|theirs| theirs.revision)?;
        let event = self.seen.local_event;
        let put = event.is_none_or(|event| matches!(event.happening, Happening::Put { .. }));
        if !put || !self.wrote(there) || newer <= stamp.revision {
            return None;
        }
        match self.local_time(Some(here)) {
            Known::AfterFence => Some(Decision::Fence(Sides {
                local: true,
                atlas: false,
            })),
            Known::Yes(time) => {
                let after = self.known_before(there);
                let mine = Revision::new(time.after(after), self.seen.me);
                let unsure = time <= newer.time;
                let reason = LossReason::EditedOnBothSides;
                let keep = unsure.then(|| self.loss(Side::Atlas, reason, mine, Some(newer)));
                Some(self.upload(here, time, Some(there), after, keep))
            }
            // No event tells of it: Local itself went back.
            Known::Never => None,
        }
    }

    pub(super) fn same_content(&self, here: &Copy, there: &Copy) -> Decision {
        if let Some(ours) = here.clean()
            && ours.base() == there.content
            && there
                .clean()
                .is_none_or(|theirs| theirs.revision == ours.revision)
        {
            return Decision::Settled;
        }
        let revision = match self.revision_on_atlas(there) {
            Known::Yes(revision) => revision,
            Known::AfterFence | Known::Never => Revision::on_atlas(self.just_after(there)),
        };
        // The copy keeps its content, and stands for what Atlas holds.
        let stamp = Stamp {
            digest: here.content,
            base: (here.content != there.content).then_some(there.content),
            ..self.stamp_from(there, revision, Some(here), 0)
        };
        Decision::Stamp { stamp }
    }

    pub(super) fn dirty_here(&self, here: &Copy, there: &Copy) -> Decision {
        let saw_this = here
            .stamp
            .as_ref()
            .is_some_and(|stamp| stamp.base() == there.content);
        let local = self.local_time(Some(here));
        if saw_this || self.wrote(there) {
            return match local {
                Known::AfterFence => Decision::Fence(Sides {
                    local: true,
                    atlas: false,
                }),
                Known::Yes(time) => {
                    self.upload(here, time, Some(there), self.known_before(there), None)
                }
                Known::Never => self.upload(
                    here,
                    self.seen.now,
                    Some(there),
                    self.known_before(there),
                    None,
                ),
            };
        }
        let unknown = there.clean().is_none() || self.seen.atlas_event.is_none();
        let fences = Sides {
            local: matches!(local, Known::AfterFence),
            atlas: unknown && self.wants_fence(Side::Atlas),
        };
        if fences.any() {
            return Decision::Fence(fences);
        }
        if self.has_handled_atlas() {
            let time = local.unwrap_or(self.seen.now);
            return self.upload(here, time, Some(there), self.known_before(there), None);
        }
        self.conflict(here, there, local)
    }

    pub(super) fn conflict(&self, here: &Copy, there: &Copy, local: Known<EventTime>) -> Decision {
        let (mut ours, mut theirs) = (local.yes(), self.revision_on_atlas(there).yes());
        let caution = ours.is_none() || theirs.is_none();
        if !self.policy.downloads && theirs.is_none() {
            // Atlas' events are not listened to here: the last engine's time is all there is.
            theirs = Some(Revision::on_atlas(self.just_after(there)));
        }
        // One missing time is taken as now; with both missing nothing can be compared. A copy that was never synced
        // shows no edit at all: a PC that joins with old data must not overrule what the others agreed on, nor does
        // what lies on Atlas from before the sync overrule what a user does here while it is compared.
        match (ours, theirs) {
            (None, Some(_)) if here.stamp.is_none() => {}
            (None, Some(_)) => ours = Some(self.seen.now),
            (Some(_), None) if there.stamp.is_none() => {
                theirs = Some(Revision::on_atlas(self.just_after(there)));
            }
            (Some(_), None) => theirs = Some(Revision::on_atlas(self.seen.now)),
            (Some(_), Some(_)) | (None, None) => {}
        }
        let ours = ours.map(|time| Revision::new(time, self.seen.me));
        let winner_side = self.policy.strategy.pick(ours, theirs);
        let now = Revision::on_atlas(self.seen.now);
        let (winner, loser) = match winner_side {
            Side::Local => (ours, theirs),
            Side::Atlas => (theirs, ours),
        };
        let mut loss = self.loss(
            winner_side.other(),
            LossReason::EditedOnBothSides,
            winner.unwrap_or(now),
            loser,
        );
        loss.caution |= caution;
        loss.unresolved = !self.policy.strategy.can_tell(ours, theirs);
        match winner_side {
            Side::Local => {
                let time = ours.map_or(self.seen.now, |revision| revision.time);
                let after = theirs
                    .map(|revision| revision.time)
                    .max(self.known_before(there));
                self.upload(here, time, Some(there), after, Some(loss))
            }
            Side::Atlas if !self.policy.downloads => Decision::Overruled { keep: loss },
            Side::Atlas => {
                let stamp = self.stamp_from(there, theirs.unwrap_or(now), Some(here), 1);
                Decision::Download {
                    stamp,
                    keep: Some(loss),
                }
            }
        }
    }
}
