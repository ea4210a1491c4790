//! A home folder of its own, which a program that is told of it takes for the person's. It goes when it is dropped.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const FOLDERS: [(&str, &str); 4] = [
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_STATE_HOME", "state"),
    ("XDG_CACHE_HOME", "cache"),
];

/// The folder.
#[derive(Debug)]
pub struct Home(TempDir);

impl Home {
    /// An empty one.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn new() -> io::Result<Home> {
        let home = Home(tempfile::tempdir()?);
        for (_, folder) in FOLDERS {
            home.private(folder)?;
        }
        fs::create_dir(home.path().join("Downloads"))?;
        Ok(home)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A program started so lives in it, and knows no settings of Bomba Sync from outside.
    pub fn settle(&self, command: &mut Command) {
        // Where it lies, when nobody says, is about to change.
        if std::env::var_os("XAUTHORITY").is_none()
            && let Some(real) = std::env::var_os("HOME")
        {
            command.env("XAUTHORITY", Path::new(&real).join(".Xauthority"));
        }
        command.env("HOME", self.path());
        for (variable, folder) in FOLDERS {
            command.env(variable, self.path().join(folder));
        }
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("BOMBA_") {
                command.env_remove(name);
            }
        }
    }

    /// A new folder in it, for its owner only.
    pub(super) fn private(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.path().join(name);
        fs::DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(folder)
    }
}
