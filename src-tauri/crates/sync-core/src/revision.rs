//! When and by whom a version was made: the total order in which the last write wins.

use std::fmt;

use uuid::Uuid;

/// Milliseconds since the epoch on Atlas' clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventTime(pub i64);

impl EventTime {
    /// Older than any write: the time of documents that were there before syncing began.
    pub const UNKNOWN: EventTime = EventTime(0);

    /// The next representable time.
    #[must_use]
    pub fn next(self) -> EventTime {
        EventTime(self.0.saturating_add(1))
    }

    /// The last representable time before this one.
    #[must_use]
    pub fn before(self) -> EventTime {
        EventTime(self.0.saturating_sub(1))
    }

    /// This time, or just after `earlier` where this is not later: a later edit wins whatever the clocks say.
    #[must_use]
    pub fn after(self, earlier: Option<EventTime>) -> EventTime {
        match earlier {
            Some(earlier) if earlier >= self => earlier.next(),
            _ => self,
        }
    }
}

/// Who made a version. Ordered, so that two versions of the same millisecond have one winner on every PC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Author {
    /// Somebody writing directly on Atlas.
    Atlas,
    /// The PC with this instance ID.
    Pc(Uuid),
}

impl Author {
    /// The `instanceId` that stands for direct writes on Atlas.
    pub const ATLAS_NAME: &'static str = "atlas";

    /// Reads an `instanceId`.
    pub fn parse(text: &str) -> Option<Author> {
        if text == Self::ATLAS_NAME {
            return Some(Author::Atlas);
        }
        Uuid::try_parse(text).ok().map(Author::Pc)
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Author::Atlas => f.write_str(Self::ATLAS_NAME),
            Author::Pc(id) => id.fmt(f),
        }
    }
}

/// A version's place in the total order: time first, author to break ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision {
    /// When the user wrote it.
    pub time: EventTime,
    /// Who wrote it.
    pub author: Author,
}

impl Revision {
    /// A version written by `author` at `time`.
    pub fn new(time: EventTime, author: Author) -> Revision {
        Revision { time, author }
    }

    /// A direct write on Atlas.
    pub fn on_atlas(time: EventTime) -> Revision {
        Revision::new(time, Author::Atlas)
    }
}
