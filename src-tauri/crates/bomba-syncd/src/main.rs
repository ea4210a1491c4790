//! The engine without a window, for servers, tests and benchmarks: parses the command line, gathers the settings,
//! and hands over to one command.

mod cli;
mod commands;
mod daemon;
mod failure;
mod terminal;

use std::process::ExitCode;
use std::time::Duration;

use crate::cli::Command;
use crate::commands::{check, conflicts, deletions, quarantine, resync, run, status, verify};
use crate::failure::{Failure, Outcome};

/// A look-up of a host name that hangs must not hold up the end of the process.
const RUNTIME_END_MAX: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    let outcome = match cli::parse(std::env::args_os()) {
        Ok(cli) => start(cli),
        Err(refused) => return refused.tell(),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            if let Some(line) = failure.line() {
                terminal::complain(&line);
            }
            failure.outcome().into()
        }
    }
}

fn start(cli: cli::Cli) -> Result<Outcome, Failure> {
    let settings = cli.connection.settings(&cli.command)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::System)?;
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Run(_) => run::run(&settings).await,
            Command::Check(args) => check::check(&settings, args.form()).await,
            Command::Status(args) => status::status(&settings, args.form()).await,
            Command::Verify(args) => {
                verify::verify(&settings, args.collection.as_deref(), args.form()).await
            }
            Command::Resync(args) => resync::resync(&settings, args.collection).await,
            Command::Conflicts(command) => conflicts::conflicts(&settings, command).await,
            Command::Quarantine(command) => quarantine::quarantine(&settings, command).await,
            Command::Deletions(command) => deletions::deletions(&settings, command).await,
        }
    });
    runtime.shutdown_timeout(RUNTIME_END_MAX);
    outcome
}
