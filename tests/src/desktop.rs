//! A desktop nobody sits at: a screen, a session bus and a home folder of its own, on which the real tray application
//! runs and is used through its own web view. All of it goes when the `Desktop` is dropped or the test process ends.

mod home;
mod login;
mod page;
mod panel;
mod screen;
mod session;

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

use crate::built::{self, BuildError};
use crate::eventually;
use crate::mongod::keeper;
use crate::processes::Family;

pub use self::home::Home;
pub use self::login::{Login, TITLE};
pub use self::page::Page;
pub use self::panel::{Icon, Line, Notice, Panel};
pub use self::screen::{Screen, ScreenError};
pub use self::session::Session;

/// A driver takes a second on a machine that does nothing else.
const START_MAX: Duration = Duration::from_secs(60);

/// The promise of the application, and a while for its web view.
pub const END_MAX: Duration = Duration::from_secs(10);

/// Why a desktop does not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum DesktopError {
    #[error("there is no bomba-sync to start")]
    Build(#[from] BuildError),
    #[error("the screen, the bus or the home folder cannot be used: {0}")]
    Io(#[from] io::Error),
    #[error("the session's bus cannot be used: {0}")]
    Bus(#[from] zbus::Error),
    #[error(transparent)]
    Screen(#[from] ScreenError),
    #[error("the window does not open: {0}")]
    Open(Box<NewSessionError>),
    #[error("the window does not do what it is told: {0}")]
    Told(Box<CmdError>),
}

impl From<NewSessionError> for DesktopError {
    fn from(error: NewSessionError) -> DesktopError {
        DesktopError::Open(Box::new(error))
    }
}

impl From<CmdError> for DesktopError {
    fn from(error: CmdError) -> DesktopError {
        DesktopError::Told(Box::new(error))
    }
}

/// The screen and what runs on it.
#[derive(Debug)]
pub struct Desktop {
    program: PathBuf,
    driver: Child,
    port: u16,
    // The last to go: screen and bus outlive what runs on them.
    session: Session,
}

/// The application's program, as it is in the source tree now.
///
/// # Errors
/// It cannot be built.
pub async fn program() -> Result<PathBuf, BuildError> {
    built::program("bomba-sync", "BOMBA_SYNC").await
}

impl Desktop {
    /// A new desktop, in a language such as `en_US.UTF-8`.
    ///
    /// # Errors
    /// A program it needs is not installed, or the application cannot be built.
    pub async fn start(language: &str) -> Result<Desktop, DesktopError> {
        Desktop::start_with(language, &[]).await
    }

    /// The same, with more environment variables for the application.
    ///
    /// # Errors
    /// As [`Desktop::start`].
    pub async fn start_with(
        language: &str,
        variables: &[(&str, String)],
    ) -> Result<Desktop, DesktopError> {
        let program = program().await?;
        let session = Session::start(language)?;
        let port = free_port()?;
        let mut command = session.command(Path::new("WebKitWebDriver"));
        command
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            // The web view answers to a driver only when it is told that it may.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(driver_log(&session))?);
        let driver = keeper::spawn(command)?;
        Ok(Desktop {
            program,
            driver,
            port,
            session,
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
        self.session.home()
    }

    /// The settings file of the application.
    pub fn settings_file(&self) -> PathBuf {
        self.home().join("config/bombasync/settings.toml")
    }

    /// What the driver and the application said on standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(driver_log(&self.session)).unwrap_or_default()
    }

    /// Ends the application as the system would, then everything else.
    ///
    /// # Errors
    /// The kernel does not tell which process it is.
    pub async fn end(self) -> Result<(), DesktopError> {
        let driver = Family::of(Pid::from_child(&self.driver))?;
        if let Some(application) = driver.member(&self.program) {
            Family::of(application)?.end(END_MAX).await;
        }
        Ok(())
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // The application is of the driver's group.
        end_group(&mut self.driver);
    }
}

/// Whatever a program started is of its group, web views too.
fn end_group(leader: &mut Child) {
    let _gone_already = kill_process_group(Pid::from_child(leader), Signal::KILL);
    let _reaped = leader.wait();
}

fn driver_log(session: &Session) -> PathBuf {
    session.home().join("driver.log")
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
