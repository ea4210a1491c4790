//! PC 1 as its staff have it: the real application. Its window is on the screen of whoever started the demo, or, where
//! there is none, on one of its own, and then a picture of it is kept.

use std::env;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use integration_tests::desktop::{self, Desktop, DesktopError, END_MAX, Home, Page};
use integration_tests::mongod::keeper;
use integration_tests::processes::Family;
use integration_tests::world::Pc;
use rustix::process::Pid;

use crate::failure::Failure;

/// A session that has a Bomba Sync sends the second one away. Nobody has enough of a window so soon.
const SENT_AWAY_MAX: Duration = Duration::from_secs(3);

/// After so long its charts have a line.
const PICTURE_AFTER: Duration = Duration::from_secs(8);

/// What the window says when the first copy is over.
const COPIED: [&str; 3] = ["Everything is up to date", "on its way", "on their way"];

/// The real application on PC 1.
pub(crate) enum Window {
    Seen {
        process: Child,
        since: Instant,
        // It goes after the process.
        home: Home,
    },
    Unseen {
        desktop: Box<Desktop>,
        page: Page,
    },
}

impl Window {
    /// Opens it on the databases and the line of this PC. The first time the application is built.
    pub(crate) async fn open(pc: &Pc) -> Result<Window, Failure> {
        // From the environment, so that nothing of the demo comes into the person's keychain.
        let settings = [
            ("BOMBA_LOCAL_URI", pc.config.local_uri.expose().to_owned()),
            ("BOMBA_ATLAS_URI", pc.config.atlas_uri.expose().to_owned()),
            ("BOMBA_DATABASE", pc.config.database.clone()),
            ("BOMBA_DEVICE_NAME", pc.config.device_name.clone()),
            ("BOMBA_START_AT_LOGIN", "false".to_owned()),
            ("BOMBA_LOG", "warn".to_owned()),
            // As the other PC has it: in the end all three are compared in full.
            ("BIDIRECTIONAL_EXCLUDED_COLLECTIONS", String::new()),
        ];
        if has_screen() {
            return seen(&settings).await;
        }
        let desktop = Desktop::start_with("en_US.UTF-8", &settings).await?;
        let page = desktop.open(&[]).await?;
        Ok(Window::Unseen {
            desktop: Box::new(desktop),
            page,
        })
    }

    /// Keeps a picture as soon as there is something to see, where nobody sees it otherwise.
    pub(crate) fn picture(&self) -> Option<impl Future<Output = Result<PathBuf, Failure>> + use<>> {
        let page = match self {
            Window::Seen { .. } => return None,
            Window::Unseen { page, .. } => page.clone(),
        };
        Some(async move {
            // It lies beside the program, where the next one takes its place.
            let file = env::current_exe().map_err(DesktopError::from)?;
            let file = file.with_file_name("demo-window.png");
            let since = Instant::now();
            page.reaches("something to see", |text| {
                since.elapsed() > PICTURE_AFTER && COPIED.iter().any(|copied| text.contains(copied))
            })
            .await;
            page.picture(&file).await;
            Ok(file)
        })
    }

    /// Whether the person has ended it.
    pub(crate) fn has_ended(&mut self) -> Result<bool, Failure> {
        match self {
            Window::Seen { process, since, .. } => {
                match process.try_wait().map_err(DesktopError::from)? {
                    None => Ok(false),
                    Some(status) if !status.success() => Err(Failure::Window(status)),
                    Some(_) if since.elapsed() < SENT_AWAY_MAX => Err(Failure::SentAway),
                    Some(_) => Ok(true),
                }
            }
            Window::Unseen { .. } => Ok(false),
        }
    }

    /// Ends the application as the system would, and all that belongs to it.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        match self {
            Window::Seen {
                mut process, home, ..
            } => {
                let family = Family::of(Pid::from_child(&process)).map_err(DesktopError::from)?;
                family.end(END_MAX).await;
                process.wait().map_err(DesktopError::from)?;
                drop(home);
            }
            Window::Unseen { desktop, page } => {
                drop(page);
                desktop.end().await?;
            }
        }
        Ok(())
    }
}

fn has_screen() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|variable| {
        let value = env::var_os(variable);
        value.is_some_and(|value| !value.is_empty())
    })
}

/// In a home of its own, so that no setting, login entry or cache of the person's is touched.
async fn seen(settings: &[(&str, String)]) -> Result<Window, Failure> {
    let program = desktop::program().await.map_err(DesktopError::from)?;
    let home = Home::new().map_err(DesktopError::from)?;
    let mut command = keeper::mortal_command(&program);
    home.settle(&mut command);
    command
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let process = keeper::spawn(command).map_err(DesktopError::from)?;
    Ok(Window::Seen {
        process,
        since: Instant::now(),
        home,
    })
}
