//! What was seen of one document: both copies, the tombstones, and the newest events nobody has settled yet.

use crate::digest::Digest;
use crate::place::Side;
use crate::revision::{Author, EventTime, Revision};
use crate::stamp::Stamp;

/// A living copy of the document on one side, reduced to what deciding needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Fingerprint of what it holds now.
    pub content: Digest,
    /// What the last engine noted in it; a damaged stamp counts as none.
    pub stamp: Option<Stamp>,
}

impl Copy {
    /// The stamp, if nobody but an engine wrote last.
    pub fn clean(&self) -> Option<&Stamp> {
        self.stamp
            .as_ref()
            .filter(|stamp| stamp.digest == self.content)
    }

    /// Fingerprint of the Atlas content that this Local copy stands for: its own, unless rules changed it.
    pub fn stands_for(&self) -> Digest {
        self.clean().map_or(self.content, Stamp::base)
    }

    /// The time in the stamp, be it clean or overtaken by a user's write.
    pub fn stamped_time(&self) -> Option<EventTime> {
        self.stamp.as_ref().map(|stamp| stamp.revision.time)
    }
}

/// The note that a document was deleted, by whom and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The deletion's place in the order of writes.
    pub revision: Revision,
    /// Grows with every accepted change.
    pub version: i64,
}

/// What an event said happened to a document. Never a reason to write: only a reason to look, and a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Inserted, replaced or updated. The fingerprint of what was written, where the event itself carried it.
    Put { content: Option<Digest> },
    /// Deleted by a user.
    Delete,
    /// Deleted by an engine: the tombstone tells by whom and when.
    EngineDelete,
    /// Its tombstone was written.
    Tombstone,
}

/// An event's place in its stream, in bytes that sort as its stream does. No two events of a document share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order(pub [u8; 20]);

/// When something happened, as far as its event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The time.
    pub time: EventTime,
    /// The event's place in its stream, where that is known.
    pub order: Option<Order>,
    /// The event told no time: this is the time at which it was read.
    pub assumed: bool,
}

/// The newest thing known to have happened to a document on one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub happening: Happening,
    /// When, on Atlas' clock.
    pub time: EventTime,
    /// Its place in its stream, where that is known.
    pub order: Option<Order>,
    /// Its time is not known and was assumed.
    pub assumed: bool,
}

impl Event {
    /// What happened, and when.
    pub fn new(happening: Happening, moment: Moment) -> Event {
        let Moment {
            time,
            order,
            assumed,
        } = moment;
        Event {
            happening,
            time,
            order,
            assumed,
        }
    }
}

/// For each side, whether something holds for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// For Local.
    pub local: bool,
    /// For Atlas.
    pub atlas: bool,
}

impl Sides {
    /// Neither.
    pub const NONE: Sides = Sides {
        local: false,
        atlas: false,
    };
    /// Both.
    pub const BOTH: Sides = Sides {
        local: true,
        atlas: true,
    };

    /// Whether it holds for `side`.
    pub fn has(self, side: Side) -> bool {
        match side {
            Side::Local => self.local,
            Side::Atlas => self.atlas,
        }
    }

    /// Whether it holds for either.
    pub fn any(self) -> bool {
        self.local || self.atlas
    }
}

/// Whether the absence of an event proves that nothing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// Every event since the last settled state was or will be delivered.
    Complete,
    /// Events may be missing: first sync, or a token that expired.
    Lost,
}

/// Whether the tombstones of both sides have to be read as well: a copy is absent, Atlas' copy may be younger than a
/// deletion, or a tombstone was just written.
pub fn wants_tombstones(
    local: Option<&Copy>,
    atlas: Option<&Copy>,
    atlas_event: Option<Event>,
) -> bool {
    let raised = atlas_event.is_some_and(|event| event.happening == Happening::Tombstone);
    raised || local.is_none() || atlas.and_then(Copy::clean).is_none()
}

/// Everything that is looked at to decide about one document.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// This PC.
    pub me: Author,
    /// The copy on Local.
    pub local: Option<Copy>,
    /// The copy on Atlas.
    pub atlas: Option<Copy>,
    /// Local's tombstone, if `wants_tombstones`.
    pub local_tombstone: Option<Tombstone>,
    /// Atlas' tombstone, if `wants_tombstones`.
    pub atlas_tombstone: Option<Tombstone>,
    /// The newest unsettled event of a user on Local.
    pub local_event: Option<Event>,
    /// The newest unsettled event on Atlas.
    pub atlas_event: Option<Event>,
    /// Sides whose listener has seen everything up to the look.
    pub fenced: Sides,
    /// Local's listener has more waiting than fits: a fence cannot be had there just to learn a time.
    pub backlogged: bool,
    /// Whether missing events mean anything.
    pub history: History,
    /// The time of the look, on Atlas' clock.
    pub now: EventTime,
}
