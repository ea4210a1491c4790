//! What can be known of a document's past: times, authors, deletions, and the stamps that follow from them.

use super::{Case, Decision, Loss, LossReason, Rule};
use crate::place::Side;
use crate::revision::{EventTime, Revision};
use crate::sighting::{Copy, Event, Happening, History, Tombstone};
use crate::stamp::Stamp;

/// A revision that may not be known yet, or not at all.
pub(super) enum Known<T> {
    Yes(T),
    AfterFence,
    Never,
}

impl<T> Known<T> {
    pub(super) fn yes(self) -> Option<T> {
        match self {
            Known::Yes(value) => Some(value),
            Known::AfterFence | Known::Never => None,
        }
    }

    pub(super) fn unwrap_or(self, fallback: T) -> T {
        self.yes().unwrap_or(fallback)
    }
}

impl Case<'_> {
    /// How Atlas' copy came to go: a user's delete there, or the tombstone an engine wrote.
    pub(super) fn gone(&self) -> Option<Revision> {
        let tombstone = self
            .seen
            .atlas_tombstone
            .map(|tombstone| tombstone.revision);
        match self.seen.atlas_event {
            Some(Event {
                happening: Happening::Delete,
                time,
                ..
            }) => tombstone.max(Some(Revision::on_atlas(time))),
            _ => tombstone,
        }
    }

    pub(super) fn revision_on_atlas(&self, there: &Copy) -> Known<Revision> {
        if let Some(stamp) = there.clean() {
            return Known::Yes(stamp.revision);
        }
        if self.wants_fence(Side::Atlas) {
            return Known::AfterFence;
        }
        match self.seen.atlas_event {
            Some(event) => Known::Yes(Revision::on_atlas(
                event.time.after(self.known_before(there)),
            )),
            None => Known::Never,
        }
    }

    /// When the user wrote what Local holds. An event that carried just this content needs no fence.
    pub(super) fn local_time(&self, here: Option<&Copy>) -> Known<EventTime> {
        let exact = matches!((self.seen.local_event, here),
            (Some(Event { happening: Happening::Put { content: Some(written) }, .. }), Some(here))
                if written == here.content);
        let deleted =
            matches!(self.seen.local_event, Some(event) if event.happening == Happening::Delete);
        let told = self.seen.local_event.is_some() && !deleted;
        let enough = exact || (self.seen.backlogged && told);
        if !enough && self.wants_fence(Side::Local) {
            return Known::AfterFence;
        }
        match self.seen.local_event {
            // A user deleted it after the look: what was seen is older than that.
            Some(event) if deleted => Known::Yes(event.time.before()),
            Some(event) => Known::Yes(event.time),
            None => Known::Never,
        }
    }

    pub(super) fn wants_fence(&self, side: Side) -> bool {
        let lifted = match side {
            Side::Local => Rule::FenceBeforeJudging,
            Side::Atlas => Rule::WaitForDecidingEvent,
        };
        let listens = side == Side::Local || self.policy.downloads;
        listens && !self.seen.fenced.has(side) && self.policy.lifted != Some(lifted)
    }

    /// Rule 4: no event of Atlas is unhandled, so whoever wrote here last had seen what Atlas holds.
    pub(super) fn has_handled_atlas(&self) -> bool {
        let all_events_come = self.policy.downloads && self.seen.history == History::Complete;
        let lifted = self.policy.lifted == Some(Rule::DirtyHasSeenAtlas);
        all_events_come && self.seen.atlas_event.is_none() && !lifted
    }

    /// Atlas holds what this PC uploaded: whatever a user did here since, he had seen it.
    pub(super) fn wrote(&self, there: &Copy) -> bool {
        there
            .clean()
            .is_some_and(|stamp| stamp.revision.author == self.seen.me)
    }

    /// What happened on Atlas before a direct write there: the stamp it left in place, the version that came from
    /// there to Local, and every deletion that is known here, for this copy outlives them.
    pub(super) fn known_before(&self, there: &Copy) -> Option<EventTime> {
        let buried = [self.seen.atlas_tombstone, self.seen.local_tombstone];
        let deletions = buried
            .into_iter()
            .flatten()
            .map(|tombstone| tombstone.revision.time);
        let stamped = [Some(there), self.seen.local.as_ref()];
        let versions = stamped.into_iter().flatten().filter_map(Copy::stamped_time);
        deletions.chain(versions).max()
    }

    pub(super) fn just_after(&self, there: &Copy) -> EventTime {
        self.known_before(there)
            .map_or(EventTime::UNKNOWN, EventTime::next)
    }

    pub(super) fn loss(
        &self,
        side: Side,
        reason: LossReason,
        winner: Revision,
        loser: Option<Revision>,
    ) -> Loss {
        Loss {
            side,
            reason,
            winner,
            loser,
            caution: self.has_assumed_a_time(),
            unresolved: false,
        }
    }

    fn has_assumed_a_time(&self) -> bool {
        let assumed = |event: Option<Event>| event.is_some_and(|event| event.assumed);
        let there = self.seen.atlas.as_ref();
        let stamped = there.is_some_and(|there| there.clean().is_some());
        assumed(self.seen.local_event) || (!stamped && assumed(self.seen.atlas_event))
    }

    pub(super) fn upload(
        &self,
        here: &Copy,
        time: EventTime,
        there: Option<&Copy>,
        after: Option<EventTime>,
        keep: Option<Loss>,
    ) -> Decision {
        let stamp = Stamp {
            revision: Revision::new(time.after(after), self.seen.me),
            version: self.next_version([Some(here), there]),
            conflict_count: conflicts([Some(here), there]).saturating_add(keep.is_some().into()),
            digest: here.content,
            base: None,
        };
        Decision::Upload { stamp, keep }
    }

    /// Puts a version back that Atlas once had. The author is this PC, so that no other takes it for its own echo.
    pub(super) fn upload_again(&self, stamp: &Stamp, keep: Option<Loss>) -> Decision {
        let revision = Revision::new(stamp.revision.time, self.seen.me);
        let stamp = Stamp {
            revision,
            base: None,
            ..stamp.clone()
        };
        Decision::Upload { stamp, keep }
    }

    pub(super) fn stamp_from(
        &self,
        there: &Copy,
        revision: Revision,
        here: Option<&Copy>,
        conflicts_new: i32,
    ) -> Stamp {
        let conflict_count = conflicts([here, Some(there)]).saturating_add(conflicts_new);
        match there.clean() {
            Some(stamp) => Stamp {
                conflict_count,
                base: None,
                ..stamp.clone()
            },
            None => Stamp {
                revision,
                version: self.next_version([here, Some(there)]),
                conflict_count,
                digest: there.content,
                base: None,
            },
        }
    }

    pub(super) fn tombstone(&self, revision: Revision, copy: Option<&Copy>) -> Tombstone {
        Tombstone {
            revision,
            version: self.next_version([copy, None]),
        }
    }

    pub(super) fn next_version(&self, copies: [Option<&Copy>; 2]) -> i64 {
        let stamped = copies
            .into_iter()
            .flatten()
            .filter_map(|copy| copy.stamp.as_ref())
            .map(|stamp| stamp.version);
        let buried = self.seen.atlas_tombstone.map(|tombstone| tombstone.version);
        stamped.chain(buried).max().unwrap_or(0).saturating_add(1)
    }
}

fn conflicts(copies: [Option<&Copy>; 2]) -> i32 {
    let counts = copies
        .into_iter()
        .flatten()
        .filter_map(|copy| copy.stamp.as_ref());
    counts.map(|stamp| stamp.conflict_count).max().unwrap_or(0)
}
