//! The task runner: `cargo xtask <task>`. It runs cargo and apt, reads what
//! they print, and links nothing heavy, so that it builds in seconds.

mod bench;
mod bundle;
mod install;
mod models;
mod npm;
mod report;
mod run;
mod shell;
mod simulate;
mod test;
mod walls;
mod window;
mod windows;

use std::process::ExitCode;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", about = "Tasks of the Bomba Sync workspace")]
enum Task {
    /// The application on real MongoDB servers: two shop PCs and an Atlas, kept in step before your eyes
    Run(run::Demo),
    /// Install what is missing, then format, lints, walls, and every test
    Test,
    /// Measure the engine beside a raw pump and a raw copy, and what the programs take of a PC
    Bench(bench::Bench),
    /// Make the package that a PC installs
    Bundle(bundle::Bundle),
    /// Compile for Windows what runs there
    CheckWindows,
    /// Run the simulation of the core over many seeds
    Simulate(simulate::Seeds),
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Test => test::run(),
        Task::Run(demo) => run::run(&demo),
        Task::Bench(bench) => bench::run(&bench),
        Task::Bundle(bundle) => bundle::run(&bundle),
        Task::CheckWindows => windows::check(),
        Task::Simulate(seeds) => simulate::run(&seeds),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(2)
        }
    }
}
