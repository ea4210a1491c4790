//! The engine's own records, damaged by somebody or something: told, made up for, and never a reason to stop.

use bson::{Document, doc};
use integration_tests::eventually;
use sync_engine::names::{METADATA, TOMBSTONES};

use crate::heard::{heard, log};
use crate::site::{SOON, Site, many};

/// Rows of `_sync_metadata`, what is put into them, and what is said about it.
fn damages() -> Vec<(&'static str, Document, &'static str)> {
    let identity = "this PC's identity is damaged";
    let modes = "how collections took part is damaged";
    let comparison = "a comparison is damaged";
    let sometimes = doc! { "collection": "bills", "mode": "sometimes" };
    vec![
        ("identity", doc! { "instanceId": 7 }, identity),
        ("identity", doc! { "instanceId": "nobody" }, identity),
        ("identity", doc! { "boots": "many" }, identity),
        ("identity", doc! { "boots": [1, "x"] }, identity),
        ("identity", doc! { "beat": "often" }, identity),
        ("identity", doc! { "clockOffsetMs": "late" }, identity),
        ("modes", doc! { "modes": "all" }, modes),
        ("modes", doc! { "modes": [sometimes] }, modes),
        ("modes", doc! { "bidirectional": "yes" }, modes),
        ("comparison:bills", doc! { "round": "first" }, comparison),
        (
            "paused",
            doc! { "upload": "yes" },
            "what is paused is damaged",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_records_are_told_and_both_sides_become_the_same_all_the_same() {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(10, 10)).await.unwrap();
    site.world.start().await;
    for (row, damage, told) in damages() {
        let mark = format!("{row} {damage}");
        let before = log().len();
        site.while_stopped(async |site| {
            let metadata = site.here(METADATA);
            let put = metadata.update_one(doc! { "_id": row }, doc! { "$set": damage });
            put.upsert(true).await.unwrap();
            let set = doc! { "$set": { "mark": &mark } };
            let (here, there) = (site.here("bills"), site.there("bills"));
            here.update_one(doc! { "_id": 1 }, set.clone())
                .await
                .unwrap();
            there.update_one(doc! { "_id": 2 }, set).await.unwrap();
            there.insert_one(doc! { "_id": &mark }).await.unwrap();
        })
        .await;
        site.world.converge().await;
        let log = log();
        assert!(log[before..].contains(told), "{mark}: {}", &log[before..]);
        for bills in [site.here("bills"), site.there("bills")] {
            let marked = bills.count_documents(doc! { "mark": &mark }).await.unwrap();
            let made = bills.count_documents(doc! { "_id": &mark }).await.unwrap();
            assert_eq!((marked, made), (2, 1), "{mark}");
        }
    }
    // It was mended for good.
    let before = log().len();
    site.while_stopped(async |_| ()).await;
    site.world.converge().await;
    assert!(!log()[before..].contains("damaged"), "{}", &log()[before..]);
    let metadata = site.here(METADATA);
    eventually(SOON, "no comparison to wait", async || {
        let waiting = metadata.count_documents(doc! { "_id": { "$regex": "^comparison:" } });
        match waiting.await.unwrap() {
            0 => Ok(()),
            waiting => Err(waiting),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_tombstone_counts_as_none_and_is_written_anew() {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(4, 10)).await.unwrap();
    site.world.start().await;
    let id = |id: i32| doc! { "_id": { "collection": "bills", "id": id } };
    for database in [&site.pc().local, &site.world.atlas] {
        let tombstones = database.collection::<Document>(TOMBSTONES);
        for number in 0..4 {
            let mut damaged = id(number);
            damaged.extend(doc! { "lastModified": "yesterday", "instanceId": 5, "version": {} });
            tombstones.insert_one(damaged).await.unwrap();
        }
    }
    let (here, there) = (site.here("bills"), site.there("bills"));
    there.delete_one(doc! { "_id": 0 }).await.unwrap();
    here.delete_one(doc! { "_id": 1 }).await.unwrap();
    site.world.converge().await;
    assert!(heard("a tombstone is damaged"));
    for bills in [&here, &there] {
        assert_eq!(bills.count_documents(doc! {}).await.unwrap(), 2);
    }
    // An engine's deletion leaves its own where it removed the copy.
    for (number, database) in [(0, &site.pc().local), (1, &site.world.atlas)] {
        let tombstones = database.collection::<Document>(TOMBSTONES);
        let buried = tombstones.find_one(id(number)).await.unwrap().unwrap();
        buried.get_datetime("lastModified").unwrap();
        buried.get_i64("version").unwrap();
    }
    // Both can be made again, and what was not deleted lives.
    here.insert_one(doc! { "_id": 0, "again": true })
        .await
        .unwrap();
    there
        .insert_one(doc! { "_id": 1, "again": true })
        .await
        .unwrap();
    here.update_one(doc! { "_id": 3 }, doc! { "$set": { "again": true } })
        .await
        .unwrap();
    site.world.converge().await;
    for bills in [&here, &there] {
        let again = bills.count_documents(doc! { "again": true }).await;
        assert_eq!(again.unwrap(), 3);
    }
}
