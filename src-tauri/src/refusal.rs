//! Why the program does not start, in one line.

use std::io::{self, Write};

use sync_api::logging::LogError;
use sync_api::settings::SettingsError;
use sync_api::wire;

use crate::toast;

pub(crate) const EXIT_CODE: u8 = 2;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The connection strings cannot be read from where they are kept.
    #[error(transparent)]
    Application(wire::Failure),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("the system names no folder for settings: give a file with --config")]
    NoFolder,
    #[cfg(target_os = "linux")]
    #[error(
        "there is no display to show anything on: start it in a desktop session; bomba-syncd needs none"
    )]
    NoDisplay,
    #[error("the window system refused: {0}")]
    Tauri(#[from] tauri::Error),
}

impl Refusal {
    /// Says it where the program was started, and, to a person who clicked an icon, on the screen.
    pub(crate) fn tell(&self, hidden: bool) {
        tracing::error!(refusal = %self, "not started");
        let line = self.to_string();
        if let Err(error) = writeln!(io::stderr(), "bomba-sync: {line}") {
            tracing::debug!(%error, "nobody reads standard error");
        }
        if !hidden && self.can_be_shown() {
            toast::say_the_last_word(&line);
        }
    }

    fn can_be_shown(&self) -> bool {
        #[cfg(target_os = "linux")]
        return !matches!(self, Refusal::NoDisplay);
        #[cfg(not(target_os = "linux"))]
        true
    }
}
