//! From a process that was just started to a server that takes writes.

use std::time::{Duration, Instant};

use bson::{Document, doc};
use mongodb::Client;
use mongodb::options::ClientOptions;
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval};

use super::{Mongod, ROOT, StartError, Topology};

/// A start takes about a second; a machine that builds at the same time may
/// take many.
pub(super) const DEADLINE: Duration = Duration::from_secs(60);

/// Waits until the server listens. The driver would look twice a second only.
pub(super) async fn await_port(mongod: &mut Mongod) -> Result<(), StartError> {
    let mut look = Looks::new("its port");
    while TcpStream::connect(mongod.address()).await.is_err() {
        let process = mongod.process.as_mut().expect("it was just started");
        if let Some(status) = process.try_wait()? {
            mongod.process = None;
            return Err(StartError::Ended {
                status,
                log_tail: mongod.ground.log_tail(),
            });
        }
        look.again(mongod).await?;
    }
    Ok(())
}

/// The first start: initiates the replica set and makes the root user.
pub(super) async fn prepare(mongod: &Mongod) -> Result<(), StartError> {
    let admin = stranger(mongod).await?.database("admin");
    if mongod.options.topology == Topology::ReplicaSet {
        let member = doc! { "_id": 0, "host": mongod.address().to_string() };
        let config = doc! { "_id": "rs0", "members": [member] };
        admin
            .run_command(doc! { "replSetInitiate": config })
            .await?;
    }
    await_role(mongod).await?;
    if mongod.options.auth && mongod.options.topology != Topology::NotInitiated {
        let (name, password) = ROOT;
        let root = doc! { "createUser": name, "pwd": password, "roles": ["root"] };
        admin.run_command(root).await?;
    }
    Ok(())
}

/// Waits until the server is what it was started to be.
pub(super) async fn await_role(mongod: &Mongod) -> Result<(), StartError> {
    let admin = stranger(mongod).await?.database("admin");
    let mut look = Looks::new("to become primary");
    loop {
        let hello: Document = admin.run_command(doc! { "hello": 1 }).await?;
        let writable = hello.get_bool("isWritablePrimary").unwrap_or(false);
        if writable || mongod.options.topology == Topology::NotInitiated {
            return Ok(());
        }
        look.again(mongod).await?;
    }
}

/// A client that has not logged in: the first user is made by nobody.
async fn stranger(mongod: &Mongod) -> Result<Client, StartError> {
    let mut options = ClientOptions::parse(mongod.uri_at(mongod.address(), None)).await?;
    options.server_selection_timeout = Some(DEADLINE);
    Ok(Client::with_options(options)?)
}

struct Looks {
    waiting_for: &'static str,
    since: Instant,
    tick: tokio::time::Interval,
}

impl Looks {
    fn new(waiting_for: &'static str) -> Self {
        let mut tick = interval(Duration::from_millis(5));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            waiting_for,
            since: Instant::now(),
            tick,
        }
    }

    async fn again(&mut self, mongod: &Mongod) -> Result<(), StartError> {
        if self.since.elapsed() > DEADLINE {
            let log_tail = mongod.ground.log_tail();
            return Err(StartError::Late {
                waiting_for: self.waiting_for,
                log_tail,
            });
        }
        self.tick.tick().await;
        Ok(())
    }
}
