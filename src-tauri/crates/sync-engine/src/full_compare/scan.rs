//! The scan of a standalone Local: every now and then all of it is read, for documents that somebody changed and no row
//! of the queue tells of, because its writer ended too soon or does not carry the middleware.
//!
//! What was deleted like that leaves nothing to be found.

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sync_core::document::key_of;
use sync_core::place::{DocumentKey, Key, Side};

use super::list_database;
use super::range::{is_clean, last, page};
use crate::error::EngineError;
use crate::queue;
use crate::run::Run;
use crate::watch::KEYS_WAITING_MAX;

/// How often it is looked whether both sides are there.
const READY_WITHIN: Duration = Duration::from_secs(1);

/// Runs while the engine does; on a Local with a change stream there is nothing to scan for.
pub(crate) async fn keep_scanning(run: &Run) -> Infallible {
    if !run.replica(Side::Local).has_queue() {
        return std::future::pending().await;
    }
    let mut tick = tokio::time::interval(run.config.scan_interval);
    loop {
        tick.tick().await;
        while !run.may_work() {
            tokio::time::sleep(READY_WITHIN).await;
        }
        if let Err(error) = scan(run).await {
            tracing::warn!(%error, "this PC's database could not be searched through; tried again later");
        }
    }
}

async fn scan(run: &Run) -> Result<(), EngineError> {
    run.untold.store(0, Ordering::Relaxed);
    let listed = list_database(run.replica(Side::Local)).await?;
    for name in &listed.synced {
        if run.takes_part(Side::Local, name) && !run.comparisons.cover(name) {
            scan_collection(run, name).await?;
        }
    }
    Ok(())
}

async fn scan_collection(run: &Run, name: &str) -> Result<(), EngineError> {
    let local = run.replica(Side::Local);
    let mut after = None;
    loop {
        let read = page(local, name, (after.as_ref(), None), None).await?;
        let changed = read.documents.iter().filter(|document| !is_clean(document));
        let keys = changed.map(|document| key_of(document));
        let keys = keys.collect::<Result<Vec<_>, _>>();
        let keys = keys.map_err(EngineError::malformed(Side::Local))?;
        if !keys.is_empty() {
            look_at_untold(run, name, keys).await?;
        }
        match last(&read)? {
            Some(end) => after = Some(end),
            None => return Ok(()),
        }
    }
}

/// Has those of the documents looked at that were changed and of which no row tells. Nothing of their past is known.
async fn look_at_untold(
    run: &Run,
    name: &str,
    documents: Vec<DocumentKey>,
) -> Result<(), EngineError> {
    // What is noted of them by now is known afterwards.
    run.pass_fence(Side::Local).await?;
    let collection = run.intern(name);
    let key = |document| Key {
        collection: collection.clone(),
        document,
    };
    let untold = |document: &DocumentKey| {
        let key = key(document.clone());
        !run.inbox().contains(&key) && !run.is_set_aside(&key)
    };
    let local = run.replica(Side::Local);
    // Whoever is at it will tell.
    let under_way = queue::under_way(local, name).await?;
    let documents = documents.into_iter();
    let documents = documents.filter(|document| untold(document) && !under_way.contains(document));
    let documents: Vec<DocumentKey> = documents.collect();
    let found = local.find(name, &documents, usize::MAX).await?;
    let changed = found.documents.into_iter();
    let changed = changed.filter(|(document, copy)| !is_clean(copy) && untold(document));
    let changed: Vec<Key> = changed.map(|(document, _)| key(document)).collect();
    if !changed.is_empty() {
        let documents = changed.len();
        tracing::info!(
            collection = name,
            documents,
            "found changes that nobody told of"
        );
    }
    run.untold.fetch_add(changed.len(), Ordering::Relaxed);
    let mut inbox = run.inbox();
    changed.into_iter().for_each(|key| inbox.nudge(key, true));
    let is_full = inbox.len() > KEYS_WAITING_MAX;
    drop(inbox);
    run.wake();
    match is_full {
        true => Err(EngineError::Crowded { side: Side::Local }),
        false => Ok(()),
    }
}
