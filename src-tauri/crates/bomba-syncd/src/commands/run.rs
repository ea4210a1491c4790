//! `run`: sync until told to stop.

use std::io;
use std::time::Duration;

use sync_api::settings::{Settings, Source};
use sync_engine::Engine;
use tokio::net::TcpListener;

use crate::failure::{Failure, Outcome};
use crate::logging;
use crate::serve::{App, router};
use crate::state_dir::{Running, StateDir};

/// A second less than the five in which a stop must be over: the log and the runtime end after the engine.
const STOP_MAX: Duration = Duration::from_secs(4);

pub(crate) async fn run(settings: &Settings) -> Result<Outcome, Failure> {
    let config = settings.engine_config()?;
    let dir = settings.state_dir()?;
    let stop = stop_signal().map_err(Failure::System)?;
    let state = StateDir::take(&dir)?;
    let asked = settings.listen.value.get();
    let listener = TcpListener::bind(asked)
        .await
        .map_err(|source| Failure::Listen {
            address: asked,
            source,
        })?;
    let address = listener.local_addr().map_err(Failure::System)?;
    let _log = logging::to_files(settings, &state.logs())?;

    for (setting, source) in settings
        .sources()
        .into_iter()
        .filter(|(_, source)| *source != Source::Default)
    {
        tracing::info!(setting, from = source.name(), "setting");
    }
    let engine = Engine::start(config).await?;
    let token = uuid::Uuid::new_v4().simple().to_string();
    let app = App {
        engine: engine.clone(),
        token: token.clone(),
    };
    let serving = tokio::spawn(async move { axum::serve(listener, router(app)).await });
    state.announce(&Running { address, token })?;
    tracing::info!(%address, state_dir = %dir.display(), "running");

    stop.await;
    tracing::info!("stopping");
    serving.abort();
    let stopped = tokio::time::timeout(STOP_MAX, engine.stop()).await;
    state.withdraw()?;
    match stopped {
        Ok(stopped) => stopped?,
        Err(_elapsed) => return Err(Failure::SlowStop(STOP_MAX.as_secs_f32())),
    }
    tracing::info!("stopped");
    Ok(Outcome::Fine)
}

/// Ends when the process is asked to. It listens from the moment of this call.
#[cfg(unix)]
pub(crate) fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when the process is asked to. It listens from the moment of this call.
#[cfg(windows)]
pub(crate) fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

    let (mut c, mut brk) = (ctrl_c()?, ctrl_break()?);
    let (mut close, mut shutdown) = (ctrl_close()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = c.recv() => {}
            _ = brk.recv() => {}
            _ = close.recv() => {}
            _ = shutdown.recv() => {}
        }
    })
}
