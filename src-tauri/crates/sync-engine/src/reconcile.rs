//! The loop: takes waiting keys, has them looked at and decided, and gives them back settled or to be looked at again.
//!
//! What wakes it: a listener that read something, a batch that ended, a choice of the user, a side that is back.

mod batches;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use sync_core::decide::{Decision, Loss, decide};
use sync_core::inbox::Task;
use sync_core::place::{Direction, DocumentKey, Key, Side};
use sync_core::sighting::Sides;

use self::batches::{Batches, Ended, Hands, Suspects};
use crate::apply::{Outcome, Plan, apply, loss};
use crate::error::EngineError;
use crate::look::{Look, corrected, for_people, look};
use crate::quarantine::Refused;
use crate::run::Run;

/// Keys worked on together: large enough to make round trips cheap, small enough to answer soon.
const BATCH_KEYS_MAX: usize = 500;
/// Batches in flight, all of different keys: one is looked at while another is written.
const BATCHES_IN_FLIGHT: usize = 4;
/// A key that was looked at so often without coming to rest is set aside.
const ATTEMPTS_MAX: u32 = 100;
/// Fences one look may need: one for each side, and one more where the second answer brings a new question.
const FENCES_MAX: usize = 3;

/// Runs until the engine stops; batches in flight are finished first.
pub(crate) async fn reconcile(run: Arc<Run>) {
    let mut batches = Batches::default();
    let mut suspects = Suspects::default();
    while !run.stop.is_cancelled() {
        while batches.len() < BATCHES_IN_FLIGHT && run.may_work() {
            let tasks = match suspects.next() {
                Some(suspect) => vec![suspect],
                None => run.inbox().take(BATCH_KEYS_MAX),
            };
            if tasks.is_empty() {
                break;
            }
            batches.spawn(tasks, |tasks, hands| batch(run.clone(), tasks, hands));
        }
        if batches.len() == 0 {
            suspects.rest(&run);
        }
        tokio::select! {
            () = run.woken() => {}
            () = run.stopping() => {}
            Some(ended) = batches.next() => match ended {
                Ended::Done => run.look_whether_it_works(),
                Ended::Broken(tasks) => suspects.add(&run, tasks).await,
            },
        }
    }
    while batches.next().await.is_some() {}
}

/// A random number in 0..1 for jitter.
pub(crate) fn rand_chance() -> f64 {
    f64::from(uuid::Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}

async fn batch(run: Arc<Run>, tasks: Vec<Task>, hands: Arc<Hands>) {
    let began = Instant::now();
    let mut by_collection: BTreeMap<Arc<str>, Vec<Task>> = BTreeMap::new();
    for task in tasks {
        by_collection
            .entry(task.key.collection.clone())
            .or_default()
            .push(task);
    }
    let names: Vec<Arc<str>> = by_collection.keys().cloned().collect();
    let groups = by_collection
        .iter_mut()
        .map(|(collection, tasks)| work(&run, &hands, collection, std::mem::take(tasks)));
    let worked = futures_util::future::join_all(groups).await;
    let worked = names.iter().zip(&worked);
    let errors = worked.filter_map(|(name, worked)| Some((name, worked.as_ref().err()?)));
    let wait = errors
        .map(|(name, error)| run.failed(name, error, began))
        .max();
    // Whatever was written is found to be settled when it is looked at again. Meanwhile other keys have their turn.
    let left = hands.empty();
    let wait = wait.unwrap_or_default();
    left.iter().for_each(|task| run.put_off(task, wait));
    run.made_room();
    run.wake();
}

async fn work(
    run: &Run,
    hands: &Hands,
    collection: &Arc<str>,
    tasks: Vec<Task>,
) -> Result<(), EngineError> {
    let started = Instant::now();
    if !run.takes_part(Side::Local, collection) {
        for task in tasks {
            hands.open(&task.key);
            run.inbox().settle(&task);
        }
        return Ok(());
    }
    let looks = look(run, collection, tasks).await?;
    for task in looks.put_back {
        hands.open(&task.key);
        run.inbox().put_back(&task);
    }
    for (task, error) in looks.malformed {
        let refused = Outcome::SetAside(Refused::malformed(&error));
        finish(run, hands, &task, refused).await?;
    }
    let plans = judge(run, looks.seen).await?;
    let conflicts: HashMap<DocumentKey, Conflict> = plans.iter().filter_map(conflict).collect();
    for (task, outcome) in apply(run, collection, plans, started).await? {
        if matches!(outcome, Outcome::Settled)
            && let Some(conflict) = conflicts.get(&task.key.document)
        {
            note(run, &task.key, conflict);
        }
        finish(run, hands, &task, outcome).await?;
    }
    Ok(())
}

/// A conflict that is being settled.
#[derive(Debug)]
struct Conflict {
    loss: Loss,
    /// The winner is where it was already: nothing is written.
    is_overruled: bool,
}

fn conflict(plan: &Plan) -> Option<(DocumentKey, Conflict)> {
    let conflict = Conflict {
        loss: *loss(&plan.decision)?,
        is_overruled: matches!(plan.decision, Decision::Overruled { .. }),
    };
    Some((plan.look.task.key.document.clone(), conflict))
}

/// What nobody else counts or says of a conflict that was settled.
fn note(run: &Run, key: &Key, conflict: &Conflict) {
    let Conflict { loss, is_overruled } = conflict;
    tracing::info!(
        collection = &*key.collection,
        document = %for_people(&key.document),
        winner = ?loss.winner,
        loser = ?loss.loser,
        lost_on = %loss.side,
        reason = loss.reason.name(),
        "a conflict was settled; the version that lost is in the vault"
    );
    if *is_overruled {
        // Only what is uploaded can be overruled by what stays on Atlas.
        run.monitor.conflict(Direction::UPLOAD);
    }
    if loss.unresolved {
        let Loss { winner, loser, .. } = loss;
        tracing::error!(
            ?key,
            ?winner,
            ?loser,
            strategy = run.config.strategy.name(),
            "a conflict could not be resolved, for neither side's time is known: Atlas' version stays, the other is in the vault"
        );
        run.monitor.resolution_failed();
    }
}

/// Decides about every look, passing fences where a decision asks for them: one fence serves them all.
async fn judge(run: &Run, looks: Vec<Look>) -> Result<Vec<Plan>, EngineError> {
    let mut plans = Vec::with_capacity(looks.len());
    let mut undecided = looks;
    for _ in 0..FENCES_MAX {
        let mut asked = Sides::NONE;
        let mut waiting = Vec::new();
        for look in undecided {
            match decide(&look.sighting, &run.policy(&look.task.key.collection)) {
                Decision::Fence(sides) => {
                    asked = Sides {
                        local: asked.local || sides.local,
                        atlas: asked.atlas || sides.atlas,
                    };
                    waiting.push(look);
                }
                decision => plans.push(Plan::new(look, decision)),
            }
        }
        if waiting.is_empty() {
            return Ok(plans);
        }
        pass(run, asked).await?;
        undecided = Vec::with_capacity(waiting.len());
        for mut look in waiting {
            look.sighting.fenced.local |= asked.local;
            look.sighting.fenced.atlas |= asked.atlas;
            // A stream may have begun anew before the fence came through.
            look.sighting.history = run.history(&look.task);
            let inbox = run.inbox();
            if asked.atlas && inbox.has_news(Side::Atlas, &look.task) {
                // An event that was not known decides it: look again with it in hand.
                drop(inbox);
                plans.push(Plan::new(look, Decision::Fence(asked)));
                continue;
            }
            let newest = inbox.newest(Side::Local, &look.task.key);
            drop(inbox);
            look.sighting.local_event = newest.map(|event| corrected(run, Side::Local, event));
            undecided.push(look);
        }
    }
    let unfenced = |look| Plan::new(look, Decision::Fence(Sides::BOTH));
    plans.extend(undecided.into_iter().map(unfenced));
    Ok(plans)
}

async fn pass(run: &Run, sides: Sides) -> Result<(), EngineError> {
    let pass = |side: Side| async move {
        if sides.has(side) {
            run.pass_fence_for_taken(side).await
        } else {
            Ok(())
        }
    };
    tokio::try_join!(pass(Side::Local), pass(Side::Atlas))?;
    Ok(())
}

async fn finish(
    run: &Run,
    hands: &Hands,
    task: &Task,
    outcome: Outcome,
) -> Result<(), EngineError> {
    let outcome = match outcome {
        Outcome::Again if task.attempts >= ATTEMPTS_MAX => {
            let reason = format!("it did not come to rest after {ATTEMPTS_MAX} attempts");
            Outcome::SetAside(Refused::new(Direction::UPLOAD, 0, reason))
        }
        other => other,
    };
    match &outcome {
        Outcome::Settled => run.clear_quarantine(&task.key).await?,
        Outcome::SetAside(refused) => run.set_aside(&task.key, refused).await?,
        Outcome::Again | Outcome::Hold(_) | Outcome::Later(_) => {}
    }
    hands.open(&task.key);
    match outcome {
        Outcome::Settled => {
            run.forget_unkept(&task.key);
            run.inbox().settle(task);
            if task.local.is_some() || task.atlas.is_some() {
                run.retry_clashes(&task.key);
            }
        }
        Outcome::SetAside(_) => run.inbox().settle(task),
        Outcome::Again => run.inbox().again(task),
        Outcome::Hold(direction) => run.hold(task, direction),
        Outcome::Later(wait) => run.put_off(task, wait),
    }
    Ok(())
}
