//! `cargo xtask run`: two shop PCs and an Atlas on real MongoDB servers, kept in step before your eyes.
//!
//! It starts everything it needs and ends all of it again. Nothing of it stays on the machine.

mod failure;
mod lines;
mod picture;
mod screen;
mod stage;
mod trade;
mod view;

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

/// Two shop PCs and an Atlas, with real MongoDB servers and real engines.
#[derive(Debug, Parser)]
#[command(name = "demo")]
struct Demo {
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
    let stage = tokio::select! {
        stage = Stage::open() => stage?,
        () = &mut asked => {
            say("ended before everything was started");
            return Ok(());
        }
    };
    stage.programme().iter().for_each(|line| say(line));
    let trade = Trade::begin(&stage);
    let deadline = demo
        .seconds
        .map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let played = tokio::select! {
        played = play(&stage, &trade, deadline) => played,
        () = asked => Ok(()),
    };
    trade.end().await?;
    played?;
    say("the tills are closed; waiting until both PCs are in sync");
    let closed = stage.compare().await;
    stage.close().await?;
    say("stopped: 2 engines and 3 MongoDB servers, with all their data");
    closed
}

/// Shows what happens until the time is up or a person has seen enough.
async fn play(stage: &Stage, trade: &Trade, deadline: Option<Instant>) -> Result<(), Failure> {
    let mut view = View::open().map_err(Failure::Screen)?;
    let mut tick = tokio::time::interval(DRAW_EVERY);
    let since = Instant::now();
    while deadline.is_none_or(|deadline| Instant::now() < deadline) {
        tick.tick().await;
        if trade.has_ended() {
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
