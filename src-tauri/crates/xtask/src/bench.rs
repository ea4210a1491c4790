//! `cargo xtask bench`: the engine measured beside a raw pump and a raw copy, in release builds.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::install;
use crate::shell::{become_program, cargo, run as run_program};
use crate::test::TaskError;

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

/// Builds the daemon and the bench, and becomes the bench.
pub(crate) fn run(bench: &Bench) -> Result<bool, TaskError> {
    install::what_is_missing(&[install::BUILD, install::SERVERS])?;
    let daemon = ["--bin", "bomba-syncd", "--bin", "bench"];
    if !run_program(cargo(&["build", "--release"]).args(daemon))? {
        return Ok(false);
    }
    let mut command = cargo(&["run", "--quiet", "--release", "--bin", "bench", "--"]);
    command.env("BOMBA_SYNCD", released()?.join("bomba-syncd"));
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

/// Where cargo puts release builds: beside the folder that this program was built into.
fn released() -> Result<PathBuf, TaskError> {
    let program = env::current_exe().map_err(TaskError::Lost)?;
    let target = program.ancestors().nth(2).unwrap_or(Path::new("target"));
    Ok(target.join("release"))
}
