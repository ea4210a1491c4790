//! Reading documents by key, in batches, within a bound on bytes.

use std::collections::{HashMap, HashSet};

use bson::spec::BinarySubtype;
use bson::{Binary, Document, RawArrayBuf, RawBsonRef, RawDocument, RawDocumentBuf, cstr, rawdoc};
use futures_util::StreamExt;
use sync_core::document::{MalformedDocument, key_of, single};
use sync_core::place::DocumentKey;
use sync_core::revision::{Author, EventTime, Revision};
use sync_core::sighting::Tombstone;

use super::Replica;
use crate::error::{EngineError, answered};
use crate::names::TOMBSTONES;

/// Keys asked for in one command: far below the size limit of a command even with long keys.
const KEYS_PER_FIND: usize = 500;

/// Documents read by key.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) documents: HashMap<DocumentKey, RawDocumentBuf>,
    /// Keys of documents that are there, and were not read because the bound on bytes was reached.
    pub(crate) unread: Vec<DocumentKey>,
    pub(crate) bytes: usize,
}

impl Replica {
    /// Reads the documents of `keys`; a key in neither list of the answer is absent.
    pub(crate) async fn find(
        &self,
        collection: &str,
        keys: &[DocumentKey],
        bytes_max: usize,
    ) -> Result<Found, EngineError> {
        let mut found = Found::default();
        for keys in keys.chunks(KEYS_PER_FIND) {
            self.find_some(collection, keys, bytes_max, &mut found)
                .await?;
        }
        Ok(found)
    }

    /// Those of the documents that are there.
    pub(crate) async fn present(
        &self,
        collection: &str,
        keys: &[DocumentKey],
    ) -> Result<HashSet<DocumentKey>, EngineError> {
        let mut present = HashSet::new();
        for keys in keys.chunks(KEYS_PER_FIND) {
            let only_key = rawdoc! { "_id": 1 };
            self.each(collection, by_keys(keys), only_key, |_, key| {
                present.insert(key);
                true
            })
            .await?;
        }
        Ok(present)
    }

    async fn find_some(
        &self,
        collection: &str,
        keys: &[DocumentKey],
        bytes_max: usize,
        found: &mut Found,
    ) -> Result<(), EngineError> {
        if found.bytes <= bytes_max {
            let Found {
                documents, bytes, ..
            } = found;
            let whole = RawDocumentBuf::new();
            self.each(collection, by_keys(keys), whole, |document, key| {
                *bytes += document.as_bytes().len();
                documents.insert(key, document.to_owned());
                *bytes <= bytes_max
            })
            .await?;
        }
        if found.bytes <= bytes_max {
            return Ok(());
        }
        // What was not read is not known to be absent.
        let missing = keys
            .iter()
            .filter(|key| !found.documents.contains_key(*key));
        let missing: Vec<DocumentKey> = missing.cloned().collect();
        if !missing.is_empty() {
            let unread = &mut found.unread;
            let only_key = rawdoc! { "_id": 1 };
            self.each(collection, by_keys(&missing), only_key, |_, key| {
                unread.push(key);
                true
            })
            .await?;
        }
        Ok(())
    }

    /// Hands over every document that fits, until `take` wants no more: then what came in the same answer still comes.
    async fn each(
        &self,
        collection: &str,
        filter: RawDocumentBuf,
        fields: RawDocumentBuf,
        mut take: impl FnMut(&RawDocument, DocumentKey) -> bool,
    ) -> Result<(), EngineError> {
        let side = self.side;
        let command = rawdoc! {
            "find": collection,
            "filter": filter,
            "projection": fields,
            "batchSize": i32::try_from(KEYS_PER_FIND + 1).expect("a small constant"),
            "readConcern": self.read_concern(),
        };
        let opened = self.database.run_raw_cursor_command(command);
        let mut batches = answered(side, async { opened.batch().await }).await?;
        let mut more = true;
        while more {
            let next = answered(side, async { batches.next().await.transpose() });
            let Some(batch) = next.await? else {
                return Ok(());
            };
            for document in batch.doc_slices().map_err(EngineError::at(side))? {
                let document = document.map_err(|error| self.unreadable(&error))?;
                let RawBsonRef::Document(document) = document else {
                    return Err(EngineError::reply(side, "a document"));
                };
                let key = key_of(document).map_err(EngineError::malformed(side))?;
                more &= take(document, key);
            }
        }
        Ok(())
    }

    /// The tombstones of `keys` in `collection`.
    pub(crate) async fn tombstones(
        &self,
        collection: &str,
        keys: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, Tombstone>, EngineError> {
        let mut found = HashMap::new();
        for keys in keys.chunks(KEYS_PER_FIND) {
            let mut wanted = RawArrayBuf::new();
            for key in keys {
                wanted.push(tombstone_id(collection, key));
            }
            let filter = rawdoc! { "_id": { "$in": wanted } };
            let whole = RawDocumentBuf::new();
            self.each(TOMBSTONES, filter, whole, |document, _| {
                match parse_tombstone(document) {
                    Some((_, key, tombstone)) => drop(found.insert(key, tombstone)),
                    None => {
                        let (side, id) = (self.side, document.get("_id"));
                        tracing::warn!(%side, ?id, "a tombstone is damaged and counts as none");
                    }
                }
                true
            })
            .await?;
        }
        Ok(found)
    }

    pub(crate) fn unreadable(&self, error: &bson::error::Error) -> EngineError {
        let source = sync_core::document::MalformedDocument::Element(error.to_string());
        EngineError::Malformed {
            side: self.side,
            source,
        }
    }
}

/// Appends a document's `_id` to an array, as the server holds it.
pub(crate) fn push_key(array: &mut RawArrayBuf, key: &DocumentKey) {
    let holder = single("k", key);
    if let Some(Ok((_, value))) = holder.iter().next() {
        array.push(value);
    }
}

/// Matches the document with this `_id`.
pub(super) fn by_key(key: &DocumentKey) -> RawDocumentBuf {
    by_keys(std::slice::from_ref(key))
}

fn by_keys(keys: &[DocumentKey]) -> RawDocumentBuf {
    let mut ids = RawArrayBuf::new();
    keys.iter().for_each(|key| push_key(&mut ids, key));
    rawdoc! { "_id": { "$in": ids } }
}

/// Whether a document can be asked for by this `_id`. A server stores text that is not UTF-8, but no driver can say it.
///
/// # Errors
/// It cannot.
pub(crate) fn askable(key: &DocumentKey) -> Result<(), MalformedDocument> {
    let holder = single("k", key);
    let unsayable = |error| Err(MalformedDocument::Element(format!("its _id: {error}")));
    match holder.iter().next() {
        // What is inside is not looked at until it is asked for.
        Some(Ok((_, RawBsonRef::Document(_) | RawBsonRef::Array(_)))) => {
            Document::try_from(&*holder).map_or_else(unsayable, |_| Ok(()))
        }
        Some(Ok(_)) => Ok(()),
        Some(Err(error)) => unsayable(error),
        None => Err(MalformedDocument::NoId),
    }
}

/// The `_id` of a document's tombstone. One that no driver can say is noted by its bytes.
pub(crate) fn tombstone_id(collection: &str, key: &DocumentKey) -> RawDocumentBuf {
    let mut id = rawdoc! { "collection": collection };
    if askable(key).is_ok()
        && let Some(Ok((_, value))) = single("k", key).iter().next()
    {
        id.append(cstr!("id"), value);
    } else {
        let (subtype, bytes) = (BinarySubtype::Generic, key.as_bytes().to_vec());
        id.append(cstr!("idBytes"), Binary { subtype, bytes });
    }
    id
}

/// The collection and key that a tombstone's `_id` (or a quarantine record's) names.
pub(crate) fn parse_tombstone_id(id: &RawDocument) -> Option<(String, DocumentKey)> {
    let collection = id.get_str("collection").ok()?.to_owned();
    if let Ok(bytes) = id.get_binary("idBytes") {
        let (element_type, value) = bytes.bytes.split_first()?;
        return Some((collection, DocumentKey::new(*element_type, value)));
    }
    let mut elements = sync_core::document::elements(id).filter_map(Result::ok);
    let key = elements.find(|element| element.name == b"id")?;
    Some((collection, DocumentKey::new(key.element_type, key.value)))
}

pub(super) fn parse_tombstone(document: &RawDocument) -> Option<(String, DocumentKey, Tombstone)> {
    let (collection, key) = parse_tombstone_id(document.get_document("_id").ok()?)?;
    let author = Author::parse(document.get_str("instanceId").ok()?)?;
    let time = EventTime(
        document
            .get_datetime("lastModified")
            .ok()?
            .timestamp_millis(),
    );
    let version = document.get_i64("version").ok()?;
    Some((
        collection,
        key,
        Tombstone {
            revision: Revision::new(time, author),
            version,
        },
    ))
}
