//! `_sync_queue`: what Bomba's middleware notes of its writes to a Local that has no change streams.
//!
//! A row says which document to look at. It is written before the document is, and marked as done after. The engine
//! takes rows by the page, and takes a page away when everything it told of is settled. The engine's own writes never
//! enter; what a person does through it does. A row's `taken` is the page in which this run took it.

pub(crate) mod row;

use std::collections::HashSet;

use bson::{Document, RawArrayBuf, RawBson, RawBsonRef, RawDocumentBuf, doc, rawdoc};
use futures_util::{StreamExt, TryStreamExt};
use mongodb::IndexModel;
use sync_core::document::{key_of, single};
use sync_core::place::{DocumentKey, Side};

use crate::error::{EngineError, answered};
use crate::names::QUEUE;
use crate::replica::{Feed, Replica, push_key};
pub(crate) use row::{Noted, Row};

/// What stands in `taken` of a row that was put by.
const PARKED: &str = "parked";

/// Rows read at a time.
const PAGE_ROWS: i32 = 1000;

/// Rows that nobody has taken.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Row>,
    /// Rows that cannot be understood.
    pub(crate) bad: Vec<Bad>,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<DocumentKey>,
    /// The server is a member of a replica set by now: a stream tells more than these.
    pub(crate) has_stream: bool,
}

/// A row that cannot be understood.
#[derive(Debug)]
pub(crate) struct Bad {
    pub(crate) id: DocumentKey,
    pub(crate) row: RawDocumentBuf,
    pub(crate) error: EngineError,
}

/// Makes the queue ready to be read.
pub(crate) async fn prepare(local: &Replica) -> Result<(), EngineError> {
    let index = IndexModel::builder().keys(doc! { "taken": 1, "_id": 1 });
    let rows = local.own(QUEUE);
    let create = rows.create_index(index.build());
    answered(Side::Local, create.into_future()).await?;
    Ok(())
}

/// What an earlier run took and did not finish is there to be taken again.
pub(crate) async fn give_back(local: &Replica) -> Result<(), EngineError> {
    free(local, doc! { "taken": { "$exists": true } }).await
}

/// Has rows read again that were put by.
pub(crate) async fn unpark(local: &Replica) -> Result<(), EngineError> {
    free(local, doc! { "taken": PARKED }).await
}

async fn free(local: &Replica, taken: Document) -> Result<(), EngineError> {
    let rows = local.own(QUEUE);
    let free = rows.update_many(taken, doc! { "$unset": { "taken": "" } });
    answered(Side::Local, free.into_future()).await?;
    Ok(())
}

/// Reads rows that nobody has taken, behind `after`.
pub(crate) async fn read(
    local: &Replica,
    after: Option<&DocumentKey>,
) -> Result<Page, EngineError> {
    let side = Side::Local;
    let mut filter = rawdoc! { "taken": RawBson::Null };
    if let Some(after) = after {
        filter.append(bson::cstr!("_id"), &*single("$gt", after));
    }
    let command = rawdoc! {
        "find": QUEUE, "filter": filter, "sort": { "_id": 1 }, "hint": { "taken": 1, "_id": 1 },
        "limit": PAGE_ROWS, "batchSize": PAGE_ROWS, "readConcern": local.read_concern(),
    };
    let opened = local.database.run_raw_cursor_command(command);
    let mut batches = answered(side, async { opened.batch().await }).await?;
    let mut page = Page {
        rows: Vec::new(),
        bad: Vec::new(),
        next: None,
        has_stream: false,
    };
    let (mut count, mut last) = (0, None);
    while let Some(batch) = answered(side, async { batches.next().await.transpose() }).await? {
        // Only those tell the time of their last write.
        let told = batch.as_raw_document().get_timestamp("operationTime");
        page.has_stream |= told.is_ok();
        for row in batch.doc_slices().map_err(EngineError::at(side))? {
            let row = row.map_err(|error| local.unreadable(&error))?;
            let RawBsonRef::Document(row) = row else {
                return Err(EngineError::reply(side, "a row of the queue"));
            };
            let id = key_of(row).map_err(EngineError::malformed(side))?;
            match Row::parse(id.clone(), row) {
                Ok(row) => page.rows.push(row),
                Err(missing) => {
                    let error = EngineError::reply(side, missing);
                    page.bad.push(Bad {
                        id: id.clone(),
                        row: row.to_owned(),
                        error,
                    });
                }
            }
            (count, last) = (count + 1, Some(id));
        }
    }
    page.next = last.filter(|_| count >= PAGE_ROWS);
    Ok(page)
}

/// Takes rows into a page, as far as they are still `done` or not, as they were when they were read: what is confirmed
/// since is looked at once more.
pub(crate) async fn take(
    local: &Replica,
    rows: &[DocumentKey],
    done: bool,
    page: i64,
) -> Result<(), EngineError> {
    mark(local, rows, done, page.into()).await
}

/// Puts rows by that are not done: they are not read until they are confirmed or `unpark` is called.
pub(crate) async fn park(local: &Replica, rows: &[DocumentKey]) -> Result<(), EngineError> {
    // A word and no number: `take_away` passes it by.
    mark(local, rows, false, PARKED.into()).await
}

async fn mark(
    local: &Replica,
    rows: &[DocumentKey],
    done: bool,
    taken: RawBson,
) -> Result<(), EngineError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut ids = RawArrayBuf::new();
    rows.iter().for_each(|row| push_key(&mut ids, row));
    let is_done = match done {
        true => rawdoc! { "$eq": true },
        false => rawdoc! { "$ne": true },
    };
    let mut updates = RawArrayBuf::new();
    updates.push(rawdoc! {
        "q": { "_id": { "$in": ids }, "done": is_done }, "u": { "$set": { "taken": taken } }, "multi": true,
    });
    local
        .run(rawdoc! { "update": QUEUE, "updates": updates })
        .await?;
    Ok(())
}

/// The documents of a collection that somebody is writing, as far as rows tell.
pub(crate) async fn under_way(
    local: &Replica,
    collection: &str,
) -> Result<HashSet<DocumentKey>, EngineError> {
    let rows = local.database.collection::<RawDocumentBuf>(QUEUE);
    let find = rows.find(doc! { "collection": collection, "done": { "$ne": true } });
    let found = answered(Side::Local, find.into_future()).await?;
    let found: Vec<RawDocumentBuf> = answered(Side::Local, found.try_collect()).await?;
    let rows = found
        .iter()
        .filter_map(|row| Row::parse(key_of(row).ok()?, row).ok());
    Ok(rows.flat_map(|row| row.documents()).collect())
}

/// Takes away what was taken up to that page: everything it told of is settled.
pub(crate) async fn take_away(local: &Replica, page: i64) -> Result<(), EngineError> {
    let settled = doc! { "taken": { "$lte": page } };
    let rows = local.own(QUEUE);
    answered(Side::Local, rows.delete_many(settled).into_future()).await?;
    Ok(())
}

/// The position in a queue: everything up to this page is settled.
pub(crate) fn position(page: i64) -> RawDocumentBuf {
    rawdoc! { "queue": page }
}

/// The page that a position names, if it is one of a queue.
pub(crate) fn page_of(position: &bson::RawDocument) -> Option<i64> {
    position.get_i64("queue").ok()
}

/// Notes what a person did to documents through this program. Where there is a stream, that tells of it.
pub(crate) async fn note(
    local: &Replica,
    collection: &str,
    documents: &[DocumentKey],
    noted: Noted,
) -> Result<(), EngineError> {
    if documents.is_empty() || local.feed().await? == Feed::Stream {
        return Ok(());
    }
    for documents in documents.chunks(usize::try_from(PAGE_ROWS).expect("a small constant")) {
        let mut rows = RawArrayBuf::new();
        for document in documents {
            rows.push(Row::write(collection, document, noted));
        }
        let command = rawdoc! {
            "insert": QUEUE, "documents": rows, "writeConcern": local.write_concern(),
        };
        local.run(command).await?;
    }
    Ok(())
}

/// The documents that a change is about to be made to. None where a stream tells of it.
pub(crate) async fn to_note(
    local: &Replica,
    collection: &str,
    filter: &Document,
) -> Result<Vec<DocumentKey>, EngineError> {
    if local.feed().await? == Feed::Stream {
        return Ok(Vec::new());
    }
    let documents = local.database.collection::<RawDocumentBuf>(collection);
    let find = documents.find(filter.clone()).projection(doc! { "_id": 1 });
    let found = answered(Side::Local, find.into_future()).await?;
    let found: Vec<RawDocumentBuf> = answered(Side::Local, found.try_collect()).await?;
    let keys = found.iter().map(|document| key_of(document));
    keys.collect::<Result<_, _>>()
        .map_err(EngineError::malformed(Side::Local))
}

/// What the middleware says of itself on Local.
pub(crate) async fn middleware(local: &Replica) -> Result<Option<Document>, EngineError> {
    crate::metadata::read(local, "middleware").await
}
