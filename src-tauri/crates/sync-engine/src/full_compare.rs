//! The full compare: both sides of a collection, range by range, for a first sync, a lost history, a collection that
//! comes back, or because the user asked.
//!
//! It runs while the streams run and decides by state like everything else. What is on one side only and not known to
//! be deleted is copied, never deleted. A range that one side lacks altogether is copied in bulk.

mod comparisons;
mod listing;
mod outline;
mod range;
mod scan;
mod seed;

use comparisons::Comparison;
pub(crate) use comparisons::Comparisons;
use listing::list_collections;
pub(crate) use listing::{list_database, must_be_synced};
pub(crate) use range::{Range, read_range};
pub(crate) use scan::keep_scanning;

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::{Bson, Document, doc};
use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use sync_core::place::{DocumentKey, Side};

use crate::config::CollectionMode;
use crate::error::{EngineError, answered};
use crate::names::METADATA;
use crate::replica::Replica;
use crate::run::Run;
use crate::status::CompareProgress;

/// Stands for "all collections, whichever there are".
const ALL: &str = "*";
const ROW: &str = "comparison:";

/// How long a comparison that failed waits before it goes on.
const GOES_ON_AFTER: Duration = Duration::from_millis(500);

/// Collections compared at a time: small ones do not wait for a large one, and memory stays bounded.
const COLLECTIONS_AT_A_TIME: usize = 2;

/// Ranges of one collection that are settled while the next is read. Each may hold the documents of two pages.
const RANGES_AT_A_TIME: usize = 3;

impl Run {
    /// Asks for a comparison; `None` means all collections. It is stored first, so that it survives a restart.
    pub(crate) async fn ask_compare(&self, collection: Option<&str>) -> Result<(), EngineError> {
        let name = collection.unwrap_or(ALL);
        let round = self.comparisons.next_round(name);
        let metadata = self.replica(Side::Local).own(METADATA);
        let begin = doc! { "$set": { "round": round }, "$unset": { "after": "", "done": "" } };
        let ask = metadata
            .update_one(doc! { "_id": format!("{ROW}{name}") }, begin)
            .upsert(true);
        answered(Side::Local, ask.into_future()).await?;
        let fresh = Comparison {
            round,
            after: None,
            progress: CompareProgress::default(),
        };
        self.comparisons
            .waiting
            .lock()
            .expect("no holder panics")
            .insert(name.to_owned(), fresh);
        self.forget_dropped(collection).await?;
        self.comparisons.wake();
        Ok(())
    }

    /// Takes up comparisons that an earlier run did not finish.
    pub(crate) async fn load_comparisons(&self) -> Result<(), EngineError> {
        let metadata = self.replica(Side::Local).own(METADATA);
        let cursor = metadata.find(doc! { "_id": { "$regex": "^comparison:" } });
        let cursor = answered(Side::Local, cursor.into_future()).await?;
        let rows: Vec<Document> = answered(Side::Local, cursor.try_collect()).await?;
        let mut damaged = Vec::new();
        for row in rows {
            let Some(name) = row.get_str("_id").ok().and_then(|id| id.strip_prefix(ROW)) else {
                continue;
            };
            let after = row.get("after").and_then(range::key_from);
            let Ok(round) = row.get_i64("round") else {
                damaged.push(name.to_owned());
                continue;
            };
            let done = row.get_i64("done").unwrap_or_default();
            let progress = CompareProgress {
                done: u64::try_from(done).unwrap_or_default(),
                ..CompareProgress::default()
            };
            let found = Comparison {
                round,
                after,
                progress,
            };
            let mut waiting = self.comparisons.waiting.lock().expect("no holder panics");
            waiting.insert(name.to_owned(), found);
        }
        for name in damaged {
            tracing::warn!(
                name,
                "the record of a comparison is damaged; it begins anew"
            );
            self.ask_compare(Some(&name)).await?;
        }
        Ok(())
    }

    async fn finish_compare(&self, name: &str, round: i64) -> Result<(), EngineError> {
        let metadata = self.replica(Side::Local).own(METADATA);
        answered(
            Side::Local,
            metadata.delete_one(row(name, round)).into_future(),
        )
        .await?;
        let mut waiting = self.comparisons.waiting.lock().expect("no holder panics");
        if waiting
            .get(name)
            .is_some_and(|comparison| comparison.round == round)
        {
            waiting.remove(name);
            self.comparisons
                .deleted
                .lock()
                .expect("no holder panics")
                .remove(name);
        }
        drop(waiting);
        self.wake();
        Ok(())
    }
}

fn row(name: &str, round: i64) -> Document {
    doc! { "_id": format!("{ROW}{name}"), "round": round }
}

/// Runs until the engine stops. What wakes it: a comparison that is asked for or that ended, and a side that is ready.
pub(crate) async fn compare(run: Arc<Run>) {
    let mut listed = false;
    let mut under_way = BTreeSet::new();
    let mut running = FuturesUnordered::new();
    loop {
        if run.may_work() {
            listed = listed || list(&run).await;
            while listed
                && running.len() < COLLECTIONS_AT_A_TIME + run.comparisons.resting()
                && let Some((name, comparison)) = run.comparisons.next(&under_way)
            {
                under_way.insert(name.clone());
                running.push(compare_or_complain(&run, name, comparison));
            }
        }
        tokio::select! {
            () = run.comparisons.woken.notified() => {}
            Some(name) = running.next() => {
                under_way.remove::<String>(&name);
            }
            () = run.stopping() => return,
        }
    }
}

/// Whether the collections could be listed. If not, it is tried again soon.
async fn list(run: &Run) -> bool {
    let listed = tokio::select! {
        listed = list_collections(run) => listed,
        () = run.stopping() => return false,
    };
    if let Err(error) = &listed {
        tracing::warn!(%error, "the collections could not be listed yet");
        wait_to_go_on(run).await;
        run.comparisons.wake();
    }
    listed.is_ok()
}

/// What it waits for will not be there at once.
async fn wait_to_go_on(run: &Run) {
    tokio::select! {
        () = tokio::time::sleep(GOES_ON_AFTER) => {}
        () = run.stopping() => {}
    }
}

async fn compare_or_complain(run: &Run, name: String, comparison: Comparison) -> String {
    if let Err(error) = compare_next(run, &name, comparison).await {
        tracing::warn!(collection = name, %error, "the comparison goes on later where it stands");
        wait_to_go_on(run).await;
    }
    name
}

async fn compare_next(run: &Run, name: &str, comparison: Comparison) -> Result<(), EngineError> {
    if name == ALL {
        for collection in list_collections(run).await? {
            run.ask_compare(Some(&collection)).await?;
        }
    } else {
        compare_collection(run, name, comparison.clone()).await?;
    }
    run.finish_compare(name, comparison.round).await
}

async fn compare_collection(
    run: &Run,
    name: &str,
    Comparison {
        round,
        after,
        progress,
    }: Comparison,
) -> Result<(), EngineError> {
    let mode = run.mode(name);
    if mode == CollectionMode::Off {
        return Ok(());
    }
    run.intern(name);
    let (local, atlas) = tokio::try_join!(
        count(run.replica(Side::Local), name),
        count(run.replica(Side::Atlas), name)
    )?;
    let total = local.max(atlas);
    let started = Instant::now();
    let before = progress.done;
    let mut done = before;
    tracing::info!(collection = name, total, "comparing both sides");
    let settled = ranges(run, name, after)
        .map_ok(|range| async move {
            let (end, documents) = (range.end.clone(), range.documents());
            seed::settle_range(run, name, range).await?;
            Ok::<_, EngineError>((end, documents))
        })
        .try_buffered(RANGES_AT_A_TIME);
    let mut settled = pin!(settled);
    while let Some((end, documents)) = settled.try_next().await? {
        done += documents;
        run.comparisons.update(name, round, |comparison| {
            let per_second = (done - before) as f64 / started.elapsed().as_secs_f64().max(0.001);
            comparison.progress = CompareProgress {
                done,
                total: total.max(done),
                per_second,
            };
            comparison.after.clone_from(&end);
        });
        if let Some(end) = end {
            save_progress(run, name, round, (&end, done)).await?;
        }
    }
    tracing::info!(collection = name, done, "compared");
    Ok(())
}

/// The collection's ranges in their order, from `after` to its end.
fn ranges<'a>(
    run: &'a Run,
    name: &'a str,
    after: Option<DocumentKey>,
) -> impl Stream<Item = Result<Range, EngineError>> + 'a {
    let (local, atlas) = (run.replica(Side::Local), run.replica(Side::Atlas));
    stream::try_unfold(Some(after), move |after| async move {
        let Some(after) = after else {
            return Ok(None);
        };
        let range = range::read_differences(local, atlas, name, after.as_ref()).await?;
        let rest = range.end.clone().map(Some);
        Ok(Some((range, rest)))
    })
}

async fn save_progress(
    run: &Run,
    name: &str,
    round: i64,
    (after, done): (&DocumentKey, u64),
) -> Result<(), EngineError> {
    let metadata = run.replica(Side::Local).own(METADATA);
    let mut progress =
        Document::try_from(&*sync_core::document::single("after", after)).unwrap_or_default();
    progress.insert("done", i64::try_from(done).unwrap_or(i64::MAX));
    let save = metadata.update_one(row(name, round), doc! { "$set": progress });
    answered(Side::Local, save.into_future()).await?;
    Ok(())
}

async fn count(replica: &Replica, name: &str) -> Result<u64, EngineError> {
    answered(
        replica.side,
        replica.own(name).estimated_document_count().into_future(),
    )
    .await
}

/// An `_id` as it stands in a stored row.
fn stored_key(value: &Bson) -> Option<DocumentKey> {
    let holder = bson::RawDocumentBuf::try_from(&doc! { "_id": value.clone() }).ok()?;
    sync_core::document::key_of(&holder).ok()
}
