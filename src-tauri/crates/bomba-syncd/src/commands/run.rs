//! `run`: sync until told to stop.

use std::io;

use sync_api::logging;
use sync_api::settings::Settings;
use sync_api::station::{Claim, Station};

use crate::failure::{Failure, Outcome};

pub(crate) async fn run(settings: &Settings) -> Result<Outcome, Failure> {
    // Said before anything is written, where it is missing.
    settings.engine_config()?;
    let stop = stop_signal().map_err(Failure::System)?;
    let claim = Claim::stake(settings).await?;
    let _log = logging::to_files(settings, &claim.logs(), "bomba-syncd")?;
    let station = Station::open(settings, claim).await?;
    stop.await;
    station.close().await?;
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
