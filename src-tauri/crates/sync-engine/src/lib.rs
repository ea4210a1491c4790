//! The waiting half of the sync: listens to both MongoDBs, looks, has `sync-core` decide, writes, remembers.

pub mod access;
mod apply;
pub mod brake;
pub mod check;
mod clock;
pub mod config;
mod connect;
mod devices;
pub mod discover;
mod engine;
mod error;
mod fence;
mod full_compare;
mod housekeeping;
mod look;
mod metadata;
mod modes;
mod monitor;
pub mod names;
mod origins;
mod pauses;
mod portions;
mod positions;
pub mod quarantine;
mod queue;
mod reconcile;
mod replica;
pub mod rules;
mod run;
pub mod status;
pub mod vault;
pub mod verify;
mod watch;

pub use engine::Engine;
pub use error::{EngineError, Remedy, Trouble};
