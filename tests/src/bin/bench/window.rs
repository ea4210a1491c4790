//! What the tray application costs a PC: how soon its icon and its window are there, and what all its processes take of
//! the machine, hidden and after its window was used.
//!
//! A start is cold for the program, which has an empty home and no process of its own yet, and not for the disk, whose
//! contents may be in memory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use integration_tests::built::checkout;
use integration_tests::desktop::{DesktopError, Login, Panel, ScreenError};
use integration_tests::eventually;

use crate::failure::Failure;
use crate::resident::{pass, share_of_core};
use crate::rig::{Rig, Scene, fill, holds};
use crate::row::{Row, megabytes, progress};

const DOCUMENTS: usize = 20_000;
const STARTS: usize = 5;
const IDLE: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(60);

const ICON_MAX: Duration = Duration::from_millis(1_500);
const WINDOW_MAX: Duration = Duration::from_secs(3);
const HIDDEN_BYTES_MAX: u64 = 60_000_000;
const CLOSED_BYTES_MAX: u64 = 130_000_000;
const SHARE_OF_CORE_MAX: f64 = 0.003;
const PAGES_BYTES_MAX: u64 = 250_000;

const LANGUAGE: &str = "en_US.UTF-8";

/// Why the application cannot be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unmeasured {
    #[error(transparent)]
    Desktop(#[from] DesktopError),
    #[error("the pages or the processes cannot be read: {0}")]
    Io(#[from] io::Error),
}

pub(crate) async fn measure(rig: &Rig) -> Result<Vec<Row>, Failure> {
    let scene = rig.scene().await?;
    let count = rig.scaled(DOCUMENTS);
    fill(&scene.pcs[0], count, |_| ()).await?;
    let settings = settings(rig, &scene);

    let (mut icons, mut windows) = (Vec::new(), Vec::new());
    for start in 1..=rig.scaled(STARTS).max(1) {
        let (icon, window) = start_cold(&settings).await?;
        progress(&format!(
            "window, start {start}: icon {}, window {}",
            seconds(icon),
            seconds(window)
        ));
        icons.push(icon);
        windows.push(window);
    }
    holds(&scene.atlas, count).await?;
    let idle = IDLE / u32::try_from(rig.divisor).expect("a small number");
    let resident = stay(&settings, idle).await?;
    scene.clear().await?;

    let pages = gzipped_bytes(&checkout().join("../ui/dist")).map_err(Unmeasured::from)?;
    let (icon, window) = (median(icons), median(windows));
    let Resident {
        hidden,
        share,
        open,
        closed,
    } = resident;
    Ok(vec![
        Row::note("application, start to the icon in the tray", seconds(icon))
            .with_target("under 1.5 s", icon < ICON_MAX),
        Row::note("application, start to a usable window", seconds(window))
            .with_target("under 3 s", window < WINDOW_MAX),
        Row::note(
            "application started hidden, memory of all its processes",
            megabytes(hidden),
        )
        .with_target("under 60 MB", hidden < HIDDEN_BYTES_MAX),
        Row::note(
            "the same, share of a core",
            format!("{:.2} %", share * 100.0),
        )
        .with_target("under 0.3 %", share < SHARE_OF_CORE_MAX),
        Row::note("the same with its window open, memory", megabytes(open)),
        Row::note(
            "the same after its window was closed, memory",
            megabytes(closed),
        )
        .with_target("under 130 MB", closed < CLOSED_BYTES_MAX),
        Row::note(
            "the window's pages, compressed",
            format!("{} kB", pages / 1_000),
        )
        .with_target("under 250 kB", pages < PAGES_BYTES_MAX),
    ])
}

/// What all processes of the application take.
struct Resident {
    hidden: u64,
    share: f64,
    open: u64,
    closed: u64,
}

/// When the window shows its pages and not only that it starts: they have a column of another colour at their side.
async fn usable_window(login: &Login) -> Instant {
    eventually(SOON, "a window with its pages", async || {
        let colours = || {
            let window = login.window()?;
            let colour = |x| match window {
                Some(window) => login.screen.colour(window, x, 5),
                None => Ok(None),
            };
            Ok::<_, ScreenError>([colour(5)?, colour(600)?])
        };
        match colours() {
            Ok([Some(side), Some(page)]) if side != page => Ok(Instant::now()),
            Ok(seen) => Err(format!("{seen:?}")),
            Err(error) => Err(error.to_string()),
        }
    })
    .await
}

fn settings(rig: &Rig, scene: &Scene<'_>) -> [(&'static str, String); 5] {
    [
        ("BOMBA_LOCAL_URI", rig.servers.pcs[0].uri()),
        ("BOMBA_ATLAS_URI", rig.servers.atlas.uri()),
        ("BOMBA_DATABASE", scene.name.clone()),
        ("BOMBA_START_AT_LOGIN", "false".to_owned()),
        ("BOMBA_THEME", "light".to_owned()),
    ]
}

/// How long it takes to the icon and to the window.
async fn start_cold(settings: &[(&str, String)]) -> Result<(Duration, Duration), Unmeasured> {
    let login = Login::start(LANGUAGE, &[], settings).await?;
    let (icon, window) = tokio::join!(login.panel.came_in(), usable_window(&login));
    let times = (icon - login.since, window - login.since);
    login.end().await?;
    Ok(times)
}

async fn stay(settings: &[(&str, String)], idle: Duration) -> Result<Resident, Unmeasured> {
    let login = Login::start(LANGUAGE, &["--hidden"], settings).await?;
    synced(&login.panel).await;
    progress(&format!(
        "window: watching it hidden for {} s",
        idle.as_secs()
    ));
    let family = login.family()?;
    let share = share_of_core(idle, || Ok::<_, Unmeasured>(family.processor_time())).await?;
    let hidden = login.family()?.memory_bytes()?;

    login.panel.activate().await.map_err(DesktopError::from)?;
    usable_window(&login).await;
    pass(idle / 6).await;
    let open = login.family()?.memory_bytes()?;
    if let Some(window) = login.window().map_err(DesktopError::from)? {
        login.screen.close(window).map_err(DesktopError::from)?;
    }
    eventually(SOON, "the window to go", async || match login.window() {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err("it is there".to_owned()),
        Err(error) => Err(error.to_string()),
    })
    .await;
    pass(idle / 6).await;
    let closed = login.family()?.memory_bytes()?;
    login.end().await?;
    Ok(Resident {
        hidden,
        share,
        open,
        closed,
    })
}

async fn synced(panel: &Panel) {
    eventually(SOON, "the menu to say that all is well", async || {
        let menu = panel.menu().await;
        match menu
            .iter()
            .any(|line| line.label == "Everything is up to date")
        {
            true => Ok(()),
            false => Err(format!("{menu:?}")),
        }
    })
    .await;
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// The files of a folder, each compressed as a web server would.
fn gzipped_bytes(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        sum += if path.is_dir() {
            gzipped_bytes(&path)?
        } else {
            let output = Command::new("gzip").arg("-c").arg(&path).output()?;
            output.stdout.len() as u64
        };
    }
    Ok(sum)
}
