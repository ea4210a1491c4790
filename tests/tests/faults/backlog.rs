//! A long day without a line: memory stays flat however much waits, and then all of it arrives.

use bson::{Document, doc};
use integration_tests::daemon::Daemon;
use integration_tests::diff::same;
use integration_tests::eventually;
use integration_tests::link::Link;
use integration_tests::mongod::{Mongod, Options};
use integration_tests::shop::Shop;
use sync_api::wire::State;

use crate::site::{DATABASE, SOON};

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
