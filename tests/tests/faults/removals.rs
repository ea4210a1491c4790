//! Deletions that are large, many, refused, or cross each other.

use bson::{DateTime, Document, doc};
use integration_tests::mongod::Options;
use integration_tests::world::World;
use integration_tests::{eventually, let_time_pass};
use mongodb::{Collection, Database};
use sync_core::place::{Direction, Side};
use sync_engine::names::{METADATA, QUARANTINE, TOMBSTONES};
use sync_engine::quarantine;
use sync_engine::status::Status;

use crate::heard;
use crate::site::{DATABASE, SOON, Site, becomes, many, rows, rows_when};

async fn is_empty(collection: &Collection<Document>) {
    let what = format!("{} to be empty", collection.namespace());
    eventually(SOON, &what, async || {
        match collection.count_documents(doc! {}).await {
            Ok(0) => Ok(()),
            seen => Err(format!("{seen:?}\n{}", heard::log())),
        }
    })
    .await;
}

/// Documents made on one side and deleted there together, so that the deletions make one batch; both ways.
async fn delete_together(documents: &[Document]) {
    let site = Site::started().await;
    let engine = site.pc().engine();
    for direction in Direction::BOTH {
        let (made, other) = match direction.source {
            Side::Local => (site.here("scans"), site.there("scans")),
            Side::Atlas => (site.there("scans"), site.here("scans")),
        };
        for document in documents {
            made.insert_one(document).await.unwrap();
        }
        site.world.converge().await;
        engine.pause(direction);
        made.delete_many(doc! {}).await.unwrap();
        let waiting = |status: &Status| match direction.source {
            Side::Local => status.local_to_atlas.pending,
            Side::Atlas => status.atlas_to_local.pending,
        };
        site.pc()
            .reaches("all deletions waiting", |status| {
                waiting(status) == documents.len() as u64
            })
            .await;
        engine.resume(direction);
        is_empty(&other).await;
        site.world.converge().await;
        is_empty(&made).await;
    }
    assert_eq!(rows(&site.pc().local, QUARANTINE).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_documents_of_9_mb_deleted_together_are_deleted_on_the_other_side() {
    delete_together(&many(2, 9_000_000)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_hundred_documents_of_60_kb_deleted_together_are_deleted_on_the_other_side() {
    delete_together(&many(400, 60_000)).await;
}

/// Has a side refuse the tombstone of one document.
async fn refuse_poison(database: &Database) {
    let refuse = doc! { "create": TOMBSTONES, "validator": { "_id.id": { "$ne": "poison" } } };
    database.run_command(refuse).await.unwrap();
}

async fn accept_all(database: &Database) {
    let accept = doc! { "collMod": TOMBSTONES, "validator": {} };
    database.run_command(accept).await.unwrap();
}

/// `made` is where documents are deleted, `other` where one of the deletions is refused.
async fn set_one_aside(site: &mut Site, made: &Database, other: &Database) {
    refuse_poison(other).await;
    let (bills, others) = (
        made.collection::<Document>("bills"),
        other.collection::<Document>("bills"),
    );
    let mut documents = many(20, 10);
    documents.push(doc! { "_id": "poison" });
    bills.insert_many(documents).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    bills.delete_many(doc! {}).await.unwrap();
    let records = rows_when(&site.pc().local, QUARANTINE, 1).await;
    let reason = records[0].get_str("reason").unwrap();
    assert!(reason.contains("validation"), "{reason}");
    let left = async || others.count_documents(doc! {}).await.unwrap();
    eventually(SOON, "the other deletions", async || match left().await {
        1 => Ok(()),
        left => Err(left),
    })
    .await;
    site.notice("quarantine").await;

    // Tried again by the next run, it is refused again, and not turned around.
    let attempts = records[0].get_i32("attempts").unwrap();
    site.while_stopped(async |_| ()).await;
    let id = doc! { "_id": records[0].get_document("_id").unwrap() };
    becomes(&site.here(QUARANTINE), id, |record| {
        record.get_i32("attempts").unwrap() > attempts
    })
    .await;
    made.collection("other")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    becomes(&other.collection("other"), doc! { "_id": 1 }, |_| true).await;
    assert_eq!(
        (bills.count_documents(doc! {}).await.unwrap(), left().await),
        (0, 1)
    );

    // Nor by a comparison.
    site.pc().engine().resync(None).await.unwrap();
    let comparisons = site.here(METADATA);
    eventually(SOON, "the comparison", async || {
        let asked = doc! { "_id": { "$regex": "^comparison:" } };
        match comparisons.count_documents(asked).await {
            Ok(0) => Ok(()),
            seen => Err(format!("{seen:?}")),
        }
    })
    .await;
    site.world.settle().await;
    assert_eq!(
        (bills.count_documents(doc! {}).await.unwrap(), left().await),
        (0, 1)
    );

    accept_all(other).await;
    quarantine::retry(&site.pc().access().await, None)
        .await
        .unwrap();
    rows_when(&site.pc().local, QUARANTINE, 0).await;
    is_empty(&others).await;
    site.world.converge().await;
    is_empty(&bills).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_atlas_refuses_is_set_aside_alone_and_not_forgotten() {
    let mut site = Site::new().await;
    let (made, other) = (site.pc().local.clone(), site.world.atlas.clone());
    set_one_aside(&mut site, &made, &other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_local_refuses_is_set_aside_alone_and_not_forgotten() {
    let mut site = Site::new().await;
    let (made, other) = (site.world.atlas.clone(), site.pc().local.clone());
    set_one_aside(&mut site, &made, &other).await;
}

fn tombstone(time_ms: i64) -> Document {
    doc! {
        "lastModified": DateTime::from_millis(time_ms),
        "instanceId": "6f9f3c9e-8a7e-4d0e-9d3a-1c9d9c8b7a65",
        "version": 7_i64,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_deletion_told_by_another_pc_meanwhile_is_not_overwritten_by_an_earlier_one() {
    let tests = || Options::replica_set().parameter("enableTestCommands", "1");
    let mut site = Site::with(Options::replica_set(), tests()).await;
    let (here, there) = (site.here("bills"), site.there("bills"));
    here.insert_one(doc! { "_id": 1 }).await.unwrap();
    site.world.start().await;
    let told = doc! { "_id": { "collection": "bills", "id": 1 } };
    let tombstones = site.there(TOMBSTONES);

    site.pc().link.cut().await;
    let first = tombstone(DateTime::now().timestamp_millis());
    tombstones
        .update_one(told.clone(), doc! { "$set": first })
        .upsert(true)
        .await
        .unwrap();
    there.delete_one(doc! { "_id": 1 }).await.unwrap();
    let_time_pass().await;
    here.delete_one(doc! { "_id": 1 }).await.unwrap();

    // The look is let through, what the engine does next with the document has to wait.
    let client = site.atlas.client().await.unwrap();
    let hold = doc! {
        "configureFailPoint": "failCommand",
        "mode": { "skip": 1 },
        "data": {
            "failCommands": ["find", "update"],
            "namespace": format!("{DATABASE}.bills"),
            "appName": "bomba-sync",
            "blockConnection": true,
            "blockTimeMS": 2_000,
        },
    };
    let admin = client.database("admin");
    let entered = admin.run_command(hold).await.unwrap();
    let entered = entered.get_i64("count").unwrap_or_default();
    site.pc().link.mend().await;
    let wait = doc! { "waitForFailPoint": "failCommand", "timesEntered": entered + 1, "maxTimeMS": 60_000 };
    admin.run_command(wait).await.unwrap();
    let later = DateTime::now().timestamp_millis() + 60_000;
    tombstones
        .update_one(told.clone(), doc! { "$set": tombstone(later) })
        .await
        .unwrap();
    let off = doc! { "configureFailPoint": "failCommand", "mode": "off" };
    admin.run_command(off).await.unwrap();

    site.world.rest().await;
    let stands = tombstones.find_one(told).await.unwrap().unwrap();
    let time = stands.get_datetime("lastModified").unwrap();
    assert_eq!(time.timestamp_millis(), later);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_copy_that_is_removed_again_is_no_new_deletion() {
    heard::listen();
    let mut world = World::new::<2>("dead_again").await;
    world.start().await;
    let (first, second) = (
        world.pcs[0].collection("bills"),
        world.pcs[1].collection("bills"),
    );
    let there = world.on_atlas("bills");
    let bill = doc! { "_id": 1 };
    second
        .insert_one(doc! { "_id": 1, "by": "early" })
        .await
        .unwrap();
    world.converge().await;
    let early = there.find_one(bill.clone()).await.unwrap().unwrap();
    first.delete_one(bill.clone()).await.unwrap();
    is_empty(&there).await;
    world.converge().await;

    // Out of sight of all others, the second PC makes the bill anew.
    world.pcs[1].link.cut().await;
    second
        .insert_one(doc! { "_id": 1, "by": "late" })
        .await
        .unwrap();
    let_time_pass().await;
    // An upload of the early one that was long under way comes in; the first PC knows that it is dead.
    there.insert_one(early).await.unwrap();
    is_empty(&there).await;
    world.pcs[1].link.mend().await;
    becomes(&there, doc! { "_id": 1, "by": "late" }, |_| true).await;
    world.converge().await;
    assert_eq!(first.count_documents(bill).await.unwrap(), 1);
}
