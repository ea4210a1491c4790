//! A desktop nobody sits at: a screen, a session bus and a home folder of its own, on which the real tray application
//! runs and is used through its own web view. All of it goes when the `Desktop` is dropped or the test process ends.

mod page;

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use fantoccini::ClientBuilder;
use fantoccini::error::{CmdError, NewSessionError};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::built::{self, BuildError};
use crate::eventually;
use crate::mongod::keeper;

pub use self::page::Page;

/// A screen, a bus and a driver take a second on a machine that does nothing else.
const START_MAX: Duration = Duration::from_secs(60);

/// Why a desktop does not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum DesktopError {
    #[error("there is no bomba-sync to start")]
    Build(#[from] BuildError),
    #[error("the screen, the bus or the home folder cannot be used")]
    Io(#[from] io::Error),
    #[error("the window does not open: {0}")]
    Open(#[from] NewSessionError),
    #[error("the window does not do what it is told: {0}")]
    Told(#[from] CmdError),
}

/// The screen and what runs on it.
#[derive(Debug)]
pub struct Desktop {
    program: PathBuf,
    home: TempDir,
    driver: Child,
    port: u16,
}

impl Desktop {
    /// A new desktop, in a language such as `en_US.UTF-8`.
    ///
    /// # Errors
    /// A program it needs is not installed, or the application cannot be built.
    pub async fn start(language: &str) -> Result<Desktop, DesktopError> {
        let program = built::program("bomba-sync", "BOMBA_SYNC").await?;
        let home = tempfile::tempdir()?;
        let port = free_port()?;
        let mut command = keeper::mortal_command(Path::new("xvfb-run"));
        command.args(["-a", "-s", "-screen 0 1280x800x24 -nolisten tcp"]);
        command.args(["dbus-run-session", "--", "WebKitWebDriver"]);
        command
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1");
        let xdg = [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
        ];
        for (variable, folder) in xdg {
            let folder = home.path().join(folder);
            private(&folder)?;
            command.env(variable, folder);
        }
        fs::create_dir_all(home.path().join("Downloads"))?;
        command
            .env("HOME", home.path())
            .env("LANG", language)
            .env("LC_ALL", language)
            // The web view answers to a driver only when it is told that it may.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("NO_AT_BRIDGE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(home.path().join("driver.log"))?);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("BOMBA_") {
                command.env_remove(name);
            }
        }
        let driver = keeper::spawn(command)?;
        Ok(Desktop {
            program,
            home,
            driver,
            port,
        })
    }

    /// Starts the application and takes its window in hand.
    ///
    /// # Errors
    /// The window does not open.
    pub async fn open(&self, arguments: &[&str]) -> Result<Page, DesktopError> {
        let driver = format!("http://127.0.0.1:{}", self.port);
        let options = json!({ "binary": self.program, "args": arguments });
        let Value::Object(wanted) = json!({ "webkitgtk:browserOptions": options }) else {
            unreachable!("an object was written");
        };
        let client = eventually(START_MAX, "a window", async || {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder
                .capabilities(wanted.clone())
                .connect(&driver)
                .await
                .map_err(|error| format!("{error}\n{}", self.log()))
        })
        .await;
        Ok(Page::new(client))
    }

    /// The folder that the application takes for the person's home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The settings file of the application.
    pub fn settings_file(&self) -> PathBuf {
        self.home.path().join("config/bombasync/settings.toml")
    }

    /// What the driver and the application said on standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("driver.log")).unwrap_or_default()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // The screen, the bus and the application are of the driver's group.
        if let Some(group) = i32::try_from(self.driver.id()).ok().and_then(Pid::from_raw) {
            let _gone_already = kill_process_group(group, Signal::KILL);
        }
        let _reaped = self.driver.wait();
    }
}

fn private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
