//! Deleting: the tombstone and the removal are one transaction, on either side that has transactions.
//!
//! The events of one transaction carry the same session and number. That is how an engine's own delete is told from a
//! user's, exactly, even after a crash. So the transaction always writes the tombstone, be it the same as before.

use bson::oid::ObjectId;
use bson::{DateTime, RawArrayBuf, RawDocumentBuf, rawdoc};
use mongodb::ClientSession;
use sync_core::document::key_of;
use sync_core::place::DocumentKey;
use sync_core::revision::Author;
use sync_core::sighting::Tombstone;

use super::Replica;
use super::read::{by_key, parse_tombstone, tombstone_id};
use super::write::{Refusal, Written, chunks};
use crate::error::EngineError;
use crate::names::TOMBSTONES;

/// A document to remove, if it is still as it was seen.
#[derive(Clone, Debug)]
pub(crate) struct Deletion {
    pub(crate) seen: RawDocumentBuf,
    pub(crate) tombstone: Tombstone,
}

/// A tombstone to write for a document that is absent, if the one that was seen still stands.
#[derive(Clone, Debug)]
pub(crate) struct Raise {
    pub(crate) key: DocumentKey,
    pub(crate) seen: Option<Tombstone>,
    pub(crate) tombstone: Tombstone,
}

impl Deletion {
    /// What it takes in memory, and at most in a command: the document, and its key twice.
    pub(super) fn bytes(&self) -> usize {
        let key = key_of(&self.seen).map_or(0, |key| key.as_bytes().len());
        self.seen.as_bytes().len() + 2 * key
    }
}

impl Replica {
    /// Deletes as many in one transaction as fit. Where one of them cannot be deleted, halves are tried, down to it.
    pub(crate) async fn delete(
        &self,
        collection: &str,
        deletions: &[Deletion],
    ) -> Result<Vec<Written>, EngineError> {
        if self.has_queue() {
            return self.delete_alone(collection, deletions).await;
        }
        let mut outcomes = Vec::with_capacity(deletions.len());
        let mut parts: Vec<&[Deletion]> = chunks(deletions, Deletion::bytes).collect();
        parts.reverse();
        while let Some(part) = parts.pop() {
            match self.delete_part(collection, part).await? {
                Written::Done => outcomes.resize(outcomes.len() + part.len(), Written::Done),
                Written::Stale | Written::Busy | Written::Refused(_) if part.len() > 1 => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
                other => outcomes.push(other),
            }
        }
        Ok(outcomes)
    }

    async fn delete_part(
        &self,
        collection: &str,
        part: &[Deletion],
    ) -> Result<Written, EngineError> {
        let mut session = self.begin().await?;
        let written = self.delete_in(&mut session, collection, part).await;
        self.end(session, written).await.or_else(refused)
    }

    /// The documents are read and compared here, byte for byte: to a server 5 and 5.0 are the same. Had anybody written
    /// one of them since the transaction began, the server would break it off.
    async fn delete_in(
        &self,
        session: &mut ClientSession,
        collection: &str,
        part: &[Deletion],
    ) -> Result<Written, EngineError> {
        let keys = part.iter().map(|deletion| key_of(&deletion.seen));
        let keys = keys.collect::<Result<Vec<_>, _>>();
        let keys = keys.map_err(EngineError::malformed(self.side))?;
        let current = self.read_within(session, collection, &keys).await?;
        let mut tombstones = RawArrayBuf::new();
        let mut deletes = RawArrayBuf::new();
        for (deletion, key) in part.iter().zip(&keys) {
            if current.get(key) != Some(&deletion.seen) {
                return Ok(Written::Stale);
            }
            tombstones.push(bury(collection, key, deletion.tombstone));
            deletes.push(rawdoc! { "q": by_key(key), "limit": 1 });
        }
        let command = rawdoc! { "update": TOMBSTONES, "updates": tombstones };
        match self.write_in(session, command, part.len(), false).await? {
            Written::Done => {}
            other => return Ok(other),
        }
        let command = rawdoc! { "delete": collection, "deletes": deletes };
        self.write_in(session, command, part.len(), true).await
    }

    /// Writes the tombstone, if the document is still absent and no other tombstone has come.
    pub(crate) async fn raise(
        &self,
        collection: &str,
        raise: &Raise,
    ) -> Result<Written, EngineError> {
        let mut session = self.begin().await?;
        let written = self.raise_in(&mut session, collection, raise).await;
        self.end(session, written).await.or_else(refused)
    }

    async fn raise_in(
        &self,
        session: &mut ClientSession,
        collection: &str,
        raise: &Raise,
    ) -> Result<Written, EngineError> {
        let key = by_key(&raise.key);
        if self.read_in(session, collection, &key).await?.is_some() {
            return Ok(Written::Stale);
        }
        let stands = rawdoc! { "_id": tombstone_id(collection, &raise.key) };
        let stands = self.read_in(session, TOMBSTONES, &stands).await?;
        let stands = stands.as_deref().and_then(parse_tombstone);
        if stands.map(|(_, _, tombstone)| tombstone) != raise.seen {
            return Ok(Written::Stale);
        }
        self.bury_in(session, collection, &raise.key, raise.tombstone)
            .await
    }

    async fn bury_in(
        &self,
        session: &mut ClientSession,
        collection: &str,
        key: &DocumentKey,
        tombstone: Tombstone,
    ) -> Result<Written, EngineError> {
        let mut tombstones = RawArrayBuf::new();
        tombstones.push(bury(collection, key, tombstone));
        let command = rawdoc! { "update": TOMBSTONES, "updates": tombstones };
        self.write_in(session, command, 1, false).await
    }
}

/// A transaction that the server will have neither now nor later: the documents in it are the reason.
fn refused(error: EngineError) -> Result<Written, EngineError> {
    match error.code() {
        Some(code) if error.is_final() => Ok(Written::Refused(Refusal {
            code,
            reason: error.to_string(),
        })),
        Some(_) | None => Err(error),
    }
}

/// Writes a tombstone over an older one; a newer one stays. Either way something is written, for a write that changes
/// nothing makes no event, and the others would take the delete beside it for a user's.
pub(super) fn bury(collection: &str, key: &DocumentKey, tombstone: Tombstone) -> RawDocumentBuf {
    let nonce = ObjectId::new();
    let written = rawdoc! { "$literal": {
        "_id": tombstone_id(collection, key),
        "lastModified": DateTime::from_millis(tombstone.revision.time.0),
        "instanceId": tombstone.revision.author.to_string(),
        "version": tombstone.version,
        "nonce": nonce,
    } };
    let mut branches = RawArrayBuf::new();
    branches.push(newer_than(tombstone));
    branches.push(rawdoc! { "$mergeObjects": ["$$ROOT", { "nonce": nonce }] });
    branches.push(written);
    let mut pipeline = RawArrayBuf::new();
    pipeline.push(rawdoc! { "$replaceWith": { "$cond": branches } });
    rawdoc! { "q": { "_id": tombstone_id(collection, key) }, "u": pipeline, "upsert": true }
}

/// Whether the tombstone that stands comes after this one, in the order of `Revision`: by time, then by author, of
/// whom Atlas is the first.
fn newer_than(tombstone: Tombstone) -> RawDocumentBuf {
    let time = DateTime::from_millis(tombstone.revision.time.0);
    let author = match tombstone.revision.author {
        Author::Atlas => String::new(),
        Author::Pc(id) => id.to_string(),
    };
    let theirs = rawdoc! { "$cond": [
        { "$eq": ["$instanceId", Author::ATLAS_NAME] }, "", "$instanceId",
    ] };
    rawdoc! { "$and": [
        { "$eq": [{ "$type": "$lastModified" }, "date"] },
        { "$or": [
            { "$gt": ["$lastModified", time] },
            { "$and": [{ "$eq": ["$lastModified", time] }, { "$gt": [theirs, author] }] },
        ] },
    ] }
}
