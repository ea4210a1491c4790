//! A change made in the window, put into the layer of the settings file. Values are read like those of the environment,
//! so that the window can save nothing that the next start would refuse.

use std::path::PathBuf;

use sync_engine::config::ConnectionString;

use super::error::{Name, SettingsError};
use super::value::{DatabaseName, Expected, Text, Value, Whole};
use super::{Layer, layer};
use crate::wire::Change;

impl Layer {
    /// Makes the change, and returns the keys it is about.
    pub(crate) fn change(&mut self, change: &Change) -> Result<Vec<&'static str>, SettingsError> {
        let mut keys = Vec::new();
        macro_rules! set {
            ($($given:ident => $key:ident: $read:expr;)*) => { $(
                if let Some(value) = &change.$given {
                    let key = stringify!($key);
                    self.$key = Some($read(value).map_err(|expected| bad(key, expected))?);
                    keys.push(key);
                }
            )* };
        }
        set! {
            local_uri => local_uri: address;
            atlas_uri => atlas_uri: address;
            database => database: database;
            device_name => device_name: |text: &str| Text::from_text(text.trim());
            bidirectional => bidirectional_sync_enabled: same;
            strategy => conflict_resolution_strategy: |strategy: &crate::wire::Strategy| Ok((*strategy).into());
            batch_size => atlas_change_stream_batch_size: whole;
            origin_cleanup_ms => origin_tracking_cleanup_interval: whole;
            reconnect_interval_ms => change_stream_reconnect_interval: whole;
            reconnect_attempts_max => change_stream_max_reconnect_attempts: whole;
            vault_retention_days => vault_retention_days: whole;
            models_folder => models_folder: place;
            rules_file => rules_file: place;
            node_program => node_program: |text: &str| PathBuf::from_text(unquoted(text));
            notify_conflicts => notify_conflicts: same;
            notify_attention => notify_attention: same;
            notify_back_online => notify_back_online: same;
            start_at_login => start_at_login: same;
            language => language: same;
            theme => theme: same;
        }
        Ok(keys)
    }
}

fn bad(key: &'static str, expected: Expected) -> SettingsError {
    let (variable, _) = layer::names(key).expect("every key above stands in the table");
    SettingsError::BadValue {
        name: Name::Variable(variable),
        expected,
    }
}

fn address(text: &str) -> Result<Option<ConnectionString>, Expected> {
    ConnectionString::from_text(text.trim()).map(Some)
}

fn database(text: &str) -> Result<Option<DatabaseName>, Expected> {
    DatabaseName::from_text(text.trim()).map(Some)
}

/// Nothing typed is no place.
fn place(text: &str) -> Result<Option<PathBuf>, Expected> {
    match unquoted(text) {
        "" => Ok(None),
        path => PathBuf::from_text(path).map(Some),
    }
}

/// Windows copies a path with quotes around it.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inside = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inside.unwrap_or(text).trim()
}

fn same<T: Copy>(value: &T) -> Result<T, Expected> {
    Ok(*value)
}

fn whole<const MIN: u32, const MAX: u32>(number: &u32) -> Result<Whole<MIN, MAX>, Expected> {
    Whole::from_text(&number.to_string())
}
