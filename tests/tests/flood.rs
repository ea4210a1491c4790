//! Many documents at once, and a user right behind: the engine stamps hundreds of them in one transaction, and none of
//! his edits may go down in it.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use bson::{Document, doc};
use integration_tests::shop::Shop;
use integration_tests::world::World;
use mongodb::Collection;

const BILLS: usize = 3_000;
const BATCH: usize = 500;

#[tokio::test(flavor = "multi_thread")]
async fn edits_right_behind_a_flood_of_inserts_all_arrive() {
    let world = World::started::<2>("flood").await;
    let bills: Vec<Document> = {
        let mut shop = Shop::new(5, "A");
        (0..BILLS).map(|_| shop.bill()).collect()
    };
    let here: Collection<Document> = world.pcs[0].collection("bills");
    for (number, batch) in bills.chunks(BATCH).enumerate() {
        here.insert_many(batch).await.unwrap();
        edit(&here, batch, number).await;
    }
    world.converge().await;

    let edited = doc! { "edited": { "$exists": true } };
    let there = world.pcs[1].collection("bills");
    assert_eq!(there.count_documents(edited).await.unwrap(), BILLS as u64);
    for pc in &world.pcs {
        let conflicts = pc.collection("_sync_conflicts");
        assert_eq!(conflicts.count_documents(doc! {}).await.unwrap(), 0);
    }
}

/// One by one, in the order in which they are being stamped.
async fn edit(bills: &Collection<Document>, batch: &[Document], number: usize) {
    for bill in batch {
        let id = doc! { "_id": bill.get_object_id("_id").unwrap() };
        let change = doc! { "$set": { "edited": number as i64 } };
        let edited = bills.update_one(id, change).await.unwrap();
        assert_eq!(edited.matched_count, 1);
    }
}
