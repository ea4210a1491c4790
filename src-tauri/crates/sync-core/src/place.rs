//! Where things are: the two sides, the two directions between them, and the name of one document.

use std::fmt;
use std::sync::Arc;

/// One of the two replicas that an engine keeps in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// This PC's own MongoDB.
    Local,
    /// The database all PCs share.
    Atlas,
}

impl Side {
    /// Both sides, Local first.
    pub const BOTH: [Side; 2] = [Side::Local, Side::Atlas];

    /// The other one of the two.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Local => Side::Atlas,
            Side::Atlas => Side::Local,
        }
    }

    /// The word used in logs, metrics and stored records.
    pub fn name(self) -> &'static str {
        match self {
            Side::Local => "local",
            Side::Atlas => "atlas",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The way a change travels, named by where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Direction {
    /// The side the change is read from.
    pub source: Side,
}

impl Direction {
    /// Local to Atlas.
    pub const UPLOAD: Direction = Direction {
        source: Side::Local,
    };
    /// Atlas to Local.
    pub const DOWNLOAD: Direction = Direction {
        source: Side::Atlas,
    };
    /// Both directions, upload first.
    pub const BOTH: [Direction; 2] = [Direction::UPLOAD, Direction::DOWNLOAD];

    /// The direction whose changes end up on `target`.
    pub fn into(target: Side) -> Direction {
        Direction {
            source: target.other(),
        }
    }

    /// The side the change is written to.
    pub fn target(self) -> Side {
        self.source.other()
    }

    /// The word used in metrics and settings.
    pub fn name(self) -> &'static str {
        match self.source {
            Side::Local => "local_to_atlas",
            Side::Atlas => "atlas_to_local",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The `_id` of a document as the server holds it: its BSON type byte and the bytes of its value.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentKey(Box<[u8]>);

impl DocumentKey {
    /// From the element type byte and the value's bytes.
    pub fn new(element_type: u8, value: &[u8]) -> DocumentKey {
        let mut bytes = Vec::with_capacity(value.len() + 1);
        bytes.push(element_type);
        bytes.extend_from_slice(value);
        DocumentKey(bytes.into_boxed_slice())
    }

    /// The element type byte of `_id`.
    pub fn element_type(&self) -> u8 {
        self.0[0]
    }

    /// The bytes of the value of `_id`.
    pub fn value(&self) -> &[u8] {
        &self.0[1..]
    }

    /// Type byte and value, as one run of bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}:", self.0[0])?;
        self.0[1..]
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One document of the synced database: its collection and its `_id`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The collection's name; the database is the same for a whole engine.
    pub collection: Arc<str>,
    /// The `_id`.
    pub document: DocumentKey,
}
