//! The window's pages: what npm does for them.

use std::process::Command;

use crate::npm::Npm;
use crate::report::Tally;
use crate::shell::ShellError;

fn pages_folder() -> Npm {
    Npm::at("ui")
}

/// Builds the pages that go into the program.
pub(crate) fn build() -> Result<bool, ShellError> {
    let npm = pages_folder();
    Ok(npm.install()? && npm.script("build")?)
}

/// Every page in a browser, in both languages and both themes, with what the backend would answer.
pub(crate) fn pages(tally: &Tally) -> Result<bool, ShellError> {
    pages_folder().tests("pages", tally)
}

/// Tauri's own program, in the workspace's root. [`build`] has it installed.
pub(crate) fn tauri(arguments: &[&str]) -> Command {
    pages_folder().program("tauri", arguments)
}

/// Types, lints and the tests of what the pages think.
pub(crate) fn check(tally: &Tally) -> Result<bool, ShellError> {
    let npm = pages_folder();
    let checked = npm.script("check")?;
    let linted = npm.script("lint")?;
    Ok(npm.tests("test", tally)? && checked && linted)
}
