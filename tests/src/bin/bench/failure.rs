//! Why a bench could not be finished.

use std::io;

use integration_tests::daemon::DaemonError;
use integration_tests::mongod::StartError;
use integration_tests::pump::PumpError;

use crate::window::Unmeasured;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("no server to measure on: {0}")]
    Server(#[from] StartError),
    #[error(transparent)]
    Mongo(#[from] mongodb::error::Error),
    #[error("a bill is no BSON: {0}")]
    Bson(#[from] bson::error::Error),
    #[error("the raw pump stopped: {0}")]
    Pump(#[from] PumpError),
    #[error("the engine does not start or stop: {0}")]
    Engine(#[from] sync_engine::EngineError),
    #[error("bomba-syncd: {0}")]
    Daemon(#[from] DaemonError),
    #[error("no link to Atlas: {0}")]
    Link(#[from] io::Error),
    #[error("bomba-sync: {0}")]
    Window(#[from] Unmeasured),
    #[error("a time cannot be counted: {0}")]
    Histogram(#[from] hdrhistogram::CreationError),
}
