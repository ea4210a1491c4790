//! Change events that make no sense: what they are about is looked at, they are counted, and the stream goes on.

use bson::{Document, doc};
use integration_tests::let_time_pass;
use integration_tests::link::Link;
use sync_engine::config::ConnectionString;
use sync_engine::names::CONFLICTS;

use crate::heard::heard;
use crate::site::{SOON, Site, becomes, metric, rows_when};

/// A PC whose own MongoDB is reached by a line.
async fn site_on_a_line() -> (Site, Link) {
    let mut site = Site::new().await;
    let line = Link::to(site.local.address()).await.unwrap();
    let through = format!(
        "{}&serverSelectionTimeoutMS=500",
        site.local.uri_through(&line)
    );
    site.pc_mut().config.local_uri = ConnectionString::new(through);
    (site, line)
}

async fn forged(line: &Link) {
    integration_tests::eventually(SOON, "the forged event", async || {
        if line.is_forged() {
            Ok(())
        } else {
            Err("not sent yet")
        }
    })
    .await;
}

/// Takes both times out of the next event of this kind.
fn take_the_times(line: &Link, operation: &str) {
    let length = u32::try_from(operation.len() + 1).unwrap();
    let place = |name: &str| {
        let mut place = b"\x02operationType\0".to_vec();
        place.extend(length.to_le_bytes());
        place.extend(format!("{operation}\0\x11{name}\0").bytes());
        place
    };
    line.forge(&place("clusterTime"), &place("clusterTimo"));
    line.forge(b"\x09wallTime\0", b"\x09wallTimo\0");
}

const FAILED: &str = "bomba_sync_failed_total{direction=\"local_to_atlas\"}";

#[tokio::test(flavor = "multi_thread")]
async fn what_an_event_that_cannot_be_understood_is_about_is_looked_at() {
    let (mut site, line) = site_on_a_line().await;
    site.world.start().await;
    for (number, (genuine, forgery)) in (0_i32..).zip([
        ("documentKey", "documentKex"),
        ("operationType", "operationTypo"),
        ("wallTime", "wallTimo"),
    ]) {
        line.forge(genuine.as_bytes(), forgery.as_bytes());
        let bill = doc! { "_id": number, "event": "forged" };
        site.here("bills").insert_one(bill.clone()).await.unwrap();
        forged(&line).await;
        let next = doc! { "_id": 100 + number };
        site.here("bills").insert_one(next.clone()).await.unwrap();
        for bill in [bill, next] {
            becomes(&site.there("bills"), bill, |_| true).await;
        }
    }
    assert!(heard("cannot be understood"));
    assert_eq!(metric(&site.pc().engine().metrics_text(), FAILED), 2);
    site.world.converge().await;
    assert_eq!(
        site.there("bills").count_documents(doc! {}).await.unwrap(),
        6
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_tells_no_time_counts_as_one_of_now() {
    let (mut site, line) = site_on_a_line().await;
    let bills: Vec<Document> = (0..3).map(|id| doc! { "_id": id, "total": 1 }).collect();
    site.here("bills").insert_many(bills).await.unwrap();
    site.world.start().await;

    take_the_times(&line, "delete");
    site.here("bills")
        .delete_one(doc! { "_id": 0 })
        .await
        .unwrap();
    forged(&line).await;
    site.world.converge().await;
    let gone = site
        .there("bills")
        .find_one(doc! { "_id": 0 })
        .await
        .unwrap();
    assert_eq!(gone, None, "a deletion without a time is one all the same");
    assert!(heard("tells no time"));

    let set = |total: &str| doc! { "$set": { "total": total } };
    let first = doc! { "_id": 1 };
    site.while_stopped(async |site| {
        site.here("bills")
            .update_one(first.clone(), set("here"))
            .await
            .unwrap();
        let_time_pass().await;
        site.there("bills")
            .update_one(first.clone(), set("there"))
            .await
            .unwrap();
        take_the_times(&line, "update");
    })
    .await;
    let record = rows_when(&site.pc().local, CONFLICTS, 1).await.remove(0);
    forged(&line).await;
    assert!(record.get_bool("caution").unwrap());
    site.world.converge().await;
    let bill = site.there("bills").find_one(first).await.unwrap().unwrap();
    let total = bill.get_str("total").unwrap();
    assert_eq!(total, "here", "it is taken to be the later one");
    assert_eq!(metric(&site.pc().engine().metrics_text(), FAILED), 0);
}
