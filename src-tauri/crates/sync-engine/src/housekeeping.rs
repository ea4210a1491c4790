//! What has to be done every now and then: saving positions and pauses, publishing the status, renewing this PC's row on Atlas.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bson::doc;
use sync_core::place::{Direction, Side};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

use crate::config::CollectionMode;
use crate::connect::measure_clock;
use crate::devices::{self, HEARTBEAT};
use crate::error::{EngineError, answered};
use crate::full_compare::keep_scanning;
use crate::names::CONFLICTS;
use crate::pauses::Pauses;
use crate::positions::Keeper;
use crate::queue;
use crate::rules;
use crate::run::Run;
use crate::status::{CollectionStatus, DirectionStatus, Notice, SideStatus, State, Status};

/// The status is published at most so often: four times a second is as fast as people look.
const PUBLISH: Duration = Duration::from_millis(250);
/// How often open conflicts are counted again.
const COUNT: Duration = Duration::from_secs(2);

/// How often room is given back that nothing needs any more.
const TIDY_UP: Duration = Duration::from_secs(10);

/// How soon what could not be noted on Local is tried again.
const NOTE_AGAIN: Duration = Duration::from_secs(1);

/// How often it is looked whether there is something to tell Atlas.
const IN_TOUCH: Duration = Duration::from_secs(1);

/// Runs until the engine stops, and saves the positions once more then.
///
/// # Errors
/// They could not be saved.
pub(crate) async fn keep_house(
    run: Arc<Run>,
    status: watch::Sender<Status>,
) -> Result<(), EngineError> {
    let mut keeper = Keeper::new();
    let mut pauses = Pauses::new();
    let mut again = every(NOTE_AGAIN);
    // Each goes at its own pace: one that waits for a silent side holds up no other.
    tokio::select! {
        never = save_and_publish(&run, &mut keeper, &status) => match never {},
        never = keep_in_touch(&run) => match never {},
        never = try_again(&run) => match never {},
        never = count(&run) => match never {},
        never = tidy_up(&run) => match never {},
        never = rules::follow(&run) => match never {},
        never = keep_scanning(&run) => match never {},
        never = pauses.keep(&run, &mut again) => match never {},
        () = run.closing.cancelled() => {}
    }
    keeper.save(&run).await?;
    pauses.save(&run).await
}

async fn save_and_publish(
    run: &Run,
    keeper: &mut Keeper,
    status: &watch::Sender<Status>,
) -> Infallible {
    let mut tick = every(PUBLISH);
    loop {
        tick.tick().await;
        {
            let mut saving = pin!(keeper.save(run));
            let saved = loop {
                tokio::select! {
                    saved = &mut saving => break saved,
                    _ = tick.tick() => publish(run, false, status),
                }
            };
            if let Err(error) = saved {
                tracing::warn!(%error, "positions could not be saved yet");
            }
        }
        publish(run, keeper.is_saved(run), status);
    }
}

/// Tells Atlas that this PC lives, and learns from it how late it is.
async fn keep_in_touch(run: &Run) -> Infallible {
    let mut tick = every(IN_TOUCH);
    let mut beat = Instant::now();
    loop {
        tick.tick().await;
        let due = beat.elapsed() >= HEARTBEAT || run.clock.has_jumped();
        if due && run.is_connected(Side::Atlas) {
            beat = Instant::now();
            if let Err(error) = renew(run).await {
                tracing::debug!(%error, "the heartbeat did not get through");
            }
        }
    }
}

async fn renew(run: &Run) -> Result<(), EngineError> {
    measure_clock(run).await?;
    if devices::heartbeat(run).await?.is_err() {
        run.give_up_identity();
    }
    Ok(())
}

async fn try_again(run: &Run) -> Infallible {
    loop {
        run.something_due().await;
        run.try_later(false);
    }
}

async fn tidy_up(run: &Run) -> Infallible {
    let mut tick = every(TIDY_UP);
    loop {
        tick.tick().await;
        run.origins.clean_up();
    }
}

async fn count(run: &Run) -> Infallible {
    let mut tick = every(COUNT);
    loop {
        tick.tick().await;
        if run.is_connected(Side::Local)
            && let Err(error) =
                tokio::try_join!(count_conflicts(run), run.count_held(), miss_middleware(run))
        {
            tracing::debug!(%error, "open conflicts could not be counted");
        }
    }
}

/// A tick that was missed is not made up for.
fn every(period: Duration) -> Interval {
    let mut tick = tokio::time::interval(period);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

async fn count_conflicts(run: &Run) -> Result<(), EngineError> {
    let records = run.replica(Side::Local).own(CONFLICTS);
    let open = answered(
        Side::Local,
        records
            .count_documents(doc! { "seen": false })
            .into_future(),
    )
    .await?;
    run.conflicts_open.store(
        usize::try_from(open).unwrap_or(usize::MAX),
        Ordering::Relaxed,
    );
    Ok(())
}

/// Says so for as long as nobody tells what Bomba writes.
async fn miss_middleware(run: &Run) -> Result<(), EngineError> {
    let local = run.replica(Side::Local);
    if !local.has_queue() {
        return Ok(());
    }
    let untold = run.untold.load(Ordering::Relaxed);
    let text = if queue::middleware(local).await?.is_none() {
        "this PC's MongoDB has no change streams and Bomba does not carry the sync middleware: what is deleted there is \
         not noticed, and other changes late; run `check` for what to do"
            .to_owned()
    } else if untold > 0 {
        format!(
            "{untold} changes on this PC were told by nobody and found by a search: a program writes there without the \
             sync middleware, and what it deletes is not noticed; run `check` for what to do"
        )
    } else {
        run.forget("standalone", Side::Local.name());
        return Ok(());
    };
    run.notice("standalone", Side::Local.name(), text);
    Ok(())
}

fn publish(run: &Run, saved: bool, status: &watch::Sender<Status>) {
    let picture = picture(run, saved);
    status.send_if_modified(|shown| {
        let changed = *shown != picture;
        *shown = picture;
        changed
    });
}

fn picture(run: &Run, saved: bool) -> Status {
    let links = [run.link(Side::Local), run.link(Side::Atlas)];
    let mut notices = run.notices();
    notices.extend(waiting_notices(run));
    let [local, atlas] = links;
    let is_paused = Direction::BOTH
        .iter()
        .any(|direction| run.is_paused(*direction));
    let idle = run.inbox().is_empty() && run.comparisons.is_idle() && saved && run.has_caught_up();
    let quarantined = run.problems() as u64;
    let state = if !notices.is_empty() {
        State::Attention
    } else if !local.connected || !atlas.connected {
        State::Offline
    } else if is_paused {
        State::Paused
    } else if idle {
        State::Synced
    } else {
        State::Syncing
    };
    Status {
        state,
        instance_id: run.me.to_string(),
        local,
        atlas: SideStatus {
            clock_offset_ms: run.clock.offset_ms(),
            ..atlas
        },
        local_to_atlas: direction(run, Direction::UPLOAD),
        atlas_to_local: direction(run, Direction::DOWNLOAD),
        collections: collections(run),
        quarantined,
        conflicts_open: run.conflicts_open.load(Ordering::Relaxed) as u64,
        notices,
        last_change_ms: run.monitor.last_change_ms(),
    }
}

/// What is said as long as something waits for a person.
fn waiting_notices(run: &Run) -> Vec<Notice> {
    let mut notices = run.brakes.notices();
    let quarantined = run.problems();
    if quarantined > 0 {
        let text = format!(
            "{quarantined} documents could not be applied and were set aside; `quarantine list` says why. \
             They are tried again when they change."
        );
        notices.push(Notice {
            kind: "quarantine",
            text,
            about: None,
            count: Some(quarantined as u64),
        });
    }
    let unkept = run.unkept.lock().expect("no holder panics");
    if let Some(reason) = unkept.values().next() {
        let count = unkept.len();
        let text = format!(
            "{count} conflicts wait, and nothing is overwritten, because {CONFLICTS} on this PC will not keep the \
             version that loses: {reason}"
        );
        notices.push(Notice {
            kind: "vault",
            text,
            about: None,
            count: Some(count as u64),
        });
    }
    notices
}

fn direction(run: &Run, direction: Direction) -> DirectionStatus {
    let (pending, oldest) = {
        let inbox = run.inbox();
        (
            inbox.waiting(direction.source) as u64,
            inbox.oldest_ms(direction.source),
        )
    };
    let oldest_ms = oldest.map_or(0, |heard| run.clock.steady_ms().saturating_sub(heard));
    let counted = run.monitor.direction(direction, pending, oldest_ms);
    DirectionStatus {
        paused: run.is_paused(direction),
        ..counted
    }
}

fn collections(run: &Run) -> Vec<CollectionStatus> {
    let mut names: Vec<String> = run
        .collections()
        .iter()
        .map(|name| name.to_string())
        .collect();
    names.extend(run.comparisons.names());
    names.sort_unstable();
    names.dedup();
    let not_synced = run.not_synced.lock().expect("no holder panics").clone();
    let synced = names
        .into_iter()
        .filter(|name| name != CONFLICTS && !not_synced.contains_key(name));
    let synced = synced.map(|name| CollectionStatus {
        mode: run.mode(&name),
        not_synced: None,
        compare: run.comparisons.progress(&name),
        name,
    });
    let others = not_synced.iter().map(|(name, reason)| CollectionStatus {
        name: name.clone(),
        mode: CollectionMode::Off,
        not_synced: Some(reason.clone()),
        compare: None,
    });
    synced.chain(others).collect()
}
