//! Looking: both copies of every key of a batch, and the tombstones where one is absent.

use std::collections::HashSet;
use std::sync::Arc;

use bson::{Document, RawDocumentBuf};
use sync_core::digest::Digest;
use sync_core::document::{MalformedDocument, single};
use sync_core::inbox::Task;
use sync_core::place::{DocumentKey, Side};
use sync_core::sighting::{Copy, Event, Sides, Sighting, wants_tombstones};
use sync_core::stamp::Stamp;

use crate::error::EngineError;
use crate::replica::{Found, askable};
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
    if !is_syncable(run, collection).await? {
        looks.put_back = tasks;
        return Ok(looks);
    }
    let mut askable_tasks = Vec::with_capacity(tasks.len());
    for mut task in tasks {
        match askable(&task.key.document) {
            Ok(()) => {
                run.tell_deletions(&mut task);
                askable_tasks.push(task);
            }
            Err(error) => looks.malformed.push((task, error)),
        }
    }
    let Read {
        tasks,
        mut local,
        mut atlas,
    } = read(run, collection, askable_tasks, &mut looks.put_back).await?;
    for task in tasks {
        let key = &task.key.document;
        let (here, there) = (local.documents.remove(key), atlas.documents.remove(key));
        match (copy(here.as_ref()), copy(there.as_ref())) {
            (Ok(here_copy), Ok(there_copy)) => {
                warn_of_damage(&task, Side::Local, here.as_ref(), here_copy.as_ref());
                warn_of_damage(&task, Side::Atlas, there.as_ref(), there_copy.as_ref());
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

/// What was read of both sides, in full for each of these tasks.
struct Read {
    tasks: Vec<Task>,
    local: Found,
    atlas: Found,
}

/// Reads both sides. A task that one of them has no room for is put back.
async fn read(
    run: &Run,
    collection: &str,
    mut tasks: Vec<Task>,
    put_back: &mut Vec<Task>,
) -> Result<Read, EngineError> {
    loop {
        let keys: Vec<DocumentKey> = tasks.iter().map(|task| task.key.document.clone()).collect();
        // Never what an event carried: that may be older than our own last write, of which no event will tell.
        let (mut local, mut atlas) = tokio::try_join!(
            run.replica(Side::Local)
                .find(collection, &keys, BATCH_BYTES_MAX),
            run.replica(Side::Atlas)
                .find(collection, &keys, BATCH_BYTES_MAX),
        )?;
        let unread = local.unread.drain(..).chain(atlas.unread.drain(..));
        let unread: HashSet<DocumentKey> = unread.collect();
        if unread.len() == tasks.len() && tasks.len() > 1 {
            // Each side read what the other had no room for: the same keys together would bring the same again.
            put_back.extend(tasks.split_off(tasks.len() / 2));
            continue;
        }
        let (without_room, tasks) = tasks
            .into_iter()
            .partition(|task| unread.contains(&task.key.document));
        put_back.extend::<Vec<Task>>(without_room);
        return Ok(Read {
            tasks,
            local,
            atlas,
        });
    }
}

/// Asks for the kind of a collection that is not known yet. Where it turns out not to be synced, it takes no part from
/// then on.
async fn is_syncable(run: &Run, collection: &Arc<str>) -> Result<bool, EngineError> {
    let (local, atlas) = tokio::try_join!(
        run.replica(Side::Local).obstacle(collection),
        run.replica(Side::Atlas).obstacle(collection),
    )?;
    let Some(reason) = local.or(atlas) else {
        return Ok(true);
    };
    tracing::info!(collection = &**collection, reason, "not synced");
    run.not_synced
        .lock()
        .expect("no holder panics")
        .insert(collection.to_string(), reason.to_owned());
    Ok(false)
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
    Ok(Some(Copy {
        content: Digest::of_content(document)?,
        // A damaged one counts as none.
        stamp: Stamp::of(document).ok().flatten(),
    }))
}

/// A document's `_id` as a log or a report shows it; empty where no driver can say it.
pub(crate) fn for_people(key: &DocumentKey) -> Document {
    Document::try_from(&*single("_id", key)).unwrap_or_default()
}

fn warn_of_damage(task: &Task, side: Side, document: Option<&RawDocumentBuf>, copy: Option<&Copy>) {
    let (Some(document), Some(Copy { stamp: None, .. })) = (document, copy) else {
        return;
    };
    if let Err(damaged) = Stamp::of(document) {
        let collection = &*task.key.collection;
        let key = for_people(&task.key.document);
        tracing::warn!(collection, %key, %side, %damaged, "taking a document as never stamped");
    }
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
