//! A real mongod on a port and in a folder of its own, which a test may kill
//! and start again. Everything goes when the `Mongod` is dropped or the test
//! process ends.

pub mod binary;
mod certificates;
mod ground;
pub mod keeper;
mod options;
mod ready;

use std::fs::{self, File, Permissions};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use bson::{Document, doc};
use mongodb::Client;
use mongodb::options::ClientOptions;
use rustix::process::{Pid, Signal, kill_process};

pub use self::certificates::CertificateError;
use self::ground::Ground;
pub use self::options::{Options, Topology};
use crate::link::Link;

/// The administrator of a server that asks for passwords.
pub const ROOT: (&str, &str) = ("root", "root-of-the-tests");

/// Another process may take the port between the look and the start.
const PORTS_TRIED_MAX: usize = 5;

/// mongod's exit code when it cannot have its port.
const EXIT_PORT_TAKEN: i32 = 48;

/// Why a server did not come up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("there is no mongod to start")]
    Find(#[from] binary::FindError),
    #[error("cannot prepare a folder for the server, or start it")]
    Io(#[from] io::Error),
    #[error("cannot prepare the server's certificates")]
    Certificate(#[from] CertificateError),
    #[error("mongod ended ({status}); its log ends with:\n{log_tail}")]
    Ended {
        status: ExitStatus,
        log_tail: String,
    },
    #[error("mongod was not ready in {}s ({waiting_for}); its log ends with:\n{log_tail}", ready::DEADLINE.as_secs())]
    Late {
        waiting_for: &'static str,
        log_tail: String,
    },
    #[error("the server does not take its first orders")]
    Command(#[from] mongodb::error::Error),
}

/// A running server, or one that was killed and can be started again.
#[derive(Debug)]
pub struct Mongod {
    program: PathBuf,
    options: Options,
    ground: Ground,
    port: u16,
    process: Option<Child>,
}

impl Mongod {
    /// Starts a server with an empty folder and waits until it takes writes
    /// (or, when it is not initiated, commands).
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let program = tokio::task::spawn_blocking(binary::find)
            .await
            .expect("the search for a mongod does not panic")?;
        let mut mongod = Self {
            program,
            options,
            ground: Ground::new()?,
            port: 0,
            process: None,
        };
        mongod.write_secrets()?;

        let mut tries_left = PORTS_TRIED_MAX;
        loop {
            tries_left -= 1;
            mongod.port = free_port()?;
            match mongod.launch().await {
                Err(StartError::Ended { status, .. })
                    if status.code() == Some(EXIT_PORT_TAKEN) && tries_left > 0 => {}
                Err(error) => return Err(error),
                Ok(()) => break,
            }
        }
        ready::prepare(&mongod).await?;
        Ok(mongod)
    }

    /// The same folder on the same port again, after `kill` or `stop` (or
    /// without: then it is killed first).
    pub async fn restart(&mut self) -> Result<(), StartError> {
        self.kill();
        self.launch().await?;
        ready::await_role(self).await
    }

    /// What `check` tells people to do with a server that stands alone: it is made a replica set of one, with its data.
    pub async fn becomes_replica_set(&mut self) -> Result<(), StartError> {
        self.stop().await?;
        self.options.topology = Topology::ReplicaSet;
        self.launch().await?;
        ready::prepare(self).await
    }

    /// Ends the server at once, as a power cut would (SIGKILL).
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("our own child can be killed");
            process.wait().expect("our own child can be waited for");
        }
    }

    /// Ends the server in good order (SIGTERM), if it runs.
    pub async fn stop(&mut self) -> io::Result<()> {
        let Some(mut process) = self.process.take() else {
            return Ok(());
        };
        kill_process(Pid::from_child(&process), Signal::TERM)?;
        let ended = tokio::task::spawn_blocking(move || process.wait()).await;
        ended.expect("waiting for a process does not panic")?;
        Ok(())
    }

    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The connection string: as root when the server asks for passwords.
    pub fn uri(&self) -> String {
        self.uri_at(self.address(), self.options.auth.then_some(ROOT))
    }

    /// The same, for another user.
    pub fn uri_as(&self, name: &str, password: &str) -> String {
        self.uri_at(self.address(), Some((name, password)))
    }

    /// The same, through a link to this server.
    pub fn uri_through(&self, link: &Link) -> String {
        self.uri_at(link.address(), self.options.auth.then_some(ROOT))
    }

    /// The certificate of the authority that signed this server's (TLS only).
    pub fn ca_file(&self) -> PathBuf {
        self.ground.path("ca.pem")
    }

    /// A new client. It belongs to the runtime it is made in, so it cannot be
    /// shared between tests as the server can.
    pub async fn client(&self) -> mongodb::error::Result<Client> {
        let mut options = ClientOptions::parse(self.uri()).await?;
        options.server_selection_timeout = Some(ready::DEADLINE);
        Client::with_options(options)
    }

    /// Adds a user to the `admin` database, with roles such as
    /// `doc! { "role": "readWrite", "db": "shop" }`.
    pub async fn create_user(
        &self,
        name: &str,
        password: &str,
        roles: Vec<Document>,
    ) -> mongodb::error::Result<()> {
        let command = doc! { "createUser": name, "pwd": password, "roles": roles };
        self.client()
            .await?
            .database("admin")
            .run_command(command)
            .await?;
        Ok(())
    }

    /// A link hides the address that the server knows itself by, and a driver
    /// that discovers members would go around it: hence the direct connection.
    fn uri_at(&self, address: SocketAddr, login: Option<(&str, &str)>) -> String {
        let (login, source) = match login {
            Some((name, password)) => (format!("{name}:{password}@"), "&authSource=admin"),
            None => (String::new(), ""),
        };
        let tls = match self.options.tls {
            true => format!("&tls=true&tlsCAFile={}", self.ca_file().display()),
            false => String::new(),
        };
        format!("mongodb://{login}{address}/?directConnection=true{source}{tls}")
    }

    async fn launch(&mut self) -> Result<(), StartError> {
        self.process = Some(keeper::spawn(self.command()?)?);
        ready::await_port(self).await
    }

    fn command(&self) -> io::Result<Command> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.ground.path("mongod.log"))?;
        let mut command = keeper::mortal_command(&self.program);
        command
            .stdin(Stdio::null())
            .stderr(log.try_clone()?)
            .stdout(log);
        command.args(["--bind_ip", "127.0.0.1", "--port", &self.port.to_string()]);
        command.arg("--dbpath").arg(self.ground.path("data"));
        command.args(["--wiredTigerCacheSizeGB", "0.25", "--nounixsocket"]);
        // The journal's files are laid out in advance: 100 MB each by default.
        command.args(["--wiredTigerEngineConfigString", "log=(file_max=16MB)"]);
        command.args(["--setParameter", "diagnosticDataCollectionEnabled=false"]);
        // A primary that is told to end waits this long for its clients.
        command.args([
            "--setParameter",
            "shutdownTimeoutMillisForSignaledShutdown=100",
        ]);
        for (name, value) in &self.options.parameters {
            command.args(["--setParameter", &format!("{name}={value}")]);
        }
        if self.options.topology != Topology::Standalone {
            command.args([
                "--replSet",
                "rs0",
                "--oplogSize",
                &self.options.oplog_mb.to_string(),
            ]);
        }
        match (self.options.auth, self.options.topology) {
            (true, Topology::Standalone) => drop(command.arg("--auth")),
            (true, _) => drop(command.arg("--keyFile").arg(self.ground.path("key"))),
            (false, _) => {}
        }
        if self.options.tls {
            command.args([
                "--tlsMode",
                "requireTLS",
                "--tlsAllowConnectionsWithoutCertificates",
            ]);
            command.arg("--tlsCAFile").arg(self.ca_file());
            command
                .arg("--tlsCertificateKeyFile")
                .arg(self.ground.path("server.pem"));
        }
        Ok(command)
    }

    fn write_secrets(&self) -> Result<(), StartError> {
        if self.options.auth {
            let key = self.ground.path("key");
            fs::write(&key, "onlyForMembersOfTheTestGround")?;
            fs::set_permissions(&key, Permissions::from_mode(0o600))?;
        }
        if self.options.tls {
            certificates::write(&self.ca_file(), &self.ground.path("server.pem"))?;
        }
        Ok(())
    }
}

impl Drop for Mongod {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A free port below those the kernel hands out to clients, so that nobody's
/// connection sits on it when the server comes back after a kill.
fn free_port() -> io::Result<u16> {
    const TRIES: usize = 100;
    for _ in 0..TRIES {
        let port = fastrand::u16(15_000..32_000);
        if std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AddrInUse,
        "no free port between 15000 and 32000",
    ))
}
