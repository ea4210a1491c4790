//! Looking: both copies of every key of a batch, and the tombstones where one is absent.

use std::collections::HashSet;
use std::sync::Arc;

use bson::RawDocumentBuf;
use sync_core::digest::Digest;
use sync_core::document::MalformedDocument;
use sync_core::inbox::Task;
use sync_core::place::{DocumentKey, Side};
use sync_core::sighting::{Copy, Event, Sides, Sighting, wants_tombstones};
use sync_core::stamp::Stamp;

use crate::error::EngineError;
use crate::replica::askable;
use crate::run::Run;

/// Documents of one batch held at a time, in bytes; keys beyond it are put back.
const BATCH_BYTES_MAX: usize = 24 * 1024 * 1024;

/// A key that was looked at.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) task: Task,
    pub(crate) local: Option<RawDocumentBuf>,
    pub(crate) atlas: Option<RawDocumentBuf>,
    pub(crate) sighting: Sighting,
}

/// What a look at one collection's keys brought.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    pub(crate) seen: Vec<Look>,
    /// Not looked at: the batch was large enough already.
    pub(crate) put_back: Vec<Task>,
    /// Their bytes do not add up.
    pub(crate) malformed: Vec<(Task, MalformedDocument)>,
}

/// Looks at keys of one collection.
pub(crate) async fn look(
    run: &Run,
    collection: &Arc<str>,
    tasks: Vec<Task>,
) -> Result<Looks, EngineError> {
    let mut looks = Looks::default();
    let mut askable_tasks = Vec::with_capacity(tasks.len());
    for task in tasks {
        match askable(&task.key.document) {
            Ok(()) => askable_tasks.push(task),
            Err(error) => looks.malformed.push((task, error)),
        }
    }
    let tasks = askable_tasks;
    let keys: Vec<DocumentKey> = tasks.iter().map(|task| task.key.document.clone()).collect();
    // Never what an event carried: that may be older than our own last write, of which no event will tell.
    let (mut local, mut atlas) = tokio::try_join!(
        run.replica(Side::Local)
            .find(collection, &keys, BATCH_BYTES_MAX),
        run.replica(Side::Atlas)
            .find(collection, &keys, BATCH_BYTES_MAX),
    )?;
    let unread: HashSet<DocumentKey> = local
        .unread
        .drain(..)
        .chain(atlas.unread.drain(..))
        .collect();
    let (put_back, tasks): (Vec<_>, Vec<_>) = tasks
        .into_iter()
        .partition(|task| unread.contains(&task.key.document));
    looks.put_back = put_back;
    for task in tasks {
        let key = &task.key.document;
        let (here, there) = (local.documents.remove(key), atlas.documents.remove(key));
        match (copy(here.as_ref()), copy(there.as_ref())) {
            (Ok(here_copy), Ok(there_copy)) => {
                let sighting = Sighting {
                    local: here_copy,
                    atlas: there_copy,
                    ..blank(run, &task)
                };
                looks.seen.push(Look {
                    task,
                    local: here,
                    atlas: there,
                    sighting,
                });
            }
            (Err(error), _) | (_, Err(error)) => looks.malformed.push((task, error)),
        }
    }
    look_for_tombstones(run, collection, &mut looks.seen).await?;
    Ok(looks)
}

async fn look_for_tombstones(
    run: &Run,
    collection: &str,
    looks: &mut [Look],
) -> Result<(), EngineError> {
    let wanted = |look: &&mut Look| {
        let seen = &look.sighting;
        wants_tombstones(seen.local.as_ref(), seen.atlas.as_ref(), seen.atlas_event)
    };
    let wanting: Vec<&mut Look> = looks.iter_mut().filter(wanted).collect();
    if wanting.is_empty() {
        return Ok(());
    }
    let keys: Vec<DocumentKey> = wanting
        .iter()
        .map(|look| look.task.key.document.clone())
        .collect();
    let (local, atlas) = tokio::try_join!(
        run.replica(Side::Local).tombstones(collection, &keys),
        run.replica(Side::Atlas).tombstones(collection, &keys),
    )?;
    for look in wanting {
        let key = &look.task.key.document;
        look.sighting.local_tombstone = local.get(key).copied();
        look.sighting.atlas_tombstone = atlas.get(key).copied();
    }
    Ok(())
}

/// A copy as deciding sees it.
///
/// # Errors
/// The document's bytes do not add up.
pub(crate) fn copy(document: Option<&RawDocumentBuf>) -> Result<Option<Copy>, MalformedDocument> {
    let Some(document) = document else {
        return Ok(None);
    };
    let stamp = Stamp::of(document).unwrap_or_else(|damaged| {
        tracing::warn!(%damaged, "taking a document as never stamped");
        None
    });
    Ok(Some(Copy {
        content: Digest::of_content(document)?,
        stamp,
    }))
}

fn blank(run: &Run, task: &Task) -> Sighting {
    Sighting {
        me: run.author(),
        local: None,
        atlas: None,
        local_tombstone: None,
        atlas_tombstone: None,
        local_event: task.local.map(|event| corrected(run, Side::Local, event)),
        atlas_event: task.atlas.map(|event| corrected(run, Side::Atlas, event)),
        fenced: Sides::NONE,
        backlogged: run.is_backlogged(Side::Local),
        history: run.history(task),
        now: run.clock.now(),
    }
}

/// An event with its time brought to Atlas' clock.
pub(crate) fn corrected(run: &Run, side: Side, event: Event) -> Event {
    Event {
        time: run.clock.corrected(side, event.time),
        ..event
    }
}
