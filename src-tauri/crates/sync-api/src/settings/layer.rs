//! The table of all settings, and one layer of values for them.
//!
//! One table, because a setting that is read from the environment but not from the file, or saved but not read back,
//! is a fault nobody finds until a shop does.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use sync_core::resolve::Strategy;
use sync_engine::config::ConnectionString;

use super::collections::{CollectionLabels, CollectionModes, CollectionNames};
use super::error::{Name, SettingsError};
use super::value::{DatabaseName, LogFilter, LoopbackAddress, Text, Value, Whole, device_name};
use super::{Setting, Source};
use crate::wire::{Language, Theme};

macro_rules! settings {
    ($( $(#[$doc:meta])* $key:ident: $value:ty = $default:expr, $variable:literal, $flag:expr; )*) => {
        /// The values of one layer: a settings file, the environment or the flags. `None` leaves it to a lower layer.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Layer { $( $(#[$doc])* pub $key: Option<$value>, )* }

        /// The values in force.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Settings { $( $(#[$doc])* pub $key: Setting<$value>, )* }

        impl Layer {
            pub(super) fn from_flags(flags: &BTreeMap<&'static str, OsString>) -> Result<Layer, SettingsError> {
                Ok(Layer { $( $key: match $flag {
                    Some(flag) => from_text(flags.get(flag).map(OsString::as_os_str), || Name::Flag(flag))?,
                    None => None,
                }, )* })
            }

            pub(super) fn from_environment(variables: &BTreeMap<OsString, OsString>) -> Result<Layer, SettingsError> {
                Ok(Layer { $( $key: from_text(
                    variables.get(OsStr::new($variable)).map(OsString::as_os_str),
                    || Name::Variable($variable),
                )?, )* })
            }

            pub(super) fn from_table(file: &Path, mut table: toml::Table) -> Result<Layer, SettingsError> {
                let layer = Layer { $( $key: from_toml(file, &mut table, stringify!($key))?, )* };
                match table.into_iter().next() {
                    Some((key, _)) => Err(SettingsError::UnknownKey { file: file.to_owned(), key }),
                    None => Ok(layer),
                }
            }

            pub(super) fn to_table(&self) -> toml::Table {
                let mut table = toml::Table::new();
                $( if let Some(value) = self.$key.as_ref().and_then(Value::to_toml) {
                    table.insert(stringify!($key).to_owned(), value);
                } )*
                table
            }
        }

        impl Settings {
            pub(super) fn merge(flags: Layer, environment: Layer, file: Layer) -> Settings {
                Settings { $( $key: pick(flags.$key, environment.$key, file.$key, || $default), )* }
            }

            /// Every setting's key and the layer its value came from, in the order of the table.
            pub fn sources(&self) -> Vec<(&'static str, Source)> {
                vec![ $( (stringify!($key), self.$key.source), )* ]
            }
        }

        /// The environment variable and the flag of a key.
        pub(crate) fn names(key: &str) -> Option<(&'static str, Option<&'static str>)> {
            $( if key == stringify!($key) { return Some(($variable, $flag)); } )*
            None
        }
    };
}

settings! {
    /// This PC's MongoDB. Needed; no default.
    local_uri: Option<ConnectionString> = None, "BOMBA_LOCAL_URI", Some("--local");
    /// The shared MongoDB. Needed; no default.
    atlas_uri: Option<ConnectionString> = None, "BOMBA_ATLAS_URI", Some("--atlas");
    /// The database kept in step, of the same name on both sides. Needed; no default.
    database: Option<DatabaseName> = None, "BOMBA_DATABASE", Some("--database");
    /// Where the log, the lock and the address of a running daemon lie. By default a folder per local database.
    state_dir: Option<PathBuf> = None, "BOMBA_STATE_DIR", None;
    /// Where the status is served; port 0 takes a free one.
    listen: LoopbackAddress = LoopbackAddress::default(), "BOMBA_LISTEN", Some("--listen");
    /// What other PCs see this one called; by default the host name.
    device_name: Text = device_name(), "BOMBA_DEVICE_NAME", None;
    /// `false`: Local to Atlas only.
    bidirectional_sync_enabled: bool = true, "BIDIRECTIONAL_SYNC_ENABLED", None;
    /// Events asked of a change stream at a time.
    atlas_change_stream_batch_size: Whole<1, 10_000> = Whole::new(100), "ATLAS_CHANGE_STREAM_BATCH_SIZE", None;
    /// Collections whose Atlas changes stay away from this PC; their Local changes go on to Atlas.
    bidirectional_excluded_collections: CollectionNames = CollectionNames::sessions_and_logs(), "BIDIRECTIONAL_EXCLUDED_COLLECTIONS", None;
    /// How each collection takes part, by name: both-ways, upload-only or off.
    collection_modes: CollectionModes = CollectionModes::default(), "BOMBA_COLLECTION_MODES", None;
    /// Who wins when both sides changed a document: last-write-wins, atlas-wins or local-wins.
    conflict_resolution_strategy: Strategy = Strategy::LastWriteWins, "CONFLICT_RESOLUTION_STRATEGY", None;
    /// How long a write of our own is remembered to save re-reading its echo, in milliseconds.
    origin_tracking_cleanup_interval: Whole<1, 86_400_000> = Whole::new(60_000), "ORIGIN_TRACKING_CLEANUP_INTERVAL", None;
    /// The first wait before a lost connection is tried again, in milliseconds; later waits grow.
    change_stream_reconnect_interval: Whole<1, 3_600_000> = Whole::new(5_000), "CHANGE_STREAM_RECONNECT_INTERVAL", None;
    /// Tries in a row before the status asks for attention; trying goes on.
    change_stream_max_reconnect_attempts: Whole<1, 1_000_000> = Whole::new(10), "CHANGE_STREAM_MAX_RECONNECT_ATTEMPTS", None;
    /// How many days a version that lost a conflict is kept.
    vault_retention_days: Whole<1, 36_500> = Whole::new(90), "BOMBA_VAULT_RETENTION_DAYS", None;
    /// The folder of Bomba's Mongoose models: they are run on what comes from Atlas before it is written here.
    models_folder: Option<PathBuf> = None, "BOMBA_MODELS_FOLDER", None;
    /// The program of Node.js, which runs them.
    node_program: PathBuf = PathBuf::from("node"), "BOMBA_NODE", None;
    /// A file with rules for collections that have no model.
    rules_file: Option<PathBuf> = None, "BOMBA_RULES_FILE", None;
    /// The field that names a collection's documents to people, by collection.
    collection_labels: CollectionLabels = CollectionLabels::default(), "BOMBA_COLLECTION_LABELS", None;
    /// The window says when a conflict was settled.
    notify_conflicts: bool = true, "BOMBA_NOTIFY_CONFLICTS", None;
    /// The window says when something needs a person.
    notify_attention: bool = true, "BOMBA_NOTIFY_ATTENTION", None;
    /// The window says when the connection is back after a long time.
    notify_back_online: bool = true, "BOMBA_NOTIFY_BACK_ONLINE", None;
    /// The tray application starts when the person logs in.
    start_at_login: bool = true, "BOMBA_START_AT_LOGIN", None;
    /// The window's language: system, en or ar.
    language: Language = Language::System, "BOMBA_LANGUAGE", None;
    /// The window's look: system, light or dark.
    theme: Theme = Theme::System, "BOMBA_THEME", None;
    /// What is logged: off, error, warn, info, debug, trace, or a list such as `info,sync_engine=debug`.
    log: LogFilter = LogFilter::default(), "BOMBA_LOG", None;
}

fn from_text<V: Value>(
    text: Option<&OsStr>,
    name: impl Fn() -> Name,
) -> Result<Option<V>, SettingsError> {
    let Some(text) = text else { return Ok(None) };
    let bad = |expected| SettingsError::BadValue {
        name: name(),
        expected,
    };
    let text = text
        .to_str()
        .ok_or_else(|| bad("it is not valid UTF-8".into()))?;
    V::from_text(text.trim()).map(Some).map_err(bad)
}

fn from_toml<V: Value>(
    file: &Path,
    table: &mut toml::Table,
    key: &'static str,
) -> Result<Option<V>, SettingsError> {
    let Some(value) = table.remove(key) else {
        return Ok(None);
    };
    let name = || Name::Key {
        file: file.to_owned(),
        key,
    };
    V::from_toml(value)
        .map(Some)
        .map_err(|expected| SettingsError::BadValue {
            name: name(),
            expected,
        })
}

fn pick<T>(
    flag: Option<T>,
    environment: Option<T>,
    file: Option<T>,
    default: impl FnOnce() -> T,
) -> Setting<T> {
    let layers = [
        (flag, Source::Flag),
        (environment, Source::Environment),
        (file, Source::File),
    ];
    layers
        .into_iter()
        .find_map(|(value, source)| value.map(|value| Setting { value, source }))
        .unwrap_or_else(|| Setting {
            value: default(),
            source: Source::Default,
        })
}
