//! A real `bomba-syncd run` in a process and a state directory of its own, which a test may kill and start again.
//! It goes when the `Daemon` is dropped or the test process ends.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use sync_api::wire::Status;
use tempfile::TempDir;

use crate::built;
use crate::eventually;
use crate::mongod::keeper;
use crate::processes::{self, Family};
use crate::world::{Pc, REST};

pub use crate::built::BuildError;

/// The promise of `run`: over within five seconds of a SIGTERM.
pub const STOP_MAX: Duration = Duration::from_secs(5);

/// A start takes a fraction of a second on a machine that does nothing else.
const START_MAX: Duration = Duration::from_secs(30);

/// It answers from memory.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// What it is asked to do besides syncing is done in seconds.
const COMMAND_MAX: Duration = Duration::from_secs(60);

/// Why a daemon does not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    #[error("there is no bomba-syncd to start")]
    Build(#[from] BuildError),
    #[error("the process, or its state directory, cannot be used")]
    Io(#[from] io::Error),
    #[error("it cannot be asked")]
    Ask(#[from] ureq::Error),
    #[error("it does not listen yet")]
    NotYet,
}

/// A daemon that runs, or one that was killed or stopped and can be started again.
#[derive(Debug)]
pub struct Daemon {
    program: PathBuf,
    folder: TempDir,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    listen: Option<SocketAddr>,
    process: Option<Child>,
}

impl Daemon {
    /// Starts `bomba-syncd run` with these further arguments and waits until it can be asked.
    pub async fn start<S: Into<String>>(
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Daemon, DaemonError> {
        let mut daemon = Daemon::prepare(arguments).await?;
        daemon.launch()?;
        daemon.ready().await;
        Ok(daemon)
    }

    /// The same without starting it.
    pub async fn prepare<S: Into<String>>(
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Daemon, DaemonError> {
        let program = built::program("bomba-syncd", "BOMBA_SYNCD").await?;
        Ok(Daemon {
            program,
            folder: tempfile::tempdir()?,
            arguments: arguments.into_iter().map(Into::into).collect(),
            variables: Vec::new(),
            listen: None,
            process: None,
        })
    }

    /// One for a PC whose own engine does not run; not started yet.
    pub async fn of(pc: &Pc) -> Result<Daemon, DaemonError> {
        let config = &pc.config;
        let (local, atlas) = (config.local_uri.expose(), config.atlas_uri.expose());
        let database = config.database.as_str();
        Daemon::prepare(["--local", local, "--atlas", atlas, "--database", database]).await
    }

    /// One for such a PC that runs, and tries a lost connection again at once.
    pub async fn started(pc: &Pc) -> Result<Daemon, DaemonError> {
        let mut daemon = Daemon::of(pc)
            .await?
            .variable("CHANGE_STREAM_RECONNECT_INTERVAL", "100");
        daemon.launch()?;
        daemon.ready().await;
        Ok(daemon)
    }

    /// One more environment variable for the next start.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Daemon {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// It is to be asked at this address.
    #[must_use]
    pub fn listening_on(mut self, address: SocketAddr) -> Daemon {
        self.listen = Some(address);
        self
    }

    /// Starts the process, and waits for nothing.
    pub fn launch(&mut self) -> Result<(), DaemonError> {
        self.kill();
        match fs::remove_file(self.address_file()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            Ok(()) | Err(_) => {}
        }
        let mut command = self.command("run");
        if let Some(address) = self.listen {
            command.args(["--listen", &address.to_string()]);
        }
        let errors = File::options()
            .create(true)
            .append(true)
            .open(self.errors_file())?;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors);
        self.process = Some(keeper::spawn(command)?);
        Ok(())
    }

    /// Waits until it can be asked.
    ///
    /// # Panics
    /// When it ends instead, or takes too long.
    pub async fn ready(&mut self) {
        eventually(START_MAX, "the daemon to answer", async || {
            self.status()
                .await
                .map_err(|error| format!("{error:?}\n{}", self.output()))
        })
        .await;
    }

    /// `bomba-syncd` with another subcommand, the same settings and the same state directory.
    pub fn command(&self, subcommand: &str) -> Command {
        let mut command = keeper::mortal_command(&self.program);
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("BOMBA_STATE_DIR", self.state_folder())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .arg(subcommand)
            .args(&self.arguments);
        command
    }

    /// What another command answers. Its first word is the subcommand.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn answer(&self, words: &[&str]) -> Result<Output, DaemonError> {
        let (subcommand, rest) = words.split_first().ok_or(DaemonError::NotYet)?;
        // Files, for a pipe that nobody reads meanwhile would fill up.
        let (mut told, mut complained) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut command = self.command(subcommand);
        command
            .args(rest)
            .stdin(Stdio::null())
            .stdout(told.try_clone()?)
            .stderr(complained.try_clone()?);
        let mut process = keeper::spawn(command)?;
        let status = ended(&mut process, COMMAND_MAX).await?;
        let text = |file: &mut File| {
            let mut text = Vec::new();
            file.rewind()?;
            file.read_to_end(&mut text)?;
            Ok::<_, io::Error>(text)
        };
        Ok(Output {
            status,
            stdout: text(&mut told)?,
            stderr: text(&mut complained)?,
        })
    }

    /// Waits for such a status.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn reaches(&self, what: &str, wanted: impl Fn(&Status) -> bool) -> Status {
        eventually(REST, what, async || {
            let status = self.status().await;
            let status = status.map_err(|error| format!("{error:?}"))?;
            if wanted(&status) {
                Ok(status)
            } else {
                Err(format!("{status:#?}\n{}", self.output()))
            }
        })
        .await
    }

    /// `GET /status`.
    pub async fn status(&self) -> Result<Status, DaemonError> {
        let url = self.url("status")?;
        ask(move || Ok(agent().get(url).call()?.body_mut().read_json()?)).await
    }

    /// `GET /status`, as it comes.
    pub async fn status_text(&self) -> Result<String, DaemonError> {
        self.text("status").await
    }

    /// `GET /metrics`.
    pub async fn metrics(&self) -> Result<String, DaemonError> {
        self.text("metrics").await
    }

    /// Ends the process at once (SIGKILL), if it runs.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("our own child can be killed");
            process.wait().expect("our own child can be waited for");
        }
    }

    /// Asks the process to end (SIGTERM).
    ///
    /// # Panics
    /// When it is not over in five seconds.
    pub async fn stop(&mut self) -> Result<ExitStatus, DaemonError> {
        self.end_by(Signal::TERM).await
    }

    /// The same as Ctrl-C at a terminal asks (SIGINT).
    ///
    /// # Panics
    /// When it is not over in five seconds.
    pub async fn interrupt(&mut self) -> Result<ExitStatus, DaemonError> {
        self.end_by(Signal::INT).await
    }

    async fn end_by(&mut self, signal: Signal) -> Result<ExitStatus, DaemonError> {
        let mut process = self.process.take().ok_or(DaemonError::NotYet)?;
        kill_process(Pid::from_child(&process), signal).map_err(io::Error::from)?;
        Ok(ended(&mut process, STOP_MAX).await?)
    }

    /// Memory that the process holds now, in bytes.
    pub fn resident_bytes(&self) -> Result<u64, DaemonError> {
        let process = self.process.as_ref().ok_or(DaemonError::NotYet)?;
        let status = fs::read_to_string(format!("/proc/{}/status", process.id()))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes =
            resident.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok());
        Ok(kibibytes.ok_or(DaemonError::NotYet)? * 1024)
    }

    /// The process and all that it started.
    pub fn family(&self) -> Result<Family, DaemonError> {
        let process = self.process.as_ref().ok_or(DaemonError::NotYet)?;
        Ok(Family::of(Pid::from_child(process))?)
    }

    /// Processor time that the process has used so far.
    pub fn processor_time(&self) -> Result<Duration, DaemonError> {
        let process = self.process.as_ref().ok_or(DaemonError::NotYet)?;
        processes::processor_time(Pid::from_child(process)).ok_or(DaemonError::NotYet)
    }

    /// Everything it has written so far: standard error and its log files.
    pub fn output(&self) -> String {
        let mut texts = vec![fs::read(self.errors_file()).unwrap_or_default()];
        let logs = fs::read_dir(self.state_folder().join("logs"));
        for entry in logs.into_iter().flatten().flatten() {
            texts.push(fs::read(entry.path()).unwrap_or_default());
        }
        String::from_utf8_lossy(&texts.join(&b'\n')).into_owned()
    }

    fn state_folder(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn errors_file(&self) -> PathBuf {
        self.folder.path().join("stderr")
    }

    fn address_file(&self) -> PathBuf {
        self.state_folder().join("running.json")
    }

    /// Where it is to be asked.
    pub fn address(&self) -> Result<SocketAddr, DaemonError> {
        let text = fs::read(self.address_file()).map_err(|_| DaemonError::NotYet)?;
        let running: serde_json::Value = serde_json::from_slice(&text).map_err(io::Error::from)?;
        let address = running["address"]
            .as_str()
            .and_then(|text| text.parse::<SocketAddr>().ok());
        address.ok_or(DaemonError::NotYet)
    }

    fn url(&self, path: &str) -> Result<String, DaemonError> {
        Ok(format!("http://{}/{path}", self.address()?))
    }

    async fn text(&self, path: &str) -> Result<String, DaemonError> {
        let url = self.url(path)?;
        ask(move || Ok(agent().get(url).call()?.body_mut().read_to_string()?)).await
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits for the end of a process.
async fn ended(process: &mut Child, deadline: Duration) -> io::Result<ExitStatus> {
    eventually(deadline, "the process to end", async || {
        match process.try_wait() {
            Ok(Some(status)) => Ok(Ok(status)),
            Ok(None) => Err("it still runs"),
            Err(error) => Ok(Err(error)),
        }
    })
    .await
}

/// The client blocks, so it is given a thread of its own.
async fn ask<T: Send + 'static>(
    question: impl FnOnce() -> Result<T, DaemonError> + Send + 'static,
) -> Result<T, DaemonError> {
    tokio::task::spawn_blocking(question)
        .await
        .expect("a question does not panic")
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .proxy(None)
        .timeout_global(Some(ANSWER_MAX));
    config.build().into()
}
