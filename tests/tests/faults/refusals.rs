//! Writes that a server does not take, or does not take for good, for reasons that pass.

use bson::doc;
use integration_tests::eventually;
use integration_tests::link::Link;
use integration_tests::mongod::Options;
use mongodb::IndexModel;
use mongodb::options::IndexOptions;
use sync_engine::config::ConnectionString;
use sync_engine::names::QUARANTINE;

use crate::heard;
use crate::site::{DATABASE, SOON, Site, rows_when};

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_not_confirmed_is_looked_at_again() {
    let tests = || Options::replica_set().parameter("enableTestCommands", "1");
    let mut site = Site::with(Options::replica_set(), tests()).await;
    site.world.start().await;
    let client = site.atlas.client().await.unwrap();
    let fail = doc! {
        "configureFailPoint": "failCommand",
        "mode": { "times": 1 },
        "data": {
            "failCommands": ["insert"],
            "namespace": format!("{DATABASE}.bills"),
            "appName": "bomba-sync",
            "writeConcernError": { "code": 64, "errmsg": "waiting for replication timed out" },
        },
    };
    client.database("admin").run_command(fail).await.unwrap();
    site.here("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.world.rest().await;
    assert!(
        heard::heard("written, but not confirmed: waiting for replication timed out"),
        "{}",
        heard::log()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_steps_down_in_the_middle_of_a_write_gets_no_document_set_aside() {
    let mut site = Site::new().await;
    let line = Link::to(site.local.address()).await.unwrap();
    let through = format!(
        "{}&serverSelectionTimeoutMS=500",
        site.local.uri_through(&line)
    );
    site.pc_mut().config.local_uri = ConnectionString::new(through);
    let unique = IndexOptions::builder().unique(true).build();
    let unique = IndexModel::builder()
        .keys(doc! { "billNumber": 1 })
        .options(unique)
        .build();
    site.here("bills").create_index(unique).await.unwrap();
    site.world.start().await;
    site.here("bills")
        .insert_one(doc! { "_id": "here", "billNumber": 1 })
        .await
        .unwrap();
    site.world.converge().await;

    // The code for a clash on an index, and the one for a primary that steps down.
    let code = |code: i32| [b"\x10code\0".as_slice(), &code.to_le_bytes()].concat();
    line.forge(&code(11000), &code(189));
    site.there("bills")
        .insert_one(doc! { "_id": "there", "billNumber": 1 })
        .await
        .unwrap();
    eventually(SOON, "the refusal", async || {
        if line.is_forged() {
            Ok(())
        } else {
            Err("not sent yet")
        }
    })
    .await;
    let records = rows_when(&site.pc().local, QUARANTINE, 1).await;
    assert_eq!(records[0].get_i32("code").unwrap(), 11000, "{records:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_shuts_down_as_a_stream_opens_has_nothing_against_the_position() {
    let tests = || Options::replica_set().parameter("enableTestCommands", "1");
    let mut site = Site::with(Options::replica_set(), tests()).await;
    site.there("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.world.start().await;
    site.world.converge().await;
    let before = heard::log().len();
    site.while_stopped(async |site| {
        site.there("bills")
            .delete_one(doc! { "_id": 1 })
            .await
            .unwrap();
        let fail = doc! {
            "configureFailPoint": "failCommand",
            "mode": { "times": 1 },
            "data": { "failCommands": ["aggregate"], "appName": "bomba-sync", "errorCode": 91 },
        };
        let client = site.atlas.client().await.unwrap();
        client.database("admin").run_command(fail).await.unwrap();
    })
    .await;
    site.world.converge().await;
    let log = heard::log();
    assert!(log[before..].contains("code 91"), "{log}");
    assert!(!log[before..].contains("comparing both sides"), "{log}");
    let left = site.here("bills").count_documents(doc! {}).await.unwrap();
    assert_eq!(left, 0, "what was deleted came back");
}
