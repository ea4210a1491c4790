//! The versions that lost: listed, shown beside the winner, put back, marked as dealt with.

use std::collections::BTreeMap;

use bson::{Bson, Document};
use sync_engine::vault::{self, Marked, Query};

use super::App;
use super::fields::{leaf, rows};
use super::problems::gone;
use crate::wire::{
    Conflict, ConflictDetail, ConflictFilter, ConflictPage, ConflictQuery, Device, Failure,
};

/// No window shows more rows at once.
const LIMIT_MAX: u32 = 500;

/// The author of what was written directly there.
const ATLAS: &str = "atlas";

impl App {
    /// A part of the list, newest first.
    ///
    /// # Errors
    /// This PC's MongoDB does not answer.
    pub async fn conflicts(&self, query: &ConflictQuery) -> Result<ConflictPage, Failure> {
        let labels = self.labels().await;
        let query = Query {
            open_only: query.filter == ConflictFilter::Open,
            collection: query.collection.clone(),
            search: query.search.trim().to_owned(),
            offset: query.offset,
            limit: query.limit.clamp(1, LIMIT_MAX),
        };
        let page = vault::page(&self.access().await?, &query, &labels).await?;
        let names = self.names_in(&page.records).await;
        Ok(ConflictPage {
            total: count(page.total),
            open: count(page.open),
            collections: page.collections,
            rows: page
                .records
                .iter()
                .map(|record| conflict(record, &names))
                .collect(),
        })
    }

    /// Both versions, field by field.
    ///
    /// # Errors
    /// The record is gone, or this PC's MongoDB does not answer.
    pub async fn conflict(&self, id: &str) -> Result<ConflictDetail, Failure> {
        let labels = self.labels().await;
        let record = vault::show(&self.access().await?, id, &labels)
            .await?
            .ok_or_else(gone)?;
        let winner = record.get_document("winner").ok();
        let (rows, truncated) = rows(winner, record.get_document("loser").ok());
        let names = self.names_in(std::slice::from_ref(&record)).await;
        Ok(ConflictDetail {
            conflict: conflict(&record, &names),
            winner_missing: winner.is_none(),
            rows,
            truncated,
        })
    }

    /// Writes the kept version back, as an edit made now.
    ///
    /// # Errors
    /// The record is gone, or this PC's MongoDB does not answer or refuses the document.
    pub async fn restore_conflict(&self, id: &str) -> Result<(), Failure> {
        if vault::restore(&self.access().await?, id).await? {
            Ok(())
        } else {
            Err(gone())
        }
    }

    /// Marks conflicts as dealt with, or takes that back; `None` means all open ones, or those marked together last.
    /// Returns how many.
    ///
    /// # Errors
    /// This PC's MongoDB does not answer.
    pub async fn mark_conflicts(&self, ids: Option<&[String]>, seen: bool) -> Result<u32, Failure> {
        let which = ids.map_or(Marked::All, Marked::These);
        let marked = vault::mark(&self.access().await?, which, seen).await?;
        Ok(count(marked))
    }

    /// All PCs that sync with this Atlas, this one included.
    ///
    /// # Errors
    /// Atlas does not answer.
    pub async fn devices(&self) -> Result<Vec<Device>, Failure> {
        let me = self.status.borrow().instance_id.clone();
        let devices = self.access().await?.devices().await?;
        let mut names = self.names.lock().expect("no holder panics");
        let told = devices.into_iter().map(|device| {
            names.insert(device.id.clone(), device.name.clone());
            Device {
                me: device.id == me,
                id: device.id,
                name: device.name,
                last_seen: device.last_seen.timestamp_millis() as f64,
                pending: u32::try_from(device.pending).unwrap_or_default(),
                clock_offset_ms: device.clock_offset_ms.and_then(|ms| i32::try_from(ms).ok()),
                version: device.version,
            }
        });
        Ok(told.collect())
    }

    pub(super) async fn labels(&self) -> BTreeMap<String, String> {
        let state = self.state.read().await;
        state.settings.collection_labels.value.0.clone()
    }

    /// What the PCs in these records are called. Atlas is asked where one is not known yet, and only while it answers.
    async fn names_in(&self, records: &[Document]) -> BTreeMap<String, String> {
        let names = self.names();
        let mut ids = records.iter().flat_map(|record| {
            let authors = ["winnerInstanceId", "loserInstanceId"];
            authors.map(|key| record.get_str(key).unwrap_or(ATLAS))
        });
        let unknown = ids.any(|id| id != ATLAS && !names.contains_key(id));
        if !unknown || !self.status.borrow().atlas.connected {
            return names;
        }
        match self.devices().await {
            Ok(_) => self.names(),
            Err(failure) => {
                tracing::debug!(%failure, "the PCs' names are not known");
                names
            }
        }
    }

    /// What PCs are called, as far as it was ever told.
    fn names(&self) -> BTreeMap<String, String> {
        self.names.lock().expect("no holder panics").clone()
    }
}

fn conflict(record: &Document, names: &BTreeMap<String, String>) -> Conflict {
    let text = |key| record.get_str(key).unwrap_or_default().to_owned();
    let time = |key| {
        let at = record.get_datetime(key).ok();
        at.map(|at| at.timestamp_millis() as f64)
    };
    let who = |key| {
        let id = record.get_str(key).ok()?;
        Some(names.get(id).cloned().unwrap_or_else(|| id.to_owned()))
    };
    let about = record.get_document("document").ok();
    Conflict {
        id: text("_id"),
        collection: about
            .and_then(|about| about.get_str("collection").ok())
            .unwrap_or_default()
            .to_owned(),
        label: leaf(record.get("label").unwrap_or(&Bson::Null)).text,
        detected_at: time("detectedAt").unwrap_or_default(),
        detected_by: text("detectedBy"),
        reason: text("reason"),
        strategy: text("strategy"),
        winner: who("winnerInstanceId"),
        winner_at: time("winnerTime"),
        loser: who("loserInstanceId"),
        loser_at: time("loserTime"),
        caution: record.get_bool("caution").unwrap_or_default(),
        seen: record.get_bool("seen").unwrap_or_default(),
    }
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
