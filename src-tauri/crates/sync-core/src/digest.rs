//! A 128-bit fingerprint of a document's content: its raw BSON elements without `_syncMeta`, in their order.
//!
//! Types, field order and every byte count; nothing is decoded. BLAKE3, so that nobody can craft two documents that
//! the engine takes for one.

use std::fmt;

use bson::RawDocument;

use crate::document::{MalformedDocument, STAMP_FIELD, elements};

/// The fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 16]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Digest {
    /// Of any bytes, for identifiers made from several parts.
    pub fn of_bytes(bytes: &[u8]) -> Digest {
        shorten(blake3::hash(bytes))
    }

    /// Of a document's content.
    ///
    /// # Errors
    /// The document's bytes are not well-formed at the top level.
    pub fn of_content(document: &RawDocument) -> Result<Digest, MalformedDocument> {
        let mut hasher = blake3::Hasher::new();
        for element in elements(document) {
            let element = element?;
            if element.name != STAMP_FIELD.as_bytes() {
                hasher.update(element.bytes);
            }
        }
        Ok(shorten(hasher.finalize()))
    }
}

fn shorten(hash: blake3::Hash) -> Digest {
    let mut short = [0; 16];
    short.copy_from_slice(&hash.as_bytes()[..16]);
    Digest(short)
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;

    #[test]
    fn the_stamp_does_not_count_but_everything_else_does() {
        let of = |document: bson::RawDocumentBuf| Digest::of_content(&document).unwrap();
        let plain = of(rawdoc! { "_id": 1, "city": "Basra" });
        assert_eq!(
            plain,
            of(rawdoc! { "_id": 1, "_syncMeta": { "version": 4 }, "city": "Basra" })
        );
        assert_ne!(
            plain,
            of(rawdoc! { "city": "Basra", "_id": 1 }),
            "field order"
        );
        assert_ne!(
            plain,
            of(rawdoc! { "_id": 1_i64, "city": "Basra" }),
            "types"
        );
        assert_ne!(plain, of(rawdoc! { "_id": 1, "city": "Mosul" }), "values");
        assert_ne!(plain, of(rawdoc! { "_id": 1, "town": "Basra" }), "names");
    }
}
