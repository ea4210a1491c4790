//! What a person does with the vault: looks through it, puts a kept version back, and notes what is dealt with.

use std::collections::BTreeMap;

use bson::{Bson, DateTime, Document, RawArrayBuf, RawDocumentBuf, Utf8Lossy, doc, rawdoc};
use futures_util::TryStreamExt;
use sync_core::document::{content_of, key_of, single};
use sync_core::place::Side;

use crate::access::Access;
use crate::error::{EngineError, answered};
use crate::names::CONFLICTS;
use crate::queue::{self, Noted};

/// Which records are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Only those nobody has dealt with.
    pub open_only: bool,
    /// Only those of this collection.
    pub collection: Option<String>,
    /// Only those with this text in label, collection or PC; empty: no condition.
    pub search: String,
    /// How many to leave out, from the newest on.
    pub offset: u32,
    /// How many at most.
    pub limit: u32,
}

/// A part of the records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// How many fit the query.
    pub total: u64,
    /// How many of all are not dealt with.
    pub open: u64,
    /// The collections that have any.
    pub collections: Vec<String>,
    /// Newest first, without the documents they keep, each with a `label`.
    pub records: Vec<Document>,
}

/// As a person sees it: a server stores text that is not UTF-8, and one such document must not hide all the others.
type Shown = Utf8Lossy<Document>;

/// Fields that name a document to people in most shops, tried in this order where nobody chose one.
pub const LABELS_LIKELY: [&str; 7] = [
    "billNumber",
    "invoiceNumber",
    "number",
    "code",
    "name",
    "title",
    "username",
];

/// The records, newest first, without the documents they keep.
///
/// # Errors
/// Local cannot be reached.
pub async fn list(access: &Access) -> Result<Vec<Document>, EngineError> {
    let records = access.local().own(CONFLICTS);
    let find = records
        .find(doc! {})
        .sort(doc! { "detectedAt": -1 })
        .projection(doc! { "loser": 0, "winner": 0 });
    let cursor = answered(Side::Local, find.into_future()).await?;
    answered(Side::Local, cursor.try_collect()).await
}

/// A part of the records. `labels` names the field that a collection's documents are known by.
///
/// # Errors
/// Local cannot be reached.
pub async fn page(
    access: &Access,
    query: &Query,
    labels: &BTreeMap<String, String>,
) -> Result<Page, EngineError> {
    let records = access.local().own(CONFLICTS);
    let open = records.count_documents(doc! { "seen": false });
    let open = answered(Side::Local, open.into_future()).await?;
    let names = records.distinct("document.collection", doc! {});
    let names = answered(Side::Local, names.into_future()).await?;
    let found = records
        .aggregate(pipeline(query, labels))
        .with_type::<Shown>()
        .allow_disk_use(true);
    let cursor = answered(Side::Local, found.into_future()).await?;
    let found: Vec<Shown> = answered(Side::Local, cursor.try_collect()).await?;
    let Utf8Lossy(found) = found.into_iter().next().unwrap_or_default();
    let part = |name| found.get_array(name).cloned().unwrap_or_default();
    let documents = |values: Vec<Bson>| {
        let documents = values.into_iter().filter_map(|value| match value {
            Bson::Document(document) => Some(document),
            _ => None,
        });
        documents.collect::<Vec<_>>()
    };
    let total = documents(part("total")).first().map_or(0, |row| {
        let count = row.get_i32("count").unwrap_or_default();
        u64::try_from(count).unwrap_or_default()
    });
    let mut collections: Vec<String> = names
        .iter()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    collections.sort_unstable();
    Ok(Page {
        total,
        open,
        collections,
        records: documents(part("rows")),
    })
}

/// Texts from people and documents stand behind `$literal`, so that none of them is ever an operator.
fn pipeline(query: &Query, labels: &BTreeMap<String, String>) -> Vec<Document> {
    let mut fits = Document::new();
    if query.open_only {
        fits.insert("seen", false);
    }
    if let Some(collection) = &query.collection {
        fits.insert("document.collection", doc! { "$eq": collection });
    }
    let mut stages = vec![
        doc! { "$match": fits },
        doc! { "$set": { "label": label(labels) } },
        doc! { "$project": { "loser": 0, "winner": 0 } },
    ];
    if !query.search.is_empty() {
        let text = |value: Bson| doc! { "$convert": { "input": value, "to": "string", "onError": "", "onNull": "" } };
        let hay = ["$label", "$document.collection", "$detectedBy"].map(|path| text(path.into()));
        let hay = doc! { "$toLower": { "$concat": hay.to_vec() } };
        let needle = doc! { "$toLower": { "$literal": &query.search } };
        stages
            .push(doc! { "$match": { "$expr": { "$gte": [{ "$indexOfCP": [hay, needle] }, 0] } } });
    }
    stages.push(doc! { "$sort": { "detectedAt": -1, "_id": 1 } });
    stages.push(doc! { "$facet": {
        "total": [{ "$count": "count" }],
        "rows": [{ "$skip": i64::from(query.offset) }, { "$limit": i64::from(query.limit.max(1)) }],
    } });
    stages
}

fn label(labels: &BTreeMap<String, String>) -> Bson {
    let mut likely: Vec<Bson> = LABELS_LIKELY
        .iter()
        .map(|field| Bson::from(format!("$loser.{field}")))
        .collect();
    likely.push("$document.id".into());
    let likely = doc! { "$ifNull": likely };
    let branches: Vec<Bson> = labels
        .iter()
        .map(|(collection, field)| {
            let is_it = doc! { "$eq": ["$document.collection", { "$literal": collection }] };
            let then = doc! { "$ifNull": [format!("$loser.{field}"), "$document.id"] };
            Bson::from(doc! { "case": is_it, "then": then })
        })
        .collect();
    if branches.is_empty() {
        return likely.into();
    }
    doc! { "$switch": { "branches": branches, "default": likely } }.into()
}

/// One record with the documents it keeps, and its label.
///
/// # Errors
/// Local cannot be reached.
pub async fn show(
    access: &Access,
    id: &str,
    labels: &BTreeMap<String, String>,
) -> Result<Option<Document>, EngineError> {
    let stages = vec![
        doc! { "$match": { "_id": { "$eq": id } } },
        doc! { "$set": { "label": label(labels) } },
    ];
    let records = access.local().own(CONFLICTS);
    let found = records.aggregate(stages).with_type::<Shown>();
    let cursor = answered(Side::Local, found.into_future()).await?;
    let found: Vec<Shown> = answered(Side::Local, cursor.try_collect()).await?;
    Ok(found.into_iter().next().map(|Utf8Lossy(record)| record))
}

/// Writes the kept version back on Local as an ordinary edit, which then travels like any other. Returns whether
/// there was such a record.
///
/// # Errors
/// Local cannot be reached.
pub async fn restore(access: &Access, id: &str) -> Result<bool, EngineError> {
    let local = access.local();
    let records = local.database.collection::<RawDocumentBuf>(CONFLICTS);
    let record = answered(
        Side::Local,
        records.find_one(doc! { "_id": id }).into_future(),
    )
    .await?;
    let Some(record) = record else {
        return Ok(false);
    };
    let missing = |what| move |_error| EngineError::reply(Side::Local, what);
    let loser = record
        .get_document("loser")
        .map_err(missing("the kept document"))?;
    let about = record
        .get_document("document")
        .map_err(missing("the record's document"))?;
    let collection = about
        .get_str("collection")
        .map_err(missing("the record's collection"))?;
    let content = content_of(loser).map_err(EngineError::malformed(Side::Local))?;
    let key = key_of(loser).map_err(EngineError::malformed(Side::Local))?;
    let mut pipeline = RawArrayBuf::new();
    // The stamp that is there stays, so that the edit is seen as one made on top of it.
    pipeline.push(rawdoc! { "$replaceWith": { "$mergeObjects": [
        { "$literal": content },
        { "$cond": [{ "$gt": ["$_syncMeta", bson::RawBson::Null] }, { "_syncMeta": "$_syncMeta" }, {}] },
    ] } });
    let mut updates = RawArrayBuf::new();
    updates.push(rawdoc! { "q": single("_id", &key), "u": pipeline, "upsert": true });
    let reply = local
        .run(rawdoc! { "update": collection, "updates": updates, "writeConcern": { "w": "majority" } })
        .await?;
    if let Some(reason) = super::refusal(&reply) {
        return Err(EngineError::Refused {
            side: Side::Local,
            reason,
        });
    }
    queue::note(local, collection, &[key], Noted::Put).await?;
    mark(access, Marked::These(&[id.to_owned()]), true).await?;
    Ok(true)
}

/// Which records are marked.
#[derive(Clone, Copy, Debug)]
pub enum Marked<'a> {
    /// These, by ID.
    These(&'a [String]),
    /// All open ones; or, when the mark is taken back, those that were marked together last.
    All,
}

/// Notes that a person has dealt with records, or takes that back. Returns how many there were.
///
/// # Errors
/// Local cannot be reached.
pub async fn mark(access: &Access, which: Marked<'_>, seen: bool) -> Result<u64, EngineError> {
    let records = access.local().own(CONFLICTS);
    let fits = match which {
        Marked::These(ids) => doc! { "_id": { "$in": ids } },
        Marked::All if seen => doc! { "seen": false },
        Marked::All => {
            let last = records
                .find_one(doc! { "seenAt": { "$exists": true } })
                .sort(doc! { "seenAt": -1 })
                .projection(doc! { "seenAt": 1 });
            let last = answered(Side::Local, last.into_future()).await?;
            match last.and_then(|record| record.get_datetime("seenAt").ok().copied()) {
                Some(at) => doc! { "seenAt": at },
                None => return Ok(0),
            }
        }
    };
    let change = if seen {
        doc! { "$set": { "seen": true, "seenAt": DateTime::now() } }
    } else {
        doc! { "$set": { "seen": false }, "$unset": { "seenAt": "" } }
    };
    // Which they were is not known any more once they are changed.
    let changed = queue::to_note(access.local(), CONFLICTS, &fits).await?;
    let update = records.update_many(fits, change);
    let done = answered(Side::Local, update.into_future()).await?;
    queue::note(access.local(), CONFLICTS, &changed, Noted::Put).await?;
    Ok(done.matched_count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A search text that looks like an operator or a path stays a text.
    #[test]
    fn what_people_type_stands_behind_literal() {
        let query = Query {
            search: "$loser.secret".to_owned(),
            collection: Some("$where".to_owned()),
            ..Query::default()
        };
        let labels = BTreeMap::from([("$bills".to_owned(), "number".to_owned())]);
        let text = format!("{:?}", pipeline(&query, &labels));
        assert!(
            text.contains(r#""$literal": String("$loser.secret")"#),
            "{text}"
        );
        assert!(text.contains(r#""$eq": String("$where")"#), "{text}");
        assert!(text.contains(r#""$literal": String("$bills")"#), "{text}");
    }
}
