//! Where the log goes and how much of it. Never the driver's own: its lines may hold connection strings.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, filter, fmt};

use crate::settings::{LogFilter, Name, Settings, SettingsError, Source};

/// Two weeks of daily files: a fault reported on Monday is still there after a holiday.
const FILES_MAX: usize = 14;

/// Why there can be no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The system does not let us write there.
    #[error("the log folder {dir} cannot be used: {source}", dir = dir.display())]
    Unusable {
        /// The folder.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The filter is none.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// Writes out what is still in memory when it is dropped.
#[derive(Debug)]
pub struct Log {
    _guard: WorkerGuard,
}

/// The log of a program that stays: standard error and a file a day, named after `program`.
///
/// # Errors
/// The folder cannot be written to, or the filter is none.
pub fn to_files(settings: &Settings, folder: &Path, program: &str) -> Result<Log, LogError> {
    let unusable = |source| LogError::Unusable {
        dir: folder.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(unusable)?;
    let files = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix(program)
        .filename_suffix("log")
        .max_log_files(FILES_MAX)
        .build(folder)
        .map_err(|error| unusable(io::Error::other(error)))?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let file = fmt::layer()
        .with_writer(writer)
        .with_ansi(false)
        .with_filter(not_the_driver());
    tracing_subscriber::registry()
        .with(filter(settings)?)
        .with(stderr())
        .with(file)
        .init();
    Ok(Log { _guard: guard })
}

/// The log of a command: standard error, and only what is wrong, unless more was asked for.
///
/// # Errors
/// The filter is none.
pub fn to_terminal(settings: &Settings) -> Result<(), SettingsError> {
    let asked = settings.log.source != Source::Default || std::env::var_os("RUST_LOG").is_some();
    let filter = if asked {
        filter(settings)?
    } else {
        EnvFilter::new("error")
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(stderr())
        .init();
    Ok(())
}

fn stderr<S>() -> impl Layer<S>
where
    S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span>,
{
    fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_filter(not_the_driver())
}

fn not_the_driver() -> filter::FilterFn {
    filter::filter_fn(|line| !line.target().starts_with("mongodb"))
}

/// `BOMBA_LOG` or the settings file, else `RUST_LOG`, else the default.
fn filter(settings: &Settings) -> Result<EnvFilter, SettingsError> {
    let bad = |name| SettingsError::BadValue {
        name: Name::Variable(name),
        expected: expected(),
    };
    match std::env::var("RUST_LOG") {
        Ok(text) if settings.log.source == Source::Default => {
            EnvFilter::try_new(text).map_err(|_| bad("RUST_LOG"))
        }
        _ => EnvFilter::try_new(settings.log.value.as_str()).map_err(|_| bad("BOMBA_LOG")),
    }
}

fn expected() -> crate::settings::Expected {
    LogFilter::parse("")
        .err()
        .unwrap_or_else(|| "expected a log level".into())
}
