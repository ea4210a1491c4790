//! `resync`: both sides compared, and what differs copied. By the running daemon if there is one, else here.

use std::time::{Duration, Instant};

use sync_api::logging;
use sync_api::serve::ResyncOrder;
use sync_api::settings::Settings;
use sync_api::state_dir::StateDir;
use sync_api::stop;
use sync_api::wire;
use sync_engine::{Engine, EngineError};

use crate::commands::status::comparing;
use crate::daemon::Daemon;
use crate::failure::{Failure, Outcome};
use crate::terminal;

/// How often the status is looked at. Several times as long as the engine takes to publish a new one, so that a
/// look after an order never sees the picture from before it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long the engine gets to reach this PC's MongoDB before the order counts as failed.
const LOCAL_REACHED_MAX: Duration = Duration::from_secs(60);

/// Exit code 0: compared, and nothing waits any more.
pub(crate) async fn resync(
    settings: &Settings,
    collection: Option<String>,
) -> Result<Outcome, Failure> {
    logging::to_terminal(settings)?;
    let stop = stop::asked().map_err(Failure::System)?;
    tokio::pin!(stop);
    let ended = tokio::select! {
        ended = begin(settings, collection) => Some(ended),
        () = &mut stop => None,
    };
    terminal::progress_done();
    match ended {
        Some(ended) => {
            ended?;
            terminal::say("resync finished")?;
            Ok(Outcome::Fine)
        }
        None => {
            terminal::complain(
                "left before the end; a running bomba-syncd, or the next one, goes on with it",
            );
            Ok(Outcome::Wrong)
        }
    }
}

async fn begin(settings: &Settings, collection: Option<String>) -> Result<(), Failure> {
    match Daemon::find(settings) {
        Ok(daemon) => {
            daemon.resync(ResyncOrder { collection }).await?;
            let mut watched = Watched::default();
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                if watched.is_done(&daemon.status().await?) {
                    return Ok(());
                }
            }
        }
        Err(Failure::NoneRunning { .. }) => here(settings, collection.as_deref()).await,
        Err(failure) => Err(failure),
    }
}

async fn here(settings: &Settings, collection: Option<&str>) -> Result<(), Failure> {
    let config = settings.engine_config()?;
    // Two engines with one state directory would be two PCs with one name.
    let _state = StateDir::take(&settings.state_dir()?)?;
    let engine = Engine::start(config).await?;
    let look = || wire::Status::from(&*engine.status().borrow());
    let deadline = Instant::now() + LOCAL_REACHED_MAX;
    let mut watched = Watched::default();
    while let Err(error) = engine.resync(collection).await {
        watched.show(&look());
        let is_waiting =
            matches!(error, EngineError::Silent { .. }) && look().state != wire::State::Attention;
        if !is_waiting || Instant::now() > deadline {
            let why = look().local.last_error;
            engine.stop().await?;
            return Err(why.map_or(Failure::Engine(error), Failure::LocalAway));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if watched.is_done(&look()) {
            break;
        }
    }
    engine.stop().await?;
    Ok(())
}

/// What the looks at a resync under way have shown.
#[derive(Debug, Default)]
struct Watched {
    quiet_looks: u32,
    shown: String,
}

impl Watched {
    /// Shows how far it is, and says whether it is at its end.
    fn is_done(&mut self, status: &wire::Status) -> bool {
        self.show(status);
        // A direction that is paused, or a notice, keeps the state from ever becoming "synced".
        const QUIET_LOOKS: u32 = 5;
        let comparing = status
            .collections
            .iter()
            .any(|collection| collection.compare.is_some());
        let waiting = status.local_to_atlas.pending > 0 || status.atlas_to_local.pending > 0;
        let quiet = match status.state {
            wire::State::Synced => return true,
            wire::State::Attention | wire::State::Paused => {
                status.local.connected && status.atlas.connected && !comparing && !waiting
            }
            wire::State::Syncing | wire::State::Offline => false,
        };
        self.quiet_looks = if quiet { self.quiet_looks + 1 } else { 0 };
        self.quiet_looks >= QUIET_LOOKS
    }

    fn show(&mut self, status: &wire::Status) {
        let line = progress(status);
        if line != self.shown {
            terminal::progress(&line);
            self.shown = line;
        }
    }
}

fn progress(status: &wire::Status) -> String {
    let error = status
        .local
        .last_error
        .as_ref()
        .or(status.atlas.last_error.as_ref());
    if let Some(error) = error {
        return format!("waiting: {error}");
    }
    let under_way = status.collections.iter().filter_map(|collection| {
        let compare = collection
            .compare
            .as_ref()
            .filter(|compare| compare.done > 0)?;
        Some(format!("{}: {}", collection.name, comparing(compare)))
    });
    let under_way = under_way.collect::<Vec<_>>();
    if under_way.is_empty() {
        let waiting = status
            .local_to_atlas
            .pending
            .saturating_add(status.atlas_to_local.pending);
        return format!("{waiting} documents waiting");
    }
    under_way.join("; ")
}

#[cfg(test)]
mod tests {
    use sync_engine::config::CollectionMode;
    use sync_engine::status::{CollectionStatus, CompareProgress, SideStatus, State, Status};

    use super::*;

    fn looks_until_done(status: &Status) -> Option<u32> {
        let mut watched = Watched::default();
        (1..20).find(|_| watched.is_done(&status.into()))
    }

    #[test]
    fn a_resync_has_ended_when_all_is_synced_or_nothing_moves_any_more() {
        let linked = SideStatus {
            connected: true,
            ..SideStatus::default()
        };
        let linked = Status {
            local: linked.clone(),
            atlas: linked,
            ..Status::default()
        };
        assert_eq!(
            looks_until_done(&Status {
                state: State::Synced,
                ..linked.clone()
            }),
            Some(1)
        );
        assert_eq!(
            looks_until_done(&Status {
                state: State::Syncing,
                ..linked.clone()
            }),
            None
        );
        assert_eq!(
            looks_until_done(&Status {
                state: State::Offline,
                ..linked.clone()
            }),
            None
        );
        let paused = Status {
            state: State::Paused,
            ..linked
        };
        assert_eq!(looks_until_done(&paused), Some(5));
        let mut waiting = paused.clone();
        waiting.local_to_atlas.pending = 1;
        assert_eq!(looks_until_done(&waiting), None);
        let mut comparing = paused;
        comparing.collections.push(CollectionStatus {
            name: "bills".to_owned(),
            mode: CollectionMode::BothWays,
            not_synced: None,
            compare: Some(CompareProgress::default()),
        });
        assert_eq!(looks_until_done(&comparing), None);
    }
}
