//! How each kind of value is written in a flag, a variable and the settings file, and which ones are accepted.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use sync_core::resolve::Strategy;
use sync_engine::config::ConnectionString;

use super::uri;
use crate::wire::{Language, Theme};

/// What a setting takes, in words, for the person whose value does not fit. It never repeats the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected(Cow<'static, str>);

impl From<&'static str> for Expected {
    fn from(words: &'static str) -> Expected {
        Expected(Cow::Borrowed(words))
    }
}

impl From<String> for Expected {
    fn from(words: String) -> Expected {
        Expected(Cow::Owned(words))
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A value that stands in flags and variables as text and in the settings file as TOML.
pub(super) trait Value: Sized {
    fn from_text(text: &str) -> Result<Self, Expected>;

    /// Kinds that are plain text in the file need no more than this.
    fn from_toml(value: toml::Value) -> Result<Self, Expected> {
        match value {
            toml::Value::String(text) => Self::from_text(&text),
            _ => Err("expected text in quotes".into()),
        }
    }

    /// `None`: there is nothing to write.
    fn to_toml(&self) -> Option<toml::Value>;
}

impl<V: Value> Value for Option<V> {
    fn from_text(text: &str) -> Result<Self, Expected> {
        V::from_text(text).map(Some)
    }

    fn from_toml(value: toml::Value) -> Result<Self, Expected> {
        V::from_toml(value).map(Some)
    }

    fn to_toml(&self) -> Option<toml::Value> {
        self.as_ref().and_then(V::to_toml)
    }
}

impl Value for bool {
    fn from_text(text: &str) -> Result<Self, Expected> {
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("expected true or false".into()),
        }
    }

    fn from_toml(value: toml::Value) -> Result<Self, Expected> {
        value
            .as_bool()
            .ok_or_else(|| "expected true or false".into())
    }

    fn to_toml(&self) -> Option<toml::Value> {
        Some(toml::Value::Boolean(*self))
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Whole<MIN, MAX> {
    /// The number, moved into the range where it lies outside.
    pub const fn new(number: u32) -> Self {
        if number < MIN {
            Whole(MIN)
        } else if number > MAX {
            Whole(MAX)
        } else {
            Whole(number)
        }
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }

    fn from_number(number: Option<i64>) -> Result<Self, Expected> {
        number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| (MIN..=MAX).contains(number))
            .map(Whole)
            .ok_or_else(|| format!("expected a whole number from {MIN} to {MAX}").into())
    }
}

impl<const MIN: u32, const MAX: u32> Value for Whole<MIN, MAX> {
    fn from_text(text: &str) -> Result<Self, Expected> {
        Self::from_number(text.parse().ok())
    }

    fn from_toml(value: toml::Value) -> Result<Self, Expected> {
        Self::from_number(value.as_integer())
    }

    fn to_toml(&self) -> Option<toml::Value> {
        Some(toml::Value::Integer(i64::from(self.0)))
    }
}

impl Value for ConnectionString {
    fn from_text(text: &str) -> Result<Self, Expected> {
        uri::check(text)?;
        Ok(ConnectionString::new(text))
    }

    fn to_toml(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.expose().to_owned()))
    }
}

/// The name of a database that may be synced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseName(pub(super) String);

impl DatabaseName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for DatabaseName {
    fn from_text(text: &str) -> Result<Self, Expected> {
        // The server's own limit.
        const BYTES_MAX: usize = 63;
        let illegal = |c: char| c.is_control() || r#"/\. "$*<>:|?"#.contains(c);
        if text.is_empty() || text.len() > BYTES_MAX || text.contains(illegal) {
            return Err("expected a database name of 1 to 63 bytes without spaces and without / \\ . \" $ * < > : | ?".into());
        }
        if ["admin", "local", "config"].contains(&text) {
            return Err("admin, local and config belong to the server and are never synced".into());
        }
        Ok(DatabaseName(text.to_owned()))
    }

    fn to_toml(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.0.clone()))
    }
}

impl Value for PathBuf {
    fn from_text(text: &str) -> Result<Self, Expected> {
        if text.is_empty() || text.contains('\0') {
            return Err("expected a path".into());
        }
        Ok(PathBuf::from(text))
    }

    fn to_toml(&self) -> Option<toml::Value> {
        self.to_str()
            .map(|text| toml::Value::String(text.to_owned()))
    }
}

/// An address on this machine itself, never on a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoopbackAddress(SocketAddr);

impl LoopbackAddress {
    /// The address.
    pub fn get(self) -> SocketAddr {
        self.0
    }
}

impl Default for LoopbackAddress {
    fn default() -> Self {
        LoopbackAddress(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0))
    }
}

impl Value for LoopbackAddress {
    fn from_text(text: &str) -> Result<Self, Expected> {
        let numeric = match text.strip_prefix("localhost:") {
            Some(port) => format!("127.0.0.1:{port}"),
            None => text.to_owned(),
        };
        let address: SocketAddr = numeric.parse().map_err(|_| {
            Expected::from("expected an address and a port, such as 127.0.0.1:7017")
        })?;
        if !address.ip().is_loopback() {
            return Err("expected an address of this machine itself (127.0.0.1 or [::1]): the status is not served to a network".into());
        }
        Ok(LoopbackAddress(address))
    }

    fn to_toml(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.0.to_string()))
    }
}

/// A short text for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(pub(super) String);

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for Text {
    fn from_text(text: &str) -> Result<Self, Expected> {
        const CHARACTERS_MAX: usize = 100;
        if text.is_empty()
            || text.chars().count() > CHARACTERS_MAX
            || text.contains(char::is_control)
        {
            return Err("expected a name of 1 to 100 characters on one line".into());
        }
        Ok(Text(text.to_owned()))
    }

    fn to_toml(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.0.clone()))
    }
}

/// The host name, as far as it can be shown.
pub(super) fn device_name() -> Text {
    let name = gethostname::gethostname();
    Text::from_text(&name.to_string_lossy()).unwrap_or_else(|_| Text("this PC".to_owned()))
}

impl Value for Strategy {
    fn from_text(text: &str) -> Result<Self, Expected> {
        text.parse().map_err(|_| {
            let known = Strategy::ALL.map(Strategy::name).join(", ");
            format!("expected one of {known}").into()
        })
    }

    fn to_toml(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.name().to_owned()))
    }
}

/// The words of a choice, in the order they are told.
fn choice<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, Expected> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("expected one of {}", known.join(", ")).into()
    })
}

fn word<T: PartialEq>(value: &T, words: &[(&str, T)]) -> Option<toml::Value> {
    let found = words.iter().find(|(_, known)| known == value);
    found.map(|(word, _)| toml::Value::String((*word).to_owned()))
}

const LANGUAGES: [(&str, Language); 3] = [
    ("system", Language::System),
    ("en", Language::En),
    ("ar", Language::Ar),
];
const THEMES: [(&str, Theme); 3] = [
    ("system", Theme::System),
    ("light", Theme::Light),
    ("dark", Theme::Dark),
];

impl Value for Language {
    fn from_text(text: &str) -> Result<Self, Expected> {
        choice(text, &LANGUAGES)
    }

    fn to_toml(&self) -> Option<toml::Value> {
        word(self, &LANGUAGES)
    }
}

impl Value for Theme {
    fn from_text(text: &str) -> Result<Self, Expected> {
        choice(text, &THEMES)
    }

    fn to_toml(&self) -> Option<toml::Value> {
        word(self, &THEMES)
    }
}

/// A log level, or a list of targets with levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// The filter in the notation of `tracing`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Accepts a bare level or a list of `target=level` and levels.
    pub fn parse(text: &str) -> Result<LogFilter, Expected> {
        LogFilter::from_text(text)
    }
}

impl Default for LogFilter {
    fn default() -> Self {
        LogFilter("info".to_owned())
    }
}

impl Value for LogFilter {
    fn from_text(text: &str) -> Result<Self, Expected> {
        const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
        let fits = |part: &str| {
            let (target, level) = part.rsplit_once('=').unwrap_or(("any", part));
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
            !target.is_empty()
                && target.chars().all(plain)
                && LEVELS.contains(&level.to_ascii_lowercase().as_str())
        };
        if text.split(',').all(|part| fits(part.trim())) {
            Ok(LogFilter(text.to_owned()))
        } else {
            Err("expected off, error, warn, info, debug, trace, or a list such as info,sync_engine=debug".into())
        }
    }

    fn to_toml(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.0.clone()))
    }
}
