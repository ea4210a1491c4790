//! Deciding about a document that is absent on one side or both.

use super::evidence::Known;
use super::{Case, Decision, Loss, LossReason};
use crate::place::Side;
use crate::revision::Revision;
use crate::sighting::{Copy, Event, Happening, History, Sides};
use crate::stamp::Stamp;

impl Case<'_> {
    pub(super) fn dead(&self) -> Option<Decision> {
        let there = self.seen.atlas.as_ref()?;
        let stamp = there.clean()?;
        let buried = self
            .seen
            .atlas_tombstone
            .map(|tombstone| tombstone.revision);
        if let Some(buried) = buried.filter(|buried| *buried >= stamp.revision) {
            let keep = self.loss(Side::Atlas, LossReason::Dead, buried, Some(stamp.revision));
            if let Some(saved) = self.edited_beside(there, buried, keep) {
                return Some(saved);
            }
            return Some(Decision::DeleteAtlas {
                tombstone: self.seen.atlas_tombstone?,
                keep: Some(keep),
            });
        }
        let gone = self.overtaken(there, stamp)?;
        let keep = self.loss(
            Side::Atlas,
            LossReason::DeletedLater,
            gone,
            Some(stamp.revision),
        );
        Some(Decision::DeleteAtlas {
            tombstone: self.tombstone(gone, Some(there)),
            keep: Some(keep),
        })
    }

    /// Atlas' copy is dead, but what a user wrote here lives on in its place. Were the dead copy removed first, the
    /// event that tells the time of that write would be settled with it.
    fn edited_beside(&self, there: &Copy, buried: Revision, dead: Loss) -> Option<Decision> {
        let here = self.seen.local.as_ref()?;
        if here.clean().is_some() {
            return None;
        }
        let time = match self.local_time(Some(here)) {
            Known::Yes(time) => time,
            Known::AfterFence => {
                return Some(Decision::Fence(Sides {
                    local: true,
                    atlas: false,
                }));
            }
            Known::Never if self.seen.history == History::Complete => return None,
            Known::Never => self.seen.now,
        };
        let mine = Revision::new(time, self.seen.me);
        let lives = self.knew_of(buried)
            || self.policy.strategy.pick(Some(mine), Some(buried)) == Side::Local;
        let after = self.known_before(there);
        lives.then(|| self.upload(here, time, Some(there), after, Some(dead)))
    }

    /// Somebody deleted the document on Atlas, and this PC, that had not heard of it yet, put an older version there.
    fn overtaken(&self, there: &Copy, stamp: &Stamp) -> Option<Revision> {
        let Some(Event {
            happening: Happening::Delete,
            time,
            ..
        }) = self.seen.atlas_event
        else {
            return None;
        };
        let gone = Revision::on_atlas(time);
        let changed_here = match (&self.seen.local, self.seen.local_event) {
            (Some(here), _) => here.clean().is_none(),
            (None, Some(event)) => event.happening == Happening::Delete,
            (None, None) => false,
        };
        let stands = gone > stamp.revision
            && self.policy.strategy.pick(Some(stamp.revision), Some(gone)) == Side::Atlas;
        (stands && !changed_here && self.wrote(there)).then_some(gone)
    }

    pub(super) fn gone_on_atlas(&self, here: &Copy) -> Decision {
        let gone = self.gone();
        let Some(stamp) = here.clean() else {
            return self.dirty_and_gone(here, gone);
        };
        if !self.policy.downloads {
            return Decision::Settled;
        }
        match gone.max(self.deleted_after(stamp)) {
            Some(gone) if gone >= stamp.revision => Decision::DeleteLocal {
                tombstone: self.tombstone(gone, Some(here)),
                keep: self.put_back(gone, stamp),
            },
            _ if self.wants_fence(Side::Atlas) => Decision::Fence(Sides {
                local: false,
                atlas: true,
            }),
            _ => self.upload_again(stamp, None),
        }
    }

    /// What an engine once wrote and a user may just have put back, stamp and all, is not removed without a trace.
    fn put_back(&self, gone: Revision, stamp: &Stamp) -> Option<Loss> {
        let written = self
            .seen
            .local_event
            .is_some_and(|event| matches!(event.happening, Happening::Put { .. }));
        written.then(|| {
            self.loss(
                Side::Local,
                LossReason::DeletedLater,
                gone,
                Some(stamp.revision),
            )
        })
    }

    /// A user deleted the document here, and an engine that had not heard of it yet brought an older version back.
    pub(super) fn deleted_after(&self, stamp: &Stamp) -> Option<Revision> {
        let Some(Event {
            happening: Happening::Delete,
            time,
            ..
        }) = self.seen.local_event
        else {
            return None;
        };
        let mine = Revision::new(time, self.seen.me);
        let stands = mine > stamp.revision
            && self.policy.strategy.pick(Some(mine), Some(stamp.revision)) == Side::Local;
        (self.policy.downloads && stands).then_some(mine)
    }

    pub(super) fn dirty_and_gone(&self, here: &Copy, gone: Option<Revision>) -> Decision {
        let local = self.local_time(Some(here));
        let time = match local {
            Known::Yes(time) => Some(time),
            Known::AfterFence => None,
            Known::Never => Some(self.seen.now),
        };
        let mine = time.map(|time| Revision::new(time, self.seen.me));
        let tombstone_decides = self
            .seen
            .atlas_tombstone
            .is_some_and(|tombstone| mine.is_some_and(|mine| tombstone.revision > mine));
        let known = gone.is_some_and(|gone| self.knew_of(gone));
        let decided = tombstone_decides && !known && self.seen.atlas_event.is_some();
        let fences = Sides {
            local: time.is_none(),
            atlas: !decided && !self.is_plain_insert(here) && self.wants_fence(Side::Atlas),
        };
        let (Some(mine), false) = (mine, fences.any()) else {
            return Decision::Fence(fences);
        };
        let Some(gone) = gone else {
            return self.upload(here, mine.time, None, None, None);
        };
        if known || self.has_handled_atlas() {
            return self.upload(here, mine.time, None, Some(gone.time), None);
        }
        // No event of this write waits although all of them come: the deletion was found to be later already.
        let judged = matches!(local, Known::Never) && self.seen.history == History::Complete;
        if !judged && self.policy.strategy.pick(Some(mine), Some(gone)) == Side::Local {
            return self.upload(here, mine.time, None, Some(gone.time), None);
        }
        let mut keep = self.loss(Side::Local, LossReason::DeletedLater, gone, Some(mine));
        keep.caution |= matches!(local, Known::Never);
        if !self.policy.downloads {
            return Decision::Overruled { keep };
        }
        Decision::DeleteLocal {
            tombstone: self.tombstone(gone, Some(here)),
            keep: Some(keep),
        }
    }

    /// A new document, of which Atlas never told anything, goes up without a fence. What could stand there unheard of
    /// is a copy, then the insert fails and is looked at again; a tombstone, which would have been seen; or a user's
    /// delete, whose event still comes and finds the older copy: `overtaken`.
    fn is_plain_insert(&self, here: &Copy) -> bool {
        let written = match self.seen.local_event {
            Some(Event {
                happening: Happening::Put { content },
                ..
            }) => content == Some(here.content),
            Some(_) | None => false,
        };
        let unheard_of = self.seen.atlas_event.is_none()
            && self.seen.atlas_tombstone.is_none()
            && self.seen.local_tombstone.is_none();
        written && here.stamp.is_none() && unheard_of && self.seen.history == History::Complete
    }

    /// The deletion had come to this PC before what lives here was written.
    fn knew_of(&self, gone: Revision) -> bool {
        let done_here = self
            .seen
            .local_tombstone
            .is_some_and(|tombstone| tombstone.revision >= gone);
        gone.author == self.seen.me || done_here
    }

    pub(super) fn absent_here(&self, there: &Copy) -> Decision {
        if let Some(Event {
            happening: Happening::Delete,
            time,
            ..
        }) = self.seen.local_event
        {
            // Without an event nothing happened on Atlas that this PC had not seen when the user deleted.
            let saw = self.wrote(there) || self.has_handled_atlas();
            return self.deleted_here(there, Revision::new(time, self.seen.me), saw);
        }
        if !self.policy.downloads {
            return Decision::Settled;
        }
        let revision = self.revision_on_atlas(there);
        // A deletion that is not known yet would be undone, and a user who puts the very same document back could
        // not be told from this download.
        let fences = Sides {
            local: self.wants_fence(Side::Local),
            atlas: matches!(revision, Known::AfterFence),
        };
        if fences.any() {
            return Decision::Fence(fences);
        }
        let revision = match revision {
            Known::Yes(revision) => revision,
            Known::AfterFence | Known::Never if self.seen.history == History::Complete => {
                return Decision::Settled;
            }
            Known::AfterFence | Known::Never => Revision::on_atlas(self.just_after(there)),
        };
        match self.seen.local_tombstone {
            Some(tombstone) if tombstone.revision >= revision => {
                let keep = self.loss(
                    Side::Atlas,
                    LossReason::Dead,
                    tombstone.revision,
                    Some(revision),
                );
                Decision::DeleteAtlas {
                    tombstone,
                    keep: Some(keep),
                }
            }
            _ => Decision::Download {
                stamp: self.stamp_from(there, revision, None, 0),
                keep: None,
            },
        }
    }

    pub(super) fn deleted_here(&self, there: &Copy, mine: Revision, saw: bool) -> Decision {
        if self.wants_fence(Side::Atlas) {
            return Decision::Fence(Sides {
                local: false,
                atlas: true,
            });
        }
        let theirs = self.revision_on_atlas(there).yes();
        let compared = theirs.unwrap_or(Revision::on_atlas(self.just_after(there)));
        if saw || self.policy.strategy.pick(Some(mine), Some(compared)) == Side::Local {
            let mine = Revision::new(mine.time.after(self.known_before(there)), mine.author);
            let unseen =
                (!saw).then(|| self.loss(Side::Atlas, LossReason::DeletedUnseen, mine, theirs));
            return Decision::DeleteAtlas {
                tombstone: self.tombstone(mine, Some(there)),
                keep: unseen,
            };
        }
        if !self.policy.downloads {
            return Decision::Settled;
        }
        // A later delete that is not known yet would be undone; deleting on Atlas needs no such care.
        if self.wants_fence(Side::Local) {
            return Decision::Fence(Sides {
                local: true,
                atlas: false,
            });
        }
        Decision::Download {
            stamp: self.stamp_from(there, compared, None, 0),
            keep: None,
        }
    }

    pub(super) fn gone_on_both(&self) -> Decision {
        let Some(Event {
            happening: Happening::Delete,
            time,
            ..
        }) = self.seen.local_event
        else {
            return Decision::Settled;
        };
        let mine = Revision::new(time, self.seen.me);
        match self.gone() {
            Some(gone) if mine <= gone => Decision::Settled,
            // Somebody may have deleted it on Atlas just now: then the later of the two deletions has to be told.
            _ if self.wants_fence(Side::Atlas) => Decision::Fence(Sides {
                local: false,
                atlas: true,
            }),
            Some(_) => Decision::RaiseTombstone {
                tombstone: self.tombstone(mine, None),
            },
            None => Decision::Settled,
        }
    }
}
