//! Two databases compared as wholes: every collection, every document, byte
//! for byte.
//!
//! The engine's own marks do not count: the top-level field `_syncMeta`, and
//! collections whose names start with `_sync_`. Nor do `system.*` collections
//! and views. A collection without documents counts as absent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

use bson::raw::{RawDocument, RawDocumentBuf};
use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use mongodb::Database;
use mongodb::results::CollectionType;

/// How many differences are printed in full.
const SHOWN_MAX: usize = 10;

/// Longer documents are cut here when they are printed.
const SHOWN_CHARACTERS_MAX: usize = 600;

/// What differs; its `Display` is for a person. Empty when nothing does.
#[derive(Debug, Default)]
pub struct Diff {
    pub differences: Vec<Difference>,
    /// Documents on the left and on the right.
    pub documents: (usize, usize),
}

/// One document that is not the same on both sides. `None` is "not there".
#[derive(Debug)]
pub struct Difference {
    pub collection: String,
    pub left: Option<RawDocumentBuf>,
    pub right: Option<RawDocumentBuf>,
}

/// What a comparison found wrong, or why there was none.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    #[error("{0}")]
    Different(Diff),
    #[error("cannot read a side: {0}")]
    Unreadable(#[from] mongodb::error::Error),
    #[error("a document is not BSON: {0}")]
    Malformed(#[from] bson::error::Error),
}

/// Fits `eventually`: `Ok` with the number of documents when both are the same.
pub async fn same(left: &Database, right: &Database) -> Result<usize, DiffError> {
    let diff = diff(left, right).await?;
    if diff.differences.is_empty() {
        Ok(diff.documents.0)
    } else {
        Err(DiffError::Different(diff))
    }
}

/// Reads and compares everything. A read is not a snapshot: while somebody
/// writes, ask again.
pub async fn diff(left: &Database, right: &Database) -> Result<Diff, DiffError> {
    let (left_names, right_names) = tokio::try_join!(collections(left), collections(right))?;
    let mut found = Diff::default();
    for collection in left_names.union(&right_names) {
        let (mut left, mut right) =
            tokio::try_join!(documents(left, collection), documents(right, collection))?;
        found.documents.0 += left.len();
        found.documents.1 += right.len();
        let ids: BTreeSet<Vec<u8>> = left.keys().chain(right.keys()).cloned().collect();
        for id in ids {
            let (left, right) = (left.remove(&id), right.remove(&id));
            let same = match (&left, &right) {
                (Some(left), Some(right)) => content(left)? == content(right)?,
                (None, _) | (_, None) => false,
            };
            if !same {
                let collection = collection.clone();
                found.differences.push(Difference {
                    collection,
                    left,
                    right,
                });
            }
        }
    }
    Ok(found)
}

/// The elements of a document as they are stored, without `_syncMeta`.
pub fn content(document: &RawDocument) -> bson::error::Result<Vec<u8>> {
    const LENGTH_BYTES: usize = 4;
    let bytes = document.as_bytes();
    let mut kept = Vec::with_capacity(bytes.len());
    let mut start = LENGTH_BYTES;
    for element in document.iter_elements() {
        let element = element?;
        // Type byte, key, the key's zero byte, value.
        let end = start + 1 + element.key().as_str().len() + 1 + element.size();
        if element.key().as_str() != "_syncMeta" {
            kept.extend_from_slice(&bytes[start..end]);
        }
        start = end;
    }
    Ok(kept)
}

async fn collections(database: &Database) -> mongodb::error::Result<BTreeSet<String>> {
    let listed: Vec<_> = database.list_collections().await?.try_collect().await?;
    let names = listed.into_iter().filter_map(|listed| {
        let ours = listed.name.starts_with("_sync_") || listed.name.starts_with("system.");
        (listed.collection_type == CollectionType::Collection && !ours).then_some(listed.name)
    });
    Ok(names.collect())
}

/// Every document by the bytes of its `_id` element.
async fn documents(
    database: &Database,
    collection: &str,
) -> Result<BTreeMap<Vec<u8>, RawDocumentBuf>, DiffError> {
    let mut found = BTreeMap::new();
    let mut cursor = database
        .collection::<RawDocumentBuf>(collection)
        .find(doc! {})
        .await?;
    while cursor.advance().await? {
        let document = cursor.current().to_owned();
        found.insert(id(&document)?, document);
    }
    Ok(found)
}

fn id(document: &RawDocument) -> bson::error::Result<Vec<u8>> {
    let mut only_id = RawDocumentBuf::new();
    if let Some(id) = document.get("_id")? {
        only_id.append(bson::raw::cstr!("_id"), id);
    }
    Ok(only_id.into_bytes())
}

impl Display for Diff {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (left, right) = self.documents;
        let count = self.differences.len();
        writeln!(
            out,
            "{count} differences ({left} documents left, {right} right)"
        )?;
        for difference in self.differences.iter().take(SHOWN_MAX) {
            writeln!(out, "{difference}")?;
        }
        match count.saturating_sub(SHOWN_MAX) {
            0 => Ok(()),
            hidden => writeln!(out, "... and {hidden} more"),
        }
    }
}

impl Display for Difference {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let collection = &self.collection;
        match (&self.left, &self.right) {
            (Some(left), Some(right)) => {
                writeln!(out, "{collection}: differs")?;
                writeln!(out, "  left:  {}", shown(left))?;
                write!(out, "  right: {}", shown(right))?;
                match (Document::try_from(left), Document::try_from(right)) {
                    (Ok(left), Ok(right)) => write!(out, "{}", FieldDiff(&left, &right)),
                    (Err(_), _) | (_, Err(_)) => Ok(()),
                }
            }
            (Some(left), None) => write!(out, "{collection}: only left:  {}", shown(left)),
            (None, Some(right)) => write!(out, "{collection}: only right: {}", shown(right)),
            (None, None) => Ok(()),
        }
    }
}

/// The top-level fields that differ, a line each.
struct FieldDiff<'a>(&'a Document, &'a Document);

impl Display for FieldDiff<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Self(left, right) = self;
        let missing_left = right.keys().filter(|name| !left.contains_key(name));
        for name in left
            .keys()
            .chain(missing_left)
            .filter(|name| *name != "_syncMeta")
        {
            let (left, right) = (left.get(name), right.get(name));
            if left != right {
                write!(out, "\n  field {name}: {} | {}", field(left), field(right))?;
            }
        }
        Ok(())
    }
}

fn field(value: Option<&Bson>) -> String {
    value.map_or_else(|| "(absent)".to_owned(), |value| cut(value.to_string()))
}

fn shown(document: &RawDocument) -> String {
    match Document::try_from(document) {
        Ok(document) => cut(document.to_string()),
        Err(error) => format!("({} bytes, unreadable: {error})", document.as_bytes().len()),
    }
}

fn cut(text: String) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}... ({} bytes)", &text[..end], text.len()),
        None => text,
    }
}
