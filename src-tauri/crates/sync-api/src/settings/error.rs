//! What can be wrong with settings. Every message is one line, names the culprit, and never repeats a value: a value
//! may be a connection string with a password in it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::layer;
use super::value::Expected;

/// How a setting is called where it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A flag, with its dashes.
    Flag(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// A key of the settings file.
    Key {
        /// The file.
        file: PathBuf,
        /// The key.
        key: &'static str,
    },
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Flag(name) | Name::Variable(name) => f.write_str(name),
            Name::Key { file, key } => {
                write!(f, "{}: {key}", one_line(&file.display().to_string()))
            }
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A value that does not fit its setting.
    #[error("{name}: {expected}")]
    BadValue {
        /// The setting, as it is called where it was given.
        name: Name,
        /// What would have fitted.
        expected: Expected,
    },
    /// A key the settings file must not have.
    #[error("{file}: unknown key {key}", file = one_line(&file.display().to_string()), key = one_line(key))]
    UnknownKey {
        /// The settings file.
        file: PathBuf,
        /// The key as written.
        key: String,
    },
    /// A line that is not TOML.
    #[error("{file}: line {line}: {why}", file = one_line(&file.display().to_string()))]
    BadLine {
        /// The settings file.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong, without the line's text.
        why: &'static str,
    },
    /// The settings file that was asked for is not there.
    #[error("{file}: there is no such settings file", file = one_line(&file.display().to_string()))]
    NoFile {
        /// The settings file.
        file: PathBuf,
    },
    /// The settings file cannot be read or written.
    #[error("{file}: {source}", file = one_line(&file.display().to_string()))]
    Io {
        /// The settings file.
        file: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A setting without a default was given nowhere.
    #[error(
        "{key} is not set: give {flag}, the variable {variable}, or {key} in the settings file"
    )]
    Missing {
        /// Its key in the settings file.
        key: &'static str,
        /// Its flag.
        flag: &'static str,
        /// Its environment variable.
        variable: &'static str,
    },
    /// The system names no home directory.
    #[error("BOMBA_STATE_DIR is not set and the system names no directory for it")]
    NoHome,
}

impl SettingsError {
    pub(super) fn missing(key: &'static str) -> SettingsError {
        let (variable, flag) = layer::names(key).expect("only settings of the table are asked for");
        SettingsError::Missing {
            key,
            flag: flag.unwrap_or("a flag"),
            variable,
        }
    }
}

/// Text chosen by others, made fit for one line of a terminal: no control characters, no more than 200 characters.
fn one_line(text: &str) -> String {
    const CHARACTERS_MAX: usize = 200;
    text.chars()
        .take(CHARACTERS_MAX)
        .flat_map(char::escape_debug)
        .collect()
}
