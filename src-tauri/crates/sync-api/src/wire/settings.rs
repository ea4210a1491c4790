//! The settings as the window shows and changes them. A connection string goes in and never comes out.

use std::fmt;

use serde::{Deserialize, Serialize};
use sync_core::resolve;
use ts_rs::TS;

/// Where a value comes from. Only what comes from the file or the default can be changed in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// A command-line flag.
    Flag,
    /// An environment variable.
    Environment,
    /// Saved by the window or written into the settings file.
    File,
    /// Nobody said anything.
    Default,
}

/// A value, where it comes from, and what it is called there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Field<T> {
    /// The value in force.
    pub value: T,
    /// Where it comes from.
    pub source: Source,
    /// Its environment variable.
    pub variable: String,
}

/// Who wins when both sides changed a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// The later change.
    LastWriteWins,
    /// Atlas.
    AtlasWins,
    /// This PC.
    LocalWins,
}

impl From<resolve::Strategy> for Strategy {
    fn from(strategy: resolve::Strategy) -> Strategy {
        match strategy {
            resolve::Strategy::LastWriteWins => Strategy::LastWriteWins,
            resolve::Strategy::AtlasWins => Strategy::AtlasWins,
            resolve::Strategy::LocalWins => Strategy::LocalWins,
        }
    }
}

impl From<Strategy> for resolve::Strategy {
    fn from(strategy: Strategy) -> resolve::Strategy {
        match strategy {
            Strategy::LastWriteWins => resolve::Strategy::LastWriteWins,
            Strategy::AtlasWins => resolve::Strategy::AtlasWins,
            Strategy::LocalWins => resolve::Strategy::LocalWins,
        }
    }
}

/// In which language the window speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// That of the system.
    #[default]
    System,
    /// English.
    En,
    /// Arabic.
    Ar,
}

/// How the window looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system does.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Where connection strings are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Secrets {
    /// The system's keychain.
    Keychain,
    /// A file only its owner can read, where the system has no keychain.
    File,
}

/// All settings a window shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Both addresses and the database are there.
    pub set_up: bool,
    /// The servers of this PC's MongoDB, without user and password; null: not set.
    pub local_servers: Field<Option<String>>,
    /// The servers of Atlas, without user and password; null: not set.
    pub atlas_servers: Field<Option<String>>,
    /// The database kept in step; null: not set.
    pub database: Field<Option<String>>,
    /// What other PCs see this one called.
    pub device_name: Field<String>,
    /// Atlas' changes come to this PC.
    pub bidirectional: Field<bool>,
    /// Who wins when both sides changed a document.
    pub strategy: Field<Strategy>,
    /// Events asked of a change stream at a time, 1 to 10,000.
    pub batch_size: Field<u32>,
    /// Milliseconds a write of our own is remembered, 1 to 86,400,000.
    pub origin_cleanup_ms: Field<u32>,
    /// Milliseconds before a lost connection is tried again, 1 to 3,600,000.
    pub reconnect_interval_ms: Field<u32>,
    /// Tries in a row before the status asks for attention, 1 to 1,000,000.
    pub reconnect_attempts_max: Field<u32>,
    /// Days a version that lost is kept, 1 to 36,500.
    pub vault_retention_days: Field<u32>,
    /// The folder of Bomba's models, which see what comes from Atlas before it is written; null: none.
    pub models_folder: Field<Option<String>>,
    /// A file with rules for collections that have no model; null: none.
    pub rules_file: Field<Option<String>>,
    /// The program of Node.js, which runs the models.
    pub node_program: Field<String>,
    /// Say when a conflict was settled.
    pub notify_conflicts: Field<bool>,
    /// Say when something needs a person.
    pub notify_attention: Field<bool>,
    /// Say when the connection is back after a long time.
    pub notify_back_online: Field<bool>,
    /// Start when the person logs in.
    pub start_at_login: Field<bool>,
    /// The language.
    pub language: Field<Language>,
    /// The look.
    pub theme: Field<Theme>,
    /// Where connection strings are kept.
    pub secrets: Secrets,
    /// The settings file.
    pub file: String,
    /// The folder of the log.
    pub logs: String,
}

/// Settings to change; what is left out stays.
#[derive(Clone, Default, PartialEq, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[ts(optional_fields)]
pub struct Change {
    /// The whole connection string.
    pub local_uri: Option<String>,
    /// The whole connection string.
    pub atlas_uri: Option<String>,
    /// See [`SettingsView`] for this and the others.
    pub database: Option<String>,
    pub device_name: Option<String>,
    pub bidirectional: Option<bool>,
    pub strategy: Option<Strategy>,
    pub batch_size: Option<u32>,
    pub origin_cleanup_ms: Option<u32>,
    pub reconnect_interval_ms: Option<u32>,
    pub reconnect_attempts_max: Option<u32>,
    pub vault_retention_days: Option<u32>,
    /// A whole path to a folder that exists; empty: none.
    pub models_folder: Option<String>,
    /// A whole path to a file that exists; empty: none.
    pub rules_file: Option<String>,
    /// A whole path to a file that exists, or a name that the system finds.
    pub node_program: Option<String>,
    pub notify_conflicts: Option<bool>,
    pub notify_attention: Option<bool>,
    pub notify_back_online: Option<bool>,
    pub start_at_login: Option<bool>,
    pub language: Option<Language>,
    pub theme: Option<Theme>,
}

/// Connections to try, before they are saved or as they are.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[ts(optional_fields)]
pub struct Trial {
    /// Left out: the one in force.
    pub local_uri: Option<String>,
    /// Left out: the one in force.
    pub atlas_uri: Option<String>,
    /// Left out: the one in force.
    pub database: Option<String>,
}

// Both may hold passwords.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Change(***)")
    }
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trial(***)")
    }
}
