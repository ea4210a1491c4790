//! The stamp: the `_syncMeta` field that every synced document carries on both sides.

use bson::spec::BinarySubtype;
use bson::{DateTime, RawBsonRef, RawDocument, RawDocumentBuf, rawdoc};
use thiserror::Error;

use crate::digest::Digest;
use crate::document::STAMP_FIELD;
use crate::revision::{Author, EventTime, Revision};

/// What an engine notes in a document when it writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When and by whom the content was written.
    pub revision: Revision,
    /// Grows by one with every accepted change.
    pub version: i64,
    /// Conflicts this document has been through.
    pub conflict_count: i32,
    /// Fingerprint of the content as the engine wrote it.
    pub digest: Digest,
    /// Fingerprint of the Atlas content this Local copy stands for, where rules changed the copy.
    pub base: Option<Digest>,
}

/// A `_syncMeta` that an engine cannot have written. The document counts as never stamped.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the field _syncMeta is damaged: {field} is missing or of the wrong type")]
pub struct DamagedStamp {
    field: &'static str,
}

impl Stamp {
    /// The stamp of a document, if it has one.
    ///
    /// # Errors
    /// There is a `_syncMeta`, but not one that an engine wrote.
    pub fn of(document: &RawDocument) -> Result<Option<Stamp>, DamagedStamp> {
        match document.get(STAMP_FIELD) {
            Ok(None) => Ok(None),
            Ok(Some(RawBsonRef::Document(stamp))) => Stamp::parse(stamp).map(Some),
            Ok(Some(_)) | Err(_) => Err(DamagedStamp { field: STAMP_FIELD }),
        }
    }

    /// A stamp by itself.
    ///
    /// # Errors
    /// No engine wrote this.
    pub fn parse(stamp: &RawDocument) -> Result<Stamp, DamagedStamp> {
        let damaged = |field| DamagedStamp { field };
        let author = stamp
            .get_str("instanceId")
            .ok()
            .and_then(Author::parse)
            .ok_or(damaged("instanceId"))?;
        let time = stamp
            .get_datetime("lastModified")
            .map_err(|_| damaged("lastModified"))?;
        let base = match stamp.get("base") {
            Ok(None) => None,
            Ok(Some(value)) => Some(digest(value).ok_or(damaged("base"))?),
            Err(_) => return Err(damaged("base")),
        };
        Ok(Stamp {
            revision: Revision::new(EventTime(time.timestamp_millis()), author),
            version: stamp.get_i64("version").map_err(|_| damaged("version"))?,
            conflict_count: stamp
                .get_i32("conflictCount")
                .map_err(|_| damaged("conflictCount"))?,
            digest: stamp
                .get("digest")
                .ok()
                .flatten()
                .and_then(digest)
                .ok_or(damaged("digest"))?,
            base,
        })
    }

    /// The value of `_syncMeta`.
    pub fn to_bson(&self) -> RawDocumentBuf {
        let origin = match self.revision.author {
            Author::Atlas => "atlas",
            Author::Pc(_) => "local",
        };
        let mut stamp = rawdoc! {
            "origin": origin,
            "instanceId": self.revision.author.to_string(),
            "lastModified": DateTime::from_millis(self.revision.time.0),
            "version": self.version,
            "conflictCount": self.conflict_count,
            "digest": binary(self.digest),
        };
        if let Some(base) = self.base {
            stamp.append(bson::cstr!("base"), binary(base));
        }
        stamp
    }

    /// Fingerprint of the Atlas content that this copy corresponds to.
    pub fn base(&self) -> Digest {
        self.base.unwrap_or(self.digest)
    }
}

fn binary(digest: Digest) -> bson::Binary {
    bson::Binary {
        subtype: BinarySubtype::Generic,
        bytes: digest.0.to_vec(),
    }
}

fn digest(value: RawBsonRef<'_>) -> Option<Digest> {
    value.as_binary()?.bytes.try_into().ok().map(Digest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::with_stamp;

    fn any_stamp() -> impl Strategy<Value = Stamp> {
        let author = prop_oneof![
            Just(Author::Atlas),
            any::<u128>().prop_map(|id| Author::Pc(uuid::Uuid::from_u128(id)))
        ];
        let digests = (any::<[u8; 16]>(), any::<Option<[u8; 16]>>());
        (author, any::<i64>(), any::<i64>(), any::<i32>(), digests).prop_map(
            |(author, time, version, conflict_count, (digest, base))| Stamp {
                revision: Revision::new(EventTime(time), author),
                version,
                conflict_count,
                digest: Digest(digest),
                base: base.map(Digest),
            },
        )
    }

    proptest! {
        #[test]
        fn a_stamp_survives_being_stored(stamp in any_stamp()) {
            let stored = with_stamp(&rawdoc! { "_id": 1 }, &stamp.to_bson()).unwrap();
            prop_assert_eq!(Stamp::of(&stored).unwrap(), Some(stamp));
        }

        #[test]
        fn a_damaged_stamp_is_told_and_never_half_read(stamp in any_stamp(), field in 0..5_usize) {
            let name = ["instanceId", "lastModified", "version", "conflictCount", "digest"][field];
            let mut meta = bson::Document::try_from(&*stamp.to_bson()).unwrap();
            meta.insert(name, bson::doc! { "$gt": "" });
            let stored = with_stamp(&rawdoc! { "_id": 1 }, &RawDocumentBuf::try_from(&meta).unwrap()).unwrap();
            prop_assert_eq!(Stamp::of(&stored), Err(DamagedStamp { field: name }));
        }
    }
}
