//! One range of a collection, read from both sides: all documents with an `_id` after the last range's end.
//!
//! The order of `_id`s is the server's; it is never computed here. Local's page sets the end, and where Atlas has more
//! in between than fits, Atlas' page does.

use bson::{Bson, RawArrayBuf, RawBsonRef, RawDocumentBuf, rawdoc};
use futures_util::StreamExt;
use sync_core::document::{key_of, single};
use sync_core::place::{DocumentKey, Side};

use crate::error::{EngineError, answered};
use crate::replica::Replica;

/// Documents per side in a range.
const PAGE: usize = 1000;
/// Bytes per side in a range; a single document may exceed it.
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// All documents of both sides between two `_id`s.
#[derive(Debug)]
pub(crate) struct Range {
    pub(crate) local: Vec<RawDocumentBuf>,
    pub(crate) atlas: Vec<RawDocumentBuf>,
    /// The last `_id` it covers; `None` where it reaches to the collection's end.
    pub(crate) end: Option<DocumentKey>,
}

impl Range {
    pub(crate) fn documents(&self) -> u64 {
        self.local.len().max(self.atlas.len()) as u64
    }
}

struct Page {
    documents: Vec<RawDocumentBuf>,
    more: bool,
}

/// Reads the range that begins after `after`.
pub(crate) async fn read_range(
    local: &Replica,
    atlas: &Replica,
    collection: &str,
    after: Option<&DocumentKey>,
) -> Result<Range, EngineError> {
    let mut here = page(local, collection, after, None).await?;
    let mut end = last(&here)?;
    let there = page(atlas, collection, after, end.as_ref()).await?;
    if there.more {
        end = last(&there)?;
        here = page(local, collection, after, end.as_ref()).await?;
        if here.more {
            // Local's page was cut by bytes before Atlas' end: its documents beyond belong to the next range.
            let end = last(&here)?;
            let there = page(atlas, collection, after, end.as_ref()).await?;
            return Ok(Range {
                local: here.documents,
                atlas: there.documents,
                end,
            });
        }
    }
    Ok(Range {
        local: here.documents,
        atlas: there.documents,
        end,
    })
}

fn last(page: &Page) -> Result<Option<DocumentKey>, EngineError> {
    match page.documents.last() {
        Some(document) if page.more => key_of(document)
            .map(Some)
            .map_err(EngineError::malformed(Side::Local)),
        _ => Ok(None),
    }
}

async fn page(
    replica: &Replica,
    collection: &str,
    after: Option<&DocumentKey>,
    end: Option<&DocumentKey>,
) -> Result<Page, EngineError> {
    let mut bounds = RawArrayBuf::new();
    for (operator, bound) in [("$gt", after), ("$lte", end)] {
        if let Some(bound) = bound {
            bounds.push(compared(operator, bound));
        }
    }
    // Unlike a plain comparison of `_id`, an expression compares across types.
    let filter = if bounds.is_empty() {
        rawdoc! {}
    } else {
        rawdoc! { "$expr": { "$and": bounds } }
    };
    let limit = i32::try_from(PAGE).expect("a small constant");
    let command = rawdoc! {
        "find": collection, "filter": filter, "sort": { "_id": 1 }, "hint": { "_id": 1 },
        "limit": limit, "batchSize": limit,
    };
    let opened = async {
        replica
            .database
            .run_raw_cursor_command(command)
            .batch()
            .await
    };
    let mut batches = answered(replica.side, opened).await?;
    let (mut documents, mut bytes) = (Vec::new(), 0);
    while let Some(batch) =
        answered(replica.side, async { batches.next().await.transpose() }).await?
    {
        for document in batch.doc_slices().map_err(EngineError::at(replica.side))? {
            let document = document.map_err(|error| replica.unreadable(&error))?;
            let RawBsonRef::Document(document) = document else {
                continue;
            };
            if bytes > PAGE_BYTES_MAX {
                return Ok(Page {
                    documents,
                    more: true,
                });
            }
            bytes += document.as_bytes().len();
            documents.push(document.to_owned());
        }
    }
    let more = documents.len() >= PAGE;
    Ok(Page { documents, more })
}

fn compared(operator: &str, bound: &DocumentKey) -> RawDocumentBuf {
    let holder = single("$literal", bound);
    let mut operands = RawArrayBuf::new();
    operands.push("$_id");
    operands.push(&*holder);
    match operator {
        "$gt" => rawdoc! { "$gt": operands },
        _ => rawdoc! { "$lte": operands },
    }
}

/// An `_id` read back from a stored row.
pub(super) fn key_from(value: &Bson) -> Option<DocumentKey> {
    super::stored_key(value)
}
