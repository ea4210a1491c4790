//! Changes that cannot be applied: set aside with the reason, so that nothing is skipped in silence and the rest goes on.
//!
//! A record is tried again when its document changes, when the engine starts, or when a person asks for it. A user's
//! deletion is kept with it: the position has passed its event, and without it the document would be brought back.

mod refused;

use bson::{Bson, DateTime, Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use sync_core::digest::Digest;
use sync_core::document::single;
use sync_core::inbox::Task;
use sync_core::place::{DocumentKey, Key, Side};
use sync_core::revision::EventTime;
use sync_core::sighting::{Event, Happening};

use crate::access::Access;
use crate::brake::HELD;
use crate::error::{EngineError, answered};
use crate::names::QUARANTINE;
use crate::queue::{self, Noted};
use crate::replica::{DUPLICATE_KEY, Replica, parse_tombstone_id, tombstone_id};
use crate::run::Run;

pub(crate) use refused::Refused;
pub use refused::objection;

fn record_id(key: &Key) -> Bson {
    let id = tombstone_id(&key.collection, &key.document);
    Document::try_from(&*id).map_or(Bson::Null, Bson::Document)
}

impl Run {
    /// Sets a change aside.
    pub(crate) async fn set_aside(&self, key: &Key, refused: &Refused) -> Result<(), EngineError> {
        if refused.code != HELD {
            let Refused { code, reason, .. } = refused;
            tracing::warn!(?key, code, reason, "set aside");
        }
        let now = DateTime::now();
        let mut set = doc! {
            "direction": refused.direction.name(), "code": refused.code, "reason": &refused.reason, "lastAt": now,
        };
        let mut unset = doc! { "retry": "", "discarded": "" };
        refused.note_objection(&mut set, &mut unset);
        let told = Side::BOTH.map(|side| self.inbox().newest(side, key));
        for (side, event) in Side::BOTH.into_iter().zip(told) {
            match event {
                Some(event) if event.happening == Happening::Delete => {
                    set.insert(deleted_at(side), DateTime::from_millis(event.time.0));
                }
                Some(_) => {
                    unset.insert(deleted_at(side), "");
                }
                None => {}
            }
        }
        let update = doc! {
            "$set": set, "$setOnInsert": { "firstAt": now }, "$inc": { "attempts": 1 }, "$unset": unset,
        };
        let records = self.replica(Side::Local).own(QUARANTINE);
        let write = records
            .update_one(doc! { "_id": record_id(key) }, update)
            .upsert(true);
        answered(Side::Local, write.into_future()).await?;
        self.quarantined
            .lock()
            .expect("no holder panics")
            .insert(key.clone());
        self.brakes.note(key, refused.code);
        self.no_longer_discarded(key);
        self.note_clash(key, refused.code);
        self.note_deletions(key, told);
        self.monitor.quarantined(self.problems() as u64);
        Ok(())
    }

    /// How many changes were set aside that are a problem, and no question.
    pub(crate) fn problems(&self) -> usize {
        let set_aside = self.quarantined.lock().expect("no holder panics").len();
        set_aside.saturating_sub(self.brakes.count())
    }

    /// Keeps the deletions among the newest events of both sides.
    fn note_deletions(&self, key: &Key, told: [Option<Event>; 2]) {
        let mut deletions = self.deletions.lock().expect("no holder panics");
        let mut kept = deletions.remove(key).unwrap_or_default();
        for (kept, event) in kept.iter_mut().zip(told) {
            if event.is_some() {
                *kept = event.filter(|event| event.happening == Happening::Delete);
            }
        }
        if kept.iter().any(Option::is_some) {
            deletions.insert(key.clone(), kept);
        }
    }

    /// What is kept for a key and its task does not know of.
    fn untold(&self, task: &Task) -> [Option<Event>; 2] {
        let deletions = self.deletions.lock().expect("no holder panics");
        let [local, atlas] = deletions.get(&task.key).copied().unwrap_or_default();
        [
            local.filter(|_| task.local.is_none()),
            atlas.filter(|_| task.atlas.is_none()),
        ]
    }

    /// Whether a deletion that was set aside is to be told before the task can be decided about.
    pub(crate) fn has_more_to_tell(&self, task: &Task) -> bool {
        self.untold(task).iter().any(Option::is_some)
    }

    /// Tells a task of the deletions that were set aside, as if they had been read just now.
    pub(crate) fn tell_deletions(&self, task: &mut Task) {
        let untold = self.untold(task);
        for (side, event) in Side::BOTH.into_iter().zip(untold) {
            let Some(event) = event else { continue };
            let key = task.key.clone();
            self.inbox().offer(side, key, event, self.clock.steady_ms());
            match side {
                Side::Local => task.local = Some(event),
                Side::Atlas => task.atlas = Some(event),
            }
        }
    }

    /// The key is settled; if it was set aside, it no longer is.
    pub(crate) async fn clear_quarantine(&self, key: &Key) -> Result<(), EngineError> {
        if !self.is_set_aside(key) {
            return Ok(());
        }
        let records = self.replica(Side::Local).own(QUARANTINE);
        answered(
            Side::Local,
            records
                .delete_one(doc! { "_id": record_id(key) })
                .into_future(),
        )
        .await?;
        self.forget_quarantined(key);
        self.no_longer_discarded(key);
        Ok(())
    }

    /// Whether the key was set aside and has not been brought together since, whatever a person said of its record.
    pub(crate) fn is_set_aside(&self, key: &Key) -> bool {
        [&self.quarantined, &self.discarded]
            .iter()
            .any(|keys| keys.lock().expect("no holder panics").contains(key))
    }

    fn no_longer_discarded(&self, key: &Key) {
        self.discarded.lock().expect("no holder panics").remove(key);
    }

    /// Events said of these keys that their record was discarded, or is gone. They may be old, read once more: the
    /// records themselves tell. What was discarded is no problem any more, but its two sides still differ, so nothing
    /// of its past proves anything.
    pub(crate) async fn look_at_discarded(&self, mut keys: Vec<Key>) -> Result<(), EngineError> {
        {
            let set_aside = self.quarantined.lock().expect("no holder panics");
            keys.retain(|key| set_aside.contains(key));
        }
        let records = self.replica(Side::Local).own(QUARANTINE);
        for key in keys {
            let record = records.find_one(doc! { "_id": record_id(&key) });
            let record = answered(Side::Local, record.into_future()).await?;
            if record.is_none_or(|record| record.contains_key("discarded")) {
                self.discarded
                    .lock()
                    .expect("no holder panics")
                    .insert(key.clone());
                self.forget_quarantined(&key);
            }
        }
        Ok(())
    }

    fn note_clash(&self, key: &Key, code: i32) {
        let mut clashes = self.clashes.lock().expect("no holder panics");
        if code == DUPLICATE_KEY {
            clashes.insert(key.clone());
        } else {
            clashes.remove(key);
        }
    }

    /// The rules have changed: everything that was set aside may be applied now.
    pub(crate) fn retry_set_aside(&self) {
        let set_aside = self.quarantined.lock().expect("no holder panics");
        let mut inbox = self.inbox();
        let refused = set_aside.iter().filter(|key| !self.brakes.is_held(key));
        refused.for_each(|key| inbox.nudge(key.clone(), true));
        drop(inbox);
        self.wake();
    }

    /// A document changed: what clashed with it may have its place now.
    pub(crate) fn retry_clashes(&self, changed: &Key) {
        let clashes = self.clashes.lock().expect("no holder panics");
        let same = clashes
            .iter()
            .filter(|key| key.collection == changed.collection);
        same.for_each(|key| self.inbox().nudge(key.clone(), true));
    }

    fn forget_quarantined(&self, key: &Key) {
        self.quarantined
            .lock()
            .expect("no holder panics")
            .remove(key);
        self.brakes.forget(key);
        self.clashes.lock().expect("no holder panics").remove(key);
        self.deletions.lock().expect("no holder panics").remove(key);
        self.monitor.quarantined(self.problems() as u64);
    }

    /// Reads what earlier runs set aside, and has it tried again.
    pub(crate) async fn load_quarantine(&self) -> Result<(), EngineError> {
        for record in read(self.replica(Side::Local), doc! {}).await? {
            let Some((collection, document)) = about(&record) else {
                continue;
            };
            let key = Key {
                collection: self.intern(&collection),
                document,
            };
            if record.contains_key("discarded") {
                self.discarded.lock().expect("no holder panics").insert(key);
                continue;
            }
            self.quarantined
                .lock()
                .expect("no holder panics")
                .insert(key.clone());
            let code = record.get_i32("code").unwrap_or_default();
            self.note_clash(&key, code);
            self.note_deletions(&key, Side::BOTH.map(|side| deletion(&record, side)));
            self.brakes.note(&key, code);
            if code != HELD {
                self.inbox().nudge(key, true);
            }
        }
        self.monitor.quarantined(self.problems() as u64);
        Ok(())
    }
}

/// The collection and key of the document that a record is about.
pub(crate) fn about(record: &Document) -> Option<(String, DocumentKey)> {
    let id = RawDocumentBuf::try_from(record.get_document("_id").ok()?).ok()?;
    parse_tombstone_id(&id)
}

/// The field that keeps when a user deleted the document on `side`, on the clock of that side.
fn deleted_at(side: Side) -> &'static str {
    match side {
        Side::Local => "deletedOnLocalAt",
        Side::Atlas => "deletedOnAtlasAt",
    }
}

fn deletion(record: &Document, side: Side) -> Option<Event> {
    let at = record.get_datetime(deleted_at(side)).ok()?;
    Some(Event {
        happening: Happening::Delete,
        time: EventTime(at.timestamp_millis()),
        order: None,
        assumed: false,
    })
}

/// Those that nobody has discarded, and that no brake holds back.
fn kept() -> Document {
    doc! { "discarded": { "$exists": false }, "code": { "$ne": HELD } }
}

async fn read(local: &Replica, filter: Document) -> Result<Vec<Document>, EngineError> {
    let records = local.own(QUARANTINE);
    let find = records.find(filter).sort(doc! { "firstAt": 1 });
    let cursor = answered(Side::Local, find.into_future()).await?;
    answered(Side::Local, cursor.try_collect()).await
}

/// The records, oldest first: `_id` (collection and id), direction, code, reason, firstAt, lastAt, attempts, and what
/// [`objection`] reads.
///
/// # Errors
/// Local cannot be reached.
pub async fn list(access: &Access) -> Result<Vec<Document>, EngineError> {
    read(access.local(), kept()).await
}

/// Has a record, or all of them, tried again by the running engine (or by the next one). Returns how many.
///
/// # Errors
/// Local cannot be reached.
pub async fn retry(access: &Access, id: Option<&Document>) -> Result<u64, EngineError> {
    let mut filter = kept();
    filter.extend(id.map(|id| ("_id".to_owned(), id.clone().into())));
    retry_those(access, filter).await
}

/// The same for records that fit.
pub(crate) async fn retry_those(access: &Access, filter: Document) -> Result<u64, EngineError> {
    let about = to_note(access, &filter).await?;
    let records = access.local().own(QUARANTINE);
    let update = records.update_many(filter, doc! { "$set": { "retry": DateTime::now() } });
    let updated = answered(Side::Local, update.into_future()).await?;
    note(access, &about, Noted::Retry).await?;
    Ok(updated.matched_count)
}

/// The records as the queue of a standalone Local names them.
async fn to_note(access: &Access, filter: &Document) -> Result<Vec<DocumentKey>, EngineError> {
    queue::to_note(access.local(), QUARANTINE, filter).await
}

async fn note(access: &Access, records: &[DocumentKey], noted: Noted) -> Result<(), EngineError> {
    for record in records {
        let id = single("_id", record);
        let named = id.get_document("_id").ok().and_then(parse_tombstone_id);
        if let Some((collection, document)) = named {
            queue::note(access.local(), &collection, &[document], noted).await?;
        }
    }
    Ok(())
}

/// Discards a record: the change stays unapplied until its document changes again. Returns whether there was one. The
/// row stays until then, for the sync has to know that the two sides differ.
///
/// # Errors
/// Local cannot be reached.
pub async fn discard(access: &Access, id: &Document) -> Result<bool, EngineError> {
    let records = access.local().own(QUARANTINE);
    let mut record = kept();
    record.insert("_id", id.clone());
    let about = to_note(access, &record).await?;
    let mark = doc! { "$set": { "discarded": DateTime::now() } };
    let discard = records.update_one(record, mark);
    let discarded = answered(Side::Local, discard.into_future()).await?;
    note(access, &about, Noted::Discard).await?;
    Ok(discarded.matched_count > 0)
}

/// Enough that no two records of a shop share it, few enough to type.
const ID_CHARACTERS: usize = 12;

/// A record's own `_id` is a document, which nobody types: a digest of it stands for it.
pub fn short_id(record: &Document) -> String {
    let id = record.get("_id").cloned().unwrap_or(Bson::Null);
    let bytes = doc! { "_id": id }.to_vec().unwrap_or_default();
    let mut digest = Digest::of_bytes(&bytes).to_string();
    digest.truncate(ID_CHARACTERS);
    digest
}

/// The `_id` of the record that a short ID means.
///
/// # Errors
/// Local cannot be reached.
pub async fn find(access: &Access, short: &str) -> Result<Option<Document>, EngineError> {
    let records = list(access).await?;
    let found = records.into_iter().find(|record| short_id(record) == short);
    Ok(found.and_then(|record| record.get_document("_id").ok().cloned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_different_types_are_different_records() {
        let record =
            |id: Bson| doc! { "_id": { "collection": "bills", "id": id }, "reason": "validation" };
        let ids = [7_i32.into(), 7_i64.into(), 7.0.into(), "7".into()]
            .map(|id: Bson| short_id(&record(id)));
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(id.len(), ID_CHARACTERS);
            assert!(!ids[..at].contains(id), "{ids:?}");
        }
        assert_eq!(short_id(&record(7_i32.into())), ids[0]);
    }
}
