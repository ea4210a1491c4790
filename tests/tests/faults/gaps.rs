//! A past that is not known: while it is made up for, nobody's version is taken for one that was seen, and what was
//! found is not forgotten.

use bson::{Document, doc};
use integration_tests::{eventually, let_time_pass};
use sync_core::place::Direction;
use sync_engine::config::CollectionMode;
use sync_engine::names::{CONFLICTS, DEVICES, METADATA};
use sync_engine::status::State;

use crate::heard::{heard, log};
use crate::site::{SOON, Site, becomes, many, rows};

const ATLAS_TOKEN: &str = "atlas-resume-token";

async fn lose_place(site: &Site, row: &str) {
    let metadata = site.pc().collection(METADATA);
    let damage = metadata.update_one(doc! { "_id": row }, doc! { "$set": { "token": 7 } });
    assert_eq!(damage.await.unwrap().matched_count, 1);
}

async fn set(site: &Site, on_atlas: bool, name: &str, id: i32, by: &str) {
    let collection = if on_atlas {
        site.there(name)
    } else {
        site.here(name)
    };
    let edit = doc! { "$set": { "by": by } };
    let edited = collection.update_one(doc! { "_id": id }, edit).await;
    assert_eq!(edited.unwrap().matched_count, 1);
}

/// Waits for "synced", which is the last moment at which a position may be wrong.
async fn synced(site: &Site) {
    let is_synced = |status: &sync_engine::status::Status| status.state == State::Synced;
    site.pc().reaches("synced", is_synced).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_made_before_the_comparison_came_by_overrules_nothing_unseen() {
    let mut site = Site::new().await;
    // Compared before "zeta", which an event of Local brings up long before.
    site.here("bills")
        .insert_many(many(20_000, 40))
        .await
        .unwrap();
    site.here("zeta").insert_many(many(4, 10)).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    site.while_stopped(async |site| {
        for id in 0..2 {
            set(site, true, "zeta", id, "atlas").await;
        }
        let_time_pass().await;
        // The stamp is dropped, as a replace by Bomba drops it.
        let new = doc! { "_id": 0, "by": "here" };
        site.here("zeta")
            .replace_one(doc! { "_id": 0 }, new)
            .await
            .unwrap();
        site.here("zeta")
            .delete_one(doc! { "_id": 1 })
            .await
            .unwrap();
        lose_place(site, ATLAS_TOKEN).await;
    })
    .await;
    site.world.converge().await;
    // When Atlas was edited nobody can tell any more: whichever version is left, the other one is kept.
    let mut versions = rows(&site.world.atlas, "zeta").await;
    let kept = rows(&site.pc().local, CONFLICTS).await;
    let losers = kept
        .iter()
        .filter_map(|record| record.get_document("loser").ok());
    versions.extend(losers.cloned());
    for (id, by) in [(0, "here"), (0, "atlas"), (1, "atlas")] {
        let is_it = |version: &Document| {
            let of_it = version.get_i32("_id").is_ok_and(|found| found == id);
            of_it && version.get_str("by").is_ok_and(|found| found == by)
        };
        assert!(
            versions.iter().any(is_it),
            "{id} by {by} is gone: {versions:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_comparison_found_is_still_known_after_a_stop() {
    const COUNT: i32 = 1_500;
    let mut site = Site::new().await;
    for name in ["bills", "zeta"] {
        site.here(name).insert_many(many(COUNT, 40)).await.unwrap();
    }
    site.world.start().await;
    site.world.converge().await;
    let compared = || log().matches("compared collection=\"zeta\"").count();
    let before = compared();
    site.while_stopped(async |site| {
        let edit = doc! { "$set": { "by": "atlas" } };
        let bills = site.there("bills");
        bills.update_many(doc! {}, edit).await.unwrap();
        lose_place(site, ATLAS_TOKEN).await;
    })
    .await;
    // What is found cannot be settled, and the comparison has come past all of it when "zeta" is done.
    site.pc().engine().pause(Direction::DOWNLOAD);
    eventually(SOON, "the other collection", async || {
        if compared() > before {
            Ok(())
        } else {
            Err(log())
        }
    })
    .await;
    assert_ne!(site.pc().status().state, State::Synced);
    site.while_stopped(async |_| ()).await;
    // The pause is known to the next run as well.
    site.pc().engine().resume(Direction::DOWNLOAD);
    site.world.converge().await;
    let bills = site.here("bills");
    let here = bills.count_documents(doc! { "by": "atlas" }).await;
    assert_eq!(here.unwrap(), COUNT as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_way_mode_left_out_comes_when_both_ways_are_on_again() {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(5, 10)).await.unwrap();
    site.pc_mut().config.bidirectional = false;
    site.world.start().await;
    becomes(&site.there("bills"), doc! { "_id": 4 }, |_| true).await;
    set(&site, true, "bills", 1, "atlas").await;
    let new = doc! { "_id": "atlas" };
    site.there("bills").insert_one(new.clone()).await.unwrap();
    set(&site, false, "bills", 2, "here").await;
    becomes(
        &site.there("bills"),
        doc! { "_id": 2, "by": "here" },
        |_| true,
    )
    .await;
    synced(&site).await;
    let bills = site.here("bills");
    assert_eq!(bills.count_documents(new.clone()).await.unwrap(), 0);
    assert_eq!(
        bills.count_documents(doc! { "by": "atlas" }).await.unwrap(),
        0
    );
    // A heartbeat takes the position in Atlas' stream behind all that.
    let before = place(&site).await;
    let me = site.pc().status().instance_id;
    let beat = doc! { "$set": { "heard": true } };
    let devices = site.there(DEVICES);
    let row = devices.update_one(doc! { "_id": me }, beat).await;
    assert_eq!(row.unwrap().matched_count, 1);
    eventually(SOON, "a later position", async || {
        match place(&site).await {
            now if now == before => Err(before.to_string()),
            _ => Ok(()),
        }
    })
    .await;
    site.world.stop().await;
    site.pc_mut().config.bidirectional = true;
    site.world.start().await;
    site.world.converge().await;
    becomes(&site.here("bills"), new, |_| true).await;
    becomes(
        &site.here("bills"),
        doc! { "_id": 1, "by": "atlas" },
        |_| true,
    )
    .await;
}

/// The stored position in Atlas' stream.
async fn place(site: &Site) -> Document {
    let metadata = site.pc().collection(METADATA);
    let row = metadata.find_one(doc! { "_id": ATLAS_TOKEN }).await;
    row.unwrap().unwrap().get_document("token").unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_excluded_collections_that_got_shorter_between_two_runs_is_made_up_for() {
    let mut site = Site::new().await;
    site.here("logs").insert_many(many(5, 10)).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    let exclude = |site: &mut Site, mode| {
        site.pc_mut().config.modes.insert("logs".to_owned(), mode);
    };
    site.while_stopped(async |site| exclude(site, CollectionMode::UploadOnly))
        .await;
    synced(&site).await;
    set(&site, true, "logs", 1, "atlas").await;
    site.there("bills")
        .insert_one(doc! { "_id": "after it" })
        .await
        .unwrap();
    becomes(&site.here("bills"), doc! { "_id": "after it" }, |_| true).await;
    synced(&site).await;
    assert!(
        !heard("the position is of no use") && !heard("connection is lost"),
        "a list that changed is no reason to lose one's place"
    );
    site.while_stopped(async |site| exclude(site, CollectionMode::BothWays))
        .await;
    site.world.converge().await;
    becomes(&site.here("logs"), doc! { "_id": 1, "by": "atlas" }, |_| {
        true
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_a_collection_off_keeps_the_place_in_the_stream() {
    let site = Site::started().await;
    site.here("logs")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.world.converge().await;
    // The last event of each stream is of the collection that is hidden from it next.
    for mode in [CollectionMode::UploadOnly, CollectionMode::Off] {
        site.pc().engine().set_mode("logs", mode).await.unwrap();
        let id = mode.name();
        site.there("bills")
            .insert_one(doc! { "_id": id })
            .await
            .unwrap();
        becomes(&site.here("bills"), doc! { "_id": id }, |_| true).await;
        site.there("logs")
            .insert_one(doc! { "_id": id })
            .await
            .unwrap();
        synced(&site).await;
    }
    assert!(!heard("the position is of no use"), "{}", log());
    assert!(!heard("comparing both sides") || !heard("connection is lost"));
}
