//! Settling a range: equal documents are passed over, differing ones handed to the loop, and what one side lacks
//! altogether is copied at once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

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

/// Ends when every document of the range is settled or set aside: only then may the comparison go on from its end.
pub(super) async fn settle_range(run: &Run, name: &str, range: Range) -> Result<(), EngineError> {
    let collection = run.intern(name);
    let lacking = range.lacking();
    let mut found: Vec<Key> = range
        .unread
        .iter()
        .map(|document| Key {
            collection: collection.clone(),
            document: document.clone(),
        })
        .collect();
    let mut looks = pair_up(run, &collection, range).await?;
    if lacking == Some(Side::Local) && run.takes_part(Side::Atlas, name) {
        // Absence is judged only after everything the user did has been heard of.
        run.pass_fence(Side::Local).await?;
    }
    if let Some(into) = lacking {
        looks = seed(run, &collection, into, looks).await?;
    }
    found.extend(looks.into_iter().filter_map(|look| {
        let decision = decide(&look.sighting, &run.policy(name));
        (decision != Decision::Settled).then_some(look.task.key)
    }));
    {
        let mut inbox = run.inbox();
        let found = found.iter().cloned();
        found.for_each(|key| inbox.nudge(key, true));
    }
    run.wake();
    at_rest(run, name, found).await
}

/// Waits until the loop has settled the keys, or has set them aside. It may take as long as a direction is paused.
async fn at_rest(run: &Run, name: &str, mut keys: Vec<Key>) -> Result<(), EngineError> {
    let mut resting = None;
    loop {
        let settled = run.next_settled();
        let only_waits = {
            let inbox = run.inbox();
            keys.retain(|key| inbox.is_compared(key));
            keys.iter().all(|key| inbox.is_held(key))
        };
        if keys.is_empty() {
            return Ok(());
        }
        match (only_waits, &resting) {
            (true, None) => resting = Some(run.comparisons.rests(name)),
            (true, Some(_)) => {}
            (false, _) => resting = None,
        }
        tokio::select! {
            () = settled => {}
            () = run.stopping() => return Err(EngineError::Stopping),
        }
    }
}

/// Copies a range that one side lacks. Keys with a past (a tombstone, an event, a deletion since the page was read)
/// are given back.
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
    let mut claims = Claims {
        run,
        tasks: HashMap::new(),
    };
    let (mut plans, mut others) = (Vec::new(), Vec::new());
    for mut look in looks {
        let key = look.task.key.clone();
        let buried =
            buried_local.contains_key(&key.document) || buried_atlas.contains_key(&key.document);
        look.sighting.fenced = Sides::BOTH;
        let decision = decide(&look.sighting, &run.policy(collection));
        let copies = match decision {
            Decision::Download { .. } => into == Side::Local,
            Decision::Upload { .. } => into == Side::Atlas,
            _ => false,
        };
        // From here on what is heard of the key waits; what was heard before speaks against it.
        let claimed = (copies && !buried)
            .then(|| run.inbox().claim(&key))
            .flatten();
        match claimed {
            Some(task) if run.comparisons.was_deleted(&key) => {
                run.inbox().settle(&task);
                others.push(look);
            }
            Some(task) => {
                claims.tasks.insert(key, task);
                plans.push(Plan::new(look, decision));
            }
            None => others.push(look),
        }
    }
    let keys: Vec<Key> = claims.tasks.keys().cloned().collect();
    for (task, outcome) in apply(run, collection, plans, Instant::now()).await? {
        if let Outcome::SetAside(refused) = &outcome {
            run.set_aside(&task.key, refused).await?;
        }
        claims.tasks.remove(&task.key);
        match outcome {
            Outcome::Settled | Outcome::SetAside(_) => run.inbox().settle(&task),
            Outcome::Again => run.inbox().again(&task),
            Outcome::Hold(direction) => run.hold(&task, direction),
            Outcome::Later(wait) => run.put_off(&task, wait),
        }
    }
    drop(claims);
    at_rest(run, collection, keys).await?;
    Ok(others)
}

/// Keys that were claimed and not given back yet. An error, here or in another range, ends the copy in the middle:
/// the range is read again then, and whatever was written is found to be settled.
struct Claims<'a> {
    run: &'a Run,
    tasks: HashMap<Key, Task>,
}

impl Drop for Claims<'_> {
    fn drop(&mut self) {
        let mut inbox = self.run.inbox();
        self.tasks.values().for_each(|task| inbox.settle(task));
        drop(inbox);
        self.run.made_room();
        self.run.wake();
    }
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
