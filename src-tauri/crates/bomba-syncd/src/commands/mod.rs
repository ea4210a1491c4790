//! One file a command: each takes the settings and what was asked, and answers on the terminal.

pub(crate) mod check;
pub(crate) mod conflicts;
pub(crate) mod deletions;
pub(crate) mod quarantine;
pub(crate) mod resync;
pub(crate) mod run;
pub(crate) mod status;
pub(crate) mod verify;

use sync_api::logging;
use sync_api::settings::Settings;
use sync_engine::access::Access;

use crate::failure::Failure;

/// Both databases, for a command that shows or changes records; what goes wrong is logged to the terminal.
async fn access(settings: &Settings) -> Result<Access, Failure> {
    logging::to_terminal(settings)?;
    Ok(Access::open(&settings.engine_config()?).await?)
}
