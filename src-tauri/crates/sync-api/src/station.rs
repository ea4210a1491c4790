//! An engine at work: the state directory is ours, the status is served on this machine, and others can find it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use sync_engine::{Engine, EngineError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::serve::{Served, router};
use crate::settings::{Settings, SettingsError, Source};
use crate::state_dir::{Running, StateDir, StateDirError};

/// A second less than the five in which a stop must be over: the log and the runtime end after the engine.
const STOP_MAX: Duration = Duration::from_secs(4);

/// Why an engine cannot be at work.
#[derive(Debug, thiserror::Error)]
pub enum StationError {
    /// A setting is wrong or missing.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Its state directory.
    #[error(transparent)]
    StateDir(#[from] StateDirError),
    /// The address it was to listen on.
    #[error("--listen: {address} cannot be opened: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The engine itself.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// It did not end in time.
    #[error("stopping took longer than {0} s; the next start goes on from the last saved position")]
    SlowStop(f32),
}

/// A state directory that is ours and a port that is open: all that can fail before the engine starts.
#[derive(Debug)]
pub struct Claim {
    state: StateDir,
    listener: TcpListener,
    address: SocketAddr,
    dir: PathBuf,
}

/// An engine at work.
#[derive(Debug)]
pub struct Station {
    engine: Engine,
    state: StateDir,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Claim {
    /// Takes the state directory and the port.
    ///
    /// # Errors
    /// Another engine has the directory, or the port cannot be opened.
    pub async fn stake(settings: &Settings) -> Result<Claim, StationError> {
        let dir = settings.state_dir()?;
        let state = StateDir::take(&dir)?;
        let asked = settings.listen.value.get();
        let listen = |source| StationError::Listen {
            address: asked,
            source,
        };
        let listener = TcpListener::bind(asked).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        Ok(Claim {
            state,
            listener,
            address,
            dir,
        })
    }

    /// The folder for the log.
    pub fn logs(&self) -> PathBuf {
        self.state.logs()
    }
}

impl Station {
    /// Starts the engine and lets others find it.
    ///
    /// # Errors
    /// A setting is missing, or the address file cannot be written.
    pub async fn open(settings: &Settings, claim: Claim) -> Result<Station, StationError> {
        let config = settings.engine_config()?;
        let given = settings.sources().into_iter();
        for (setting, source) in given.filter(|(_, source)| *source != Source::Default) {
            tracing::info!(setting, from = source.name(), "setting");
        }
        let Claim {
            state,
            listener,
            address,
            dir,
        } = claim;
        let engine = Engine::start(config).await?;
        let token = uuid::Uuid::new_v4().simple().to_string();
        let served = Served {
            engine: engine.clone(),
            token: token.clone(),
        };
        let serving = tokio::spawn(async move { axum::serve(listener, router(served)).await });
        state.announce(&Running { address, token })?;
        tracing::info!(%address, state_dir = %dir.display(), "running");
        Ok(Station {
            engine,
            state,
            serving,
        })
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Stops the engine, its positions saved, and gives the state directory back.
    ///
    /// # Errors
    /// The engine did not end in time.
    pub async fn close(self) -> Result<(), StationError> {
        tracing::info!("stopping");
        self.serving.abort();
        let stopped = tokio::time::timeout(STOP_MAX, self.engine.stop()).await;
        self.state.withdraw()?;
        match stopped {
            Ok(stopped) => stopped?,
            Err(_elapsed) => return Err(StationError::SlowStop(STOP_MAX.as_secs_f32())),
        }
        tracing::info!("stopped");
        Ok(())
    }
}
