//! `cargo xtask bench`: the engine measured beside a raw pump and a raw copy, and the programs by what they take of a
//! PC, in release builds.

use clap::Args;

use crate::install::{self, BUILD, SCREEN, SERVERS};
use crate::models;
use crate::shell::{become_program, build_folder, cargo, run as run_program};
use crate::test::TaskError;
use crate::window;

#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// Print the table as Markdown
    #[arg(long)]
    markdown: bool,
    /// Only this measure (may be repeated; a wrong name lists them)
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// A twentieth of everything: shows that the bench works, and measures nothing
    #[arg(long)]
    quick: bool,
}

/// The measure that needs the tray application.
const WINDOW_MEASURE: &str = "window";

/// The one that needs the shop's models.
const RULES_MEASURE: &str = "rules";

/// Builds the programs and the bench, and becomes the bench.
pub(crate) fn run(bench: &Bench) -> Result<bool, TaskError> {
    install::what_is_missing(&[BUILD, SERVERS])?;
    let mut programs = vec!["--bin", "bomba-syncd", "--bin", "bench"];
    let wants =
        |measure: &str| bench.only.is_empty() || bench.only.iter().any(|name| name == measure);
    if wants(WINDOW_MEASURE) {
        install::what_is_missing(&[SCREEN])?;
        install::what_a_window_needs()?;
        if !window::build()? {
            return Ok(false);
        }
        programs.extend(["--bin", "bomba-sync"]);
    }
    if wants(RULES_MEASURE) {
        install::node()?;
        if !models::shop()? {
            return Ok(false);
        }
    }
    if !run_program(cargo(&["build", "--release"]).args(programs))? {
        return Ok(false);
    }
    let mut command = cargo(&["run", "--quiet", "--release", "--bin", "bench", "--"]);
    let released = build_folder().map_err(TaskError::Lost)?.join("release");
    command
        .env("BOMBA_SYNCD", released.join("bomba-syncd"))
        .env("BOMBA_SYNC", released.join("bomba-sync"));
    if bench.markdown {
        command.arg("--markdown");
    }
    if bench.quick {
        command.arg("--quick");
    }
    for name in &bench.only {
        command.args(["--only", name]);
    }
    Ok(become_program(&mut command)?)
}
