//! `cargo xtask run`: two shop PCs and an Atlas on real MongoDB servers, kept in step before your eyes. One PC has the
//! real application, the other an engine in this process.
//!
//! It starts everything it needs and ends all of it again. Nothing of it stays on the machine but, where there is no
//! screen to look at, a picture.

mod failure;
mod lines;
mod picture;
mod screen;
mod stage;
mod till;
mod trade;
mod view;
mod window;

use std::io;
use std::pin::pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use failure::Failure;
use lines::say;
use stage::Stage;
use trade::Trade;
use view::{View, Wish};
use window::Window;

/// Two shop PCs and an Atlas, with real MongoDB servers and the real application.
#[derive(Debug, Parser)]
#[command(name = "demo")]
struct Demo {
    /// No window: both PCs are shown in this terminal
    #[arg(long)]
    headless: bool,
    /// End by itself after so long
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
}

/// How often the picture is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(250);

#[tokio::main]
async fn main() -> ExitCode {
    let demo = Demo::parse();
    match run(&demo).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("demo: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(demo: &Demo) -> Result<(), Failure> {
    let mut asked = pin!(asked_to_end().map_err(Failure::Signal)?);
    let opened = tokio::select! {
        opened = open(demo.headless) => opened?,
        () = &mut asked => {
            say("ended before everything was started");
            return Ok(());
        }
    };
    let (stage, mut window) = opened;
    stage.programme().iter().for_each(|line| say(line));
    let trade = Trade::begin(&stage);
    let deadline = demo
        .seconds
        .map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let played = tokio::select! {
        played = play(&stage, window.as_mut(), &trade, deadline) => played,
        () = asked => Ok(()),
    };
    trade.end().await?;
    played?;
    say("the tills are closed; waiting until both PCs are in sync");
    let closed = stage.compare().await;
    let engines = match window {
        Some(window) => {
            window.close().await?;
            "the window, 1 engine"
        }
        None => "2 engines",
    };
    stage.close().await?;
    say(&format!(
        "stopped: {engines} and 3 MongoDB servers, with all their data"
    ));
    closed
}

async fn open(headless: bool) -> Result<(Stage, Option<Window>), Failure> {
    let mut stage = Stage::open().await?;
    let [first, second] = &mut stage.pcs;
    second.start().await;
    if headless {
        first.start().await;
        return Ok((stage, None));
    }
    say("PC 1 gets its window");
    let window = Window::open(first).await?;
    Ok((stage, Some(window)))
}

/// Shows what happens until the time is up or a person has seen enough. A picture is kept even if the time is up before
/// there is one.
async fn play(
    stage: &Stage,
    window: Option<&mut Window>,
    trade: &Trade,
    deadline: Option<Instant>,
) -> Result<(), Failure> {
    let picture = window.as_deref().and_then(Window::picture);
    let picture = async {
        if let Some(picture) = picture {
            say(&format!(
                "a picture of the window: {}",
                picture.await?.display()
            ));
        }
        Ok(())
    };
    tokio::try_join!(watch(stage, window, trade, deadline), picture)?;
    Ok(())
}

async fn watch(
    stage: &Stage,
    mut window: Option<&mut Window>,
    trade: &Trade,
    deadline: Option<Instant>,
) -> Result<(), Failure> {
    let mut view = match &window {
        Some(_) => View::beside_a_window(),
        None => View::open().map_err(Failure::Screen)?,
    };
    let mut tick = tokio::time::interval(DRAW_EVERY);
    let since = Instant::now();
    while deadline.is_none_or(|deadline| Instant::now() < deadline) {
        tick.tick().await;
        let window_ended = window
            .as_mut()
            .map(|window| window.has_ended())
            .transpose()?;
        if trade.has_ended() || window_ended == Some(true) {
            break;
        }
        let picture = stage.picture(since.elapsed(), trade.counts()).await?;
        view.show(&picture).map_err(Failure::Screen)?;
        match view.wish().map_err(Failure::Screen)? {
            Some(Wish::End) => break,
            Some(Wish::Line(pc)) => stage.toggle_line(pc).await,
            None => {}
        }
    }
    Ok(())
}

/// Ends when the process is asked to. On a screen Ctrl-C is a key like any other and does not come here.
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
