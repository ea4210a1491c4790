//! One range of a collection, read from both sides: all documents with an `_id` after the last range's end.
//!
//! The order of `_id`s is the server's; it is never computed here. Local's page sets the end, and where Atlas has more
//! in between than fits, Atlas' page does.

use std::collections::{HashMap, HashSet};

use bson::{Bson, Document, RawArrayBuf, RawBsonRef, RawDocumentBuf, rawdoc};
use futures_util::StreamExt;
use sync_core::document::{key_of, single};
use sync_core::place::{DocumentKey, Side};

use super::outline::{NoOutline, Paths};
use crate::error::{EngineError, answered};
use crate::look::copy;
use crate::replica::Replica;

/// Documents per side in a range.
const PAGE: usize = 1000;
/// Bytes per side in a range; a single document may exceed it.
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The documents of both sides between two `_id`s.
#[derive(Debug)]
pub(crate) struct Range {
    pub(crate) local: Vec<RawDocumentBuf>,
    pub(crate) atlas: Vec<RawDocumentBuf>,
    /// Documents that are the same on both sides, up to the stamp, and that nobody has to look at.
    pub(crate) same: usize,
    /// Documents that differ, but were too large to be read together.
    pub(crate) unread: Vec<DocumentKey>,
    /// The last `_id` it covers; `None` where it reaches to the collection's end.
    pub(crate) end: Option<DocumentKey>,
}

impl Range {
    fn whole(
        local: Vec<RawDocumentBuf>,
        atlas: Vec<RawDocumentBuf>,
        end: Option<DocumentKey>,
    ) -> Range {
        Range {
            local,
            atlas,
            same: 0,
            unread: Vec::new(),
            end,
        }
    }

    pub(crate) fn documents(&self) -> u64 {
        (self.same + self.unread.len() + self.local.len().max(self.atlas.len())) as u64
    }

    /// The side that has none of these documents while the other has all.
    pub(crate) fn lacking(&self) -> Option<Side> {
        let alike = self.same > 0 || !self.unread.is_empty();
        match (self.local.is_empty(), self.atlas.is_empty()) {
            _ if alike => None,
            (true, false) => Some(Side::Local),
            (false, true) => Some(Side::Atlas),
            (true, true) | (false, false) => None,
        }
    }
}

pub(super) struct Page {
    pub(super) documents: Vec<RawDocumentBuf>,
    more: bool,
}

/// Reads the range that begins after `after`, of both sides in full.
pub(crate) async fn read_range(
    local: &Replica,
    atlas: &Replica,
    collection: &str,
    after: Option<&DocumentKey>,
) -> Result<Range, EngineError> {
    let whole = async |replica, end: &Option<DocumentKey>| {
        page(replica, collection, (after, end.as_ref()), None).await
    };
    let mut here = whole(local, &None).await?;
    let mut end = last(&here)?;
    let mut there = whole(atlas, &end).await?;
    if there.more {
        end = last(&there)?;
        here = whole(local, &end).await?;
        if here.more {
            // Local's page was cut by bytes before Atlas' end: its documents beyond belong to the next range.
            end = last(&here)?;
            there = whole(atlas, &end).await?;
        }
    }
    Ok(Range::whole(here.documents, there.documents, end))
}

/// Reads the range that begins after `after`, of Atlas' documents only those that are not the same as Local's.
pub(super) async fn read_differences(
    local: &Replica,
    atlas: &Replica,
    collection: &str,
    after: Option<&DocumentKey>,
) -> Result<Range, EngineError> {
    let here = page(local, collection, (after, None), None).await?;
    let mut paths = Paths::default();
    let outlined = here
        .documents
        .iter()
        .try_for_each(|document| paths.add(document));
    if here.documents.is_empty() || outlined == Err(NoOutline) {
        return read_range(local, atlas, collection, after).await;
    }
    let end = last(&here)?;
    let stage = paths.stage();
    let outlines = |replica| page(replica, collection, (after, end.as_ref()), Some(&stage));
    let there = match outlines(atlas).await {
        Ok(there) if there.documents.is_empty() => {
            return Ok(Range::whole(here.documents, Vec::new(), end));
        }
        Ok(there) if !there.more => there,
        // Atlas has more in between, or is too old for outlines.
        Err(error) if error.code().is_none() => return Err(error),
        Ok(_) | Err(_) => return read_range(local, atlas, collection, after).await,
    };
    let mine = outlines(local).await?;
    compared(atlas, collection, here, [mine, there], end).await
}

/// Leaves out what has the same outline on both sides and was last written by the sync.
async fn compared(
    atlas: &Replica,
    collection: &str,
    here: Page,
    [mine, there]: [Page; 2],
    end: Option<DocumentKey>,
) -> Result<Range, EngineError> {
    let by_key = |page: Page, side| -> Result<HashMap<DocumentKey, RawDocumentBuf>, EngineError> {
        let keyed = page
            .documents
            .into_iter()
            .map(|document| Ok((key_of(&document)?, document)));
        keyed
            .collect::<Result<_, _>>()
            .map_err(EngineError::malformed(side))
    };
    let (mine, mut there) = (by_key(mine, Side::Local)?, by_key(there, Side::Atlas)?);
    let (mut same, mut local) = (0, Vec::new());
    for document in here.documents {
        let key = key_of(&document).map_err(EngineError::malformed(Side::Local))?;
        let equal = there
            .get(&key)
            .is_some_and(|outline| mine.get(&key) == Some(outline));
        if equal && is_clean(&document) {
            there.remove(&key);
            same += 1;
        } else {
            local.push((key, document));
        }
    }
    let keys: Vec<DocumentKey> = there.into_keys().collect();
    let found = atlas.find(collection, &keys, PAGE_BYTES_MAX).await?;
    let unread: HashSet<&DocumentKey> = found.unread.iter().collect();
    local.retain(|(key, _)| !unread.contains(key));
    Ok(Range {
        local: local.into_iter().map(|(_, document)| document).collect(),
        atlas: found.documents.into_values().collect(),
        same,
        unread: found.unread,
        end,
    })
}

pub(super) fn is_clean(document: &RawDocumentBuf) -> bool {
    matches!(copy(Some(document)), Ok(Some(copy)) if copy.clean().is_some())
}

pub(super) fn last(page: &Page) -> Result<Option<DocumentKey>, EngineError> {
    match page.documents.last() {
        Some(document) if page.more => key_of(document)
            .map(Some)
            .map_err(EngineError::malformed(Side::Local)),
        _ => Ok(None),
    }
}

/// Documents between two `_id`s in their order, whole or as `stage` makes them.
pub(super) async fn page(
    replica: &Replica,
    collection: &str,
    (after, end): (Option<&DocumentKey>, Option<&DocumentKey>),
    stage: Option<&Document>,
) -> Result<Page, EngineError> {
    let mut bounds = RawArrayBuf::new();
    for (operator, bound) in [("$gt", after), ("$lte", end)] {
        if let Some(bound) = bound {
            bounds.push(bounded(operator, bound));
        }
    }
    // Unlike a plain comparison of `_id`, an expression compares across types.
    let filter = if bounds.is_empty() {
        rawdoc! {}
    } else {
        rawdoc! { "$expr": { "$and": bounds } }
    };
    let limit = i32::try_from(PAGE).expect("a small constant");
    let command = match stage {
        None => rawdoc! {
            "find": collection, "filter": filter, "sort": { "_id": 1 }, "hint": { "_id": 1 },
            "limit": limit, "batchSize": limit, "readConcern": replica.read_concern(),
        },
        Some(stage) => {
            let stage =
                RawDocumentBuf::try_from(stage).map_err(|error| replica.unreadable(&error))?;
            rawdoc! {
                "aggregate": collection,
                "pipeline": [{ "$match": filter }, { "$sort": { "_id": 1 } }, { "$limit": limit }, stage],
                "hint": { "_id": 1 }, "cursor": { "batchSize": limit }, "readConcern": replica.read_concern(),
            }
        }
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
    let full = documents.len() >= PAGE;
    let more = full && documents.last().and_then(|last| key_of(last).ok()).as_ref() != end;
    Ok(Page { documents, more })
}

fn bounded(operator: &str, bound: &DocumentKey) -> RawDocumentBuf {
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
