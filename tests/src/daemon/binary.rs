//! Finds `bomba-syncd` as it is in the source tree now.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// Names the program, where it was built already and need not be looked at again.
const VARIABLE: &str = "BOMBA_SYNCD";

/// Why there is no program to start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("cargo cannot be started")]
    Start(#[from] io::Error),
    #[error("cargo could not build bomba-syncd: {0}")]
    Failed(String),
    #[error("cargo does not tell where it put bomba-syncd")]
    Silent,
}

static BUILT: Mutex<Option<PathBuf>> = Mutex::new(None);

/// The program's path. Cargo is asked once per process, and has usually nothing to build.
pub(super) fn path() -> Result<PathBuf, BuildError> {
    if let Some(given) = env::var_os(VARIABLE) {
        return Ok(given.into());
    }
    let mut built = BUILT.lock().expect("no holder panics");
    if let Some(path) = &*built {
        return Ok(path.clone());
    }
    let path = build()?;
    *built = Some(path.clone());
    Ok(path)
}

fn build() -> Result<PathBuf, BuildError> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null());
    // The whole workspace is selected, so that dependencies have the features that `cargo xtask test` built.
    command.args([
        "build",
        "--workspace",
        "--bin",
        "bomba-syncd",
        "--message-format",
        "json",
    ]);
    let output = command.output()?;
    if !output.status.success() {
        return Err(BuildError::Failed(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    let told = String::from_utf8_lossy(&output.stdout);
    let messages = told
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let executables = messages.filter(|message| message["target"]["name"] == "bomba-syncd");
    let mut paths =
        executables.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    paths.next_back().ok_or(BuildError::Silent)
}
