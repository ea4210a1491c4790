//! `cargo xtask run`: two shop PCs and an Atlas before your eyes.

use clap::Args;

use crate::install;
use crate::shell::{become_program, cargo};
use crate::test::TaskError;

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// End by itself after so many seconds
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
}

/// Becomes the demo, so that Ctrl-C reaches it and nobody else.
pub(crate) fn run(demo: &Demo) -> Result<bool, TaskError> {
    install::what_programs_need()?;
    // No package is selected: cargo then builds with the same features as for the tests.
    let mut command = cargo(&["run", "--quiet", "--bin", "demo", "--"]);
    if let Some(seconds) = demo.seconds {
        command.args(["--seconds", &seconds.to_string()]);
    }
    Ok(become_program(&mut command)?)
}
