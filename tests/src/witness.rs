//! A witness of every write to a database, engines' writes included, through a change stream of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use bson::{Bson, Document, doc};
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::{ChangeStreamEvent, OperationType};
use mongodb::{Collection, Database};
use tokio::time::timeout;

/// The witness' own marks; like all collections of this prefix they are not synced.
const MARKS: &str = "_sync_witness";

/// How long the stream may take to bring a write.
const DEADLINE: Duration = Duration::from_secs(60);

/// One write as the server reported it.
#[derive(Debug, Clone)]
pub struct Write {
    pub collection: String,
    /// `Null` where a whole collection was concerned.
    pub id: Bson,
    pub operation: OperationType,
    /// What an update set or took away; empty for all others.
    pub touched: Vec<String>,
}

/// Watches one database from the moment it was made.
#[derive(Debug)]
pub struct Witness {
    stream: ChangeStream<ChangeStreamEvent<Document>>,
    marks: Collection<Document>,
    marks_made: i64,
}

impl Witness {
    /// Begins to watch.
    pub async fn of(database: &Database) -> mongodb::error::Result<Witness> {
        Ok(Witness {
            stream: database.watch().await?,
            marks: database.collection(MARKS),
            marks_made: 0,
        })
    }

    /// Every write since the last call, in order, up to now.
    ///
    /// # Panics
    /// When the stream does not come to now.
    pub async fn writes(&mut self) -> mongodb::error::Result<Vec<Write>> {
        self.marks_made += 1;
        let mark = Bson::Int64(self.marks_made);
        self.marks.insert_one(doc! { "_id": &mark }).await?;
        let mut writes = Vec::new();
        loop {
            let next = timeout(DEADLINE, futures_util::StreamExt::next(&mut self.stream)).await;
            let event = next
                .expect("a write reaches its stream in time")
                .expect("a stream has no end")?;
            let write = write(event);
            if write.collection != MARKS {
                writes.push(write);
            } else if write.id == mark {
                return Ok(writes);
            }
        }
    }
}

/// How often each document of `collection` was written.
pub fn per_document<'a>(
    writes: impl IntoIterator<Item = &'a Write>,
    collection: &str,
) -> BTreeMap<String, Vec<Write>> {
    let mut found: BTreeMap<String, Vec<Write>> = BTreeMap::new();
    for write in writes
        .into_iter()
        .filter(|write| write.collection == collection)
    {
        found
            .entry(write.id.to_string())
            .or_default()
            .push(write.clone());
    }
    found
}

fn write(event: ChangeStreamEvent<Document>) -> Write {
    let key = event.document_key.unwrap_or_default();
    let update = event.update_description;
    let touched = update.map_or_else(Vec::new, |update| {
        let set = update.updated_fields.keys().cloned();
        set.chain(update.removed_fields).collect()
    });
    Write {
        collection: event.ns.and_then(|ns| ns.coll).unwrap_or_default(),
        id: key.get("_id").cloned().unwrap_or(Bson::Null),
        operation: event.operation_type,
        touched,
    }
}
