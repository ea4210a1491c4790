//! The command line. Values are taken as they are; what they may be is the settings' business, so that a flag, a
//! variable and a line of the settings file are judged by one rule.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand};
use sync_api::settings::{Given, Settings};

use crate::failure::{Failure, Outcome};
use crate::terminal::{self, Form};

/// Keeps this PC's MongoDB and MongoDB Atlas in step, both ways.
#[derive(Parser)]
#[command(name = "bomba-syncd", version, about)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(subcommand)]
    pub(crate) command: Command,
}

// No Debug: it holds passwords.
#[derive(Args)]
pub(crate) struct Connection {
    /// This PC's MongoDB [variable: BOMBA_LOCAL_URI]
    #[arg(long, global = true, value_name = "URI")]
    local: Option<OsString>,
    /// The shared MongoDB [variable: BOMBA_ATLAS_URI]
    #[arg(long, global = true, value_name = "URI")]
    atlas: Option<OsString>,
    /// The database to keep in step [variable: BOMBA_DATABASE]
    #[arg(long, global = true, value_name = "NAME")]
    database: Option<OsString>,
    /// The settings file, if not the one in the usual place
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Sync until stopped with Ctrl-C or SIGTERM
    Run(RunArgs),
    /// Look at both ends and say what is in the way
    Check(FormArgs),
    /// Ask the running bomba-syncd how it is getting on
    Status(FormArgs),
    /// Compare both sides in full: exit code 0 identical, 1 different, 2 could not tell
    Verify(VerifyArgs),
    /// Compare both sides and copy what differs
    Resync(ResyncArgs),
    /// Versions that lost a conflict
    #[command(subcommand)]
    Conflicts(ConflictsCommand),
    /// Changes that could not be applied and were set aside
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    /// Mass deletions that were stopped until somebody says whether they are meant
    #[command(subcommand)]
    Deletions(DeletionsCommand),
}

#[derive(Args)]
pub(crate) struct RunArgs {
    /// Where to serve /status and /metrics, on this machine only [default: a free port]
    #[arg(long, value_name = "127.0.0.1:PORT")]
    listen: Option<OsString>,
}

#[derive(Args, Clone, Copy)]
pub(crate) struct FormArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

impl FormArgs {
    pub(crate) fn form(self) -> Form {
        if self.json { Form::Json } else { Form::Words }
    }
}

#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// Only this collection
    #[arg(long, value_name = "NAME")]
    pub(crate) collection: Option<String>,
    #[command(flatten)]
    form: FormArgs,
}

impl VerifyArgs {
    pub(crate) fn form(&self) -> Form {
        self.form.form()
    }
}

#[derive(Args)]
pub(crate) struct ResyncArgs {
    /// Only this collection
    #[arg(long, value_name = "NAME")]
    pub(crate) collection: Option<String>,
}

#[derive(Args)]
pub(crate) struct IdArgs {
    /// The ID, as `list` shows it
    pub(crate) id: String,
    #[command(flatten)]
    form: FormArgs,
}

impl IdArgs {
    pub(crate) fn form(&self) -> Form {
        self.form.form()
    }
}

#[derive(Args)]
pub(crate) struct AnyIdArgs {
    /// The ID, as `list` shows it; without it, all
    pub(crate) id: Option<String>,
    #[command(flatten)]
    form: FormArgs,
}

impl AnyIdArgs {
    pub(crate) fn form(&self) -> Form {
        self.form.form()
    }
}

#[derive(Subcommand)]
pub(crate) enum ConflictsCommand {
    /// All that are kept
    List(FormArgs),
    /// Both documents of one
    Show(IdArgs),
    /// Write a kept version back as an ordinary edit
    Restore(IdArgs),
}

#[derive(Subcommand)]
pub(crate) enum QuarantineCommand {
    /// All that wait
    List(FormArgs),
    /// Try one again, or all
    Retry(AnyIdArgs),
    /// Give one up
    Discard(IdArgs),
}

#[derive(Args)]
pub(crate) struct CollectionArgs {
    /// The collection
    pub(crate) collection: String,
    #[command(flatten)]
    form: FormArgs,
}

impl CollectionArgs {
    pub(crate) fn form(&self) -> Form {
        self.form.form()
    }
}

#[derive(Subcommand)]
pub(crate) enum DeletionsCommand {
    /// What waits
    List(FormArgs),
    /// They are meant: delete on the other side too, on every PC
    Apply(CollectionArgs),
    /// They are not: put the documents back
    Restore(CollectionArgs),
}

impl Connection {
    /// The settings that these flags, the environment and the settings file make together.
    pub(crate) fn settings(self, command: &Command) -> Result<Settings, Failure> {
        let listen = match command {
            Command::Run(args) => args.listen.clone(),
            _ => None,
        };
        let named = [
            ("--local", self.local),
            ("--atlas", self.atlas),
            ("--database", self.database),
            ("--listen", listen),
        ];
        let flags: BTreeMap<_, _> = named
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
            .collect();
        Ok(Settings::gather(&Given::from_process(flags, self.config))?)
    }
}

/// The command line asked for help, or could not be understood.
#[derive(Debug)]
pub(crate) struct Refused(clap::Error);

pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, Refused> {
    Cli::try_parse_from(arguments).map_err(Refused)
}

impl Refused {
    pub(crate) fn tell(&self) -> ExitCode {
        match self.0.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                match terminal::say(self.0.render().to_string().trim_end()) {
                    Ok(()) => Outcome::Fine.into(),
                    Err(_) => Outcome::Wrong.into(),
                }
            }
            _ => {
                terminal::complain(&self.line());
                Outcome::CannotTell.into()
            }
        }
    }

    /// One line. An argument that may be a connection string in the wrong place is not repeated.
    fn line(&self) -> String {
        let named = |kind| match self.0.get(kind) {
            Some(ContextValue::String(text)) if !text.contains("://") && !text.contains('@') => {
                text.as_str()
            }
            Some(ContextValue::Strings(texts)) if texts.len() == 1 => texts[0].as_str(),
            _ => "an argument that is not shown here",
        };
        match self.0.kind() {
            ErrorKind::UnknownArgument => format!("{}: not known; see --help", named(ContextKind::InvalidArg)),
            ErrorKind::InvalidSubcommand => format!("{}: no such command; see --help", named(ContextKind::InvalidSubcommand)),
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                "a command is missing: run, check, status, verify, resync, conflicts, quarantine or deletions; see --help".to_owned()
            }
            ErrorKind::MissingRequiredArgument => format!("{}: missing; see --help", named(ContextKind::InvalidArg)),
            ErrorKind::ArgumentConflict => format!("{}: given more than once; see --help", named(ContextKind::InvalidArg)),
            _ => format!("{}: not understood; see --help", named(ContextKind::InvalidArg)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(arguments: &[&str]) -> String {
        let arguments = std::iter::once("bomba-syncd")
            .chain(arguments.iter().copied())
            .map(OsString::from);
        parse(arguments)
            .err()
            .expect("the command line should be refused")
            .line()
    }

    #[test]
    fn what_cannot_be_understood_is_named_on_one_line() {
        for (arguments, named) in [
            (&["run", "--lokal", "x"][..], "--lokal"),
            (&["run", "--lokal=x"], "--lokal"),
            (&["rnu"], "rnu"),
            (&["run", "--listen"], "--listen"),
            (&["run", "--json"], "--json"),
            (&["run", "--local", "a", "--local", "b"], "--local"),
            (&["conflicts", "show"], "<ID>"),
            (&["check", "--json=yes"], "--json"),
            (&["conflicts"], "command is missing"),
            (&[], "command is missing"),
        ] {
            let line = refused(arguments);
            assert!(
                line.contains(named) && !line.contains('\n'),
                "{arguments:?}: {line}"
            );
        }
    }

    #[test]
    fn a_connection_string_in_the_wrong_place_is_not_repeated() {
        let uri = "mongodb://shop:hunter2@localhost";
        for arguments in [
            &["run", uri][..],
            &[uri],
            &["run", "--lokal", uri],
            &["run", &format!("--json={uri}")],
            &["check", &format!("--json={uri}")],
        ] {
            let line = refused(arguments);
            assert!(!line.contains("hunter2"), "{arguments:?}: {line}");
        }
    }

    #[test]
    fn connection_flags_stand_before_or_after_the_command() {
        for arguments in [
            ["--database", "shop", "check"],
            ["check", "--database", "shop"],
        ] {
            let arguments = std::iter::once("bomba-syncd")
                .chain(arguments)
                .map(OsString::from);
            let cli = parse(arguments).unwrap_or_else(|refused| panic!("{}", refused.line()));
            assert_eq!(cli.connection.database.as_deref(), Some("shop".as_ref()));
        }
    }
}
