//! `cargo xtask check-windows`: compiles for Windows what runs there, on a Debian that has never seen one.

use std::process::Command;

use crate::install::{self, BUILD, CROSS};
use crate::shell::{build_folder, root, run as run_program};
use crate::test::TaskError;
use crate::window;

const TARGET: &str = "x86_64-pc-windows-gnu";

/// Compiles every program and its library, and makes no file to run.
pub(crate) fn check() -> Result<bool, TaskError> {
    install::what_is_missing(&[BUILD, CROSS])?;
    install::node()?;
    // A folder of its own: Debian's compiler and ours would else throw away each other's work.
    let folder = build_folder().map_err(TaskError::Lost)?.join("windows");
    // Debian's Rust, as rustup's has no standard library for this target until it was downloaded. Debian's has its
    // source, and compiles it, which only a nightly may without being told.
    let mut cargo = Command::new("/usr/bin/cargo");
    cargo
        .args(["check", "-Zbuild-std", "--target", TARGET, "--workspace"])
        // The test ground starts servers, screens and programs as Unix does.
        .args(["--exclude", "integration-tests"])
        .args(["-Zwarnings", "--config", "build.warnings='deny'"])
        .current_dir(root())
        .env("PATH", "/usr/bin:/bin")
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTDOC", "/usr/bin/rustdoc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", folder)
        .env_remove("RUSTUP_TOOLCHAIN");
    Ok(window::build()? && run_program(&mut cargo)?)
}
