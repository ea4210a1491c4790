//! The way to Atlas fails in every way a line can fail.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bson::doc;
use integration_tests::mongod::Options;
use sync_engine::config::ConnectionString;
use sync_engine::status::{State, Status};
use sync_engine::{Trouble, quarantine};

use crate::heard::heard;
use crate::site::{SOON, Site, becomes, many, metric, told};

const RECONNECTS: &str = "bomba_sync_reconnects_total{side=\"atlas\"}";

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_line_is_told_loudly_after_the_last_attempt_and_still_tried() {
    let mut site = Site::new().await;
    site.pc_mut().config.reconnect_attempts_max = 3;
    site.here("bills").insert_many(many(20, 10)).await.unwrap();
    site.world.start().await;
    assert_eq!(metric(&site.pc().engine().metrics_text(), RECONNECTS), 0);

    site.pc().link.cut().await;
    let (here, there) = (site.here("bills"), site.there("bills"));
    here.insert_one(doc! { "_id": "here" }).await.unwrap();
    here.update_one(doc! { "_id": 1 }, doc! { "$set": { "paid": true } })
        .await
        .unwrap();
    here.delete_one(doc! { "_id": 2 }).await.unwrap();
    there.insert_one(doc! { "_id": "there" }).await.unwrap();
    there
        .update_one(doc! { "_id": 3 }, doc! { "$set": { "paid": true } })
        .await
        .unwrap();
    there.delete_one(doc! { "_id": 4 }).await.unwrap();

    let notice = site.notice("reconnect-failing").await;
    assert!(
        notice.contains("atlas") && notice.contains("still trying"),
        "{notice}"
    );
    assert!(heard("the connection is lost; trying again side=atlas"));
    let attempts = site.pc().status().atlas.attempts;
    let later = site
        .pc()
        .reaches("more attempts", |status| status.atlas.attempts > attempts)
        .await;
    assert!(!later.atlas.connected && later.local.connected);
    assert!(later.atlas.last_error.is_some());
    assert_eq!(metric(&site.pc().engine().metrics_text(), RECONNECTS), 0);

    site.pc().link.mend().await;
    site.world.converge().await;
    assert_eq!(metric(&site.pc().engine().metrics_text(), RECONNECTS), 1);
    assert_eq!(told(&site.pc().status(), "reconnect-failing"), None);
    assert_eq!(
        site.there("bills").count_documents(doc! {}).await.unwrap(),
        20
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_reset_in_the_middle_of_messages_lose_nothing() {
    let site = Site::started().await;
    let link = &site.pc().link;
    link.slow(Duration::ZERO, 4_000_000);
    let over = AtomicBool::new(false);
    let mut batches = 0;
    let load = async {
        while !over.load(Ordering::Relaxed) {
            let mut documents = many(20, 4000);
            for document in &mut documents {
                let id = document.get_i32("_id").unwrap();
                document.insert("_id", format!("{batches}/{id}"));
            }
            let (here, there) = documents.split_at(10);
            site.here("bills").insert_many(here).await.unwrap();
            site.there("bills").insert_many(there).await.unwrap();
            batches += 1;
        }
    };
    let resets = async {
        for _ in 0..15 {
            let carried = link.bytes_to_target() + link.bytes_from_target();
            integration_tests::eventually(SOON, "traffic", async || {
                let now = link.bytes_to_target() + link.bytes_from_target();
                if now > carried + 30_000 {
                    Ok(())
                } else {
                    Err(now - carried)
                }
            })
            .await;
            link.reset().await;
        }
        over.store(true, Ordering::Relaxed);
    };
    tokio::join!(load, resets);
    link.mend().await;
    site.world.converge().await;
    let count = site.here("bills").count_documents(doc! {}).await.unwrap();
    assert_eq!(count, 20 * batches);
    assert!(metric(&site.pc().engine().metrics_text(), RECONNECTS) >= 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_vanished_without_a_word_is_given_up_and_found_again() {
    let site = Site::started().await;
    site.pc().link.hold();
    site.here("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.there("bills")
        .insert_one(doc! { "_id": 2 })
        .await
        .unwrap();
    let status = site
        .pc()
        .reaches("the silence", |status| !status.atlas.connected)
        .await;
    assert_eq!(status.state, State::Offline);
    assert!(status.local.connected);
    site.pc().link.mend().await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_line_is_used_and_not_taken_for_a_dead_one() {
    let site = Site::started().await;
    site.pc().link.slow(Duration::from_millis(150), 200_000);
    site.here("bills")
        .insert_many(many(100, 1000))
        .await
        .unwrap();
    site.there("payments")
        .insert_many(many(100, 1000))
        .await
        .unwrap();
    site.world.converge().await;
    assert_eq!(metric(&site.pc().engine().metrics_text(), RECONNECTS), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_atlas_name_cannot_be_looked_up_local_is_listened_to_all_the_same() {
    let mut site = Site::new().await;
    let unknown = "mongodb+srv://shop:hunter2@cluster0.no-such-name.invalid/";
    let config = &mut site.pc_mut().config;
    config.atlas_uri = ConnectionString::new(unknown);
    config.reconnect_attempts_max = 1_000_000;
    site.pc_mut().start().await;
    site.pc()
        .reaches("Local", |status| status.local.connected)
        .await;
    site.here("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let away = |status: &Status| !status.atlas.connected && status.atlas.attempts > 1;
    let status = site
        .pc()
        .reaches("a change that waits for Atlas", |status| {
            away(status) && status.local.connected && status.local_to_atlas.pending > 0
        })
        .await;
    assert_eq!(status.state, State::Offline);
    assert_eq!(status.atlas.trouble, Some(Trouble::NameUnknown));
    assert_eq!(status.local.last_error, None);
    // What is only on this PC can be asked for as well.
    let access = site.pc().access().await;
    assert_eq!(quarantine::list(&access).await.unwrap().len(), 0);
    assert!(access.devices().await.is_err());
    let listed = access.collections().await.unwrap();
    assert_eq!(listed["bills"].local, Some(1));
    site.world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn atlas_is_opened_as_soon_as_it_can_be() {
    let mut site = Site::with(Options::replica_set(), Options::replica_set().with_tls()).await;
    let folder = tempfile::tempdir().unwrap();
    let late = folder.path().join("ca.pem");
    let config = &mut site.world.pcs[0].config;
    let known = site.atlas.ca_file();
    let uri = config.atlas_uri.expose();
    let uri = uri.replace(known.to_str().unwrap(), late.to_str().unwrap());
    assert!(uri.contains(late.to_str().unwrap()), "{uri}");
    config.atlas_uri = ConnectionString::new(uri);
    site.pc_mut().start().await;
    site.pc()
        .reaches("Local", |status| status.local.connected)
        .await;
    site.here("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.pc()
        .reaches("Atlas away", |status| {
            status.local.connected
                && status.local_to_atlas.pending > 0
                && status.atlas.trouble == Some(Trouble::Certificate)
        })
        .await;
    let notice = site.notice("unauthorized").await;
    assert!(notice.contains("atlas"), "{notice}");
    std::fs::copy(known, late).unwrap();
    becomes(&site.there("bills"), doc! { "_id": 1 }, |_| true).await;
    site.world.converge().await;
}
