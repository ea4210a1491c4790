//! `cargo xtask run`: two shop PCs and an Atlas before your eyes.

use std::env;

use clap::Args;

use crate::install::{self, BUILD, SCREEN, SERVERS};
use crate::models;
use crate::shell::{become_program, cargo, run as run_program};
use crate::test::TaskError;
use crate::window;

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// No window: both PCs are shown in this terminal
    #[arg(long)]
    headless: bool,
    /// End by itself after so many seconds
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
}

/// Becomes the demo, so that Ctrl-C reaches it and nobody else.
pub(crate) fn run(demo: &Demo) -> Result<bool, TaskError> {
    install::what_is_missing(&[BUILD, SERVERS])?;
    install::node()?;
    if !models::shop()? {
        return Ok(false);
    }
    // No package is selected: cargo then builds with the same features as for the tests.
    let mut command = cargo(&["run", "--quiet", "--bin", "demo", "--"]);
    if demo.headless {
        command.arg("--headless");
    } else if !has_window()? {
        return Ok(false);
    }
    if let Some(seconds) = demo.seconds {
        command.args(["--seconds", &seconds.to_string()]);
    }
    Ok(become_program(&mut command)?)
}

/// Builds the application. The demo would do it too, but in silence.
fn has_window() -> Result<bool, TaskError> {
    install::what_a_window_needs()?;
    let is_there = |variable| env::var_os(variable).is_some_and(|value| !value.is_empty());
    if !["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(is_there) {
        install::what_is_missing(&[SCREEN])?;
    }
    let programs = ["build", "--bin", "demo", "--bin", "bomba-sync"];
    Ok(window::build()? && run_program(&mut cargo(&programs))?)
}
