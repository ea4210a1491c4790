//! How a command ends: the exit code, and the one line that says why.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use sync_api::logging::LogError;
use sync_api::settings::SettingsError;
use sync_api::state_dir::StateDirError;
use sync_api::station::StationError;
use sync_engine::EngineError;
use sync_engine::verify::VerifyError;

/// A command's answer, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done; for `verify`: identical. Exit code 0.
    Fine,
    /// Not done, or done and the answer is no; for `verify`: different. Exit code 1.
    Wrong,
    /// Asked wrongly; for `verify`: could not tell. Exit code 2.
    CannotTell,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Fine => 0,
            Outcome::Wrong => 1,
            Outcome::CannotTell => 2,
        })
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// `verify` has an exit code of its own for "could not tell".
    #[error("could not tell: {0}")]
    Verify(#[source] VerifyError),
    #[error(transparent)]
    StateDir(#[from] StateDirError),
    #[error(transparent)]
    Log(LogError),
    #[error(transparent)]
    Station(StationError),
    #[error("no bomba-syncd is running for this database (looked in {dir})", dir = dir.display())]
    NoneRunning { dir: PathBuf },
    #[error(
        "several are running: say which one with --local and --database, or with BOMBA_STATE_DIR"
    )]
    SeveralRunning,
    #[error("the running bomba-syncd did not answer: {0}")]
    Unanswered(#[source] Box<ureq::Error>),
    #[error("the running bomba-syncd refused: {0}")]
    Refused(String),
    #[error("{0}")]
    LocalAway(String),
    #[error("there is no {what} with the ID {id}", id = id.escape_debug())]
    UnknownId { what: &'static str, id: String },
    #[error("{0}")]
    System(#[source] io::Error),
    #[error("the answer cannot be printed: {0}")]
    Output(#[source] io::Error),
}

impl From<StationError> for Failure {
    fn from(error: StationError) -> Failure {
        match error {
            StationError::Settings(error) => Failure::Settings(error),
            StationError::StateDir(error) => Failure::StateDir(error),
            StationError::Engine(error) => Failure::Engine(error),
            other @ (StationError::Listen { .. } | StationError::SlowStop(_)) => {
                Failure::Station(other)
            }
        }
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Failure {
        match error {
            LogError::Settings(error) => Failure::Settings(error),
            unusable @ LogError::Unusable { .. } => Failure::Log(unusable),
        }
    }
}

impl Failure {
    /// The line for the terminal. `None`: whoever read the output has gone, and wants no more.
    pub(crate) fn line(&self) -> Option<String> {
        match self {
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => None,
            other => Some(other.to_string()),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Failure::Settings(_)
            | Failure::Engine(EngineError::BadUri { .. })
            | Failure::Verify(_)
            | Failure::StateDir(StateDirError::Unusable { .. })
            | Failure::Log(_) => Outcome::CannotTell,
            Failure::Engine(_)
            | Failure::StateDir(StateDirError::AlreadyRunning { .. })
            | Failure::NoneRunning { .. }
            | Failure::SeveralRunning
            | Failure::Station(_)
            | Failure::Unanswered(_)
            | Failure::Refused(_)
            | Failure::LocalAway(_)
            | Failure::UnknownId { .. }
            | Failure::System(_)
            | Failure::Output(_) => Outcome::Wrong,
        }
    }
}
