//! The vault: every version that a conflict or a deletion overrode, kept on Local and, being synced itself, everywhere.

mod shelf;

use std::time::Duration;

use bson::{Bson, DateTime, Document, RawArrayBuf, RawDocumentBuf, cstr, doc, rawdoc};
use mongodb::IndexModel;
use mongodb::options::IndexOptions;
use sync_core::decide::Loss;
use sync_core::digest::Digest;
use sync_core::document::DOCUMENT_BYTES_MAX;
use sync_core::place::{Direction, Side};

use crate::error::{EngineError, Remedy, answered};
use crate::look::Look;
use crate::names::CONFLICTS;
use crate::replica::{Replica, tombstone_id};
use crate::run::Run;

pub use shelf::{Marked, Page, Query, list, mark, page, restore, show};

/// Room for everything in a record but the two documents.
const RECORD_BYTES: usize = 64 * 1024;

impl Run {
    /// The record for a version that is about to be overruled. Its `_id` follows from what is kept, so that the same
    /// loss noted twice, or by two PCs, is one record.
    fn record(&self, look: &Look, loss: &Loss) -> Option<RawDocumentBuf> {
        let key = &look.task.key;
        if &*key.collection == CONFLICTS {
            return None;
        }
        let (loser, winner) = match loss.side {
            Side::Local => (look.local.as_ref()?, look.atlas.as_ref()),
            Side::Atlas => (look.atlas.as_ref()?, look.local.as_ref()),
        };
        let content = Digest::of_content(loser).ok()?;
        let parts = [
            key.collection.as_bytes(),
            key.document.as_bytes(),
            &content.0,
        ]
        .concat();
        let now = DateTime::now();
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
        Some(record)
    }

    /// Puts what is about to be overruled into Local's vault, on disk. `false`: the vault will not have it, so nothing
    /// may be overwritten yet.
    pub(crate) async fn keep(&self, look: &Look, loss: &Loss) -> Result<bool, EngineError> {
        let Some(record) = self.record(look, loss) else {
            return Ok(true);
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
            Ok(reply) => refusal(&reply),
            Err(error) if error.remedy() == Remedy::SetAside => Some(error.to_string()),
            Err(error) => return Err(error),
        };
        let Some(reason) = reason else {
            self.unkept.lock().expect("no holder panics").remove(key);
            return Ok(true);
        };
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
        Ok(false)
    }
}

/// Why the vault did not take a record. One that is there already (a duplicate `_id`) is as good as a new one.
fn refusal(reply: &Document) -> Option<String> {
    let errors = reply.get_array("writeErrors").map(Vec::as_slice);
    let mut errors = errors
        .unwrap_or_default()
        .iter()
        .filter_map(Bson::as_document);
    let refused = errors.find(|error| !error.get_i32("code").is_ok_and(|code| code == 11000))?;
    Some(
        refused
            .get_str("errmsg")
            .unwrap_or("no reason given")
            .to_owned(),
    )
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
