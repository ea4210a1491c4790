//! Fences: what stands in their rows from other days and other clocks does not stop them.

use bson::{Bson, doc};
use sync_engine::names::{DEVICES, METADATA};

use crate::site::{Site, becomes};

/// What a row may hold: a counter of a clock that was years ahead, and things that sort above every number.
fn left_behind() -> Vec<Bson> {
    vec![
        Bson::Int64(i64::MAX),
        Bson::Int64(9_000_000_000_000_000),
        Bson::String("zzz".to_owned()),
        Bson::MaxKey,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_in_a_fences_row_stops_no_fence() {
    let mut site = Site::started().await;
    let me = site.pc().status().instance_id;
    for (number, left) in (0_i32..).zip(left_behind()) {
        site.while_stopped(async |site| {
            let set = doc! { "$set": { "fence": left } };
            for (rows, id) in [(site.here(METADATA), "fence"), (site.there(DEVICES), &*me)] {
                let set = rows.update_one(doc! { "_id": id }, set.clone());
                set.upsert(true).await.unwrap();
            }
            // Absence here is judged behind a fence on Local, a deletion behind one on Atlas.
            let there = doc! { "_id": format!("new {number}") };
            site.there("bills").insert_one(there).await.unwrap();
        })
        .await;
        let new = doc! { "_id": format!("new {number}") };
        becomes(&site.here("bills"), new.clone(), |_| true).await;
        site.here("bills").delete_one(new).await.unwrap();
        site.world.converge().await;
        let left = site.there("bills").count_documents(doc! {}).await.unwrap();
        assert_eq!(left, 0);
    }
}
