//! `cargo xtask simulate`: the core's seeded simulation, for as long as you
//! like.

use clap::Args;

use crate::shell::{cargo, run as run_program};
use crate::test::TaskError;

#[derive(Debug, Args)]
pub(crate) struct Seeds {
    /// How many worlds to play
    #[arg(long, default_value_t = 100_000)]
    seeds: u64,
    /// Replay this world only, and print it
    #[arg(long, conflicts_with = "seeds")]
    seed: Option<u64>,
}

/// `Ok(false)` when a world broke a rule; the simulation has then printed how
/// to replay it.
pub(crate) fn run(seeds: &Seeds) -> Result<bool, TaskError> {
    let mut command = cargo(&[
        "test",
        "--release",
        "-p",
        "sync-core",
        "--test",
        "simulation",
    ]);
    command
        .args(["--", "--nocapture"])
        .env("SEEDS", seeds.seeds.to_string());
    if let Some(seed) = seeds.seed {
        command.env("SEED", seed.to_string());
    }
    Ok(run_program(&mut command)?)
}
