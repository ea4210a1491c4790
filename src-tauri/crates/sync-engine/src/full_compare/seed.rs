//! Settling a range: equal documents are passed over, differing ones handed to the loop, and what one side lacks
//! altogether is copied at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::RawDocumentBuf;
use sync_core::decide::{Decision, decide};
use sync_core::document::key_of;
use sync_core::inbox::Task;
use sync_core::place::{DocumentKey, Key, Side};
use sync_core::sighting::{Copy, History, Sides, Sighting};

use super::range::Range;
use crate::apply::{Outcome, Plan, apply};
use crate::error::EngineError;
use crate::look::{Look, copy};
use crate::quarantine::Refused;
use crate::replica::askable;
use crate::run::Run;
use crate::watch::KEYS_WAITING_MAX;

/// How often a comparison looks whether the loop has caught up with what it found.
const ROOM_POLL: Duration = Duration::from_millis(50);

pub(super) async fn settle_range(run: &Run, name: &str, range: Range) -> Result<(), EngineError> {
    let collection = run.intern(name);
    let lacking = range.lacking();
    for document in &range.unread {
        room(run).await?;
        let (collection, document) = (collection.clone(), document.clone());
        run.inbox().nudge(
            Key {
                collection,
                document,
            },
            true,
        );
    }
    let mut looks = pair_up(run, &collection, range).await?;
    if lacking == Some(Side::Local) && run.takes_part(Side::Atlas, name) {
        // Absence is judged only after everything the user did has been heard of.
        run.pass_fence(Side::Local).await?;
    }
    if let Some(into) = lacking {
        looks = seed(run, &collection, into, looks).await?;
    }
    for look in looks {
        let decision = decide(&look.sighting, &run.policy(name));
        if decision != Decision::Settled {
            room(run).await?;
            run.inbox().nudge(look.task.key, true);
        }
    }
    run.wake();
    Ok(())
}

async fn room(run: &Run) -> Result<(), EngineError> {
    while run.inbox().len() >= KEYS_WAITING_MAX {
        run.wake();
        tokio::select! {
            () = tokio::time::sleep(ROOM_POLL) => {}
            () = run.stopping() => return Err(EngineError::Stopping),
        }
    }
    Ok(())
}

/// Copies a range that one side lacks. Keys with a past (a tombstone, an event nobody handled) are given back.
async fn seed(
    run: &Run,
    collection: &Arc<str>,
    into: Side,
    looks: Vec<Look>,
) -> Result<Vec<Look>, EngineError> {
    let keys: Vec<DocumentKey> = looks
        .iter()
        .map(|look| look.task.key.document.clone())
        .collect();
    let (buried_local, buried_atlas) = tokio::try_join!(
        run.replica(Side::Local).tombstones(collection, &keys),
        run.replica(Side::Atlas).tombstones(collection, &keys),
    )?;
    let (mut plans, mut others) = (Vec::new(), Vec::new());
    for mut look in looks {
        let key = &look.task.key;
        let buried =
            buried_local.contains_key(&key.document) || buried_atlas.contains_key(&key.document);
        let heard_of = Side::BOTH
            .iter()
            .any(|side| run.inbox().newest(*side, key).is_some());
        look.sighting.fenced = Sides::BOTH;
        match decide(&look.sighting, &run.policy(collection)) {
            decision @ Decision::Download { .. } if into == Side::Local && !buried && !heard_of => {
                plans.push(Plan { look, decision });
            }
            decision @ Decision::Upload { .. } if into == Side::Atlas && !buried && !heard_of => {
                plans.push(Plan { look, decision });
            }
            _ => others.push(look),
        }
    }
    for (task, outcome) in apply(run, collection, plans, Instant::now()).await? {
        match outcome {
            Outcome::Settled => {}
            Outcome::Again | Outcome::Hold | Outcome::Later => run.inbox().nudge(task.key, true),
            Outcome::SetAside(refused) => run.set_aside(&task.key, &refused).await?,
        }
    }
    Ok(others)
}

/// Pairs both sides' documents. One whose bytes do not add up is set aside, and the others go on.
async fn pair_up(run: &Run, collection: &Arc<str>, range: Range) -> Result<Vec<Look>, EngineError> {
    let mut pairs: BTreeMap<DocumentKey, [Option<RawDocumentBuf>; 2]> = BTreeMap::new();
    let sides = [(Side::Local, range.local), (Side::Atlas, range.atlas)];
    for (slot, (side, documents)) in sides.into_iter().enumerate() {
        for document in documents {
            let key = key_of(&document).map_err(EngineError::malformed(side))?;
            pairs.entry(key).or_default()[slot] = Some(document);
        }
    }
    let mut looks = Vec::with_capacity(pairs.len());
    for (document, [local, atlas]) in pairs {
        let key = Key {
            collection: collection.clone(),
            document,
        };
        let sane = askable(&key.document);
        match (sane, copy(local.as_ref()), copy(atlas.as_ref())) {
            (Ok(()), Ok(here), Ok(there)) => {
                looks.push(look(run, key, (local, here), (atlas, there)));
            }
            (Err(error), _, _) | (_, Err(error), _) | (_, _, Err(error)) => {
                run.set_aside(&key, &Refused::malformed(&error)).await?;
            }
        }
    }
    Ok(looks)
}

fn look(
    run: &Run,
    key: Key,
    (local, here): (Option<RawDocumentBuf>, Option<Copy>),
    (atlas, there): (Option<RawDocumentBuf>, Option<Copy>),
) -> Look {
    let sighting = Sighting {
        me: run.author(),
        local: here,
        atlas: there,
        local_tombstone: None,
        atlas_tombstone: None,
        local_event: None,
        atlas_event: None,
        fenced: Sides::NONE,
        backlogged: false,
        history: History::Lost,
        now: run.clock.now(),
    };
    let task = Task {
        key,
        local: None,
        atlas: None,
        compared: true,
        attempts: 0,
    };
    Look {
        task,
        local,
        atlas,
        sighting,
    }
}
