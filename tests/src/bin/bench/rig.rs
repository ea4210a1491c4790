//! The servers of a bench and fresh databases on them. Engines and pumps reach them directly, without a link between.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bson::RawDocumentBuf;
use integration_tests::daemon::Daemon;
use integration_tests::eventually;
use integration_tests::mongod::{Mongod, Options};
use integration_tests::shop::Shop;
use mongodb::options::{ClientOptions, Compressor};
use mongodb::{Client, Database};
use sync_api::wire;
use sync_engine::Engine;
use sync_engine::config::{ConnectionString, EngineConfig};
use sync_engine::status::State;

use crate::failure::Failure;

pub(crate) const COLLECTION: &str = "bills";

/// What a bench may wait for at most: ten times what a slow machine needs.
pub(crate) const DEADLINE: Duration = Duration::from_secs(900);

/// Documents of one insert command while a database is filled.
pub(crate) const FILL_DOCUMENTS: usize = 1_000;

/// Half a million waiting changes must fit, or the history is lost, and that is another measure.
const OPLOG_MB: u32 = 2_048;

/// Two PCs and an Atlas.
#[derive(Debug)]
pub(crate) struct Rig {
    /// Everything is divided by this.
    pub(crate) divisor: usize,
    pub(crate) servers: Servers,
    databases: AtomicU32,
}

#[derive(Debug)]
pub(crate) struct Servers {
    pub(crate) pcs: [Mongod; 2],
    pub(crate) atlas: Mongod,
}

/// One database, by the same name on every server.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) name: String,
    pub(crate) pcs: [Database; 2],
    pub(crate) atlas: Database,
    servers: &'a Servers,
}

impl Rig {
    pub(crate) async fn start(divisor: usize) -> Result<Rig, Failure> {
        let start = || Mongod::start(Options::replica_set().oplog_mb(OPLOG_MB));
        let (a, b, atlas) = tokio::try_join!(start(), start(), start())?;
        let servers = Servers { pcs: [a, b], atlas };
        Ok(Rig {
            divisor,
            servers,
            databases: AtomicU32::new(1),
        })
    }

    /// A count, scaled down for a quick run.
    pub(crate) fn scaled(&self, count: usize) -> usize {
        count / self.divisor
    }

    /// A database nobody has used, with clients of its own.
    pub(crate) async fn scene(&self) -> Result<Scene<'_>, Failure> {
        let name = format!("bench_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let (a, b, atlas) = tokio::try_join!(
            self.servers.pcs[0].client(),
            self.servers.pcs[1].client(),
            compressing(&self.servers.atlas),
        )?;
        let [a, b, atlas] = [a, b, atlas].map(|client| client.database(&name));
        Ok(Scene {
            name,
            pcs: [a, b],
            atlas,
            servers: &self.servers,
        })
    }
}

/// The engine talks to Atlas compressed, as a line to the Internet wants it; so do its yardsticks.
async fn compressing(server: &Mongod) -> mongodb::error::Result<Client> {
    let mut options = ClientOptions::parse(server.uri()).await?;
    options.compressors = Some(vec![Compressor::Zstd { level: None }, Compressor::Snappy]);
    Client::with_options(options)
}

impl Scene<'_> {
    /// Starts the engine of one PC; it connects in the background.
    pub(crate) async fn engine(&self, pc: usize) -> Result<Engine, Failure> {
        Ok(Engine::start(self.config(pc)).await?)
    }

    /// What the engine of one PC is started with.
    pub(crate) fn config(&self, pc: usize) -> EngineConfig {
        let local = ConnectionString::new(self.servers.pcs[pc].uri());
        let atlas = ConnectionString::new(self.servers.atlas.uri());
        EngineConfig::new(local, atlas, &self.name)
    }

    /// Gives the servers their room back.
    pub(crate) async fn clear(self) -> Result<(), Failure> {
        for database in self.pcs.iter().chain([&self.atlas]) {
            database.drop().await?;
        }
        Ok(())
    }
}

/// Waits until the engine has nothing left to do.
pub(crate) async fn synced(engine: &Engine) {
    let mut status = engine.status();
    let synced = status.wait_for(|status| status.state == State::Synced);
    let ended = tokio::time::timeout(DEADLINE, synced)
        .await
        .map(|seen| seen.is_ok());
    assert_eq!(
        ended,
        Ok(true),
        "the engine did not come to rest: {:#?}",
        engine.status().borrow()
    );
}

/// Starts a `bomba-syncd` of its own process and waits until it is in sync.
pub(crate) async fn start_daemon(
    local: &str,
    atlas: &str,
    database: &str,
) -> Result<Daemon, Failure> {
    let arguments = ["--local", local, "--atlas", atlas, "--database", database];
    let daemon = Daemon::start(arguments).await?;
    daemon_synced(&daemon).await;
    Ok(daemon)
}

/// Waits until the daemon has nothing left to do.
pub(crate) async fn daemon_synced(daemon: &Daemon) {
    eventually(
        DEADLINE,
        "the daemon to be in sync",
        async || match daemon.status().await {
            Ok(status) if status.state == wire::State::Synced => Ok(()),
            Ok(status) => Err(format!("{status:#?}")),
            Err(error) => Err(error.to_string()),
        },
    )
    .await;
}

/// Waits until a database holds so many bills, and returns when it did.
pub(crate) async fn holds(database: &Database, count: usize) -> Result<Instant, Failure> {
    let bills = database.collection::<RawDocumentBuf>(COLLECTION);
    let counted = eventually(DEADLINE, "all bills to arrive", async || {
        match bills.estimated_document_count().await {
            Ok(found) if found < count as u64 => Err(format!("{found} of {count}")),
            counted => Ok(counted),
        }
    });
    counted.await?;
    Ok(Instant::now())
}

/// Bills as they are sent to a server.
pub(crate) fn bills(shop: &mut Shop, count: usize) -> Result<Vec<RawDocumentBuf>, Failure> {
    let bills = (0..count).map(|_| RawDocumentBuf::try_from(&shop.bill()));
    Ok(bills.collect::<Result<_, _>>()?)
}

/// Fills a database with bills, and says so after each command that did.
pub(crate) async fn fill(
    database: &Database,
    count: usize,
    mut filled: impl FnMut(usize),
) -> Result<(), Failure> {
    let mut shop = Shop::new(1, "A");
    let collection = database.collection::<RawDocumentBuf>(COLLECTION);
    let mut done = 0;
    while done < count {
        let bills = bills(&mut shop, FILL_DOCUMENTS.min(count - done))?;
        collection.insert_many(&bills).await?;
        done += bills.len();
        filled(done);
    }
    Ok(())
}
