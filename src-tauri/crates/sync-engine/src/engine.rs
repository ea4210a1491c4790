//! The engine as its owner holds it: start, look at its status, tell it what to do, stop.

mod report;
mod tasks;

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use sync_core::backoff::Backoff;
use sync_core::place::{Direction, Side};
use sync_core::sighting::Sides;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::{CollectionMode, EngineConfig};
use crate::connect::Ended;
use crate::error::EngineError;
use crate::modes;
use crate::monitor::Monitor;
use crate::pauses;
use crate::positions;
use crate::reconcile::rand_chance;
use crate::replica::Replica;
use crate::run::{Choices, Parts, Run};
use crate::status::Status;

type Main = JoinHandle<Result<(), EngineError>>;

/// A running engine. Clones are handles on the same one.
#[derive(Clone, Debug)]
pub struct Engine {
    monitor: Arc<Monitor>,
    status: watch::Receiver<Status>,
    choices: watch::Sender<Choices>,
    current: Arc<Mutex<Option<Arc<Run>>>>,
    hurry: Arc<Notify>,
    stop: CancellationToken,
    main: Arc<Mutex<Option<Main>>>,
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
            said: Sides::NONE,
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
            run.try_later(true);
        }
    }

    fn set_paused(&self, direction: Direction, paused: bool) {
        self.choices.send_if_modified(|choices| {
            let (slot, said) = match direction.source {
                Side::Local => (&mut choices.paused.local, &mut choices.said.local),
                Side::Atlas => (&mut choices.paused.atlas, &mut choices.said.atlas),
            };
            *said = true;
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
        if !modes::is_wider(mode, before) {
            // Noted before anything is passed over: whatever happens now, what is left out from here on is made up for
            // when the collection comes back.
            modes::store(&run, Some((collection, mode))).await?;
            choose(mode);
            return Ok(());
        }
        // Before the first event of it can be judged, nothing is known of its past.
        run.ask_compare(Some(collection)).await?;
        choose(mode);
        let noted = async {
            // The comparison may have looked at the old choice. The stream opens again at its safe position, so
            // nothing is missed while it is compared.
            run.ask_compare(Some(collection)).await?;
            modes::store(&run, None).await
        };
        noted.await.inspect_err(|_| choose(before))
    }

    /// Compares a collection, or all of them, in full.
    ///
    /// # Errors
    /// The engine is not connected to Local yet, the request could not be noted there, or there is no such collection.
    pub async fn resync(&self, collection: Option<&str>) -> Result<(), EngineError> {
        let run = self
            .run()
            .ok_or(EngineError::Silent { side: Side::Local })?;
        if let Some(name) = collection {
            run.must_take_part(name).await?;
        }
        run.ask_compare(collection).await
    }

    /// Stops: batches in flight are finished and positions saved.
    ///
    /// # Errors
    /// Something under way had to be cut off, or the last positions could not be saved. Neither loses anything: the
    /// next start reads a little more again.
    pub async fn stop(self) -> Result<(), EngineError> {
        self.stop.cancel();
        let main = self.main.lock().expect("no holder panics").take();
        let Some(main) = main else {
            return Ok(());
        };
        main.await.unwrap_or_else(|broken| {
            tracing::error!(%broken, "the engine did not end well");
            Err(EngineError::CutOff)
        })
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
    async fn supervise(self) -> Result<(), EngineError> {
        let backoff = Backoff {
            interval: self.config.reconnect_interval,
            attempts_max: self.config.reconnect_attempts_max,
        };
        let (mut failures, mut renew) = (0, false);
        while !self.stop.is_cancelled() {
            let began = Instant::now();
            match self.live(renew).await {
                Ok(Ended::Stopping) => return Ok(()),
                Ok(Ended::CutOff) => return Err(EngineError::CutOff),
                Ok(Ended::Unsaved) => return Err(EngineError::Unsaved),
                Ok(Ended::IdentityTaken) => {
                    tracing::warn!(
                        "another PC lives under this instance ID (a copied disk?); taking a new one"
                    );
                    (failures, renew) = (0, true);
                    continue;
                }
                Ok(Ended::Broken) => {
                    let lived = began.elapsed() > LONG_LIFE;
                    (failures, renew) = (if lived { 1 } else { failures + 1 }, false);
                    report::broken(&self.status, failures);
                }
                Ok(Ended::Anew) => {
                    tracing::info!("beginning again with the servers that are there now");
                    (failures, renew) = (0, false);
                }
                Err(error) => {
                    failures += 1;
                    report::away(&self.status, &error, failures, backoff.is_loud(failures));
                }
            }
            tokio::select! {
                () = tokio::time::sleep(backoff.wait(failures, rand_chance())) => {}
                () = self.hurry.notified() => {}
                () = self.stop.cancelled() => {}
            }
        }
        Ok(())
    }

    /// A run, from its beginning to its end. One that breaks down is no reason to break down as well, and one whose
    /// tasks have not begun yet has nothing to end.
    async fn live(&self, renew: bool) -> Result<Ended, EngineError> {
        let stopped_early = async {
            self.stop.cancelled().await;
            if self.current.lock().expect("no holder panics").is_some() {
                std::future::pending::<()>().await;
            }
        };
        let run = AssertUnwindSafe(self.run_once(renew)).catch_unwind();
        let ended = tokio::select! {
            biased;
            ended = run => ended.unwrap_or(Ok(Ended::Broken)),
            () = stopped_early => Ok(Ended::Stopping),
        };
        if let Some(left) = self.current.lock().expect("no holder panics").take() {
            left.stop.cancel();
            left.closing.cancel();
        }
        ended
    }

    /// One identity's life. An error means that Local cannot be used yet.
    async fn run_once(&self, renew: bool) -> Result<Ended, EngineError> {
        let boot = Uuid::new_v4();
        let local =
            Replica::open(Side::Local, &self.config.local_uri, &self.config.database).await?;
        let feed = local.feed().await?;
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
            positions::load_local(&local, feed).await?,
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
        run.load_brakes().await?;
        run.load_dropped().await?;
        if stored.iter().any(Option::is_none) {
            // Nothing is known of what happened so far: the comparison is noted before the first position is.
            run.ask_compare(None).await?;
        }
        pauses::restore(&run).await?;
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
        tasks::run_together(run, stored, earlier, closed, self.status.clone()).await
    }
}

/// A run that lived so long did not break down at once: the next one begins without a longer wait.
const LONG_LIFE: Duration = Duration::from_secs(60);
