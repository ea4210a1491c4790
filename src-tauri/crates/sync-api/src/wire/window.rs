//! What else a window asks for: the other PCs, the collections, the throughput of the last minutes, and how a request
//! can fail.

use serde::{Deserialize, Serialize};
use sync_core::place::{Direction, Side};
use ts_rs::TS;

use super::status::{Compare, Mode};

/// A direction, by where it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum WhichWay {
    /// Local to Atlas.
    Upload,
    /// Atlas to Local.
    Download,
}

impl From<WhichWay> for Direction {
    fn from(way: WhichWay) -> Direction {
        match way {
            WhichWay::Upload => Direction::UPLOAD,
            WhichWay::Download => Direction::DOWNLOAD,
        }
    }
}

impl From<Direction> for WhichWay {
    fn from(direction: Direction) -> WhichWay {
        match direction.source {
            Side::Local => WhichWay::Upload,
            Side::Atlas => WhichWay::Download,
        }
    }
}

/// A page of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Page {
    /// How things stand.
    Overview,
    /// The versions that lost.
    Conflicts,
    /// Which collections take part.
    Collections,
    /// The changes that were set aside.
    Problems,
    /// The settings.
    Settings,
    /// The guided start.
    Welcome,
}

/// One moment of the throughput chart; there is one a second for the last ten minutes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// When, by this PC's clock.
    pub at: f64,
    /// Changes uploaded in that second.
    pub up: u32,
    /// Changes downloaded in that second.
    pub down: u32,
}

/// Another PC, or this one, as its row on Atlas tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Its instance ID.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it last said that it lives.
    pub last_seen: f64,
    /// How many of its changes waited then.
    pub pending: u32,
    /// Milliseconds its clock was behind Atlas' then.
    pub clock_offset_ms: Option<i32>,
    /// The version of Bomba Sync on it.
    pub version: String,
    /// It is this PC.
    pub me: bool,
}

/// One collection with what is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CollectionRow {
    /// Its name.
    pub name: String,
    /// How it takes part.
    pub mode: Mode,
    /// An environment variable or a flag of this name decides, so that the window cannot.
    pub fixed_by: Option<String>,
    /// Documents on this PC; null where it does not answer.
    pub local_count: Count,
    /// Documents on Atlas.
    pub atlas_count: Count,
    /// Why it cannot be synced: `view`, `time-series` or `capped`.
    pub not_synced: Option<String>,
    /// A full compare under way.
    pub compare: Option<Compare>,
    /// The field that names a document to people.
    pub label_field: Option<String>,
}

/// A number of documents; null while its side does not answer.
pub type Count = Option<u32>;

/// A MongoDB found on this PC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LocalFound {
    /// Its address, such as `mongodb://127.0.0.1:27017`.
    pub address: String,
    /// Its databases that could be kept in step; empty where it asks for a password first.
    pub databases: Vec<String>,
    /// It is part of a replica set.
    pub replica_set: bool,
    /// It wants a user name and a password.
    pub needs_password: bool,
}

/// What a test of connections came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Nothing is in the way of syncing.
    pub works: bool,
    /// Question by question.
    pub findings: Vec<super::Finding>,
}

/// What stands in the way of a request; a window has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// Nothing is set up yet.
    NotSetUp,
    /// A value does not fit its setting.
    BadValue,
    /// A path that was typed leads nowhere on this PC, or is not a whole one.
    NoSuchPlace,
    /// An environment variable or a flag decides.
    Fixed,
    /// This PC's MongoDB does not answer.
    LocalAway,
    /// Atlas does not answer.
    AtlasAway,
    /// What was asked about is not there any more.
    Gone,
    /// Bomba's own rules cannot be run.
    RulesFailing,
    /// It is larger than a window can show.
    TooLarge,
    /// It took too long and was given up.
    TooSlow,
    /// The disk or the keychain refused.
    Storage,
    /// Anything else.
    Other,
}

/// A request that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{text}")]
pub struct Failure {
    /// What stands in the way.
    pub kind: FailureKind,
    /// The setting it is about.
    pub field: Option<String>,
    /// In English, without secrets.
    pub text: String,
}
