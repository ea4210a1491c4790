//! Servers of a test's own, which it may kill, restart and fill, with one PC on them.

use std::time::Duration;

use bson::{Document, doc};
use integration_tests::eventually;
use integration_tests::mongod::{Mongod, Options};
use integration_tests::world::{Pc, World};
use mongodb::{Collection, Database};
use sync_engine::config::ConnectionString;
use sync_engine::status::{State, Status};

use crate::heard;

pub(crate) const DATABASE: &str = "shop";

/// How long anything here may take on a machine that is shared.
pub(crate) const SOON: Duration = Duration::from_secs(90);

/// One PC, its server, and Atlas.
pub(crate) struct Site {
    pub(crate) local: Mongod,
    pub(crate) atlas: Mongod,
    pub(crate) world: World,
}

impl Site {
    /// Plain replica sets; the engine does not run yet.
    pub(crate) async fn new() -> Site {
        Site::with(Options::replica_set(), Options::replica_set()).await
    }

    /// The same, with the engine running and in sync.
    pub(crate) async fn started() -> Site {
        let mut site = Site::new().await;
        site.world.start().await;
        site
    }

    /// Servers of these kinds.
    pub(crate) async fn with(local: Options, atlas: Options) -> Site {
        heard::listen();
        let (local, atlas) = tokio::try_join!(Mongod::start(local), Mongod::start(atlas)).unwrap();
        let mut pc = Pc::new(&local, &atlas, "PC 1", DATABASE).await;
        // A side that is away is noticed as fast as a test wants it.
        for uri in [&mut pc.config.local_uri, &mut pc.config.atlas_uri] {
            *uri = ConnectionString::new(format!("{}&serverSelectionTimeoutMS=500", uri.expose()));
        }
        let world = World {
            atlas: atlas.client().await.unwrap().database(DATABASE),
            pcs: vec![pc],
        };
        Site {
            local,
            atlas,
            world,
        }
    }

    pub(crate) fn pc(&self) -> &Pc {
        &self.world.pcs[0]
    }

    pub(crate) fn pc_mut(&mut self) -> &mut Pc {
        &mut self.world.pcs[0]
    }

    pub(crate) fn here(&self, collection: &str) -> Collection<Document> {
        self.pc().collection(collection)
    }

    pub(crate) fn there(&self, collection: &str) -> Collection<Document> {
        self.world.on_atlas(collection)
    }

    /// Stops the engine, does something, and starts it again.
    pub(crate) async fn while_stopped<T>(&mut self, act: impl AsyncFnOnce(&mut Site) -> T) -> T {
        self.world.stop().await;
        let done = act(self).await;
        for pc in &mut self.world.pcs {
            pc.start().await;
        }
        done
    }

    /// Waits for a notice of this kind, and returns its text.
    pub(crate) async fn notice(&self, kind: &str) -> String {
        let status = self
            .pc()
            .reaches(&format!("a notice of {kind}"), |status| {
                told(status, kind).is_some()
            })
            .await;
        assert_eq!(status.state, State::Attention);
        told(&status, kind).unwrap()
    }
}

pub(crate) fn told(status: &Status, kind: &str) -> Option<String> {
    let notice = status.notices.iter().find(|notice| notice.kind == kind)?;
    Some(notice.text.clone())
}

/// The number after a metric's name and labels.
pub(crate) fn metric(text: &str, series: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series));
    line.map_or(0, |number| number.trim().parse().unwrap())
}

/// Documents 0..count with a bit of weight.
pub(crate) fn many(count: i32, bytes: usize) -> Vec<Document> {
    let pad = "x".repeat(bytes);
    (0..count)
        .map(|id| doc! { "_id": id, "pad": &pad })
        .collect()
}

/// All documents of an engine's own collection.
pub(crate) async fn rows(database: &Database, collection: &str) -> Vec<Document> {
    let cursor = database
        .collection::<Document>(collection)
        .find(doc! {})
        .await
        .unwrap();
    futures_util::TryStreamExt::try_collect(cursor)
        .await
        .unwrap()
}

/// Waits until an engine's own collection holds so many records that fit, and returns them.
pub(crate) async fn rows_when(
    database: &Database,
    collection: &str,
    count: usize,
) -> Vec<Document> {
    eventually(SOON, &format!("{count} rows in {collection}"), async || {
        let found = rows(database, collection).await;
        if found.len() == count {
            Ok(found)
        } else {
            Err(format!("{found:#?}\n{}", heard::log()))
        }
    })
    .await
}

/// Waits until a document is there and as wanted.
pub(crate) async fn becomes(
    collection: &Collection<Document>,
    filter: Document,
    wanted: impl Fn(&Document) -> bool,
) -> Document {
    eventually(
        SOON,
        &format!("{filter} in {}", collection.namespace()),
        async || {
            let found = collection
                .find_one(filter.clone())
                .await
                .map_err(|error| error.to_string())?;
            match found {
                Some(document) if wanted(&document) => Ok(document),
                other => Err(format!("{other:?}\n{}", heard::log())),
            }
        },
    )
    .await
}
