//! A world: shop PCs with their own MongoDB, one Atlas, a link from each PC to Atlas, and engines that keep them in step.
//!
//! The engines are the real ones, in this process; tests that need a process of its own start `bomba-syncd`.

use std::sync::Arc;
use std::time::Duration;

use bson::{Document, doc};
use mongodb::{Collection, Database};
use sync_engine::Engine;
use sync_engine::access::Access;
use sync_engine::config::{ConnectionString, EngineConfig};
use sync_engine::status::{State, Status};

use crate::diff::same;
use crate::link::Link;
use crate::mongod::Mongod;
use crate::place::{Place, Till};
use crate::rest::MARKS;
use crate::{eventually, shared};

/// How long a world may take to come to rest. Generous: machines are shared, and nothing waits longer than it must.
pub const REST: Duration = Duration::from_secs(90);

/// One shop PC.
#[derive(Debug)]
pub struct Pc {
    /// Its own database, reached directly.
    pub local: Database,
    /// Its way to Atlas.
    pub link: Link,
    /// What its engine is started with.
    pub config: EngineConfig,
    engine: Option<Engine>,
    /// The shop's program, without which nobody knows what is written where there is no change stream.
    till: Option<Arc<Till>>,
}

/// What the PCs' MongoDBs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locals {
    /// Each a replica set of one.
    ReplicaSets,
    /// Each on its own, with the sync middleware in the shop's program.
    Standalones,
}

/// PCs and their Atlas.
#[derive(Debug)]
pub struct World {
    /// The shared database, reached directly.
    pub atlas: Database,
    /// The PCs, none of whose engines runs yet unless `start` was called.
    pub pcs: Vec<Pc>,
}

impl Pc {
    /// A PC on these servers.
    pub async fn new(local: &Mongod, atlas: &Mongod, name: &str, database: &str) -> Pc {
        let link = Link::to(atlas.address()).await.expect("a free port");
        let local_uri = ConnectionString::new(local.uri());
        let atlas_uri = ConnectionString::new(atlas.uri_through(&link));
        let mut config = EngineConfig::new(local_uri, atlas_uri, database);
        name.clone_into(&mut config.device_name);
        // A test need not wait as long as a shop for the next try.
        config.reconnect_interval = Duration::from_millis(100);
        // Nobody is there to be asked, but where a test is about that.
        config.deletions_min = 10_000;
        let local = local.client().await.expect("a client").database(database);
        Pc {
            local,
            link,
            config,
            engine: None,
            till: None,
        }
    }

    /// A PC whose MongoDB stands alone; what its users do goes through the shop's program.
    pub async fn alone(local: &Mongod, atlas: &Mongod, name: &str, database: &str) -> Pc {
        let pc = Pc::new(local, atlas, name, database).await;
        let till = Till::open(&local.uri(), &pc.local);
        // Only a program that writes is known to tell of it.
        let opened = till.place(pc.collection(MARKS));
        let opened = opened
            .insert(doc! { "_id": format!("opened on {name}") })
            .await;
        opened.expect("the shop can be opened");
        let till = Some(till);
        Pc { till, ..pc }
    }

    /// A collection of this PC as its users write to it.
    pub fn place(&self, name: &str) -> Place {
        let collection = self.collection(name);
        match &self.till {
            Some(till) => till.place(collection),
            None => Place::direct(collection),
        }
    }

    /// Starts the engine.
    pub async fn start(&mut self) {
        self.engine = Some(
            Engine::start(self.config.clone())
                .await
                .expect("the config is good"),
        );
    }

    /// Stops the engine as a user would.
    pub async fn stop(&mut self) {
        if let Some(engine) = self.engine.take() {
            engine.stop().await.expect("an engine can be stopped");
        }
    }

    /// Whether it has an engine in this process.
    pub fn is_started(&self) -> bool {
        self.engine.is_some()
    }

    /// The running engine.
    pub fn engine(&self) -> &Engine {
        self.engine.as_ref().expect("the engine was started")
    }

    /// Its latest status.
    pub fn status(&self) -> Status {
        self.engine().status().borrow().clone()
    }

    /// Waits until the status is as wanted.
    pub async fn reaches(&self, what: &str, wanted: impl Fn(&Status) -> bool) -> Status {
        eventually(REST, what, async || {
            let status = self.status();
            if wanted(&status) {
                Ok(status)
            } else {
                Err(format!("{status:#?}"))
            }
        })
        .await
    }

    /// Its records, as a person reads them.
    pub async fn access(&self) -> Access {
        Access::open(&self.config)
            .await
            .expect("the config is good")
    }

    /// A collection of this PC.
    pub fn collection(&self, name: &str) -> Collection<Document> {
        self.local.collection(name)
    }
}

impl World {
    /// `N` PCs (at most 2) on the shared servers, with a database of their own; no engine runs yet.
    pub async fn new<const N: usize>(test: &str) -> World {
        show_logs();
        let servers = shared::replica_sets::<3>().await;
        let database = shared::database_name(test);
        let [locals @ .., atlas] = &servers;
        let mut pcs = Vec::new();
        for (number, local) in locals.iter().take(N).enumerate() {
            pcs.push(Pc::new(local, atlas, &format!("PC {}", number + 1), &database).await);
        }
        World {
            atlas: atlas.client().await.expect("a client").database(&database),
            pcs,
        }
    }

    /// The same with a MongoDB on each PC that stands alone.
    pub async fn alone<const N: usize>(test: &str) -> World {
        show_logs();
        let (locals, atlas) = shared::standalones::<N>().await;
        let database = shared::database_name(test);
        let mut pcs = Vec::new();
        for (number, local) in locals.iter().enumerate() {
            pcs.push(Pc::alone(local, atlas, &format!("PC {}", number + 1), &database).await);
        }
        World {
            atlas: atlas.client().await.expect("a client").database(&database),
            pcs,
        }
    }

    /// PCs of this kind.
    pub async fn of<const N: usize>(kind: Locals, test: &str) -> World {
        match kind {
            Locals::ReplicaSets => World::new::<N>(test).await,
            Locals::Standalones => World::alone::<N>(&format!("{test}_alone")).await,
        }
    }

    /// The same as `of`, with all engines running and connected.
    pub async fn started_as<const N: usize>(kind: Locals, test: &str) -> World {
        let mut world = World::of::<N>(kind, test).await;
        world.start().await;
        world
    }

    /// The same as `new`, with all engines running and connected.
    pub async fn started<const N: usize>(test: &str) -> World {
        let mut world = World::new::<N>(test).await;
        world.start().await;
        world
    }

    /// Starts all engines and waits until they are in sync.
    pub async fn start(&mut self) {
        for pc in &mut self.pcs {
            pc.start().await;
        }
        for pc in &self.pcs {
            pc.reaches("the first sync", |status| status.state == State::Synced)
                .await;
        }
    }

    /// Waits until every PC holds what Atlas holds, byte for byte, and says so.
    pub async fn converge(&self) {
        // Only when what each PC wrote has come to Atlas is what Atlas holds the same for all.
        for _ in ["up", "down"] {
            for pc in &self.pcs {
                self.agrees(pc).await;
            }
        }
        for pc in &self.pcs {
            pc.reaches("in sync", |status| status.state == State::Synced)
                .await;
        }
    }

    async fn agrees(&self, pc: &Pc) {
        let what = format!("{} and Atlas to be the same", pc.config.device_name);
        eventually(REST, &what, async || {
            let same = same(&pc.local, &self.atlas).await;
            same.map_err(|different| format!("{different}\n{:#?}", pc.status()))
        })
        .await;
    }

    /// A collection on Atlas as somebody writes to it who sits there.
    pub fn place_on_atlas(&self, name: &str) -> Place {
        Place::direct(self.on_atlas(name))
    }

    /// A collection on Atlas, for direct writes.
    pub fn on_atlas(&self, name: &str) -> Collection<Document> {
        self.atlas.collection(name)
    }

    /// Stops all engines.
    pub async fn stop(&mut self) {
        for pc in &mut self.pcs {
            pc.stop().await;
        }
    }
}

/// What the engines log, where `RUST_LOG` asks for it.
fn show_logs() {
    if std::env::var_os("RUST_LOG").is_some() {
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        // Another test of this process may have been first.
        drop(tracing_subscriber::fmt().with_env_filter(filter).try_init());
    }
}
