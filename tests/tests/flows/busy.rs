//! Both PCs and Atlas busy on the same documents at once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};

use bson::{Document, doc};
use futures_util::StreamExt;
use futures_util::future::join_all;
use integration_tests::eventually;
use integration_tests::world::{REST, World};
use mongodb::{Collection, Database};

const STOCK: &str = "stock";
const DOCUMENTS: i32 = 40;
/// Writes of each writer: some seconds' worth.
const WRITES: usize = 1_200;

/// Every write is final, or somebody saw it and wrote over it, or it is in the vault.
#[tokio::test(flavor = "multi_thread")]
async fn no_write_is_lost_while_all_are_busy_on_the_same_documents() {
    let world = World::started::<2>("busy").await;
    let stock = (0..DOCUMENTS).map(|id| doc! { "_id": id, "write": 0_i64 });
    world.on_atlas(STOCK).insert_many(stock).await.unwrap();
    world.converge().await;

    let databases: Vec<Database> = world
        .pcs
        .iter()
        .map(|pc| pc.local.clone())
        .chain([world.atlas.clone()])
        .collect();
    let busy = databases
        .iter()
        .map(|database| write(database.collection(STOCK)));
    let written = join_all(busy).await;
    world.rest().await;

    let made: BTreeSet<i64> = written
        .iter()
        .flat_map(|done| &done.made)
        .copied()
        .collect();
    let mut accounted: BTreeSet<i64> = written
        .iter()
        .flat_map(|done| &done.seen)
        .copied()
        .collect();
    accounted.extend(numbers(&world.atlas, STOCK, "write").await);
    for database in &databases {
        let kept = numbers(database, "_sync_conflicts", "loser.write").await;
        let known: BTreeSet<i64> = accounted.union(&kept).copied().collect();
        let lost: Vec<&i64> = made.difference(&known).collect();
        assert!(
            lost.is_empty(),
            "{} of {} writes lost: {lost:?}",
            lost.len(),
            made.len()
        );
    }
}

/// The older content is back before the copy could be stamped with the newer one: it looks as if nobody had written.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_taken_back_at_once_stands_and_is_no_conflict() {
    let world = World::started::<1>("taken_back").await;
    let (here, there) = (world.pcs[0].collection(STOCK), world.on_atlas(STOCK));
    let set = async |count: i32| {
        let change = doc! { "$set": { "count": count } };
        let set = here.update_one(doc! { "_id": 1 }, change).await;
        set.unwrap();
    };
    here.insert_one(doc! { "_id": 1, "count": 0 })
        .await
        .unwrap();
    world.converge().await;
    let mut uploads = there.watch().await.unwrap();
    for _ in 0..60 {
        set(1).await;
        // Atlas has it: the stamp is on its way.
        uploads.next().await.unwrap().unwrap();
        set(0).await;
        let back = doc! { "_id": 1, "count": 0 };
        eventually(REST, "what was taken back on Atlas", async || {
            let found = there.find_one(back.clone()).await;
            found
                .map_err(|error| error.to_string())?
                .ok_or_else(|| format!("{:#?}", world.pcs[0].status()))
        })
        .await;
        world.converge().await;
        uploads.next().await.unwrap().unwrap();
    }
    let status = world.pcs[0].status();
    assert_eq!(
        (status.local_to_atlas.conflicts, status.conflicts_open),
        (0, 0)
    );
}

#[derive(Default)]
struct Done {
    made: Vec<i64>,
    /// What stood there before each of them.
    seen: Vec<i64>,
}

async fn write(stock: Collection<Document>) -> Done {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    let mut done = Done::default();
    for _ in 0..WRITES {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let this = doc! { "_id": fastrand::i32(0..DOCUMENTS) };
        let change = doc! { "$set": { "write": number } };
        let before = stock.find_one_and_update(this, change).await.unwrap();
        done.made.push(number);
        done.seen.push(before.unwrap().get_i64("write").unwrap());
    }
    done
}

/// Every value of a number's field in a collection.
async fn numbers(database: &Database, collection: &str, path: &str) -> BTreeSet<i64> {
    let place = database.collection::<Document>(collection);
    let values = place.distinct(path, doc! {}).await.unwrap();
    values.iter().filter_map(bson::Bson::as_i64).collect()
}
