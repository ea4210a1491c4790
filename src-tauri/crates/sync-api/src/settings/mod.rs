//! The settings of one engine, gathered from flags, environment, settings file and defaults, in that order.
//!
//! Every value remembers where it came from, because a person who changes a setting in the window must see that a
//! flag or the environment overrules it. A value that is wrong in any layer is an error that names it, even when a
//! higher layer would have hidden it: a typing error is found on the day it is made.

mod change;
mod collections;
mod error;
mod file;
mod layer;
#[cfg(test)]
mod tests;
mod uri;
mod value;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sync_engine::config::{CollectionMode, EngineConfig, ModelsConfig};

pub(crate) use self::collections::field_path;
pub use self::collections::{CollectionLabels, CollectionModes, CollectionNames};
pub use self::error::{Name, SettingsError};
pub use self::layer::{Layer, Settings};
pub(crate) use self::uri::servers;
pub use self::value::{DatabaseName, Expected, LogFilter, LoopbackAddress, Text, Whole};

/// Where a value was found. Earlier variants overrule later ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A command-line flag.
    Flag,
    /// An environment variable.
    Environment,
    /// The settings file.
    File,
    /// Nobody said anything.
    Default,
}

impl Source {
    /// The word shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Source::Flag => "flag",
            Source::Environment => "environment",
            Source::File => "settings file",
            Source::Default => "default",
        }
    }
}

/// A value in force and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The layer it was found in.
    pub source: Source,
}

/// Everything that settings are read from.
#[derive(Debug, Default)]
pub struct Given {
    /// Flags by name (`--local`) with the text given for them.
    pub flags: BTreeMap<&'static str, OsString>,
    /// The environment.
    pub environment: BTreeMap<OsString, OsString>,
    /// The settings file the user asked for; it must exist. Without it the usual place is looked at.
    pub file: Option<PathBuf>,
}

impl Given {
    /// These flags and file, with the environment of this process.
    pub fn from_process(flags: BTreeMap<&'static str, OsString>, file: Option<PathBuf>) -> Given {
        Given {
            flags,
            environment: std::env::vars_os().collect(),
            file,
        }
    }
}

impl Settings {
    /// Reads every layer. Fails on the first key that is not known or value that is not valid, by name.
    pub fn gather(given: &Given) -> Result<Settings, SettingsError> {
        let flags = Layer::from_flags(&given.flags)?;
        let environment = Layer::from_environment(&given.environment)?;
        let file = match &given.file {
            Some(path) => Layer::load(path)?,
            None => match crate::places::settings_file() {
                Some(path) => Layer::load_if_present(&path)?,
                None => Layer::default(),
            },
        };
        Ok(Settings::merge(flags, environment, file))
    }

    /// The same with what the settings file says given as a layer.
    ///
    /// # Errors
    /// A flag or the environment holds a value that is not valid.
    pub fn layered(given: &Given, saved: Layer) -> Result<Settings, SettingsError> {
        let flags = Layer::from_flags(&given.flags)?;
        let environment = Layer::from_environment(&given.environment)?;
        Ok(Settings::merge(flags, environment, saved))
    }

    /// What decides about a key, where it is a flag or the environment.
    pub(crate) fn fixed_by(&self, key: &str) -> Option<&'static str> {
        let (variable, flag) = layer::names(key)?;
        let sources = self.sources();
        let (_, source) = sources.iter().find(|(known, _)| *known == key)?;
        match source {
            Source::Flag => flag,
            Source::Environment => Some(variable),
            Source::File | Source::Default => None,
        }
    }

    /// What decides how a collection takes part, where it is a flag or the environment.
    pub(crate) fn mode_fixed_by(&self, collection: &str) -> Option<&'static str> {
        let listed = &self.bidirectional_excluded_collections.value.0;
        let excluded = listed.iter().any(|name| name == collection);
        let by_list = self
            .fixed_by("bidirectional_excluded_collections")
            .filter(|_| excluded);
        by_list.or_else(|| self.fixed_by("collection_modes"))
    }

    /// The environment variable of a key.
    pub(crate) fn variable(key: &str) -> &'static str {
        layer::names(key).map_or("", |(variable, _)| variable)
    }

    /// The engine's part of the settings. Fails when an address or the database was not given anywhere.
    pub fn engine_config(&self) -> Result<EngineConfig, SettingsError> {
        let mut config = EngineConfig::new(
            self.local_uri
                .value
                .clone()
                .ok_or(SettingsError::missing("local_uri"))?,
            self.atlas_uri
                .value
                .clone()
                .ok_or(SettingsError::missing("atlas_uri"))?,
            self.database
                .value
                .clone()
                .ok_or(SettingsError::missing("database"))?
                .0,
        );
        config.device_name = self.device_name.value.0.clone();
        config.bidirectional = self.bidirectional_sync_enabled.value;
        config.modes = self.modes();
        config.stream_batch_size = self.atlas_change_stream_batch_size.value.get();
        config.strategy = self.conflict_resolution_strategy.value;
        config.origin_cleanup_interval = millis(self.origin_tracking_cleanup_interval.value.get());
        config.reconnect_interval = millis(self.change_stream_reconnect_interval.value.get());
        config.reconnect_attempts_max = self.change_stream_max_reconnect_attempts.value.get();
        config.vault_retention =
            Duration::from_secs(u64::from(self.vault_retention_days.value.get()) * 24 * 3600);
        config.models = self.models_folder.value.clone().map(|folder| ModelsConfig {
            folder: whole(folder),
            node: self.node_program.value.clone(),
        });
        config.rules_file = self.rules_file.value.clone().map(whole);
        Ok(config)
    }

    /// The directory for this engine's log, lock and address. Fails when the system names no home for it.
    pub fn state_dir(&self) -> Result<PathBuf, SettingsError> {
        match (
            &self.state_dir.value,
            &self.local_uri.value,
            &self.database.value,
        ) {
            (Some(dir), _, _) => Ok(dir.clone()),
            (None, Some(uri), Some(database)) => {
                let base = crate::places::state_base().ok_or(SettingsError::NoHome)?;
                Ok(base.join(uri::folder_name(uri, &database.0)))
            }
            (None, None, _) => Err(SettingsError::missing("local_uri")),
            (None, Some(_), None) => Err(SettingsError::missing("database")),
        }
    }

    /// The folder for the log of the application with a window, which may run before an engine is set up.
    ///
    /// # Errors
    /// The system names no home for it.
    pub fn app_logs(&self) -> Result<PathBuf, SettingsError> {
        let given = self.state_dir.value.as_ref().map(|dir| dir.join("logs"));
        given
            .or_else(crate::places::logs)
            .ok_or(SettingsError::NoHome)
    }

    /// How each collection takes part, where it is not both ways. A collection's own mode overrules the list of
    /// excluded ones, unless the list stands in a higher layer; `off` is never weakened, since nobody expects
    /// a collection that was switched off to be uploaded because a list names it.
    pub(crate) fn modes(&self) -> BTreeMap<String, CollectionMode> {
        let excluded = &self.bidirectional_excluded_collections;
        let own = &self.collection_modes;
        let mut modes = own.value.0.clone();
        for name in &excluded.value.0 {
            let stands = modes.get(name).copied();
            let overruled = match stands {
                None => true,
                Some(CollectionMode::Off) => false,
                Some(CollectionMode::BothWays | CollectionMode::UploadOnly) => {
                    excluded.source < own.source
                }
            };
            if overruled {
                modes.insert(name.clone(), CollectionMode::UploadOnly);
            }
        }
        modes
    }
}

impl Layer {
    /// Reads a settings file that has to exist.
    pub fn load(path: &Path) -> Result<Layer, SettingsError> {
        file::read(path)?.ok_or_else(|| SettingsError::NoFile {
            file: path.to_owned(),
        })
    }

    /// Reads a settings file; none is an empty layer.
    pub fn load_if_present(path: &Path) -> Result<Layer, SettingsError> {
        Ok(file::read(path)?.unwrap_or_default())
    }

    /// Replaces the settings file in one step, readable by its owner only, keys sorted. Comments are not kept.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        file::write(self, path)
    }
}

/// A path that means the same wherever a program is started; one that cannot be told is left as it is.
fn whole(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

fn millis(count: u32) -> Duration {
    Duration::from_millis(u64::from(count))
}
