//! The window's pages: what npm does for them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::report::Tally;
use crate::shell::{ShellError, follow, root, run};

fn folder() -> PathBuf {
    root().join("ui")
}

fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(folder());
    // Tools that think they talk to a person hide the lines that are counted.
    command.env("NO_COLOR", "1").env("CI", "true");
    command
}

/// Installs the packages of the lock file, where they are not there yet, and builds the pages that go into the program.
pub(crate) fn build() -> Result<bool, ShellError> {
    Ok(packages()? && run(&mut npm(&["run", "--silent", "build"]))?)
}

fn packages() -> Result<bool, ShellError> {
    let written = |path: &str| fs::metadata(folder().join(path)).and_then(|file| file.modified());
    // npm notes here what it installed.
    let installed = written("node_modules/.package-lock.json");
    let wanted = written("package-lock.json");
    match (installed, wanted) {
        (Ok(installed), Ok(wanted)) if installed >= wanted => Ok(true),
        _ => run(&mut npm(&["ci", "--no-audit", "--no-fund"])),
    }
}

/// Every page in a browser, in both languages and both themes, with what the backend would answer.
pub(crate) fn pages(tally: &Tally) -> Result<bool, ShellError> {
    follow(&mut npm(&["run", "--silent", "pages"]), &|line| {
        tally.watch(line);
    })
}

/// Tauri's own program, in the workspace's root. [`build`] has it installed.
pub(crate) fn tauri(arguments: &[&str]) -> Command {
    let mut command = Command::new(folder().join("node_modules/.bin/tauri"));
    command.args(arguments).current_dir(root());
    command
}

/// Types, lints and the tests of what the pages think.
pub(crate) fn check(tally: &Tally) -> Result<bool, ShellError> {
    let checked = run(&mut npm(&["run", "--silent", "check"]))?;
    let linted = run(&mut npm(&["run", "--silent", "lint"]))?;
    let tested = follow(&mut npm(&["run", "--silent", "test"]), &|line| {
        tally.watch(line);
    })?;
    Ok(checked && linted && tested)
}
