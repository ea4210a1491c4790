//! Where on this PC things are kept when nobody says otherwise.

use std::path::PathBuf;

use directories::ProjectDirs;

/// The settings file in the system's folder for settings. `None`: the system names none.
pub fn settings_file() -> Option<PathBuf> {
    project().map(|dirs| dirs.config_dir().join("settings.toml"))
}

/// The folder under which every engine has one of its own. `None`: the system names none.
pub fn state_base() -> Option<PathBuf> {
    project().map(|dirs| {
        dirs.state_dir()
            .unwrap_or_else(|| dirs.data_local_dir())
            .to_owned()
    })
}

/// The folder of the log of a program that is there before it is known which engine it runs. `None`: the system names none.
pub fn logs() -> Option<PathBuf> {
    state_base().map(|base| base.join("logs"))
}

fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "Bomba Sync")
}
