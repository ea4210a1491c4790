//! What an engine has to be told before it starts. Reading it from flags, files and environment is not done here.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sync_core::brake::DELETIONS_MIN;
use sync_core::resolve::Strategy;

/// A MongoDB connection string. It holds a password, so it prints as `***` wherever it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectionString(String);

impl ConnectionString {
    /// Wraps a connection string; it is checked when a client is made from it.
    pub fn new(uri: impl Into<String>) -> ConnectionString {
        ConnectionString(uri.into())
    }

    /// The text itself, for the driver only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How a collection takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CollectionMode {
    /// Changes travel in both directions.
    #[default]
    BothWays,
    /// Local to Atlas goes on, Atlas to Local is off: what the owner's document calls excluded.
    UploadOnly,
    /// Not synced at all.
    Off,
}

impl CollectionMode {
    /// All of them, the widest first.
    pub const ALL: [CollectionMode; 3] = [
        CollectionMode::BothWays,
        CollectionMode::UploadOnly,
        CollectionMode::Off,
    ];

    /// The word used in settings, answers and stored records.
    pub fn name(self) -> &'static str {
        match self {
            CollectionMode::BothWays => "both-ways",
            CollectionMode::UploadOnly => "upload-only",
            CollectionMode::Off => "off",
        }
    }

    /// What is left of it where nothing goes from Atlas to this PC.
    #[must_use]
    pub fn limited(self, bidirectional: bool) -> CollectionMode {
        match self {
            CollectionMode::BothWays if !bidirectional => CollectionMode::UploadOnly,
            mode => mode,
        }
    }

    /// The mode of a word.
    pub fn named(word: &str) -> Option<CollectionMode> {
        CollectionMode::ALL
            .into_iter()
            .find(|mode| mode.name() == word)
    }
}

/// Bomba's Mongoose models, and what runs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelsConfig {
    /// The folder that holds them.
    pub folder: PathBuf,
    /// The program of Node.js.
    pub node: PathBuf,
}

/// Everything an engine needs to know.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// This PC's MongoDB.
    pub local_uri: ConnectionString,
    /// The shared MongoDB.
    pub atlas_uri: ConnectionString,
    /// The database kept in step; it has the same name on both sides.
    pub database: String,
    /// What other PCs see this one called.
    pub device_name: String,
    /// `false`: Local to Atlas only.
    pub bidirectional: bool,
    /// Collections that do not go both ways; all others do.
    pub modes: BTreeMap<String, CollectionMode>,
    /// Events asked of a change stream at a time.
    pub stream_batch_size: u32,
    /// Who wins when both sides changed a document.
    pub strategy: Strategy,
    /// How long a write of our own is remembered to save re-reading its echo.
    pub origin_cleanup_interval: Duration,
    /// The first wait before a lost connection is tried again; later waits grow.
    pub reconnect_interval: Duration,
    /// After this many tries in a row the status asks for attention; trying goes on.
    pub reconnect_attempts_max: u32,
    /// So many deletions in one collection within a minute are never stopped to ask whether they are meant.
    pub deletions_min: u64,
    /// How often a Local without change streams is searched for what its queue did not tell.
    pub scan_interval: Duration,
    /// How long kept losers stay in the vault.
    pub vault_retention: Duration,
    /// Bomba's models, to be run on what comes from Atlas.
    pub models: Option<ModelsConfig>,
    /// A file with rules for collections that have no model.
    pub rules_file: Option<PathBuf>,
}

impl EngineConfig {
    /// A config with the documented defaults.
    pub fn new(
        local_uri: ConnectionString,
        atlas_uri: ConnectionString,
        database: impl Into<String>,
    ) -> EngineConfig {
        EngineConfig {
            local_uri,
            atlas_uri,
            database: database.into(),
            device_name: "this PC".to_owned(),
            bidirectional: true,
            modes: BTreeMap::new(),
            stream_batch_size: 100,
            strategy: Strategy::LastWriteWins,
            origin_cleanup_interval: Duration::from_secs(60),
            reconnect_interval: Duration::from_secs(5),
            reconnect_attempts_max: 10,
            deletions_min: DELETIONS_MIN,
            scan_interval: Duration::from_secs(600),
            vault_retention: Duration::from_secs(90 * 24 * 3600),
            models: None,
            rules_file: None,
        }
    }

    /// How a collection takes part, all settings taken together.
    pub fn mode(&self, collection: &str) -> CollectionMode {
        let chosen = self.modes.get(collection).copied().unwrap_or_default();
        chosen.limited(self.bidirectional)
    }
}
