//! A long day without a line: memory stays flat however much waits, and then all of it arrives.

use bson::{Document, doc};
use integration_tests::daemon::Daemon;
use integration_tests::diff::same;
use integration_tests::eventually;
use integration_tests::link::Link;
use integration_tests::mongod::{Mongod, Options};
use integration_tests::shop::Shop;
use sync_api::wire::State;
use sync_core::place::Direction;

use crate::site::{DATABASE, SOON, Site, becomes};

const WAITING: usize = 50_000;
/// What the engine may have read ahead of what it can write.
const KEYS_MAX: u32 = 20_000 + 100;
const GROWTH_BYTES_MAX: u64 = 64 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_thousand_changes_wait_for_atlas_in_little_memory_and_all_arrive() {
    let plain = Options::replica_set;
    let (local, atlas) = tokio::try_join!(Mongod::start(plain()), Mongod::start(plain())).unwrap();
    let line = Link::to(atlas.address()).await.unwrap();
    let arguments = [
        "--local",
        &local.uri(),
        "--atlas",
        &atlas.uri_through(&line),
        "--database",
        DATABASE,
    ];
    let mut daemon = Daemon::prepare(arguments)
        .await
        .unwrap()
        .variable("CHANGE_STREAM_RECONNECT_INTERVAL", "200");
    daemon.launch().unwrap();
    daemon.ready().await;
    let state = async |wanted: State| {
        eventually(SOON, &format!("{wanted:?}"), async || {
            let status = daemon
                .status()
                .await
                .map_err(|error| format!("{error:?}"))?;
            if status.state == wanted {
                Ok(())
            } else {
                Err(format!("{status:#?}\n{}", daemon.output()))
            }
        })
        .await;
    };
    state(State::Synced).await;
    let calm = daemon.resident_bytes().unwrap();

    line.cut().await;
    let here = local.client().await.unwrap().database(DATABASE);
    let mut shop = Shop::new(12, "A");
    let mut peak = 0;
    let mut most_waiting = 0;
    for _ in 0..WAITING / 1000 {
        let bills: Vec<Document> = (0..1000).map(|_| shop.bill()).collect();
        here.collection("bills").insert_many(bills).await.unwrap();
        peak = peak.max(daemon.resident_bytes().unwrap());
        most_waiting = most_waiting.max(daemon.status().await.unwrap().local_to_atlas.pending);
    }
    eventually(SOON, "a full inbox", async || {
        let status = daemon
            .status()
            .await
            .map_err(|error| format!("{error:?}"))?;
        peak = peak.max(daemon.resident_bytes().unwrap());
        most_waiting = most_waiting.max(status.local_to_atlas.pending);
        if most_waiting >= 20_000 {
            Ok(())
        } else {
            Err(format!("{most_waiting}\n{status:#?}"))
        }
    })
    .await;
    assert!(most_waiting <= KEYS_MAX, "{most_waiting} keys");
    assert!(
        peak < calm + GROWTH_BYTES_MAX,
        "{calm} bytes grew to {peak}"
    );

    line.mend().await;
    let there = atlas.client().await.unwrap().database(DATABASE);
    eventually(SOON, "everything to arrive", async || {
        let count = there
            .collection::<Document>("bills")
            .count_documents(doc! {})
            .await
            .unwrap();
        if count == WAITING as u64 {
            Ok(())
        } else {
            Err(count)
        }
    })
    .await;
    state(State::Synced).await;
    same(&here, &there).await.unwrap();
    assert!(daemon.stop().await.unwrap().success());
}

/// Twice what the engine may have read ahead; it reads on for fences, but not for ever.
const KEYS_EVER_MAX: u64 = 40_000 + 200;

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_direction_with_a_large_backlog_stops_no_other_and_is_not_read_into_memory() {
    let site = Site::started().await;
    site.pc().engine().pause(Direction::UPLOAD);
    let bills: Vec<Document> = (0..1000).map(|id| doc! { "_id": id, "total": 1 }).collect();
    let mut waiting = 0;
    for thousand in 0..60 {
        let bills = bills.iter().cloned().map(|mut bill| {
            bill.insert(
                "_id",
                format!("{thousand}/{}", bill.get_i32("_id").unwrap()),
            );
            bill
        });
        site.here("bills").insert_many(bills).await.unwrap();
        waiting += 1000;
    }
    site.pc()
        .reaches("a full inbox", |status| {
            status.local_to_atlas.pending >= 20_000
        })
        .await;

    // A document that is absent here is judged only when all that happened here was heard of.
    for number in 0_i32..3 {
        let there = doc! { "_id": format!("there {number}") };
        site.there("payments")
            .insert_one(there.clone())
            .await
            .unwrap();
        becomes(&site.here("payments"), there, |_| true).await;
        let pending = site.pc().status().local_to_atlas.pending;
        assert!(
            (20_000..=KEYS_EVER_MAX).contains(&pending),
            "{pending} keys"
        );
    }
    // However far behind its event waits, a deletion is not undone.
    site.here("bills")
        .delete_one(doc! { "_id": "59/999" })
        .await
        .unwrap();
    site.pc().engine().resume(Direction::UPLOAD);
    site.world.converge().await;
    let count = site.there("bills").count_documents(doc! {}).await.unwrap();
    assert_eq!(count, waiting - 1);
}
