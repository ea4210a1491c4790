//! Documents at the edge of what a server stores, and events at the edge of what a stream carries.

use bson::{Document, doc};
use integration_tests::any_bson::DOCUMENT_BYTES_MAX;
use sync_core::place::Direction;
use sync_engine::names::QUARANTINE;

use crate::site::{Site, becomes, many, rows_when};

/// 15.9 MB.
const LARGE: usize = 15_900_000;

/// A document of just so many bytes.
fn of_bytes(id: &str, bytes: usize) -> Document {
    let bare = doc! { "_id": id, "pad": "" }.to_vec().unwrap().len();
    doc! { "_id": id, "pad": "p".repeat(bytes - bare) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_15_9_mb_travels_both_ways_and_so_do_its_changes() {
    let site = Site::started().await;
    site.here("scans")
        .insert_one(of_bytes("here", LARGE))
        .await
        .unwrap();
    site.there("scans")
        .insert_one(of_bytes("there", LARGE))
        .await
        .unwrap();
    site.world.converge().await;
    assert_eq!(
        site.here("scans").count_documents(doc! {}).await.unwrap(),
        2
    );

    let set = doc! { "$set": { "seen": true } };
    site.here("scans")
        .update_one(doc! { "_id": "there" }, set.clone())
        .await
        .unwrap();
    site.there("scans")
        .update_one(doc! { "_id": "here" }, set)
        .await
        .unwrap();
    site.world.converge().await;
    assert_eq!(
        site.here("scans")
            .count_documents(doc! { "seen": true })
            .await
            .unwrap(),
        2
    );

    site.here("scans")
        .delete_one(doc! { "_id": "there" })
        .await
        .unwrap();
    site.there("scans")
        .delete_one(doc! { "_id": "here" })
        .await
        .unwrap();
    site.world.converge().await;
    assert_eq!(
        site.there("scans").count_documents(doc! {}).await.unwrap(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_whose_event_would_exceed_16_mb_does_not_end_the_stream() {
    let site = Site::started().await;
    site.here("scans")
        .insert_one(of_bytes("here", 9_000_000))
        .await
        .unwrap();
    site.there("scans")
        .insert_one(of_bytes("there", 9_000_000))
        .await
        .unwrap();
    site.world.converge().await;
    // The changed field and the document looked up would be in one event.
    let set = doc! { "$set": { "pad": "q".repeat(9_000_000) } };
    site.here("scans")
        .update_one(doc! { "_id": "here" }, set.clone())
        .await
        .unwrap();
    site.there("scans")
        .update_one(doc! { "_id": "there" }, set)
        .await
        .unwrap();
    site.here("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.there("bills")
        .insert_one(doc! { "_id": 2 })
        .await
        .unwrap();
    site.world.converge().await;
    let changed = doc! { "pad": { "$regex": "^q" } };
    assert_eq!(
        site.here("scans")
            .count_documents(changed.clone())
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        site.there("scans").count_documents(changed).await.unwrap(),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_without_room_for_the_stamp_is_set_aside_and_the_rest_goes_on() {
    let site = Site::started().await;
    let full = DOCUMENT_BYTES_MAX - 1;
    site.here("scans")
        .insert_one(of_bytes("here", full))
        .await
        .unwrap();
    site.there("scans")
        .insert_one(of_bytes("there", full))
        .await
        .unwrap();
    site.here("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.there("bills")
        .insert_one(doc! { "_id": 2 })
        .await
        .unwrap();
    let records = rows_when(&site.pc().local, QUARANTINE, 2).await;
    for record in records {
        let reason = record.get_str("reason").unwrap();
        assert!(reason.contains("too large"), "{reason}");
    }
    becomes(&site.there("bills"), doc! { "_id": 1 }, |_| true).await;
    becomes(&site.here("bills"), doc! { "_id": 2 }, |_| true).await;
    site.notice("quarantine").await;

    let smaller = doc! { "$set": { "pad": "small enough" } };
    site.here("scans")
        .update_one(doc! { "_id": "here" }, smaller.clone())
        .await
        .unwrap();
    site.there("scans")
        .update_one(doc! { "_id": "there" }, smaller)
        .await
        .unwrap();
    site.world.converge().await;
    rows_when(&site.pc().local, QUARANTINE, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_which_each_side_alone_fills_a_batch_all_get_their_turn() {
    let site = Site::started().await;
    let engine = site.pc().engine();
    for direction in Direction::BOTH {
        engine.pause(direction);
    }
    let (mut here, there) = (many(250, 200_000), many(250, 200_000));
    for document in &mut here {
        let id = document.get_i32("_id").unwrap();
        document.insert("_id", 1000 + id);
    }
    site.here("scans").insert_many(here).await.unwrap();
    site.there("scans").insert_many(there).await.unwrap();
    site.pc()
        .reaches("all keys waiting", |status| {
            (status.local_to_atlas.pending, status.atlas_to_local.pending) == (250, 250)
        })
        .await;
    // All of them are released together, and make one batch.
    for direction in Direction::BOTH {
        engine.resume(direction);
    }
    site.world.converge().await;
    let count = site.here("scans").count_documents(doc! {}).await.unwrap();
    assert_eq!(count, 500);
}
