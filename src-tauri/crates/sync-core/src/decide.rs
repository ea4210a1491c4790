//! The decision about one document, from what was seen of it. Pure: the same sighting always gets the same answer.
//!
//! Deciding again from state is harmless, so duplicated, reordered and lost events are too. The numbered rules are
//! those of the design; the simulation shows for each that the whole breaks without it.

mod absence;
mod both;
#[cfg(test)]
mod bounds;
mod evidence;
#[cfg(test)]
mod table;

use crate::place::Side;
use crate::resolve::Strategy;
use crate::revision::Revision;
use crate::sighting::{Sides, Sighting, Tombstone};
use crate::stamp::Stamp;

/// What the user chose, as far as deciding is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Who wins a conflict.
    pub strategy: Strategy,
    /// Whether Atlas to Local is on for this collection.
    pub downloads: bool,
    /// A rule left out, to show in a test that it is needed. `None` in production.
    pub lifted: Option<Rule>,
}

/// The rules that make the sync exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// 1. In one process a document is worked on by one task at a time.
    OneTaskPerKey,
    /// 2. Before absence or a dirty document is judged, the listener has seen everything up to the read.
    FenceBeforeJudging,
    /// 3. If an event that has not been handled would decide it, wait for it.
    WaitForDecidingEvent,
    /// 4. A dirty Local document without an unhandled Atlas event has already seen what Atlas holds.
    DirtyHasSeenAtlas,
    /// 5. The newest event time per side and key is kept until the key is settled.
    KeepNewestEvent,
    /// 6. The safe position never passes an unsettled key.
    SafePositionWaits,
    /// 7. A failed compare-and-set means look again.
    LookAgainOnStale,
}

/// A version about to be overruled; it goes to the vault before anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Whose copy loses.
    pub side: Side,
    /// Why.
    pub reason: LossReason,
    /// The revision that stays.
    pub winner: Revision,
    /// The revision that goes, where its time is known.
    pub loser: Option<Revision>,
    /// A time was missing and had to be assumed.
    pub caution: bool,
    /// Nothing was left that the strategy could compare, so Atlas, the shared truth, won.
    pub unresolved: bool,
}

/// Why a version was overruled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossReason {
    /// Both sides changed the document.
    EditedOnBothSides,
    /// It was edited here and deleted later elsewhere.
    DeletedLater,
    /// It was deleted here without having seen the other side's version.
    DeletedUnseen,
    /// Its deletion is newer than the version that came back to life.
    Dead,
    /// Atlas went back to an older version.
    RolledBack,
}

impl LossReason {
    /// The word stored in the vault.
    pub fn name(self) -> &'static str {
        match self {
            LossReason::EditedOnBothSides => "edited-on-both-sides",
            LossReason::DeletedLater => "deleted-later",
            LossReason::DeletedUnseen => "deleted-unseen",
            LossReason::Dead => "dead",
            LossReason::RolledBack => "rolled-back",
        }
    }
}

/// What to do. Every write is made only if the copies are still as they were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing; the key is done.
    Settled,
    /// Not to be judged yet: let these sides' listeners catch up with the look, then decide again.
    Fence(Sides),
    /// The contents agree: note so in the Local copy.
    Stamp { stamp: Stamp },
    /// Write the Local content to Atlas, then stamp Local.
    Upload { stamp: Stamp, keep: Option<Loss> },
    /// Write the Atlas content to Local.
    Download { stamp: Stamp, keep: Option<Loss> },
    /// Remove the Local copy and note the deletion, in one transaction.
    DeleteLocal {
        tombstone: Tombstone,
        keep: Option<Loss>,
    },
    /// Note the deletion on Atlas and remove the copy there.
    DeleteAtlas {
        tombstone: Tombstone,
        keep: Option<Loss>,
    },
    /// Both copies are gone; let the tombstone tell the later time.
    RaiseTombstone { tombstone: Tombstone },
    /// The Local version lost, and this collection is not written on Local: only keep it.
    Overruled { keep: Loss },
}

/// Decides.
pub fn decide(seen: &Sighting, policy: &Policy) -> Decision {
    let case = Case { seen, policy };
    if let Some(dead) = case.dead() {
        return dead;
    }
    match (&seen.local, &seen.atlas) {
        (Some(here), Some(there)) => case.both(here, there),
        (Some(here), None) => case.gone_on_atlas(here),
        (None, Some(there)) => case.absent_here(there),
        (None, None) => case.gone_on_both(),
    }
}

struct Case<'a> {
    seen: &'a Sighting,
    policy: &'a Policy,
}
