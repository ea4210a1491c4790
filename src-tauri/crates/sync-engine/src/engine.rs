//! The engine as its owner holds it: start, look at its status, tell it what to do, stop.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sync_core::backoff::Backoff;
use sync_core::place::{Direction, Side};
use sync_core::sighting::Sides;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::{CollectionMode, EngineConfig};
use crate::connect::{Ended, Start, keep_listening, keep_opening, still_trying};
use crate::error::EngineError;
use crate::full_compare::compare;
use crate::housekeeping::keep_house;
use crate::modes;
use crate::monitor::Monitor;
use crate::positions;
use crate::reconcile::{rand_chance, reconcile};
use crate::replica::Replica;
use crate::run::{Choices, Parts, Run};
use crate::status::{Notice, SideStatus, State, Status};

/// A running engine. Clones are handles on the same one.
#[derive(Clone, Debug)]
pub struct Engine {
    monitor: Arc<Monitor>,
    status: watch::Receiver<Status>,
    choices: watch::Sender<Choices>,
    current: Arc<Mutex<Option<Arc<Run>>>>,
    hurry: Arc<Notify>,
    stop: CancellationToken,
    main: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Engine {
    /// Starts an engine; it connects in the background.
    ///
    /// # Errors
    /// A connection string is not one.
    pub async fn start(config: EngineConfig) -> Result<Engine, EngineError> {
        for (side, uri) in [
            (Side::Local, &config.local_uri),
            (Side::Atlas, &config.atlas_uri),
        ] {
            mongodb::options::ConnectionString::parse(uri.expose())
                .map_err(|_error| EngineError::BadUri { side })?;
        }
        let monitor = Arc::new(Monitor::new());
        let choices = watch::Sender::new(Choices {
            modes: config.modes.clone(),
            paused: Sides::NONE,
        });
        let (status_sender, status) = watch::channel(Status::default());
        let stop = CancellationToken::new();
        let current = Arc::new(Mutex::new(None));
        let hurry = Arc::new(Notify::new());
        let supervisor = Supervisor {
            config,
            monitor: monitor.clone(),
            clock: Arc::new(Clock::new()),
            choices: choices.clone(),
            status: status_sender,
            current: current.clone(),
            hurry: hurry.clone(),
            stop: stop.clone(),
        };
        let main = tokio::spawn(supervisor.supervise());
        Ok(Engine {
            monitor,
            status,
            choices,
            current,
            hurry,
            stop,
            main: Arc::new(Mutex::new(Some(main))),
        })
    }

    /// The latest picture, and a way to wait for the next.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// All metrics in Prometheus' text format.
    pub fn metrics_text(&self) -> String {
        self.monitor.text()
    }

    /// Stops one direction; what waits is kept.
    pub fn pause(&self, direction: Direction) {
        self.set_paused(direction, true);
    }

    /// Lets a paused direction go on.
    pub fn resume(&self, direction: Direction) {
        self.set_paused(direction, false);
        if let Some(run) = self.run() {
            run.inbox().release();
            run.wake();
        }
    }

    /// Tries a lost connection, and what was put off, at once instead of after the wait.
    pub fn hurry(&self) {
        self.hurry.notify_waiters();
        if let Some(run) = self.run() {
            run.try_later();
        }
    }

    fn set_paused(&self, direction: Direction, paused: bool) {
        self.choices.send_if_modified(|choices| {
            let slot = match direction.source {
                Side::Local => &mut choices.paused.local,
                Side::Atlas => &mut choices.paused.atlas,
            };
            std::mem::replace(slot, paused) != paused
        });
    }

    /// Changes how a collection takes part, at once. One that comes back is compared in full.
    ///
    /// # Errors
    /// The comparison could not be noted on Local.
    pub async fn set_mode(
        &self,
        collection: &str,
        mode: CollectionMode,
    ) -> Result<(), EngineError> {
        let choose = |mode: CollectionMode| {
            self.choices.send_modify(|choices| {
                choices.modes.insert(collection.to_owned(), mode);
            });
        };
        let known = self.choices.borrow().modes.get(collection).copied();
        let before = known.unwrap_or_default();
        if before == mode {
            return Ok(());
        }
        let Some(run) = self.run() else {
            // The next run finds out.
            choose(mode);
            return Ok(());
        };
        let wider = modes::is_wider(mode, before);
        if wider {
            // Before the first event of it can be judged, nothing is known of its past.
            run.ask_compare(Some(collection)).await?;
        }
        choose(mode);
        let noted = async {
            if wider {
                // The comparison may have looked at the old choice. The stream opens again at its safe position, so
                // nothing is missed while it is compared.
                run.ask_compare(Some(collection)).await?;
            }
            modes::store(&run).await
        };
        noted.await.inspect_err(|_| choose(before))
    }

    /// Compares a collection, or all of them, in full.
    ///
    /// # Errors
    /// The engine is not connected to Local yet, or the request could not be noted there.
    pub async fn resync(&self, collection: Option<&str>) -> Result<(), EngineError> {
        let run = self
            .run()
            .ok_or(EngineError::Silent { side: Side::Local })?;
        run.ask_compare(collection).await
    }

    /// Stops: batches in flight are finished and positions saved.
    ///
    /// # Errors
    /// None so far; a position that could not be saved only makes the next start read a little more again.
    pub async fn stop(self) -> Result<(), EngineError> {
        self.stop.cancel();
        let main = self.main.lock().expect("no holder panics").take();
        if let Some(main) = main
            && let Err(error) = main.await
        {
            tracing::error!(%error, "the engine did not end well");
        }
        Ok(())
    }

    fn run(&self) -> Option<Arc<Run>> {
        self.current.lock().expect("no holder panics").clone()
    }
}

struct Supervisor {
    config: EngineConfig,
    monitor: Arc<Monitor>,
    clock: Arc<Clock>,
    choices: watch::Sender<Choices>,
    status: watch::Sender<Status>,
    current: Arc<Mutex<Option<Arc<Run>>>>,
    hurry: Arc<Notify>,
    stop: CancellationToken,
}

impl Supervisor {
    async fn supervise(self) {
        let backoff = Backoff {
            interval: self.config.reconnect_interval,
            attempts_max: self.config.reconnect_attempts_max,
        };
        let (mut failures, mut renew) = (0, false);
        while !self.stop.is_cancelled() {
            match self.run_once(renew).await {
                Ok(Ended::Stopping) => return,
                Ok(Ended::IdentityTaken) => {
                    tracing::warn!(
                        "another PC lives under this instance ID (a copied disk?); taking a new one"
                    );
                    (failures, renew) = (0, true);
                }
                Ok(Ended::Opened) => {
                    tracing::info!("Atlas can be opened now; beginning again with it");
                    (failures, renew) = (0, false);
                }
                Err(error) => {
                    failures += 1;
                    self.report_away(&error, failures, backoff.is_loud(failures));
                    tokio::select! {
                        () = tokio::time::sleep(backoff.wait(failures, rand_chance())) => {}
                        () = self.hurry.notified() => {}
                        () = self.stop.cancelled() => return,
                    }
                }
            }
        }
    }

    /// One identity's life. An error means that Local cannot be used yet.
    async fn run_once(&self, renew: bool) -> Result<Ended, EngineError> {
        let boot = Uuid::new_v4();
        let local =
            Replica::open(Side::Local, &self.config.local_uri, &self.config.database).await?;
        if local.hello().await?.get_str("setName").is_err() {
            return Err(EngineError::Standalone { side: Side::Local });
        }
        let identity = positions::identify(&local, boot, renew).await?;
        if let Some(offset) = identity.clock_offset {
            self.clock.restore(offset);
        }
        let database = &self.config.database;
        let opened = tokio::select! {
            opened = Replica::open(Side::Atlas, &self.config.atlas_uri, database) => opened,
            () = self.stop.cancelled() => return Ok(Ended::Stopping),
        };
        let (atlas, closed) = match opened {
            Ok(atlas) => (atlas, None),
            Err(error) => (Replica::nowhere(Side::Atlas, database)?, Some(error)),
        };
        let stored = [
            positions::load(&local, Side::Local).await?,
            positions::load(&local, Side::Atlas).await?,
        ];
        let run = Arc::new(Run::new(Parts {
            config: self.config.clone(),
            me: identity.me,
            boot,
            local,
            atlas,
            monitor: self.monitor.clone(),
            clock: self.clock.clone(),
            choices: self.choices.clone(),
            hurry: self.hurry.clone(),
            stop: self.stop.child_token(),
        }));
        tracing::info!(instance_id = %identity.me, is_new = identity.is_new, "starting");
        run.load_comparisons().await?;
        run.load_quarantine().await?;
        run.load_dropped().await?;
        if stored.iter().any(Option::is_none) {
            // Nothing is known of what happened so far: the comparison is noted before the first position is.
            run.ask_compare(None).await?;
        }
        modes::catch_up(&run).await?;
        *self.current.lock().expect("no holder panics") = Some(run.clone());
        let ended = self.tasks(&run, stored, identity.earlier, closed).await;
        self.current.lock().expect("no holder panics").take();
        if ended == Ended::IdentityTaken {
            // What the twin uploaded may have been taken for echoes. Noted while the identity is still the shared one,
            // so that a crash in between is found out like the first time.
            run.ask_compare(None).await?;
        }
        Ok(ended)
    }

    async fn tasks(
        &self,
        run: &Arc<Run>,
        stored: [Option<positions::Stored>; 2],
        earlier: Vec<Uuid>,
        closed: Option<EngineError>,
    ) -> Ended {
        let [local, atlas] = stored;
        let house = tokio::spawn(keep_house(run.clone(), self.status.clone()));
        let loop_ = tokio::spawn(reconcile(run.clone()));
        let comparing = tokio::spawn(compare(run.clone()));
        let here = keep_listening(
            run.clone(),
            Side::Local,
            Start {
                stored: local,
                earlier: earlier.clone(),
            },
        );
        let start = Start {
            stored: atlas,
            earlier,
        };
        let mut here = tokio::spawn(here);
        let mut there = match closed {
            None => tokio::spawn(keep_listening(run.clone(), Side::Atlas, start)),
            Some(error) => tokio::spawn(keep_opening(run.clone(), error)),
        };
        let taken = run.identity_taken();
        let ended = tokio::select! {
            () = run.stopping() => Ended::Stopping,
            () = taken => Ended::IdentityTaken,
            ended = &mut here => ended.unwrap_or(Ended::Stopping),
            ended = &mut there => ended.unwrap_or(Ended::Stopping),
        };
        run.stop.cancel();
        end(loop_).await;
        end(comparing).await;
        here.abort();
        there.abort();
        // Last, so that it saves what the others settled.
        run.closing.cancel();
        end(house).await;
        ended
    }

    fn report_away(&self, error: &EngineError, failures: u32, loud: bool) {
        tracing::warn!(%error, failures, "cannot start yet");
        self.status.send_modify(|status| {
            let local = SideStatus {
                connected: false,
                last_error: Some(error.to_string()),
                trouble: Some(error.trouble()),
                attempts: failures,
                clock_offset_ms: None,
            };
            let text = error.to_string();
            status.notices = match error.notice_kind() {
                Some(kind) => vec![Notice {
                    kind,
                    text,
                    about: Some(Side::Local.name().to_owned()),
                    count: None,
                }],
                None if loud => vec![still_trying(Side::Local, failures, error)],
                None => Vec::new(),
            };
            status.state = if status.notices.is_empty() {
                State::Offline
            } else {
                State::Attention
            };
            status.local = local;
        });
    }
}

async fn end(mut task: JoinHandle<()>) {
    let joined = tokio::time::timeout(STOP_WAIT, &mut task).await;
    if !matches!(joined, Ok(Ok(()))) {
        tracing::warn!("a task did not end in time; its keys are looked at again next time");
        task.abort();
    }
}

/// How long a task may take to end; the whole stop stays within the promised five seconds.
const STOP_WAIT: Duration = Duration::from_millis(1500);
