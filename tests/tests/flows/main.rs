//! What a shop lives through, from device to device: the three flows of the owner's document, and those around them.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod batches;
mod busy;
mod deletes;
mod first_sync;
mod metrics;
mod pauses;
mod restarts;
mod vault;

use bson::doc;
use integration_tests::let_time_pass;
use integration_tests::world::World;

use crate::vault::kept;

/// Device A creates, Atlas and device B have it; B updates, A has it.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_travels_from_device_to_device_and_back() {
    let world = World::started::<2>("there_and_back").await;
    let (a, b) = (
        world.pcs[0].collection("bills"),
        world.pcs[1].collection("bills"),
    );
    let bill = doc! { "_id": 1, "total": 25_000 };
    a.insert_one(&bill).await.unwrap();
    world.converge().await;
    for place in [&world.on_atlas("bills"), &b] {
        let found = place.find_one(doc! { "_id": 1, "total": 25_000 }).await;
        assert!(found.unwrap().is_some());
    }
    let paid = doc! { "$set": { "paid": true } };
    b.update_one(doc! { "_id": 1 }, paid).await.unwrap();
    world.converge().await;
    let bill = a.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
    assert!(bill.get_bool("paid").unwrap());
    a.delete_one(doc! { "_id": 1 }).await.unwrap();
    world.converge().await;
    assert_eq!(b.count_documents(doc! {}).await.unwrap(), 0);
}

/// Both devices are away and change the same document; when they are back the last write stays and the other is kept.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_made_apart_the_last_one_stays_and_every_pc_shows_the_other() {
    let world = World::started::<2>("conflict").await;
    let bill = doc! { "_id": 1, "total": 25_000 };
    world.on_atlas("bills").insert_one(&bill).await.unwrap();
    world.converge().await;
    for pc in &world.pcs {
        pc.link.cut().await;
        pc.reaches("offline", |status| !status.atlas.connected)
            .await;
    }
    for (pc, total) in world.pcs.iter().zip([30_000, 35_000]) {
        let change = doc! { "$set": { "total": total } };
        let bills = pc.collection("bills");
        bills.update_one(doc! { "_id": 1 }, change).await.unwrap();
        let_time_pass().await;
    }
    for pc in &world.pcs {
        pc.link.mend().await;
    }
    world.rest().await;
    let databases = world.pcs.iter().map(|pc| &pc.local).chain([&world.atlas]);
    for database in databases {
        let bills = database.collection::<bson::Document>("bills");
        let bill = bills.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
        assert_eq!(bill.get_i32("total").unwrap(), 35_000);
        let losers = kept(database, "bills", 1).await;
        let totals: Vec<i32> = losers
            .iter()
            .map(|loser| loser.get_i32("total").unwrap())
            .collect();
        assert_eq!(
            totals,
            [30_000],
            "the overruled version, once, in {}",
            database.name()
        );
    }
    for pc in &world.pcs {
        pc.reaches("the conflict to be shown", |status| {
            status.conflicts_open == 1
        })
        .await;
    }
}
