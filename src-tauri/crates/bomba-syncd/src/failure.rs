//! How a command ends: the exit code, and the one line that says why.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use sync_api::settings::SettingsError;
use sync_engine::EngineError;

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
    Verify(#[source] EngineError),
    #[error("the state directory {dir} cannot be used: {source}", dir = dir.display())]
    StateDir { dir: PathBuf, source: io::Error },
    #[error("another bomba-syncd is at work with the state directory {dir}", dir = dir.display())]
    AlreadyRunning { dir: PathBuf },
    #[error("no bomba-syncd is running for this database (looked in {dir})", dir = dir.display())]
    NoneRunning { dir: PathBuf },
    #[error(
        "several are running: say which one with --local and --database, or with BOMBA_STATE_DIR"
    )]
    SeveralRunning,
    #[error("--listen: {address} cannot be opened: {source}")]
    Listen {
        address: std::net::SocketAddr,
        source: io::Error,
    },
    #[error("the running bomba-syncd did not answer: {0}")]
    Unanswered(#[source] Box<ureq::Error>),
    #[error("the running bomba-syncd refused: {0}")]
    Refused(String),
    #[error("there is no {what} with the ID {id}", id = id.escape_debug())]
    UnknownId { what: &'static str, id: String },
    #[error("stopping took longer than {0} s; the next start goes on from the last saved position")]
    SlowStop(f32),
    #[error("{0}")]
    System(#[source] io::Error),
    #[error("the answer cannot be printed: {0}")]
    Output(#[source] io::Error),
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
            | Failure::StateDir { .. } => Outcome::CannotTell,
            Failure::Engine(_)
            | Failure::AlreadyRunning { .. }
            | Failure::NoneRunning { .. }
            | Failure::SeveralRunning
            | Failure::Listen { .. }
            | Failure::Unanswered(_)
            | Failure::Refused(_)
            | Failure::UnknownId { .. }
            | Failure::SlowStop(_)
            | Failure::System(_)
            | Failure::Output(_) => Outcome::Wrong,
        }
    }
}
