//! Change events that make no sense: skipped, counted, and the stream goes on.

use bson::doc;
use integration_tests::link::Link;
use sync_engine::config::ConnectionString;

use crate::heard::heard;
use crate::site::{Site, becomes, metric};

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_understood_is_skipped_and_counted() {
    let mut site = Site::new().await;
    let line = Link::to(site.local.address()).await.unwrap();
    let through = format!(
        "{}&serverSelectionTimeoutMS=500",
        site.local.uri_through(&line)
    );
    site.pc_mut().config.local_uri = ConnectionString::new(through);
    site.world.start().await;

    for (number, (genuine, forged)) in [
        ("documentKey", "documentKex"),
        ("operationType", "operationTypo"),
        ("wallTime", "wallTimo"),
    ]
    .into_iter()
    .enumerate()
    {
        line.forge(genuine.as_bytes(), forged.as_bytes());
        let number = i32::try_from(number).unwrap();
        site.here("bills")
            .insert_one(doc! { "_id": number, "event": "forged" })
            .await
            .unwrap();
        integration_tests::eventually(crate::site::SOON, "the forged event", async || {
            if line.is_forged() {
                Ok(())
            } else {
                Err("not sent yet")
            }
        })
        .await;
        site.here("bills")
            .insert_one(doc! { "_id": 100 + number })
            .await
            .unwrap();
        becomes(&site.there("bills"), doc! { "_id": 100 + number }, |_| true).await;
    }
    assert!(heard("cannot be understood"));
    let failed = "bomba_sync_failed_total{direction=\"local_to_atlas\"}";
    assert_eq!(metric(&site.pc().engine().metrics_text(), failed), 2);
    // A wall time may be missing: the cluster's time does as well.
    becomes(&site.there("bills"), doc! { "_id": 2 }, |_| true).await;

    // What an event did not bring, a comparison does.
    site.pc().engine().resync(None).await.unwrap();
    site.world.converge().await;
    assert_eq!(
        site.there("bills").count_documents(doc! {}).await.unwrap(),
        6
    );
}
