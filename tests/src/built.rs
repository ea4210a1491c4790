//! Finds the programs of this workspace as they are in the source tree now.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// Why there is no program to start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("cargo cannot be started")]
    Start(#[from] io::Error),
    #[error("cargo could not build {program}: {why}")]
    Failed { program: &'static str, why: String },
    #[error("cargo does not tell where it put {0}")]
    Silent(&'static str),
}

const TOLD: [&str; 4] = [
    "CARGO_PKG_",
    "CARGO_MANIFEST_",
    "CARGO_BIN_",
    "CARGO_CRATE_",
];

static BUILT: Mutex<Option<HashMap<&'static str, PathBuf>>> = Mutex::new(None);

/// A program's path. `variable` names it, where it was built already and need not be looked at again. Cargo is asked once
/// per program and process, and has usually nothing to build.
pub(crate) async fn program(
    name: &'static str,
    variable: &'static str,
) -> Result<PathBuf, BuildError> {
    if let Some(given) = env::var_os(variable) {
        return Ok(given.into());
    }
    tokio::task::spawn_blocking(move || {
        let mut built = BUILT.lock().expect("no holder panics");
        let built = built.get_or_insert_default();
        if let Some(path) = built.get(name) {
            return Ok(path.clone());
        }
        let path = build(name)?;
        built.insert(name, path.clone());
        Ok(path)
    })
    .await
    .expect("a build does not panic")
}

/// The folder of this package in the source tree.
///
/// Asked at run time: a build folder that serves several checkouts may hold the path of another.
pub fn checkout() -> PathBuf {
    let folder = env::var_os("CARGO_MANIFEST_DIR");
    folder.map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

fn build(name: &'static str) -> Result<PathBuf, BuildError> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(checkout()).stdin(Stdio::null());
    // What cargo or nextest told about ourselves: a build script that heeds it would run again, and with it half the
    // build.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if TOLD.iter().any(|told| name.starts_with(told)) {
            command.env_remove(name.as_ref());
        }
    }
    // The whole workspace is selected, so that dependencies have the features that `cargo xtask test` built.
    command.args([
        "build",
        "--workspace",
        "--bin",
        name,
        "--message-format",
        "json",
    ]);
    let output = command.output()?;
    if !output.status.success() {
        return Err(BuildError::Failed {
            program: name,
            why: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
    }
    let told = String::from_utf8_lossy(&output.stdout);
    let messages = told
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let executables = messages.filter(|message| message["target"]["name"] == name);
    let mut paths =
        executables.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    paths.next_back().ok_or(BuildError::Silent(name))
}
