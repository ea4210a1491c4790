//! npm in one of the workspace's folders.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::report::Tally;
use crate::shell::{ShellError, follow, root, run};

/// A folder with a package.json.
#[derive(Debug)]
pub(crate) struct Npm(PathBuf);

impl Npm {
    /// A folder by its path in the workspace.
    pub(crate) fn at(folder: &str) -> Npm {
        Npm(root().join(folder))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("npm");
        command.args(arguments).current_dir(&self.0);
        // Tools that think they talk to a person hide the lines that are counted.
        command.env("NO_COLOR", "1").env("CI", "true");
        command
    }

    /// Installs the packages of the lock file, where they are not there yet.
    pub(crate) fn install(&self) -> Result<bool, ShellError> {
        let written = |path: &str| fs::metadata(self.0.join(path)).and_then(|file| file.modified());
        // npm notes here what it installed.
        let installed = written("node_modules/.package-lock.json");
        let wanted = written("package-lock.json");
        match (installed, wanted) {
            (Ok(installed), Ok(wanted)) if installed >= wanted => Ok(true),
            _ => run(&mut self.command(&["ci", "--no-audit", "--no-fund"])),
        }
    }

    /// Runs a script.
    pub(crate) fn script(&self, name: &str) -> Result<bool, ShellError> {
        run(&mut self.command(&["run", "--silent", name]))
    }

    /// Runs a script that tests, and counts them.
    pub(crate) fn tests(&self, script: &str, tally: &Tally) -> Result<bool, ShellError> {
        let mut command = self.command(&["run", "--silent", script]);
        follow(&mut command, &|line| tally.watch(line))
    }

    /// The program of one of its packages, in the workspace's root.
    pub(crate) fn program(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.0.join("node_modules/.bin").join(name));
        command.args(arguments).current_dir(root());
        command
    }
}
