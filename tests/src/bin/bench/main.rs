//! `cargo xtask bench`: what the engine does in a second, each measure beside a raw pump or copy in the same run.
//!
//! The table goes to standard output, how far it is to standard error. It judges nothing by its exit code: a time
//! depends on the machine, and a reader decides.

mod backlog;
mod failure;
mod first_copy;
mod latency;
mod propagation;
mod resident;
mod rig;
mod row;
mod rules;
mod window;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use tracing_subscriber::EnvFilter;

use failure::Failure;
use rig::Rig;
use row::Row;

/// Measures the engine beside a raw pump and a raw copy.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Bench {
    /// Print the table as Markdown
    #[arg(long)]
    markdown: bool,
    /// Only this measure (may be repeated)
    #[arg(long, value_enum, value_name = "NAME")]
    only: Vec<Measure>,
    /// A twentieth of everything: shows that the bench works, and measures nothing
    #[arg(long)]
    quick: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Measure {
    /// Bills from one PC to the other, by way of Atlas
    Propagation,
    /// A large collection into an empty side, up and down
    FirstCopy,
    /// Bills from Atlas through the shop's Mongoose models (needs Node.js)
    Rules,
    /// One insert on an idle system, from PC to PC
    Latency,
    /// Memory and processor of a bomba-syncd that has nothing to do
    Daemon,
    /// Memory of a bomba-syncd while Atlas is away and changes pile up
    Backlog,
    /// The tray application: how soon it is there, its memory and processor, the size of its pages
    Window,
}

#[tokio::main]
async fn main() -> ExitCode {
    let bench = Bench::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(&bench).await {
        Ok(rows) => {
            row::print(&rows, bench.markdown);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let rig = Rig::start(if bench.quick { 20 } else { 1 }).await?;
    let mut rows = Vec::new();
    for measure in Measure::value_variants() {
        if bench.only.is_empty() || bench.only.contains(measure) {
            rows.extend(match measure {
                Measure::Propagation => propagation::measure(&rig).await?,
                Measure::FirstCopy => first_copy::measure(&rig).await?,
                Measure::Rules => rules::measure(&rig).await?,
                Measure::Latency => latency::measure(&rig).await?,
                Measure::Daemon => resident::measure(&rig).await?,
                Measure::Backlog => backlog::measure(&rig).await?,
                Measure::Window => window::measure(&rig).await?,
            });
        }
    }
    Ok(rows)
}
