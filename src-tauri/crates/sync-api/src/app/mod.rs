//! Everything a window may ask and order, without a window: settings, the engine they start, and the records a person
//! looks through. It is tested on real servers, and a shell only passes requests on.

mod bundle;
mod collections;
mod conflicts;
mod document_text;
mod fields;
mod problems;
mod rule_files;
mod rules;
mod samples;
mod settings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use sync_core::place::Direction;
use sync_engine::access::Access;
use sync_engine::{Engine, EngineError, Trouble};
use tokio::sync::{RwLock, watch};
use tokio::task::JoinHandle;

use crate::secrets::Secrets;
use crate::settings::{Given, Layer, Settings};
use crate::station::{Claim, Station, StationError};
use crate::wire::{self, Failure, FailureKind, SettingsView, Status, WhichWay};

use self::samples::Samples;

/// The application behind the window. It lives as long as the process.
#[derive(Debug)]
pub struct App {
    given: Given,
    file: PathBuf,
    secrets: Secrets,
    state: RwLock<State>,
    status: watch::Sender<Status>,
    view: watch::Sender<Option<SettingsView>>,
    samples: std::sync::Arc<Mutex<Samples>>,
    /// What PCs are called, by instance ID; kept for when Atlas is away.
    names: Mutex<BTreeMap<String, String>>,
    rules_at_work: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State {
    /// What the settings file says, the connection strings kept elsewhere included.
    saved: Layer,
    settings: Settings,
    work: Option<Work>,
}

/// An engine at work and what hangs on it.
#[derive(Debug)]
struct Work {
    station: Station,
    access: Access,
    forward: JoinHandle<()>,
    sampling: JoinHandle<()>,
}

impl App {
    /// Reads the settings and starts the engine, if both connections and the database are known. An engine that does
    /// not start is told by [`App::status`]'s notices.
    ///
    /// # Errors
    /// A setting is wrong, by name.
    pub async fn start(given: Given, file: PathBuf, secrets: Secrets) -> Result<App, Failure> {
        let saved = settings::read(&file, &secrets).await?;
        let settings = Settings::layered(&given, saved.clone()).map_err(Failure::from)?;
        let app = App {
            given,
            file,
            secrets,
            state: RwLock::new(State {
                saved,
                settings,
                work: None,
            }),
            status: watch::Sender::new(Status::default()),
            view: watch::Sender::new(None),
            samples: std::sync::Arc::default(),
            names: Mutex::default(),
            rules_at_work: tokio::sync::Mutex::default(),
        };
        {
            let mut state = app.state.write().await;
            app.publish(&state);
            if settings::is_set_up(&state.settings)
                && let Err(failure) = app.begin(&mut state).await
            {
                tracing::error!(%failure, "the engine did not start");
            }
        }
        Ok(app)
    }

    /// The latest picture, and a way to wait for the next.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// The settings in force, and a way to wait for a change. `None` only before the start has ended.
    pub fn view(&self) -> watch::Receiver<Option<SettingsView>> {
        self.view.subscribe()
    }

    /// The throughput of the last minutes, a second each, oldest first.
    pub fn samples(&self) -> Vec<wire::Sample> {
        self.samples.lock().expect("no holder panics").all()
    }

    /// Pauses one direction or both, or lets them go on.
    ///
    /// # Errors
    /// Nothing is set up yet.
    pub async fn pause(&self, way: Option<WhichWay>, paused: bool) -> Result<(), Failure> {
        let engine = self.engine().await?;
        for direction in Direction::BOTH {
            if way.is_some_and(|way| Direction::from(way) != direction) {
                continue;
            }
            if paused {
                engine.pause(direction);
            } else {
                engine.resume(direction);
            }
        }
        Ok(())
    }

    /// Tries at once what would be tried after a wait, the start of an engine that did not start included.
    ///
    /// # Errors
    /// Nothing is set up yet, or the engine does not start.
    pub async fn sync_now(&self) -> Result<(), Failure> {
        let mut state = self.state.write().await;
        if state.work.is_none() && settings::is_set_up(&state.settings) {
            return self.begin(&mut state).await;
        }
        let work = state.work.as_ref().ok_or_else(not_set_up)?;
        work.station.engine().hurry();
        Ok(())
    }

    /// Stops the engine, its positions saved.
    ///
    /// # Errors
    /// It did not end in time.
    pub async fn stop(&self) -> Result<(), Failure> {
        let work = self.state.write().await.work.take();
        match work {
            Some(work) => work.end().await.map_err(Failure::from),
            None => Ok(()),
        }
    }

    async fn engine(&self) -> Result<Engine, Failure> {
        let state = self.state.read().await;
        let work = state.work.as_ref().ok_or_else(not_set_up)?;
        Ok(work.station.engine().clone())
    }

    async fn access(&self) -> Result<Access, Failure> {
        let state = self.state.read().await;
        let work = state.work.as_ref().ok_or_else(not_set_up)?;
        Ok(work.access.clone())
    }

    /// Starts the engine. That it does not start is a picture of its own.
    async fn begin(&self, state: &mut State) -> Result<(), Failure> {
        let begun = self.work(&state.settings).await;
        match begun {
            Ok(work) => {
                state.work = Some(work);
                Ok(())
            }
            Err(failure) => {
                self.status.send_replace(not_started(&failure));
                Err(failure)
            }
        }
    }

    async fn work(&self, settings: &Settings) -> Result<Work, Failure> {
        let config = settings.engine_config().map_err(Failure::from)?;
        let access = Access::open(&config).await.map_err(Failure::from)?;
        let claim = Claim::stake(settings).await.map_err(Failure::from)?;
        let station = Station::open(settings, claim)
            .await
            .map_err(Failure::from)?;
        let forward = tokio::spawn(forward(station.engine().clone(), self.status.clone()));
        let sampling = tokio::spawn(samples::take(
            station.engine().clone(),
            self.samples.clone(),
        ));
        Ok(Work {
            station,
            access,
            forward,
            sampling,
        })
    }

    fn settings_file(&self) -> &Path {
        &self.file
    }
}

impl Work {
    async fn end(self) -> Result<(), StationError> {
        self.forward.abort();
        self.sampling.abort();
        self.station.close().await
    }
}

/// The engine's pictures, at most four a second as the engine makes them, in the words of the window.
async fn forward(engine: Engine, status: watch::Sender<Status>) {
    let mut pictures = engine.status();
    loop {
        let picture = Status::from(&*pictures.borrow_and_update());
        status.send_replace(picture);
        if pictures.changed().await.is_err() {
            return;
        }
    }
}

fn not_started(failure: &Failure) -> Status {
    Status {
        state: wire::State::Attention,
        notices: vec![wire::Notice {
            kind: "not-started".to_owned(),
            text: failure.text.clone(),
            about: None,
            count: None,
        }],
        ..Status::default()
    }
}

fn not_set_up() -> Failure {
    Failure {
        kind: FailureKind::NotSetUp,
        field: None,
        text: "nothing is set up yet".to_owned(),
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        let away = match &error {
            EngineError::Server { side, .. }
            | EngineError::Silent { side }
            | EngineError::Unnamed { side } => Some(*side),
            _ => None,
        };
        let kind = match (away, error.trouble()) {
            (_, Trouble::Other) | (None, _) => FailureKind::Other,
            (Some(sync_core::place::Side::Local), _) => FailureKind::LocalAway,
            (Some(sync_core::place::Side::Atlas), _) => FailureKind::AtlasAway,
        };
        Failure {
            kind,
            field: None,
            text: error.to_string(),
        }
    }
}

impl From<StationError> for Failure {
    fn from(error: StationError) -> Failure {
        let kind = match &error {
            StationError::Settings(_) => FailureKind::BadValue,
            StationError::StateDir(_) | StationError::Listen { .. } => FailureKind::Storage,
            StationError::Engine(_) | StationError::SlowStop(_) => FailureKind::Other,
        };
        Failure {
            kind,
            field: None,
            text: error.to_string(),
        }
    }
}
