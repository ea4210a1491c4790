//! Bomba Sync in the tray: the engine of `sync-api` with an icon and a window around it. It translates between the
//! system and the application, and decides nothing about a document.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod autostart;
mod commands;
mod face;
mod follow;
mod notices;
mod orders;
mod quit;
mod refusal;
mod start;
mod toast;
mod tray;
mod window;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Keeps this PC's MongoDB and MongoDB Atlas in step.
#[derive(Debug, Parser)]
#[command(name = "bomba-sync", version)]
struct Flags {
    /// Start in the tray, without a window
    #[arg(long)]
    hidden: bool,
    /// The settings file, instead of the one in the system's folder for settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

fn main() -> ExitCode {
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(answer) => {
            // Help and version are answers too; nobody may be there to read them.
            let code = u8::try_from(answer.exit_code()).unwrap_or(refusal::EXIT_CODE);
            return answer.print().map_or(code.into(), |()| code.into());
        }
    };
    let hidden = flags.hidden;
    match start::run(flags) {
        Ok(code) => code,
        Err(refusal) => {
            refusal.tell(hidden);
            refusal::EXIT_CODE.into()
        }
    }
}
