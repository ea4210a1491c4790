//! What a person says to a mass deletion that was stopped: that it is meant, or that it is not.

use bson::{DateTime, Document, RawArrayBuf, doc, rawdoc};
use futures_util::TryStreamExt;
use mongodb::options::ReturnDocument;
use sync_core::document::content_of;
use sync_core::place::{Direction, DocumentKey, Side};

use super::{APPROVED, count, held, place, row, rows};
use crate::access::Access;
use crate::error::{EngineError, answered};
use crate::metadata;
use crate::names::{DEVICES, METADATA, QUARANTINE};
use crate::quarantine;
use crate::queue::{self, Noted};
use crate::replica::push_key;

/// Documents put back at a time.
const PUT_BACK_AT_ONCE: usize = 500;

/// Deletions that wait for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Of which collection.
    pub collection: String,
    /// Which way they go.
    pub direction: Direction,
    /// How many.
    pub count: u64,
    /// When the first was stopped, on this PC's clock.
    pub since: DateTime,
}

/// What waits for a person.
///
/// # Errors
/// Local cannot be reached.
pub async fn list(access: &Access) -> Result<Vec<Held>, EngineError> {
    let mut all = Vec::new();
    for row in rows(access.local()).await? {
        let Some((direction, collection)) = place(&row) else {
            continue;
        };
        all.push(Held {
            count: count(access.local(), &collection, direction).await?,
            since: row
                .get_datetime("since")
                .copied()
                .unwrap_or(DateTime::now()),
            collection,
            direction,
        });
    }
    Ok(all)
}

/// The deletions are meant: they are made, here and on every other PC that waits with them. Returns how many waited
/// here.
///
/// # Errors
/// A side cannot be reached; then nothing is changed, or it can be said again.
pub async fn apply(
    access: &Access,
    collection: &str,
    direction: Direction,
) -> Result<u64, EngineError> {
    let id = format!("{APPROVED}{collection}");
    let devices = access.atlas().await?.own(DEVICES);
    let approve = devices
        .find_one_and_update(
            doc! { "_id": &id },
            vec![doc! { "$set": { "approvedAt": "$$NOW" } }],
        )
        .upsert(true)
        .return_document(ReturnDocument::After);
    let approved = answered(Side::Atlas, approve.into_future()).await?;
    let approved = approved.and_then(|row| row.get_datetime("approvedAt").ok().copied());
    let approved = approved.ok_or(EngineError::reply(Side::Atlas, "the time of the word"))?;
    if direction == Direction::UPLOAD {
        let told = doc! { "$set": { "approvedAt": approved } };
        metadata::change(access.local(), &id, told).await?;
    }
    take_off(access, collection, direction).await?;
    quarantine::retry_those(access, held(collection, direction)).await
}

/// They are not: every document that is still on one side is put back on the other, as if somebody had written it
/// again. Returns how many there were.
///
/// # Errors
/// A side cannot be reached; what is not put back yet still waits.
pub async fn restore(
    access: &Access,
    collection: &str,
    direction: Direction,
) -> Result<u64, EngineError> {
    let records = access.local().own(QUARANTINE);
    let found = records
        .find(held(collection, direction))
        .projection(doc! { "_id": 1 });
    let found = answered(Side::Local, found.into_future()).await?;
    let found: Vec<Document> = answered(Side::Local, found.try_collect()).await?;
    let keys = found.iter().filter_map(quarantine::about);
    let keys: Vec<DocumentKey> = keys.map(|(_, document)| document).collect();
    let mut put_back = 0;
    for keys in keys.chunks(PUT_BACK_AT_ONCE) {
        put_back += match direction {
            Direction::UPLOAD => copy_from_atlas(access, collection, keys).await?,
            _ => touch_here(access, collection, keys).await?,
        };
    }
    take_off(access, collection, direction).await?;
    Ok(put_back)
}

async fn take_off(
    access: &Access,
    collection: &str,
    direction: Direction,
) -> Result<(), EngineError> {
    let rows = access.local().own(METADATA);
    let this = doc! { "_id": row(&(direction, collection.to_owned())) };
    answered(Side::Local, rows.delete_one(this).into_future()).await?;
    Ok(())
}

/// Deleted on this PC, and still on Atlas.
async fn copy_from_atlas(
    access: &Access,
    collection: &str,
    keys: &[DocumentKey],
) -> Result<u64, EngineError> {
    let found = access
        .atlas()
        .await?
        .find(collection, keys, usize::MAX)
        .await?;
    let mut documents = Vec::with_capacity(found.documents.len());
    let mut copied = Vec::with_capacity(found.documents.len());
    for (key, document) in found.documents {
        let content = content_of(&document).map_err(EngineError::malformed(Side::Atlas))?;
        documents.push(content);
        copied.push(key);
    }
    // One that somebody has put back already stays as he wrote it.
    access.local().insert(collection, &documents).await?;
    queue::note(access.local(), collection, &copied, Noted::Put).await?;
    Ok(copied.len() as u64)
}

/// Deleted on Atlas, and still on this PC: without its stamp it counts as written anew.
async fn touch_here(
    access: &Access,
    collection: &str,
    keys: &[DocumentKey],
) -> Result<u64, EngineError> {
    let local = access.local();
    let mut ids = RawArrayBuf::new();
    keys.iter().for_each(|key| push_key(&mut ids, key));
    let mut updates = RawArrayBuf::new();
    updates.push(rawdoc! {
        "q": { "_id": { "$in": ids } }, "u": { "$unset": { "_syncMeta": "" } }, "multi": true,
    });
    let command = rawdoc! { "update": collection, "updates": updates };
    let touched = local
        .run(command)
        .await?
        .get_i32("nModified")
        .unwrap_or_default();
    queue::note(local, collection, keys, Noted::Put).await?;
    Ok(u64::from(touched.unsigned_abs()))
}
