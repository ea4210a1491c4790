//! The words the table of cases is written in: a sighting put together, a decision in short.

use uuid::Uuid;

use crate::decide::{Decision, Loss, Policy, decide};
use crate::digest::Digest;
use crate::resolve::Strategy;
use crate::revision::{Author, EventTime, Revision};
use crate::sighting::{Copy, Event, Happening, History, Sides, Sighting, Tombstone};
use crate::stamp::Stamp;

pub(super) const ME: Author = Author::Pc(Uuid::from_u128(1));
pub(super) const OTHER: Author = Author::Pc(Uuid::from_u128(2));

/// What was seen; both listeners have caught up unless said otherwise.
#[derive(Clone)]
pub(super) struct Look(Sighting);

pub(super) fn look() -> Look {
    Look(Sighting {
        me: ME,
        local: None,
        atlas: None,
        local_tombstone: None,
        atlas_tombstone: None,
        local_event: None,
        atlas_event: None,
        fenced: Sides::BOTH,
        backlogged: false,
        history: History::Complete,
        now: EventTime(100),
    })
}

impl Look {
    pub(super) fn here(mut self, copy: Copy) -> Look {
        self.0.local = Some(copy);
        self
    }

    pub(super) fn there(mut self, copy: Copy) -> Look {
        self.0.atlas = Some(copy);
        self
    }

    pub(super) fn both(self, copy: Copy) -> Look {
        self.here(copy.clone()).there(copy)
    }

    pub(super) fn buried_here(mut self, time: i64, author: Author) -> Look {
        self.0.local_tombstone = Some(tombstone(time, author));
        self
    }

    pub(super) fn buried_there(mut self, time: i64, author: Author) -> Look {
        self.0.atlas_tombstone = Some(tombstone(time, author));
        self
    }

    pub(super) fn heard_here(mut self, happening: Happening, time: i64) -> Look {
        self.0.local_event = Some(event(happening, time));
        self
    }

    pub(super) fn heard_there(mut self, happening: Happening, time: i64) -> Look {
        self.0.atlas_event = Some(event(happening, time));
        self
    }

    /// No event told a time.
    pub(super) fn untimed(mut self) -> Look {
        let events = [&mut self.0.local_event, &mut self.0.atlas_event];
        let events = events.into_iter().flatten();
        events.for_each(|event| event.assumed = true);
        self
    }

    pub(super) fn unfenced(mut self) -> Look {
        self.0.fenced = Sides::NONE;
        self
    }

    pub(super) fn backlogged(mut self) -> Look {
        self.0.backlogged = true;
        self.unfenced()
    }

    pub(super) fn lost(mut self) -> Look {
        self.0.history = History::Lost;
        self
    }

    #[track_caller]
    pub(super) fn gives(&self, answer: &str) {
        self.gives_by(BOTH_WAYS, answer);
    }

    #[track_caller]
    pub(super) fn gives_by(&self, policy: Policy, answer: &str) {
        assert_eq!(short(&decide(&self.0, &policy)), answer);
    }
}

pub(super) const BOTH_WAYS: Policy = Policy {
    strategy: Strategy::LastWriteWins,
    downloads: true,
    lifted: None,
};
pub(super) const UPLOAD_ONLY: Policy = Policy {
    downloads: false,
    ..BOTH_WAYS
};
pub(super) const ATLAS_WINS: Policy = Policy {
    strategy: Strategy::AtlasWins,
    ..BOTH_WAYS
};
pub(super) const LOCAL_WINS: Policy = Policy {
    strategy: Strategy::LocalWins,
    ..BOTH_WAYS
};
pub(super) const PUT: Happening = Happening::Put { content: None };
pub(super) const DELETE: Happening = Happening::Delete;

pub(super) fn put(content: char) -> Happening {
    Happening::Put {
        content: Some(digest(content)),
    }
}

pub(super) fn digest(content: char) -> Digest {
    Digest([content as u8; 16])
}

pub(super) fn event(happening: Happening, time: i64) -> Event {
    Event {
        happening,
        time: EventTime(time),
        order: None,
        assumed: false,
    }
}

pub(super) fn tombstone(time: i64, author: Author) -> Tombstone {
    Tombstone {
        revision: Revision::new(EventTime(time), author),
        version: 1,
    }
}

/// As an engine wrote it.
pub(super) fn clean(content: char, time: i64, author: Author) -> Copy {
    Copy {
        content: digest(content),
        stamp: Some(Stamp {
            revision: Revision::new(EventTime(time), author),
            version: 1,
            conflict_count: 0,
            digest: digest(content),
            base: None,
        }),
    }
}

/// As rules left it when an engine wrote it: it stands for what Atlas holds.
pub(super) fn computed(content: char, base: char, time: i64, author: Author) -> Copy {
    let mut copy = clean(content, time, author);
    if let Some(stamp) = &mut copy.stamp {
        stamp.base = Some(digest(base));
    }
    copy
}

/// As a user left it who changed `over`.
pub(super) fn edited(content: char, over: Copy) -> Copy {
    Copy {
        content: digest(content),
        ..over
    }
}

/// Without a stamp.
pub(super) fn bare(content: char) -> Copy {
    Copy {
        content: digest(content),
        stamp: None,
    }
}

pub(super) fn short(decision: &Decision) -> String {
    match decision {
        Decision::Settled => "settled".to_owned(),
        Decision::Fence(sides) => match (sides.local, sides.atlas) {
            (true, true) => "fence both".to_owned(),
            (true, false) => "fence local".to_owned(),
            (false, true) => "fence atlas".to_owned(),
            (false, false) => "fence nothing".to_owned(),
        },
        Decision::Stamp { stamp } => format!("stamp {}{}", at(stamp.revision), based(stamp)),
        Decision::Upload { stamp, keep } => {
            let (base, kept) = (based(stamp), kept(keep));
            format!("upload {}{base}{kept}", at(stamp.revision))
        }
        Decision::Download { stamp, keep } => {
            format!("download {}{}", at(stamp.revision), kept(keep))
        }
        Decision::DeleteLocal { tombstone, keep } => {
            format!("delete here {}{}", at(tombstone.revision), kept(keep))
        }
        Decision::DeleteAtlas { tombstone, keep } => {
            format!("delete there {}{}", at(tombstone.revision), kept(keep))
        }
        Decision::RaiseTombstone { tombstone } => format!("raise {}", at(tombstone.revision)),
        Decision::Overruled { keep } => format!("nothing{}", kept(&Some(*keep))),
    }
}

fn based(stamp: &Stamp) -> &'static str {
    stamp.base.map_or("", |_| " with a base")
}

pub(super) fn at(revision: Revision) -> String {
    let who = match revision.author {
        ME => "me",
        OTHER => "other",
        Author::Atlas => "direct",
        Author::Pc(_) => "nobody",
    };
    format!("{who}@{}", revision.time.0)
}

pub(super) fn kept(keep: &Option<Loss>) -> String {
    keep.map_or_else(String::new, |loss| {
        let caution = if loss.caution { ", caution" } else { "" };
        let unresolved = if loss.unresolved { ", unresolved" } else { "" };
        let reason = loss.reason.name();
        format!(", keep {}: {reason}{caution}{unresolved}", loss.side)
    })
}
