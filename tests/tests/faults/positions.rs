//! Stored positions that are damaged, old, foreign, or point into a past that the server has forgotten.

use bson::{Bson, DateTime, Document, doc};
use futures_util::StreamExt;
use integration_tests::mongod::{Mongod, Options};
use integration_tests::world::Pc;
use mongodb::Collection;
use sync_core::place::Direction;
use sync_engine::names::METADATA;
use sync_engine::verify::verify;

use crate::heard::{heard, log};
use crate::site::{DATABASE, Site, many};

const TOKENS: [&str; 2] = ["local-resume-token", "atlas-resume-token"];

/// Changes of every kind on both sides, made while nobody listens.
async fn changes_on_both_sides(site: &Site, mark: &str) {
    let here = site.here("bills");
    here.insert_one(doc! { "_id": format!("here {mark}") })
        .await
        .unwrap();
    here.update_one(doc! { "_id": 1 }, doc! { "$set": { "here": mark } })
        .await
        .unwrap();
    let there = site.there("bills");
    there
        .insert_one(doc! { "_id": format!("there {mark}") })
        .await
        .unwrap();
    there
        .update_one(doc! { "_id": 2 }, doc! { "$set": { "there": mark } })
        .await
        .unwrap();
}

async fn set_token(site: &Site, row: &str, token: impl Into<Bson>) {
    let set = doc! { "$set": { "token": token.into() } };
    site.here(METADATA)
        .update_one(doc! { "_id": row }, set)
        .await
        .unwrap();
}

async fn assert_both_have(site: &Site, mark: &str) {
    for bills in [site.here("bills"), site.there("bills")] {
        let count = bills
            .count_documents(doc! { "$or": [
                { "_id": { "$in": [format!("here {mark}"), format!("there {mark}")] } },
                { "_id": 1, "here": mark }, { "_id": 2, "there": mark },
            ] })
            .await
            .unwrap();
        assert_eq!(count, 4, "{mark}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_token_leads_to_a_full_compare_and_no_write_is_lost() {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(10, 10)).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    let damaged = [
        ("not a document", Bson::from(7)),
        ("empty", doc! {}.into()),
        ("without data", doc! { "x": 1 }.into()),
        ("not hexadecimal", doc! { "_data": "zebra" }.into()),
        ("cut short", doc! { "_data": "8263" }.into()),
        ("of a wrong type", doc! { "_data": 12 }.into()),
        (
            "of the first version",
            doc! { "_data": "82000000010000000129295A1004" }.into(),
        ),
        (
            "of the far future",
            doc! { "_data": "82F0000000000000012B0229296E04" }.into(),
        ),
    ];
    for (mark, token) in damaged {
        site.while_stopped(async |site| {
            changes_on_both_sides(site, mark).await;
            for row in TOKENS {
                set_token(site, row, token.clone()).await;
            }
        })
        .await;
        site.world.converge().await;
        assert_both_have(&site, mark).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_cluster_is_refused_and_everything_compared() {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(10, 10)).await.unwrap();
    site.world.start().await;
    site.while_stopped(async |site| {
        changes_on_both_sides(site, "swapped").await;
        let set = doc! { "$set": { "cluster": "another" } };
        site.here(METADATA)
            .update_one(doc! { "_id": TOKENS[1] }, set)
            .await
            .unwrap();
    })
    .await;
    site.world.converge().await;
    assert!(heard("belongs to another Atlas database"));
    assert_both_have(&site, "swapped").await;

    let other = Mongod::start(Options::replica_set()).await.unwrap();
    site.while_stopped(async |site| {
        let moved = Pc::new(&site.local, &other, "PC 1", DATABASE).await;
        site.world.atlas = other.client().await.unwrap().database(DATABASE);
        site.world.pcs = vec![moved];
        site.there("bills").insert_many(many(10, 10)).await.unwrap();
        changes_on_both_sides(site, "moved").await;
    })
    .await;
    site.world.converge().await;
    assert_both_have(&site, "moved").await;
    let here = site
        .here("bills")
        .find_one(doc! { "_id": 1 })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(here.get_str("here").unwrap(), "moved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_goes_backwards_only_repeats_what_is_settled() {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(10, 10)).await.unwrap();
    site.world.start().await;
    site.world.stop().await;
    let mut early = Vec::new();
    for row in TOKENS {
        let row = site
            .here(METADATA)
            .find_one(doc! { "_id": row })
            .await
            .unwrap()
            .unwrap();
        early.push(row.get_document("token").unwrap().clone());
    }
    site.world.start().await;
    for round in 0..5 {
        changes_on_both_sides(&site, &format!("round {round}")).await;
    }
    site.here("bills")
        .delete_one(doc! { "_id": "here round 0" })
        .await
        .unwrap();
    site.there("bills")
        .delete_one(doc! { "_id": "there round 1" })
        .await
        .unwrap();
    site.world.converge().await;
    let before = site
        .there("bills")
        .find_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.while_stopped(async |site| {
        for (row, token) in TOKENS.into_iter().zip(early) {
            set_token(site, row, token).await;
        }
    })
    .await;
    site.world.converge().await;
    assert_both_have(&site, "round 4").await;
    let after = site
        .there("bills")
        .find_one(doc! { "_id": 1 })
        .await
        .unwrap();
    assert_eq!(before, after, "not even a stamp was renewed");
    assert_eq!(
        site.here("_sync_conflicts")
            .count_documents(doc! {})
            .await
            .unwrap(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_that_a_small_oplog_forgot_is_made_up_for_by_a_full_compare() {
    let small = || {
        Options::replica_set()
            .oplog_mb(1)
            .parameter("minSnapshotHistoryWindowInSeconds", "0")
    };
    let mut site = Site::with(small(), small()).await;
    site.here("bills").insert_many(many(10, 10)).await.unwrap();
    site.world.start().await;
    site.while_stopped(async |site| {
        changes_on_both_sides(site, "forgotten").await;
        fill(&site.here("bulk"), "here").await;
        fill(&site.there("bulk"), "there").await;
        for database in [&site.pc().local, &site.world.atlas] {
            forgets(database).await;
        }
    })
    .await;
    site.world.converge().await;
    assert!(
        heard("comparing both sides") && heard("code 286"),
        "{}",
        crate::heard::log()
    );
    assert_both_have(&site, "forgotten").await;
    let report = verify(&site.pc().config, None).await.unwrap();
    assert_eq!((report.differences, report.could_not_tell), (vec![], 0));
    assert_eq!(
        site.here("bulk").count_documents(doc! {}).await.unwrap(),
        800
    );
}

/// More than a small oplog holds.
async fn fill(bulk: &Collection<Document>, mark: &str) {
    for batch in 0..20 {
        let documents: Vec<Document> = (0..20)
            .map(|number| {
                let id = format!("{mark} {}", batch * 20 + number);
                doc! { "_id": id, "pad": "y".repeat(50_000), "at": DateTime::now() }
            })
            .collect();
        bulk.insert_many(&documents).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_outlasts_the_oplog_costs_no_history() {
    let small = Options::replica_set()
        .oplog_mb(1)
        .parameter("minSnapshotHistoryWindowInSeconds", "0");
    let mut site = Site::with(small, Options::replica_set()).await;
    site.here("bills").insert_many(many(10, 10)).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    let before = crate::heard::log().len();
    site.pc().engine().pause(Direction::UPLOAD);
    let edit = doc! { "$set": { "paid": true } };
    let bills = site.here("bills");
    bills.update_one(doc! { "_id": 1 }, edit).await.unwrap();
    fill(&site.here("bulk"), "here").await;
    forgets(&site.pc().local).await;
    site.pc().engine().resume(Direction::UPLOAD);
    site.world.converge().await;
    let log = crate::heard::log();
    assert!(!log[before..].contains("comparing both sides"), "{log}");
}

/// Waits until the first change of the test is gone from the oplog: it is truncated at the server's leisure.
async fn forgets(database: &mongodb::Database) {
    let oplog = database
        .client()
        .database("local")
        .collection::<Document>("oplog.rs");
    integration_tests::eventually(crate::site::SOON, "the oplog to forget", async || {
        // Every write makes it look at its size again.
        database
            .collection("_sync_noise")
            .insert_one(doc! { "pad": "z".repeat(100_000) })
            .await
            .unwrap();
        let of_bills = doc! { "ns": format!("{DATABASE}.bills") };
        match oplog.count_documents(of_bills).await {
            Ok(0) => Ok(()),
            Ok(left) => Err(left.to_string()),
            // It may be truncated under the very hands of who counts.
            Err(error) => Err(error.to_string()),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_token_of_another_server_in_locals_row_leads_to_a_full_compare() {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(10, 10)).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    let other = Mongod::start(Options::replica_set()).await.unwrap();
    let other = other.client().await.unwrap().database(DATABASE);
    let mut stream = other.watch().await.unwrap();
    other
        .collection("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let event = StreamExt::next(&mut stream).await.unwrap().unwrap();
    let token = bson::serialize_to_bson(&event.id).unwrap();
    let before = log().len();
    site.while_stopped(async |site| {
        changes_on_both_sides(site, "foreign").await;
        set_token(site, TOKENS[0], token).await;
    })
    .await;
    site.world.converge().await;
    let log = log();
    let since = &log[before..];
    assert!(
        since.contains("the connection is lost") && since.contains("comparing both sides"),
        "{since}"
    );
    assert_both_have(&site, "foreign").await;
}
