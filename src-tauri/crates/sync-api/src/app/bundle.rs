//! The file a shop sends to whoever helps it: status, settings, check result, metrics and log, without a secret.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use regex::Regex;
use sync_engine::check;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::App;
use crate::wire::{Failure, FailureKind, Finding};

/// A log file's end says more than its beginning.
const LOG_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Log files of the last days, the newest first.
const LOGS_MAX: usize = 5;

impl App {
    /// Writes the support file among the downloads and returns where.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn save_bundle(&self) -> Result<PathBuf, Failure> {
        let view = self.settings().await;
        let status = self.status.borrow().clone();
        let config = self.state.read().await.settings.engine_config();
        let findings: Vec<Finding> = match config {
            Ok(config) => check::check(&config)
                .await
                .iter()
                .map(Finding::from)
                .collect(),
            Err(_) => Vec::new(),
        };
        let metrics = match self.engine().await {
            Ok(engine) => engine.metrics_text(),
            Err(_) => String::new(),
        };
        let mut parts = vec![
            ("about.txt".to_owned(), about()),
            ("status.json".to_owned(), json(&status)?),
            ("settings.json".to_owned(), json(&view)?),
            ("check.json".to_owned(), json(&findings)?),
            ("metrics.txt".to_owned(), metrics),
        ];
        parts.extend(logs(Path::new(&view.logs)).map_err(|error| Failure::storage(&error))?);
        let path = downloads("bomba-sync-support", "zip")?;
        let bytes = packed(&parts).map_err(|error| Failure::storage(&error))?;
        fs::write(&path, bytes).map_err(|error| Failure::storage(&error))?;
        Ok(path)
    }
}

fn about() -> String {
    format!(
        "Bomba Sync {}\nsystem: {} {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|error| Failure::storage(&error))
}

fn packed(parts: &[(String, String)]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default())?;
        zip.write_all(without_secrets(text).as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn logs(folder: &Path) -> std::io::Result<Vec<(String, String)>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    // A day's file is named after the day.
    files.sort_unstable();
    let mut parts = Vec::new();
    for path in files.iter().rev().take(LOGS_MAX) {
        let bytes = fs::read(path)?;
        let end = &bytes[bytes.len().saturating_sub(LOG_BYTES_MAX)..];
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        parts.push((
            format!("logs/{name}"),
            String::from_utf8_lossy(end).into_owned(),
        ));
    }
    Ok(parts)
}

/// Nothing logs a connection string. Should something do so one day, it ends here.
fn without_secrets(text: &str) -> String {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"mongodb(\+srv)?://[^\s"']*"#).expect("the expression is fixed and tested")
    });
    ADDRESS.replace_all(text, "mongodb://***").into_owned()
}

/// A free name in the person's folder for downloads, or their home where there is none.
pub(super) fn downloads(name: &str, extension: &str) -> Result<PathBuf, Failure> {
    let dirs = directories::UserDirs::new().ok_or_else(|| Failure {
        kind: FailureKind::Storage,
        field: None,
        text: "the system names no home directory".to_owned(),
    })?;
    let folder = match dirs.download_dir() {
        Some(folder) if folder.is_dir() => folder,
        _ => dirs.home_dir(),
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let stamp = bson::DateTime::from_millis(i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
    let stamp = stamp.try_to_rfc3339_string().unwrap_or_default();
    let stamp: String = stamp.chars().filter(char::is_ascii_alphanumeric).collect();
    Ok(folder.join(format!("{name}-{stamp}.{extension}")))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_connection_string_in_a_log_does_not_leave_the_pc() {
        let line = "error at mongodb+srv://shop:hunter2@cluster.example/?w=1 again".to_owned();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("bomba-sync.2026-01-01.log"), &line).unwrap();
        let bytes = packed(&logs(folder.path()).unwrap()).unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        let mut file = zip.by_name("logs/bomba-sync.2026-01-01.log").unwrap();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "error at mongodb://*** again");
    }

    #[test]
    fn no_logs_yet_is_no_failure() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(logs(&folder.path().join("none")).unwrap(), Vec::new());
    }
}
