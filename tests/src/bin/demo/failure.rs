//! Why the demo could not go on.

use std::io;
use std::process::ExitStatus;

use integration_tests::desktop::DesktopError;
use integration_tests::diff::DiffError;
use integration_tests::mongod::StartError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("a MongoDB server does not start: {0}")]
    Server(#[from] StartError),
    #[error("a server refused: {0}")]
    Mongo(#[from] mongodb::error::Error),
    #[error("nobody can be told to end: {0}")]
    Signal(io::Error),
    #[error("the screen cannot be used: {0}")]
    Screen(io::Error),
    #[error("a server does not stop: {0}")]
    Stop(io::Error),
    #[error("a till cannot be used: {0}")]
    NoTill(io::Error),
    #[error("a till closed by itself ({0})")]
    TillClosed(ExitStatus),
    #[error("PC 1 has no window: {0}")]
    Desktop(#[from] DesktopError),
    #[error("the window of PC 1 ended by itself ({0})")]
    Window(ExitStatus),
    #[error(
        "this session has a Bomba Sync already, and one is all it takes: quit that first, or try --headless"
    )]
    SentAway,
    #[error("{pc} and Atlas are not the same: {reason}")]
    Different { pc: String, reason: DiffError },
}
