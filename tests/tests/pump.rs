//! The yardsticks carry everything: a fast pump that loses documents would be
//! no measure.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::time::Duration;

use bson::{Document, doc};
use integration_tests::diff::same;
use integration_tests::eventually;
use integration_tests::pump::{Pump, copy};
use integration_tests::shared;
use integration_tests::shop::{Shop, load};
use mongodb::Database;

const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn the_pump_carries_inserts_updates_replaces_and_deletes() {
    let (source, target) = two_databases("pump").await;
    let pump = Pump::start(&source, &target).await.unwrap();
    load(&source, &Shop::new(3, "A").opening()).await.unwrap();
    let bills = source.collection::<Document>("bills");
    bills
        .update_many(doc! {}, doc! { "$set": { "status": "audited" } })
        .await
        .unwrap();
    bills
        .delete_many(doc! { "number": { "$lt": "A-000100" } })
        .await
        .unwrap();
    bills
        .insert_one(doc! { "_id": 1, "status": "inserted" })
        .await
        .unwrap();
    bills.delete_one(doc! { "_id": 1 }).await.unwrap();
    bills
        .insert_one(doc! { "_id": 1, "status": "inserted again" })
        .await
        .unwrap();
    bills
        .replace_one(doc! { "_id": 1 }, doc! { "status": "replaced" })
        .await
        .unwrap();

    let documents = eventually(SOON, "the same on both", async || {
        same(&source, &target).await
    })
    .await;
    assert_eq!(documents, 5_000 - 99 + 1);
    eventually(SOON, "every event counted", async || match pump.applied() {
        6_403 => Ok(()),
        applied => Err(applied),
    })
    .await;
    pump.stop().await.unwrap();
}

#[tokio::test]
async fn a_copy_is_the_same() {
    let (source, target) = two_databases("copy").await;
    load(&source, &Shop::new(4, "A").opening()).await.unwrap();
    let largest = doc! { "_id": "largest", "pad": "x".repeat(16 * 1024 * 1024 - 60) };
    source
        .collection("bills")
        .insert_one(largest)
        .await
        .unwrap();

    for collection in source.list_collection_names().await.unwrap() {
        copy(&source, &target, &collection).await.unwrap();
    }
    assert_eq!(same(&source, &target).await.unwrap(), 5_001);
}

async fn two_databases(test: &str) -> (Database, Database) {
    let [a, b] = shared::replica_sets().await;
    let name = shared::database_name(test);
    (
        a.client().await.unwrap().database(&name),
        b.client().await.unwrap().database(&name),
    )
}
