//! `run`: sync until told to stop.

use sync_api::logging;
use sync_api::settings::Settings;
use sync_api::station::{Claim, Station};
use sync_api::stop;

use crate::failure::{Failure, Outcome};

pub(crate) async fn run(settings: &Settings) -> Result<Outcome, Failure> {
    // Said before anything is written, where it is missing.
    settings.engine_config()?;
    let asked = stop::asked().map_err(Failure::System)?;
    let claim = Claim::stake(settings).await?;
    let _log = logging::to_files(settings, &claim.logs(), "bomba-syncd")?;
    let station = Station::open(settings, claim).await?;
    asked.await;
    station.close().await?;
    Ok(Outcome::Fine)
}
