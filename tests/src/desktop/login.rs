//! The application as a login finds it: started by the session, with a panel for its icon and a screen for its window.

use std::io;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Instant;

use rustix::process::Pid;
use x11rb::protocol::xproto::Window;

use super::{DesktopError, END_MAX, Panel, Screen, ScreenError, Session, end_group, program};
use crate::mongod::keeper;
use crate::processes::Family;

/// What the application and its window are called.
pub const TITLE: &str = "Bomba Sync";

/// A session in which the application runs.
#[derive(Debug)]
pub struct Login {
    application: Child,
    /// When it was started.
    pub since: Instant,
    /// Takes the icon in and shows notifications.
    pub panel: Panel,
    /// Where windows appear.
    pub screen: Screen,
    // The last to go: screen and bus outlive what runs on them.
    _session: Session,
}

impl Login {
    /// Starts the application in a new session, in a language such as `en_US.UTF-8`.
    ///
    /// # Errors
    /// A program it needs is not installed, or the application cannot be built.
    pub async fn start(
        language: &str,
        arguments: &[&str],
        variables: &[(&str, String)],
    ) -> Result<Login, DesktopError> {
        let program = program().await?;
        let session = Session::start(language)?;
        let panel = Panel::on(session.bus_address()).await?;
        let screen = session.screen()?;
        let mut command = session.command(&program);
        command
            .args(arguments)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let since = Instant::now();
        Ok(Login {
            application: keeper::spawn(command)?,
            since,
            panel,
            screen,
            _session: session,
        })
    }

    /// The application's window, if it is on the screen.
    ///
    /// # Errors
    /// The screen is gone.
    pub fn window(&self) -> Result<Option<Window>, ScreenError> {
        self.screen.window(TITLE)
    }

    /// All processes of the application.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn family(&self) -> io::Result<Family> {
        Family::of(Pid::from_child(&self.application))
    }

    /// How it ended, once it has.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.application.try_wait()
    }

    /// Ends the application as the system would.
    ///
    /// # Errors
    /// The kernel does not tell which processes there are.
    pub async fn end(mut self) -> Result<(), DesktopError> {
        self.family()?.end(END_MAX).await;
        self.application.wait()?;
        Ok(())
    }
}

impl Drop for Login {
    fn drop(&mut self) {
        end_group(&mut self.application);
    }
}
