//! The vault: every version that a conflict or a deletion overrode, kept on Local and, being synced itself, everywhere.

mod shelf;

use std::time::Duration;

use bson::{Bson, DateTime, Document, RawArrayBuf, RawDocument, RawDocumentBuf, cstr, doc, rawdoc};
use mongodb::IndexModel;
use mongodb::options::IndexOptions;
use sync_core::decide::Loss;
use sync_core::digest::Digest;
use sync_core::document::{DOCUMENT_BYTES_MAX, MalformedDocument, key_of};
use sync_core::place::{Direction, Key, Side};

use crate::error::{EngineError, Remedy, answered};
use crate::look::Look;
use crate::names::CONFLICTS;
use crate::queue::{self, Noted};
use crate::replica::{DUPLICATE_KEY, Replica, tombstone_id};
use crate::run::Run;

pub use shelf::{LABELS_LIKELY, Marked, Page, Query, list, mark, page, restore, show};

/// A loss whose write is tried again is noted again within this time.
const JUST_NOW_MS: i64 = 3_600_000;

/// Room for everything in a record but the two documents.
const RECORD_BYTES: usize = 64 * 1024;

impl Run {
    /// The record for a version that is about to be overruled. Its `_id` follows from what is kept, so that the same
    /// loss noted twice, or by two PCs, is one record. `None`: there is nothing to keep.
    fn record(
        &self,
        look: &Look,
        loss: &Loss,
    ) -> Result<Option<RawDocumentBuf>, MalformedDocument> {
        let key = &look.task.key;
        let (loser, winner) = match loss.side {
            Side::Local => (look.local.as_ref(), look.atlas.as_ref()),
            Side::Atlas => (look.atlas.as_ref(), look.local.as_ref()),
        };
        let Some(loser) = loser.filter(|_| &*key.collection != CONFLICTS) else {
            return Ok(None);
        };
        let content = Digest::of_content(loser)?;
        let parts = [
            key.collection.as_bytes(),
            key.document.as_bytes(),
            &content.0,
        ]
        .concat();
        // Atlas forgets the record by its own clock.
        let now = DateTime::from_millis(self.clock.now().0);
        let keep_ms = i64::try_from(self.config.vault_retention.as_millis()).unwrap_or(i64::MAX);
        let mut record = rawdoc! {
            "_id": Digest::of_bytes(&parts).to_string(),
            "document": tombstone_id(&key.collection, &key.document),
            "lostOn": loss.side.name(),
            "reason": loss.reason.name(),
            "strategy": self.config.strategy.name(),
            "winnerTime": DateTime::from_millis(loss.winner.time.0),
            "winnerInstanceId": loss.winner.author.to_string(),
            "caution": loss.caution,
            "detectedAt": now,
            "detectedBy": &*self.config.device_name,
            "expiresAt": DateTime::from_millis(now.timestamp_millis().saturating_add(keep_ms)),
            "seen": false,
        };
        if let Some(revision) = loss.loser {
            record.append(cstr!("loserTime"), DateTime::from_millis(revision.time.0));
            record.append(cstr!("loserInstanceId"), revision.author.to_string());
        }
        let loser_bytes = loser.as_bytes().len();
        record.append(cstr!("loser"), &**loser);
        if let Some(winner) = winner
            && loser_bytes + winner.as_bytes().len() + RECORD_BYTES < DOCUMENT_BYTES_MAX
        {
            record.append(cstr!("winner"), &**winner);
        }
        if loss.caution {
            tracing::warn!(
                ?key,
                "a time was missing and had to be assumed; see the record in the vault"
            );
        }
        Ok(Some(record))
    }

    /// Puts what is about to be overruled into Local's vault, on disk. `false`: the vault will not have it, so nothing
    /// may be overwritten yet.
    pub(crate) async fn keep(&self, look: &Look, loss: &Loss) -> Result<bool, EngineError> {
        let record = match self.record(look, loss) {
            Ok(Some(record)) => record,
            Ok(None) => return Ok(true),
            Err(malformed) => {
                self.unkept(look, loss, malformed.to_string());
                return Ok(false);
            }
        };
        let mut documents = RawArrayBuf::new();
        documents.push(&*record);
        let command = rawdoc! {
            "insert": CONFLICTS,
            "documents": documents,
            "ordered": false,
            "writeConcern": { "w": "majority", "j": true },
        };
        let key = &look.task.key;
        let reason = match self.replica(Side::Local).run(command).await {
            Ok(reply) if is_duplicate(&reply) => self.keep_again(&record).await?,
            Ok(reply) => refusal(&reply),
            Err(error) if error.remedy() == Remedy::SetAside => Some(error.to_string()),
            Err(error) => return Err(error),
        };
        let Some(reason) = reason else {
            self.forget_unkept(key);
            let kept = key_of(&record).map_err(EngineError::malformed(Side::Local))?;
            queue::note(self.replica(Side::Local), CONFLICTS, &[kept], Noted::Put).await?;
            return Ok(true);
        };
        self.unkept(look, loss, reason);
        Ok(false)
    }

    fn unkept(&self, look: &Look, loss: &Loss, reason: String) {
        let key = &look.task.key;
        let mut unkept = self.unkept.lock().expect("no holder panics");
        if unkept.insert(key.clone(), reason.clone()).is_none() {
            tracing::error!(
                ?key,
                ?loss,
                reason,
                "the vault did not take a record; the conflict waits"
            );
            self.monitor.failed(Direction::into(loss.side));
        }
    }

    /// The key is settled, whatever became of a loss that the vault would not keep.
    pub(crate) fn forget_unkept(&self, key: &Key) {
        self.unkept.lock().expect("no holder panics").remove(key);
    }

    /// The same version is overruled again: its record is as good as a new one, and somebody has to look at it again.
    /// One that was noted just now is that of this very loss, whose write is tried again.
    async fn keep_again(&self, record: &RawDocument) -> Result<Option<String>, EngineError> {
        let malformed = |_| EngineError::reply(Side::Local, "a record's times");
        let id = record.get_str("_id").map_err(malformed)?;
        let detected = record.get_datetime("detectedAt").map_err(malformed)?;
        let expires = record.get_datetime("expiresAt").map_err(malformed)?;
        let just_now = detected.timestamp_millis().saturating_sub(JUST_NOW_MS);
        let earlier = rawdoc! { "_id": id, "$or": [
            { "seen": { "$ne": false } },
            { "detectedAt": { "$lt": DateTime::from_millis(just_now) } },
        ] };
        let change = rawdoc! {
            "$set": { "seen": false, "detectedAt": detected, "expiresAt": expires },
            "$unset": { "seenAt": "" },
        };
        let mut updates = RawArrayBuf::new();
        updates.push(rawdoc! { "q": earlier, "u": change });
        let command = rawdoc! {
            "update": CONFLICTS,
            "updates": updates,
            "writeConcern": { "w": "majority", "j": true },
        };
        Ok(refusal(&self.replica(Side::Local).run(command).await?))
    }
}

fn write_errors(reply: &Document) -> impl Iterator<Item = &Document> {
    let errors = reply.get_array("writeErrors").map(Vec::as_slice);
    errors
        .unwrap_or_default()
        .iter()
        .filter_map(Bson::as_document)
}

/// Whether the record is there already.
fn is_duplicate(reply: &Document) -> bool {
    write_errors(reply).any(|error| {
        error
            .get_i32("code")
            .is_ok_and(|code| code == DUPLICATE_KEY)
    })
}

/// Why a write was not taken.
fn refusal(reply: &Document) -> Option<String> {
    let refused = write_errors(reply).next()?;
    let reason = refused.get_str("errmsg").unwrap_or("no reason given");
    Some(reason.to_owned())
}

/// Has Atlas forget records when their time is over; that they are gone then travels to the PCs like any deletion.
pub(crate) async fn limit_retention(atlas: &Replica) -> Result<(), EngineError> {
    let options = IndexOptions::builder().expire_after(Duration::ZERO).build();
    let index = IndexModel::builder()
        .keys(doc! { "expiresAt": 1 })
        .options(options)
        .build();
    let records = atlas.own(CONFLICTS);
    answered(Side::Atlas, records.create_index(index).into_future()).await?;
    Ok(())
}
