//! A side that answers and takes no writes: its disk is full, or its quota is used up.

use std::time::Instant;

use bson::{Document, doc};
use integration_tests::let_time_pass;
use integration_tests::mongod::{Mongod, Options};
use sync_engine::status::State;

use crate::site::{DATABASE, SOON, Site, becomes, told};

const OUT_OF_DISK_SPACE: i32 = 14031;

/// Has the server refuse the engine's writes of bills, or take them again.
async fn refuse(server: &Mongod, mode: &str) {
    let data = doc! {
        "failCommands": ["insert", "update"], "errorCode": OUT_OF_DISK_SPACE,
        "appName": "bomba-sync", "namespace": format!("{DATABASE}.bills"),
    };
    let order = doc! { "configureFailPoint": "failCommand", "mode": mode, "data": data };
    let client = server.client().await.unwrap();
    client.database("admin").run_command(order).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_side_that_takes_no_writes_is_told_and_so_is_its_recovery() {
    let options = || Options::replica_set().parameter("enableTestCommands", "1");
    let mut site = Site::with(options(), options()).await;
    site.world.start().await;
    for (side, server) in [("atlas", &site.atlas), ("local", &site.local)] {
        refuse(server, "alwaysOn").await;
        let bills = match side {
            "atlas" => site.here("bills"),
            _ => site.there("bills"),
        };
        bills.insert_one(doc! { "_id": side }).await.unwrap();
        let notice = site.notice("not-writing").await;
        assert!(
            notice.contains(side) && notice.contains("14031"),
            "{notice}"
        );
        let status = site.pc().status();
        let notice = status
            .notices
            .iter()
            .find(|notice| notice.kind == "not-writing");
        assert_eq!(notice.unwrap().about.as_deref(), Some(side));
        // What needs no such write goes on, whichever way, and no slower for all the failures by now.
        let began = Instant::now();
        for turn in 0..10 {
            let other = doc! { "_id": format!("{turn} while {side} is full") };
            let (from, to) = match turn % 2 {
                0 => (site.here("payments"), site.there("payments")),
                _ => (site.there("payments"), site.here("payments")),
            };
            from.insert_one(other.clone()).await.unwrap();
            becomes(&to, other, |_| true).await;
        }
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        // The status is older than what it tells of.
        let_time_pass().await;
        let_time_pass().await;
        assert!(told(&site.pc().status(), "not-writing").is_some());

        refuse(server, "off").await;
        site.pc().engine().hurry();
        site.world.converge().await;
        assert_eq!(told(&site.pc().status(), "not-writing"), None);
        assert_eq!(site.pc().status().state, State::Synced);
    }
    let both: Vec<Document> = vec![doc! { "_id": "atlas" }, doc! { "_id": "local" }];
    for filter in both {
        assert!(
            site.there("bills")
                .find_one(filter)
                .await
                .unwrap()
                .is_some()
        );
    }
}
