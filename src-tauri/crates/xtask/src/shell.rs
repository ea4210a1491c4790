//! Running other programs, and the one place that prints to standard output.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// Why a program could not be run to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShellError {
    #[error("`{command}` does not start: {source}")]
    Start { command: String, source: io::Error },
    #[error("`{command}` cannot be followed: {source}")]
    Follow { command: String, source: io::Error },
}

#[allow(
    clippy::print_stdout,
    reason = "this program talks to the terminal, here and nowhere else"
)]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// The folder that holds the workspace's `Cargo.toml`.
///
/// Asked from cargo at every start: one build folder serves several checkouts, and what was compiled in may be
/// the path of another.
pub(crate) fn root() -> PathBuf {
    let crate_folder =
        env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&crate_folder)
        .ancestors()
        .nth(3)
        .expect("src-tauri/crates/xtask is three levels down")
        .to_owned()
}

/// The folder that everything is built into: this program lies two floors below it.
pub(crate) fn build_folder() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    let folder = program.ancestors().nth(2);
    Ok(folder.unwrap_or(Path::new("target")).to_owned())
}

/// The cargo that started this program, in the workspace's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    // What cargo told us about ourselves. A build script that heeds it would run again, and with it half the build,
    // whenever cargo is called once directly and once from here.
    for (name, _) in env::vars_os() {
        let told = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ];
        if told
            .iter()
            .any(|told| name.to_string_lossy().starts_with(told))
        {
            command.env_remove(name);
        }
    }
    command.args(arguments).current_dir(root());
    command
}

/// Runs to the end with the terminal as its own. `true` when it succeeded.
pub(crate) fn run(command: &mut Command) -> Result<bool, ShellError> {
    say(&format!("$ {}", line_of(command)));
    match command.status() {
        Ok(status) => Ok(status.success()),
        Err(source) => Err(ShellError::Start {
            command: line_of(command),
            source,
        }),
    }
}

/// Runs to the end in the place of this program, which is gone then. Returns only where it could not start.
#[cfg(unix)]
pub(crate) fn become_program(command: &mut Command) -> Result<bool, ShellError> {
    use std::os::unix::process::CommandExt;

    say(&format!("$ {}", line_of(command)));
    Err(ShellError::Start {
        source: command.exec(),
        command: line_of(command),
    })
}

/// Runs to the end. `true` when it succeeded.
#[cfg(not(unix))]
pub(crate) fn become_program(command: &mut Command) -> Result<bool, ShellError> {
    run(command)
}

/// Runs to the end in silence. `None` when it failed or is not there, else what
/// it printed.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end, prints every line and also hands it to `watch`.
pub(crate) fn follow(
    command: &mut Command,
    watch: &(impl Fn(&str) + Sync),
) -> Result<bool, ShellError> {
    say(&format!("$ {}", line_of(command)));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|source| ShellError::Start {
        command: line_of(command),
        source,
    })?;
    let stdout = child.stdout.take().expect("it was asked to be piped");
    let stderr = child.stderr.take().expect("it was asked to be piped");
    let read = thread::scope(|scope| {
        let errors = scope.spawn(|| read_lines(stderr, watch));
        read_lines(stdout, watch).and(errors.join().expect("a reader does not panic"))
    });
    match read.and_then(|()| child.wait()) {
        Ok(status) => Ok(status.success()),
        Err(source) => Err(ShellError::Follow {
            command: line_of(command),
            source,
        }),
    }
}

fn read_lines(source: impl Read, watch: &impl Fn(&str)) -> io::Result<()> {
    for line in BufReader::new(source).split(b'\n') {
        // What a test prints need not be text.
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        say(&line);
        watch(&line);
    }
    Ok(())
}

fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
