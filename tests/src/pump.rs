//! The yardsticks: how fast the same servers and driver carry data when nobody
//! thinks. `Pump` is change stream to bulk write, `copy` is find to insert.
//!
//! Neither decides, stamps, resumes or retries; a bench puts the engine's rate
//! beside theirs.

mod bulk;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bson::doc;
use bson::raw::{RawDocument, RawDocumentBuf, cstr};
use bson::rawdoc;
use futures_util::{StreamExt, TryStreamExt};
use mongodb::Database;
use mongodb::raw_batch_cursor::{RawBatch, RawBatchCursor};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use self::bulk::Kind;

/// Events per batch of the change stream, and writes per command.
const BATCH_DOCUMENTS_MAX: u32 = 1_000;

/// Batches read ahead of the writer. While it writes, they grow together.
const BATCHES_AHEAD_MAX: usize = 4;

/// Insert commands under way at a time in a copy.
const COPY_WRITERS: usize = 2;

/// How long the server holds an empty answer back.
const AWAIT_MAX: Duration = Duration::from_secs(1);

/// Why nothing is carried any more.
#[derive(Debug, thiserror::Error)]
pub enum PumpError {
    #[error(transparent)]
    Command(#[from] mongodb::error::Error),
    #[error("not what a server sends: {0}")]
    Malformed(#[from] bson::error::Error),
    #[error("a batch holds something that is no document")]
    NotADocument,
    #[error("the target refused a write: {0}")]
    Write(String),
    #[error("the source closed its change stream")]
    StreamEnded,
}

/// Carries every change of one database to another until it is stopped or
/// dropped.
#[derive(Debug)]
pub struct Pump {
    applied: Arc<AtomicU64>,
    task: JoinHandle<PumpError>,
}

impl Pump {
    /// Returns when the change stream is open: what is written from then on is
    /// carried.
    pub async fn start(source: &Database, target: &Database) -> Result<Self, PumpError> {
        let stage = rawdoc! { "$changeStream": { "fullDocument": "updateLookup" } };
        let batch_size = BATCH_DOCUMENTS_MAX as i32;
        let command = rawdoc! {
            "aggregate": 1,
            "pipeline": [stage],
            "cursor": { "batchSize": batch_size },
        };
        let stream = source
            .run_raw_cursor_command(command)
            .batch_size(BATCH_DOCUMENTS_MAX)
            .max_time(AWAIT_MAX)
            .batch()
            .await?;
        let applied = Arc::default();
        let (ahead, batches) = mpsc::channel(BATCHES_AHEAD_MAX);
        let work = write(batches, target.clone(), Arc::clone(&applied));
        let task = tokio::spawn(async move {
            match tokio::try_join!(read(stream, ahead), work) {
                Ok(((), ())) => PumpError::StreamEnded,
                Err(error) => error,
            }
        });
        Ok(Self { applied, task })
    }

    /// Change events whose effect is on the target.
    pub fn applied(&self) -> u64 {
        self.applied.load(Ordering::Relaxed)
    }

    /// Stops, and says why it had stopped already if it had.
    pub async fn stop(mut self) -> Result<(), PumpError> {
        if self.task.is_finished() {
            return Err((&mut self.task).await.expect("the pump does not panic"));
        }
        Ok(())
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Copies every document of a collection; returns how many there were. The
/// target's collection must not hold any of them.
pub async fn copy(
    source: &Database,
    target: &Database,
    collection: &str,
) -> Result<u64, PumpError> {
    let source = source.collection::<RawDocumentBuf>(collection);
    let copied = AtomicU64::new(0);
    let batches = source
        .find(doc! {})
        .batch_size(BATCH_DOCUMENTS_MAX)
        .batch()
        .await?;
    batches
        .map_err(PumpError::from)
        .try_for_each_concurrent(COPY_WRITERS, |batch| {
            let copied = &copied;
            async move {
                let documents = documents(&batch)?;
                let writes: Vec<_> = documents.into_iter().map(Cow::Borrowed).collect();
                bulk::write(target, collection, Kind::Insert, &writes).await?;
                copied.fetch_add(writes.len() as u64, Ordering::Relaxed);
                Ok(())
            }
        })
        .await?;
    Ok(copied.into_inner())
}

async fn read(mut stream: RawBatchCursor, ahead: mpsc::Sender<RawBatch>) -> Result<(), PumpError> {
    while let Some(batch) = stream.next().await {
        if ahead.send(batch?).await.is_err() {
            break;
        }
    }
    Ok(())
}

async fn write(
    mut batches: mpsc::Receiver<RawBatch>,
    target: Database,
    applied: Arc<AtomicU64>,
) -> Result<(), PumpError> {
    let mut waiting = Vec::new();
    while batches.recv_many(&mut waiting, BATCHES_AHEAD_MAX).await > 0 {
        let mut events = 0;
        let mut last: HashMap<(&str, &[u8]), Change<'_>> = HashMap::new();
        for event in waiting
            .iter()
            .map(documents)
            .collect::<Result<Vec<_>, _>>()?
            .concat()
        {
            events += 1;
            let Some((collection, change)) = read_event(event)? else {
                continue;
            };
            let key = (collection, change.key.as_bytes());
            last.entry(key)
                .and_modify(|earlier| earlier.become_later(change))
                .or_insert(change);
        }
        let mut writes: HashMap<(&str, Kind), Vec<Cow<'_, RawDocument>>> = HashMap::new();
        for ((collection, _), change) in last {
            let (kind, write) = change.write();
            writes.entry((collection, kind)).or_default().push(write);
        }
        for ((collection, kind), writes) in writes {
            bulk::write(&target, collection, kind, &writes).await?;
        }
        applied.fetch_add(events, Ordering::Relaxed);
        waiting.clear();
    }
    Ok(())
}

/// The newest state of one document in a round. Unordered writes may hold a
/// key only once.
#[derive(Debug, Clone, Copy)]
struct Change<'a> {
    key: &'a RawDocument,
    /// `None`: deleted.
    document: Option<&'a RawDocument>,
    /// Nothing with this key is on the target.
    is_new: bool,
}

impl<'a> Change<'a> {
    fn become_later(&mut self, later: Self) {
        let is_new = self.is_new && self.document.is_some();
        *self = Self { is_new, ..later };
    }

    fn write(self) -> (Kind, Cow<'a, RawDocument>) {
        match self.document {
            Some(document) if self.is_new => (Kind::Insert, Cow::Borrowed(document)),
            Some(document) => {
                let mut write = RawDocumentBuf::new();
                write.append(cstr!("q"), self.key);
                write.append(cstr!("u"), document);
                write.append(cstr!("upsert"), true);
                (Kind::Update, Cow::Owned(write))
            }
            None => {
                let mut write = RawDocumentBuf::new();
                write.append(cstr!("q"), self.key);
                write.append(cstr!("limit"), 1);
                (Kind::Delete, Cow::Owned(write))
            }
        }
    }
}

/// A change of a document and its collection; `None` for other events, and for
/// a document that was deleted before it could be looked up.
fn read_event(event: &RawDocument) -> Result<Option<(&str, Change<'_>)>, PumpError> {
    let operation = event.get_str("operationType")?;
    let (is_new, is_gone) = match operation {
        "insert" => (true, false),
        "update" | "replace" => (false, false),
        "delete" => (false, true),
        _ => return Ok(None),
    };
    let collection = event.get_document("ns").and_then(|ns| ns.get_str("coll"))?;
    let key = event.get_document("documentKey")?;
    let document = event
        .get("fullDocument")?
        .and_then(|found| found.as_document());
    let change = Change {
        key,
        document,
        is_new,
    };
    Ok((is_gone || document.is_some()).then_some((collection, change)))
}

fn documents(batch: &RawBatch) -> Result<Vec<&RawDocument>, PumpError> {
    let values = batch.doc_slices()?.into_iter();
    values
        .map(|value| value?.as_document().ok_or(PumpError::NotADocument))
        .collect()
}
