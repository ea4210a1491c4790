//! Why the demo could not go on.

use std::io;

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
    #[error("{pc} and Atlas are not the same: {reason}")]
    Different { pc: String, reason: DiffError },
}
