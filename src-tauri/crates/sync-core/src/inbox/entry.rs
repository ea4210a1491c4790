//! What is kept of one key: the newest event of each side, and in whose hands it is.

use super::index;
use super::lane::SeenPosition;
use crate::place::Side;
use crate::sighting::{Event, Happening, Order};

#[derive(Debug)]
pub(super) struct Pending {
    pub(super) newest: Event,
    pub(super) first: SeenPosition,
    /// The last one's place in its stream.
    pub(super) last: Option<Order>,
    pub(super) news: Option<News>,
}

/// The first event since the key was taken: where it stands and when it was heard of.
pub(super) type News = (SeenPosition, u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Idle,
    Queued,
    Taken,
    Held,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) pending: [Option<Pending>; 2],
    pub(super) place: Place,
    pub(super) nudged: bool,
    pub(super) compared: bool,
    pub(super) attempts: u32,
}

impl Entry {
    pub(super) fn new() -> Entry {
        Entry {
            pending: [None, None],
            place: Place::Idle,
            nudged: false,
            compared: false,
            attempts: 0,
        }
    }

    pub(super) fn is_fresh(&self, side: Side) -> bool {
        self.pending[index(side)]
            .as_ref()
            .is_some_and(|pending| pending.news.is_some())
    }
}

pub(super) fn newer(known: Event, event: Event) -> Event {
    match event.happening {
        // A tombstone says when its author deleted, not what happened to the document last.
        Happening::Tombstone => known,
        Happening::Put { .. } | Happening::Delete | Happening::EngineDelete => event,
    }
}
