//! The process is killed at random moments while both sides are written: in the end everything is the same, nothing
//! is lost, and "synced" was never said of sides that differ.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bson::{Bson, Document, doc};
use fastrand::Rng;
use futures_util::TryStreamExt;
use integration_tests::daemon::Daemon;
use integration_tests::diff::{diff, same};
use integration_tests::eventually;
use integration_tests::mongod::{Mongod, Options};
use mongodb::Database;
use sync_api::wire::State;

use crate::site::{DATABASE, SOON};

const KILLS: u32 = 24;
const REST_EVERY: u32 = 6;
/// Documents that only one side writes, each side its own, and as many that both write.
const DOCUMENTS: u32 = 40;
/// The status shown may be as old as this when it is read: a few publications, and a fresh answer of each stream.
const STATUS_AGE_MAX: Duration = Duration::from_millis(2500);

/// One side's user: writes in every way MongoDB knows, and remembers what his own documents must be.
struct Writer {
    database: Database,
    name: &'static str,
    rng: Rng,
    own: BTreeMap<String, Document>,
    number: i64,
}

impl Writer {
    fn new(database: Database, name: &'static str, seed: u64) -> Writer {
        let rng = Rng::with_seed(seed);
        Writer {
            database,
            name,
            rng,
            own: BTreeMap::new(),
            number: 0,
        }
    }

    async fn write_until(&mut self, over: &AtomicBool, written: &AtomicU64) {
        while !over.load(Ordering::Relaxed) {
            match self.rng.u8(..10) {
                0..4 => self.put_own().await,
                4..6 => self.delete_own().await,
                6 => self.bulk().await,
                7 => self.transaction().await,
                _ => self.touch_shared().await,
            }
            written.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn own_id(&mut self) -> String {
        format!("{} {}", self.name, self.rng.u32(..DOCUMENTS))
    }

    fn next(&mut self) -> i64 {
        self.number += 1;
        self.number
    }

    async fn put_own(&mut self) {
        let (id, number) = (self.own_id(), self.next());
        let bills = self.database.collection::<Document>("bills");
        let filter = doc! { "_id": &id };
        match self.own.get_mut(&id) {
            None => {
                let bill = doc! { "_id": &id, "number": number };
                bills.insert_one(&bill).await.unwrap();
                self.own.insert(id, bill);
            }
            Some(bill) if number % 3 == 0 => {
                *bill = doc! { "_id": &id, "replaced": number };
                bills.replace_one(filter, &*bill).await.unwrap();
            }
            Some(bill) => {
                let field = format!("field{}", number % 4);
                bill.insert(field.clone(), number);
                bills
                    .update_one(filter, doc! { "$set": { field: number } })
                    .await
                    .unwrap();
            }
        }
    }

    async fn delete_own(&mut self) {
        let id = self.own_id();
        self.own.remove(&id);
        let bills = self.database.collection::<Document>("bills");
        bills.delete_one(doc! { "_id": id }).await.unwrap();
    }

    async fn bulk(&mut self) {
        let number = self.next();
        let mut stored = Vec::new();
        for _ in 0..8 {
            let serial = self.next();
            let id = format!("{} bulk {serial}", self.name);
            let bill = doc! { "_id": &id, "number": number };
            self.own.insert(id, bill.clone());
            stored.push(bill);
        }
        let bills = self.database.collection::<Document>("bills");
        bills.insert_many(stored).ordered(false).await.unwrap();
        let prefix = format!("^{} ", self.name);
        let set = doc! { "$set": { "all": number } };
        bills
            .update_many(doc! { "_id": { "$regex": prefix } }, set)
            .await
            .unwrap();
        for bill in self.own.values_mut() {
            bill.insert("all", number);
        }
    }

    /// Two documents of two collections, both or none.
    async fn transaction(&mut self) {
        let number = self.next();
        let id = format!("{} pair {number}", self.name);
        let mut session = self.database.client().start_session().await.unwrap();
        session.start_transaction().await.unwrap();
        let bill = doc! { "_id": &id, "number": number };
        for name in ["bills", "payments"] {
            let collection = self.database.collection::<Document>(name);
            collection
                .insert_one(&bill)
                .session(&mut session)
                .await
                .unwrap();
        }
        session.commit_transaction().await.unwrap();
        self.own.insert(id, bill);
    }

    /// A document that the other side writes too: in the end both sides hold one of the versions.
    async fn touch_shared(&mut self) {
        let id = format!("shared {}", self.rng.u32(..DOCUMENTS));
        let bills = self.database.collection::<Document>("bills");
        let number = self.next();
        let set = doc! { "$set": { "by": self.name, "number": number } };
        if number % 5 == 0 {
            bills.delete_one(doc! { "_id": id }).await.unwrap();
        } else {
            // Another upsert, by the engine, may come first.
            let upsert = bills.update_one(doc! { "_id": id }, set).upsert(true).await;
            assert!(
                upsert.is_ok() || upsert.is_err_and(|error| error.to_string().contains("E11000"))
            );
        }
    }

    /// Every document of this side's own, on both sides, as it was written last.
    async fn check(&self, sides: [&Database; 2], daemon: &Daemon) {
        for side in sides {
            let prefix = doc! { "_id": { "$regex": format!("^{} ", self.name) } };
            let cursor = side
                .collection::<Document>("bills")
                .find(prefix)
                .await
                .unwrap();
            let found: Vec<Document> = futures_util::TryStreamExt::try_collect(cursor)
                .await
                .unwrap();
            let found: BTreeMap<String, Document> = found
                .into_iter()
                .map(|mut bill| {
                    bill.remove("_syncMeta");
                    (bill.get_str("_id").unwrap().to_owned(), bill)
                })
                .collect();
            let ids = found.keys().chain(self.own.keys());
            if let Some(id) = ids
                .into_iter()
                .find(|id| found.get(*id) != self.own.get(*id))
            {
                let (is, was) = (found.get(id), self.own.get(id));
                let pasts = [past(sides[0], id).await, past(sides[1], id).await];
                panic!(
                    "{id} is {is:?} and was written as {was:?}; {pasts:#?}\n{}",
                    daemon.output()
                );
            }
        }
    }
}

/// All that the server remembers of a document, for a person to read.
async fn past(side: &Database, id: &str) -> Vec<String> {
    let places = ["o._id", "o2._id", "o.applyOps.o._id", "o.applyOps.o2._id"];
    let about: Vec<Document> = places.iter().map(|place| doc! { *place: id }).collect();
    let oplog = side
        .client()
        .database("local")
        .collection::<Document>("oplog.rs");
    let found = oplog.find(doc! { "$or": about }).await.unwrap();
    let found: Vec<Document> = found.try_collect().await.unwrap();
    found.iter().map(Document::to_string).collect()
}

/// Looks until both sides are the same and said to be. "Synced" of sides that differ while nobody writes is a lie.
async fn rests(daemon: &Daemon, here: &Database, there: &Database) {
    let quiet = std::time::Instant::now();
    eventually(SOON, "everything to be the same", async || {
        let told = daemon
            .status()
            .await
            .map_err(|error| format!("{error:?}"))?;
        let told_at = quiet.elapsed();
        let found = diff(here, there).await.map_err(|error| error.to_string())?;
        let synced = told.state == State::Synced;
        if synced && told_at > STATUS_AGE_MAX {
            assert!(
                found.differences.is_empty(),
                "said to be synced: {found}\n{}",
                daemon.output()
            );
        }
        if synced && found.differences.is_empty() && told_at > STATUS_AGE_MAX {
            Ok(())
        } else {
            Err(format!("{found}\n{told:#?}\n{}", daemon.output()))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_killed_at_random_moments_loses_nothing_and_never_lies() {
    let seed = std::env::var("SEED").map_or(2026, |seed| seed.parse().unwrap());
    let mut rng = Rng::with_seed(seed);
    // A transaction of a killed process holds its documents so long; a minute by default.
    let plain = || Options::replica_set().parameter("transactionLifetimeLimitSeconds", "3");
    let (local, atlas) = tokio::try_join!(Mongod::start(plain()), Mongod::start(plain())).unwrap();
    let here = local.client().await.unwrap().database(DATABASE);
    let there = atlas.client().await.unwrap().database(DATABASE);
    let arguments = [
        "--local",
        &local.uri(),
        "--atlas",
        &atlas.uri(),
        "--database",
        DATABASE,
    ];
    let mut daemon = Daemon::prepare(arguments).await.unwrap();
    let mut writers = [
        Writer::new(here.clone(), "here", rng.u64(..)),
        Writer::new(there.clone(), "there", rng.u64(..)),
    ];
    let mut kills = 0;
    while kills < KILLS {
        let (over, written) = (AtomicBool::new(false), AtomicU64::new(0));
        let [first, second] = &mut writers;
        let killing = async {
            for _ in 0..REST_EVERY {
                daemon.launch().unwrap();
                // Some die before they are up, some at once, most in the middle of their work.
                if rng.u8(..6) > 0 {
                    daemon.ready().await;
                }
                let moment = written.load(Ordering::Relaxed) + rng.u64(..80);
                eventually(SOON, "a moment to die", async || {
                    let now = written.load(Ordering::Relaxed);
                    if now >= moment { Ok(()) } else { Err(now) }
                })
                .await;
                daemon.kill();
                kills += 1;
            }
            over.store(true, Ordering::Relaxed);
        };
        tokio::join!(
            first.write_until(&over, &written),
            second.write_until(&over, &written),
            killing
        );
        daemon.launch().unwrap();
        daemon.ready().await;
        rests(&daemon, &here, &there).await;
        for writer in &writers {
            writer.check([&here, &there], &daemon).await;
        }
    }
    assert!(daemon.stop().await.unwrap().success());
    same(&here, &there).await.unwrap();
    let pairs = here
        .collection::<Document>("payments")
        .count_documents(doc! {})
        .await
        .unwrap();
    let expected = writers
        .iter()
        .flat_map(|writer| writer.own.keys())
        .filter(|id| id.contains("pair"));
    assert_eq!(pairs, expected.count() as u64);
    let metadata = here.collection::<Document>("_sync_metadata");
    let identity = metadata.find_one(doc! { "_id": "identity" }).await.unwrap();
    let identity = identity.unwrap();
    let devices = there.collection::<Document>("_sync_devices");
    let ids = devices
        .distinct("_id", doc! { "_id": { "$ne": "cluster" } })
        .await
        .unwrap();
    let me = Bson::from(identity.get_str("instanceId").unwrap());
    assert_eq!(ids, [me], "no restart was taken for another PC");
}
