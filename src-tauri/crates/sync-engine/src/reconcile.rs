//! The loop: takes waiting keys, has them looked at and decided, and gives them back settled or to be looked at again.
//!
//! What wakes it: a listener that read something, a batch that ended, a choice of the user, a side that is back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sync_core::backoff::Backoff;
use sync_core::decide::{Decision, decide};
use sync_core::inbox::Task;
use sync_core::place::{Direction, Key, Side};
use sync_core::sighting::Sides;
use tokio::task::JoinSet;

use crate::apply::{Outcome, Plan, apply};
use crate::error::EngineError;
use crate::look::{Look, corrected, look};
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
    let mut batches: JoinSet<Result<(), EngineError>> = JoinSet::new();
    let backoff = Backoff {
        interval: Duration::from_millis(100),
        attempts_max: u32::MAX,
    };
    let mut failures = 0;
    while !run.stop.is_cancelled() {
        while batches.len() < BATCHES_IN_FLIGHT && run.may_work() {
            let tasks = run.inbox().take(BATCH_KEYS_MAX);
            if tasks.is_empty() {
                break;
            }
            batches.spawn(batch(run.clone(), tasks));
        }
        tokio::select! {
            () = run.woken() => {}
            () = run.stopping() => {}
            Some(ended) = batches.join_next() => match ended {
                Ok(Ok(())) => failures = 0,
                Ok(Err(error)) => {
                    failures += 1;
                    tracing::warn!(%error, failures, "a batch could not be finished");
                    let wait = backoff.wait(failures, rand_chance());
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        () = run.stopping() => {}
                    }
                }
                Err(panic) => tracing::error!(%panic, "a batch ended badly; its keys wait for a restart"),
            },
        }
    }
    while batches.join_next().await.is_some() {}
}

/// A random number in 0..1 for jitter.
pub(crate) fn rand_chance() -> f64 {
    f64::from(uuid::Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}

async fn batch(run: Arc<Run>, tasks: Vec<Task>) -> Result<(), EngineError> {
    let mut by_collection: BTreeMap<Arc<str>, Vec<Task>> = BTreeMap::new();
    for task in tasks {
        by_collection
            .entry(task.key.collection.clone())
            .or_default()
            .push(task);
    }
    let groups = by_collection.into_iter().map(|(collection, tasks)| {
        let run = run.clone();
        async move {
            let keys: Vec<Key> = tasks.iter().map(|task| task.key.clone()).collect();
            let worked = work(&run, &collection, tasks).await;
            if worked.is_err() {
                // Whatever was written is found to be settled when it is looked at again.
                let mut inbox = run.inbox();
                keys.into_iter().for_each(|key| inbox.put_back(&bare(key)));
            }
            worked
        }
    });
    let worked = futures_util::future::join_all(groups).await;
    run.made_room();
    run.wake();
    worked.into_iter().collect()
}

fn bare(key: Key) -> Task {
    Task {
        key,
        local: None,
        atlas: None,
        compared: false,
        attempts: 0,
    }
}

async fn work(run: &Run, collection: &Arc<str>, tasks: Vec<Task>) -> Result<(), EngineError> {
    let started = Instant::now();
    if !run.takes_part(Side::Local, collection) {
        let mut inbox = run.inbox();
        tasks.iter().for_each(|task| inbox.settle(task));
        return Ok(());
    }
    let looks = look(run, collection, tasks).await?;
    {
        let mut inbox = run.inbox();
        looks.put_back.iter().for_each(|task| inbox.put_back(task));
    }
    for (task, error) in looks.malformed {
        finish(run, &task, Outcome::SetAside(Refused::malformed(&error))).await?;
    }
    let plans = judge(run, looks.seen).await?;
    for (task, outcome) in apply(run, collection, plans, started).await? {
        finish(run, &task, outcome).await?;
    }
    Ok(())
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
                decision => plans.push(Plan { look, decision }),
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
                plans.push(Plan {
                    look,
                    decision: Decision::Fence(asked),
                });
                continue;
            }
            let newest = inbox.newest(Side::Local, &look.task.key);
            drop(inbox);
            look.sighting.local_event = newest.map(|event| corrected(run, Side::Local, event));
            undecided.push(look);
        }
    }
    plans.extend(undecided.into_iter().map(|look| Plan {
        look,
        decision: Decision::Fence(Sides::BOTH),
    }));
    Ok(plans)
}

async fn pass(run: &Run, sides: Sides) -> Result<(), EngineError> {
    let pass = |side: Side| async move {
        if sides.has(side) {
            run.pass_fence(side).await
        } else {
            Ok(())
        }
    };
    tokio::try_join!(pass(Side::Local), pass(Side::Atlas))?;
    Ok(())
}

async fn finish(run: &Run, task: &Task, outcome: Outcome) -> Result<(), EngineError> {
    match outcome {
        Outcome::Settled => {
            run.clear_quarantine(&task.key).await?;
            run.forget_unkept(&task.key);
            run.inbox().settle(task);
            if task.local.is_some() || task.atlas.is_some() {
                run.retry_clashes(&task.key);
            }
        }
        Outcome::Again if task.attempts >= ATTEMPTS_MAX => {
            let reason = format!("it did not come to rest after {ATTEMPTS_MAX} attempts");
            let refused = Refused {
                direction: Direction::UPLOAD,
                code: 0,
                reason,
            };
            run.set_aside(&task.key, &refused).await?;
            run.inbox().settle(task);
        }
        Outcome::Again => run.inbox().again(task),
        Outcome::Hold => run.inbox().hold(task),
        Outcome::Later => run.put_off(task),
        Outcome::SetAside(refused) => {
            run.set_aside(&task.key, &refused).await?;
            run.inbox().settle(task);
        }
    }
    Ok(())
}
