//! Keeping both streams open: greeting a side, listening until it fails, waiting, and trying again.

use std::sync::Arc;

use sync_core::backoff::Backoff;
use sync_core::place::Side;
use uuid::Uuid;

use crate::devices::{self, Taken};
use crate::error::{EngineError, Remedy};
use crate::positions::{self, Stored};
use crate::reconcile::rand_chance;
use crate::replica::{Feed, Replica};
use crate::run::Run;
use crate::status::Notice;
use crate::vault;
use crate::watch::{Listener, Stopped};

/// Why a listener's loop ended, or the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The engine is stopping.
    Stopping,
    /// It is, and what was under way had to be cut off.
    CutOff,
    /// It is, and the last positions are not saved.
    Unsaved,
    /// A task broke down: begin anew.
    Broken,
    /// Another PC lives under this identity: go on under a new one.
    IdentityTaken,
    /// A server is there, or is another kind of server, than when the run began: begin again with it.
    Anew,
}

/// What a listener starts from.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) stored: Option<Stored>,
    /// The nonces of this PC's earlier runs.
    pub(crate) earlier: Vec<Uuid>,
}

/// Keeps the stream of `side` open until the engine stops.
pub(crate) async fn keep_listening(run: Arc<Run>, side: Side, mut start: Start) -> Ended {
    let backoff = Backoff {
        interval: run.config.reconnect_interval,
        attempts_max: run.config.reconnect_attempts_max,
    };
    if let Some(stored) = &start.stored {
        run.inbox().checkpoint(side, stored.token.clone());
        run.set_anchored(side, true);
    }
    let mut listener = Listener::new(
        side,
        start.stored.as_ref().map(|stored| stored.token.clone()),
    );
    loop {
        if let Some(before) = run.read_again(side) {
            listener.rewind(Some(before));
        }
        let listened = async {
            if let Some(ended) = greet(&run, side, &start, &listener).await? {
                return Ok(Err(ended));
            }
            if side == Side::Atlas && is_foreign(&run, start.stored.as_ref()) {
                tracing::warn!(
                    "the stored position belongs to another Atlas database and is not used"
                );
                lose_history(&run, side, &mut listener).await?;
                start.stored = None;
            }
            listener.listen(&run).await.map(Ok)
        };
        let error = match listened.await {
            Ok(Err(ended)) => return ended,
            Ok(Ok(Stopped::Ending)) => return Ended::Stopping,
            Ok(Ok(Stopped::Reopen)) => {
                // What was left out lies behind the safe position.
                run.read_again(side);
                let safe = run.inbox().safe(side);
                if let Some(safe) = safe {
                    listener.rewind(Some(safe.token().clone()));
                }
                continue;
            }
            Ok(Ok(Stopped::Invalidated | Stopped::LeftOut)) => continue,
            Err(error) => error,
        };
        let failures = run.disconnected(side, &error);
        report(&run, side, &error, backoff.is_loud(failures));
        // A stream is no change that could be set aside: where it cannot go on, it begins anew. A queue has no past
        // that could be lost: what is not settled is still in it.
        if matches!(error.remedy(), Remedy::CompareAgain | Remedy::SetAside)
            && !run.replica(side).has_queue()
            && let Err(error) = lose_history(&run, side, &mut listener).await
        {
            tracing::warn!(%side, %error, "could not prepare the comparison yet");
        }
        tokio::select! {
            () = tokio::time::sleep(backoff.wait(failures, rand_chance())) => {}
            () = run.hurry.notified() => {}
            () = run.stopping() => return Ended::Stopping,
        }
    }
}

/// Atlas cannot even be opened: its name cannot be looked up while this PC is off the net. Tried again until it can,
/// while Local is listened to.
pub(crate) async fn keep_opening(run: Arc<Run>, mut error: EngineError) -> Ended {
    let backoff = Backoff {
        interval: run.config.reconnect_interval,
        attempts_max: run.config.reconnect_attempts_max,
    };
    loop {
        let failures = run.disconnected(Side::Atlas, &error);
        report(&run, Side::Atlas, &error, backoff.is_loud(failures));
        tokio::select! {
            () = tokio::time::sleep(backoff.wait(failures, rand_chance())) => {}
            () = run.hurry.notified() => {}
            () = run.stopping() => return Ended::Stopping,
        }
        let opened = Replica::open(Side::Atlas, &run.config.atlas_uri, &run.config.database);
        error = tokio::select! {
            opened = opened => match opened {
                Ok(_) => return Ended::Anew,
                Err(error) => error,
            },
            () = run.stopping() => return Ended::Stopping,
        };
    }
}

fn report(run: &Run, side: Side, error: &EngineError, loud: bool) {
    tracing::warn!(%side, %error, "the connection is lost; trying again");
    if let Some(kind) = error.notice_kind() {
        run.notice(kind, side.name(), error.to_string());
    } else if loud {
        let attempts = run.config.reconnect_attempts_max;
        let Notice { kind, text, .. } = still_trying(side, attempts, error);
        run.notice(kind, side.name(), text);
    }
}

/// What is said of a side that stays away.
pub(crate) fn still_trying(side: Side, attempts: u32, error: &EngineError) -> Notice {
    let text =
        format!("{side} has not answered {attempts} times in a row; still trying. Last: {error}");
    Notice {
        kind: "reconnect-failing",
        text,
        about: Some(side.name().to_owned()),
        count: None,
    }
}

/// The stream's past is gone: everything is compared, and the stream starts at now.
async fn lose_history(run: &Run, side: Side, listener: &mut Listener) -> Result<(), EngineError> {
    run.ask_compare(None).await?;
    let _forgetting = run.positions.lock().await;
    run.set_anchored(side, false);
    run.inbox().begin_anew(side);
    positions::forget(run.replica(Side::Local), side).await?;
    listener.rewind(None);
    Ok(())
}

fn is_foreign(run: &Run, stored: Option<&Stored>) -> bool {
    let cluster = run.cluster.lock().expect("no holder panics");
    let stored = stored.and_then(|stored| stored.cluster.as_ref());
    stored.is_some() && cluster.is_some() && stored != cluster.as_ref()
}

/// Makes sure that this is the server to talk to, and says hello on Atlas. Returns why the run cannot go on with it.
async fn greet(
    run: &Run,
    side: Side,
    start: &Start,
    listener: &Listener,
) -> Result<Option<Ended>, EngineError> {
    let hello = run.replica(side).hello().await?;
    let feed = Feed::of(side, &hello)?;
    if feed != run.replica(side).feed().await? {
        tracing::warn!(%side, ?feed, "the server has become another kind of server");
        return Ok(Some(Ended::Anew));
    }
    if listener.is_ahead_of(&hello) {
        return Err(EngineError::ForeignPosition { side });
    }
    if side == Side::Local {
        return Ok(None);
    }
    measure_clock(run).await?;
    let cluster = devices::cluster(run).await?;
    *run.cluster.lock().expect("no holder panics") = Some(cluster);
    vault::limit_retention(run.replica(Side::Atlas)).await?;
    let announced = devices::announce(run, &start.earlier).await?;
    Ok(announced.err().map(|Taken| Ended::IdentityTaken))
}

/// Measures how far this PC's clock is from Atlas', and says so where that is far.
pub(crate) async fn measure_clock(run: &Run) -> Result<(), EngineError> {
    let before = run.clock.offset();
    let offset = run.clock.measure(run.replica(Side::Atlas)).await?;
    if before != Some(offset) {
        tracing::info!(
            ?before,
            ?offset,
            "the distance of this PC's clock from Atlas'"
        );
        positions::store_offset(run.replica(Side::Local), offset).await?;
    }
    warn_of_clock(run);
    Ok(())
}

/// A PC clock this far off is shown to the user; times are corrected all the same.
const CLOCK_OFFSET_SHOWN_MS: u64 = 5 * 60 * 1000;

fn warn_of_clock(run: &Run) {
    let offset = run.clock.offset_ms().unwrap_or_default();
    if offset.unsigned_abs() > CLOCK_OFFSET_SHOWN_MS {
        let minutes = offset / 60_000;
        run.notice(
            "clock",
            "",
            format!("this PC's clock is {minutes} minutes away from Atlas'; set it right"),
        );
    } else {
        run.forget("clock", "");
    }
}
