//! A Local that stands alone: what its queue tells, what it does not tell, and what becomes of it.

use std::time::Duration;

use bson::{Bson, DateTime, Document, doc};
use integration_tests::eventually;
use integration_tests::mongod::Options;
use integration_tests::place::{Place, Till};
use mongodb::Collection;
use sync_engine::check::{Severity, check};
use sync_engine::names::{CONFLICTS, QUEUE};
use sync_engine::status::State;
use sync_engine::vault::{Marked, mark, restore};

use crate::heard::heard;
use crate::site::{SOON, Site, becomes, rows, rows_when, told};

/// A PC whose MongoDB stands alone, with a bill, and the shop's program that rang it up.
async fn site_with_a_bill() -> (Site, Place) {
    let (mut site, bills) = stopped_site_with_a_bill().await;
    site.world.start().await;
    site.world.converge().await;
    (site, bills)
}

async fn stopped_site_with_a_bill() -> (Site, Place) {
    let mut site = Site::with(Options::standalone(), Options::replica_set()).await;
    // Nothing but the queue tells, unless a test wants it.
    site.pc_mut().config.scan_interval = Duration::from_secs(3600);
    let till = Till::open(&site.local.uri(), &site.pc().local);
    let bills = till.place(site.here("bills"));
    bills.insert(doc! { "_id": 1, "total": 1 }).await.unwrap();
    (site, bills)
}

/// A row as a program leaves it that ends in the middle of a write.
async fn left_behind(site: &Site, id: impl Into<Bson>, operation: &str, age: Duration) {
    let at = DateTime::now().timestamp_millis() - i64::try_from(age.as_millis()).unwrap();
    let row = doc! {
        "collection": "bills", "documentId": id, "operation": operation, "origin": "local", "instanceId": null,
        "timestamp": DateTime::from_millis(at), "done": false,
    };
    site.here(QUEUE).insert_one(row).await.unwrap();
}

async fn is_gone(bills: &Collection<Document>, id: impl Into<Bson>) {
    let this = doc! { "_id": id.into() };
    eventually(SOON, "it to be gone", async || {
        let found = bills.find_one(this.clone()).await.unwrap();
        found.map_or(Ok(()), |found| Err(found.to_string()))
    })
    .await;
}

const LONG_AGO: Duration = Duration::from_secs(120);
const TOO_LONG_AGO: Duration = Duration::from_secs(7200);

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_wrote_that_ended_before_it_could_say_so_goes_up() {
    let (site, bills) = site_with_a_bill().await;
    let here = bills.collection();
    let edit = doc! { "$set": { "total": 2 } };
    here.update_one(doc! { "_id": 1 }, edit).await.unwrap();
    left_behind(&site, 1, "update", LONG_AGO).await;
    becomes(&site.there("bills"), doc! { "total": 2 }, |_| true).await;
    here.delete_one(doc! { "_id": 1 }).await.unwrap();
    left_behind(&site, 1, "delete", LONG_AGO).await;
    is_gone(&site.there("bills"), 1).await;
    rows_when(&site.pc().local, QUEUE, 0).await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_was_announced_and_never_made_deletes_nothing() {
    let (site, bills) = site_with_a_bill().await;
    left_behind(&site, 1, "delete", LONG_AGO).await;
    left_behind(&site, 1, "delete", TOO_LONG_AGO).await;
    // That one is too old to be waited for; the other may still be made.
    let left = rows_when(&site.pc().local, QUEUE, 1).await;
    assert_ne!(left[0].get_bool("done").ok(), Some(true), "{left:?}");
    bills.insert(doc! { "_id": 2 }).await.unwrap();
    site.world.converge().await;
    for bills in [site.here("bills"), site.there("bills")] {
        assert_eq!(bills.count_documents(doc! {}).await.unwrap(), 2);
    }
    bills.delete(&1.into()).await;
    is_gone(&site.there("bills"), 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_that_found_nothing_deletes_nothing_whatever_its_row_says() {
    let (site, bills) = site_with_a_bill().await;
    let row = doc! {
        "collection": "bills", "documentId": 1, "operation": "delete", "origin": "local", "done": true,
        "timestamp": DateTime::now(),
    };
    site.here(QUEUE).insert_one(row).await.unwrap();
    rows_when(&site.pc().local, QUEUE, 0).await;
    bills.insert(doc! { "_id": 2 }).await.unwrap();
    becomes(&site.there("bills"), doc! { "_id": 2 }, |_| true).await;
    site.world.converge().await;
    let found = site.there("bills").count_documents(doc! { "_id": 1 }).await;
    assert_eq!(found.unwrap(), 1);
    assert_eq!(rows(&site.world.atlas, CONFLICTS).await.len(), 0);
}

/// The write happens late: what another PC did in between is older than it.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_counts_from_when_it_was_done_and_not_from_when_it_was_announced() {
    let (site, bills) = site_with_a_bill().await;
    bills.insert(doc! { "_id": 2, "total": 1 }).await.unwrap();
    site.world.converge().await;
    left_behind(&site, 1, "delete", LONG_AGO).await;
    left_behind(&site, 2, "update", LONG_AGO).await;
    rows_when(&site.pc().local, QUEUE, 1).await;
    site.pc().link.cut().await;
    site.pc()
        .reaches("offline", |status| !status.atlas.connected)
        .await;
    let edit = doc! { "$set": { "total": "there" } };
    let there = site.there("bills");
    there.update_many(doc! {}, edit).await.unwrap();
    integration_tests::let_time_pass().await;
    let here = bills.collection();
    here.delete_one(doc! { "_id": 1 }).await.unwrap();
    let edit = doc! { "$set": { "total": "here" } };
    here.update_one(doc! { "_id": 2 }, edit).await.unwrap();
    let queue = site.here(QUEUE);
    let done =
        doc! { "$set": { "done": true, "timestamp": DateTime::now() }, "$unset": { "taken": "" } };
    queue.update_many(doc! {}, done).await.unwrap();
    let again = doc! {
        "collection": "bills", "documentId": 2, "operation": "update", "origin": "local", "done": true,
        "timestamp": DateTime::now(),
    };
    queue.insert_one(again).await.unwrap();
    site.pc().link.mend().await;
    becomes(&there, doc! { "_id": 2, "total": "here" }, |_| true).await;
    is_gone(&there, 1).await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_cannot_be_read_for_a_while_loses_nothing_that_waits_in_it() {
    let (mut site, bills) = site_with_a_bill().await;
    site.pc().link.cut().await;
    site.pc()
        .reaches("offline", |status| !status.atlas.connected)
        .await;
    bills.delete(&1.into()).await;
    site.pc()
        .reaches("a change that waits", |status| {
            status.local_to_atlas.pending > 0
        })
        .await;
    // Without its index the question that is asked of it is refused.
    let drop = doc! { "dropIndexes": QUEUE, "index": "*" };
    site.pc().local.run_command(drop).await.unwrap();
    let reconnected = "bomba_sync_reconnects_total{side=\"local\"}";
    eventually(SOON, "the queue to be read again", async || {
        let count = site.pc().counter(reconnected);
        (count > 0).then_some(()).ok_or(count)
    })
    .await;
    assert_eq!(rows(&site.pc().local, QUEUE).await.len(), 1);
    site.pc_mut().stop().await;
    site.pc().link.mend().await;
    site.pc_mut().start().await;
    is_gone(&site.there("bills"), 1).await;
    is_gone(&site.here("bills"), 1).await;
    rows_when(&site.pc().local, QUEUE, 0).await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_as_large_as_they_come_goes_up_and_comes_to_rest() {
    let (site, bills) = site_with_a_bill().await;
    let pad = "x".repeat(9 << 20);
    bills.insert(doc! { "_id": 2, "pad": pad }).await.unwrap();
    becomes(&site.there("bills"), doc! { "_id": 2 }, |_| true).await;
    site.world.converge().await;
    assert_eq!(site.pc().status().quarantined, 0);
    bills.delete(&2.into()).await;
    is_gone(&site.there("bills"), 2).await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_under_way_is_waited_for_and_never_called_synced() {
    let (site, bills) = site_with_a_bill().await;
    left_behind(&site, 1, "update", Duration::ZERO).await;
    let status = site
        .pc()
        .reaches("a write under way", |status| status.state == State::Syncing)
        .await;
    assert_eq!(status.quarantined, 0);
    let edit = doc! { "$set": { "total": 3 } };
    let here = bills.collection();
    here.update_one(doc! { "_id": 1 }, edit).await.unwrap();
    let done = doc! { "$set": { "done": true, "timestamp": DateTime::now() } };
    let queue = site.here(QUEUE);
    queue.update_many(doc! {}, done).await.unwrap();
    becomes(&site.there("bills"), doc! { "total": 3 }, |_| true).await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_row_tells_of_is_found_by_the_scan() {
    let (mut site, bills) = stopped_site_with_a_bill().await;
    site.pc_mut().config.scan_interval = Duration::from_secs(1);
    site.world.start().await;
    site.world.converge().await;
    let here = bills.collection();
    let edit = doc! { "$set": { "total": 4 } };
    here.update_one(doc! { "_id": 1 }, edit).await.unwrap();
    here.insert_one(doc! { "_id": 2, "total": 5 })
        .await
        .unwrap();
    becomes(&site.there("bills"), doc! { "total": 4 }, |_| true).await;
    becomes(&site.there("bills"), doc! { "total": 5 }, |_| true).await;
    site.world.converge().await;
    assert_eq!(rows(&site.pc().local, CONFLICTS).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_make_no_sense_are_passed_and_what_they_name_is_looked_at() {
    let (site, bills) = site_with_a_bill().await;
    let here = bills.collection();
    let edit = doc! { "$set": { "total": 6 } };
    here.update_one(doc! { "_id": 1 }, edit).await.unwrap();
    let nonsense = [
        doc! { "collection": "bills", "documentId": 1, "operation": "explode", "done": true },
        doc! { "collection": { "$ne": null }, "documentId": { "$gt": "" }, "operation": "delete", "done": true },
        doc! { "_id": "odd", "collection": "system.users", "documentId": 1, "operation": "delete", "done": true },
        doc! { "_id": 5, "collection": "_sync_metadata", "documentId": "identity", "operation": "delete", "done": true },
        doc! { "collection": "a$b", "documentId": 1, "operation": "update", "done": 1 },
        doc! { "collection": "bills", "documentId": { "$gt": "" }, "operation": "delete", "done": true },
        doc! { "collection": "bills", "documentId": { "$gt": "" }, "operation": "update", "done": true },
        doc! { "collection": "bills", "documentId": [1], "operation": "delete", "done": true },
        doc! {},
    ];
    site.here(QUEUE).insert_many(nonsense).await.unwrap();
    becomes(&site.there("bills"), doc! { "total": 6 }, |_| true).await;
    rows_when(&site.pc().local, QUEUE, 0).await;
    site.world.converge().await;
    let identity = doc! { "_id": "identity" };
    let metadata = site.here("_sync_metadata");
    assert_eq!(metadata.count_documents(identity).await.unwrap(), 1);
    assert!(heard("cannot be understood"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_does_with_a_conflict_travels() {
    let (mut site, bills) = site_with_a_bill().await;
    site.world.stop().await;
    bills.update(&1.into(), doc! { "total": "here" }).await;
    integration_tests::let_time_pass().await;
    let there = site.there("bills");
    let edit = doc! { "$set": { "total": "there" } };
    there.update_one(doc! { "_id": 1 }, edit).await.unwrap();
    site.pc_mut().start().await;
    let kept = rows_when(&site.world.atlas, CONFLICTS, 1).await;
    site.world.converge().await;
    let id = kept[0].get_str("_id").unwrap().to_owned();
    let access = site.pc().access().await;
    assert!(restore(&access, &id).await.unwrap());
    becomes(&there, doc! { "total": "here" }, |_| true).await;
    becomes(&site.there(CONFLICTS), doc! { "seen": true }, |_| true).await;
    let again = [id];
    let marked = mark(&access, Marked::These(&again), false).await.unwrap();
    assert_eq!(marked, 1);
    becomes(&site.there(CONFLICTS), doc! { "seen": false }, |_| true).await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_becomes_a_replica_set_is_followed_by_its_stream() {
    let (mut site, bills) = site_with_a_bill().await;
    let at_first = site.pc().status().instance_id;
    for id in [10, 11] {
        bills.insert(doc! { "_id": id }).await.unwrap();
    }
    site.world.converge().await;
    // What was told in the old way and has not gone up yet is not forgotten over it.
    site.pc_mut().stop().await;
    bills.delete(&10.into()).await;
    bills
        .replace(&11.into(), doc! { "_id": 11, "total": 11 })
        .await;
    assert_eq!(rows(&site.pc().local, QUEUE).await.len(), 2);
    site.local.becomes_replica_set().await.unwrap();
    site.pc_mut().start().await;
    is_gone(&site.there("bills"), 10).await;
    becomes(
        &site.there("bills"),
        doc! { "_id": 11, "total": 11 },
        |_| true,
    )
    .await;
    rows_when(&site.pc().local, QUEUE, 0).await;
    is_gone(&site.here("bills"), 10).await;
    let here = site.here("bills");
    let edit = doc! { "$set": { "total": 7 } };
    eventually(SOON, "the server to take a write", async || {
        let written = here.update_one(doc! { "_id": 1 }, edit.clone()).await;
        written.map_err(|error| error.to_string())
    })
    .await;
    becomes(&site.there("bills"), doc! { "total": 7 }, |_| true).await;
    // Nothing of it is asked of the program any more.
    here.delete_one(doc! { "_id": 1 }).await.unwrap();
    is_gone(&site.there("bills"), 1).await;
    bills.insert(doc! { "_id": 8 }).await.unwrap();
    site.world.converge().await;
    assert_eq!(site.pc().status().instance_id, at_first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_becomes_a_replica_set_under_a_running_engine_is_followed_as_well() {
    let (mut site, bills) = site_with_a_bill().await;
    site.local.becomes_replica_set().await.unwrap();
    let here = bills.collection();
    let edit = doc! { "$set": { "total": 9 } };
    eventually(SOON, "the server to take a write", async || {
        let written = here.update_one(doc! { "_id": 1 }, edit.clone()).await;
        written.map_err(|error| error.to_string())
    })
    .await;
    becomes(&site.there("bills"), doc! { "total": 9 }, |_| true).await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_said_whether_the_shop_tells_what_it_writes() {
    let mut site = Site::with(Options::standalone(), Options::replica_set()).await;
    let of_the_set = async |site: &Site| {
        let mut found = check(&site.pc().config).await;
        assert!(
            found
                .iter()
                .all(|found| found.kind != "rights" || found.severity == Severity::Ok)
        );
        found.retain(|found| found.kind == "replica-set" && found.text.contains("standalone"));
        assert_eq!(found.len(), 1, "{found:#?}");
        found.remove(0)
    };
    let silent = of_the_set(&site).await;
    assert_eq!(
        (silent.severity, silent.answer),
        (Severity::Problem, "standalone")
    );
    let remedy = silent.remedy.unwrap();
    assert!(
        remedy.contains("replSetName") && remedy.contains("middleware"),
        "{remedy}"
    );
    site.pc_mut().start().await;
    let notice = site.notice("standalone").await;
    assert!(notice.contains("check"), "{notice}");

    let till = Till::open(&site.local.uri(), &site.pc().local);
    let bills = till.place(site.here("bills"));
    bills.insert(doc! { "_id": 1 }).await.unwrap();
    site.pc()
        .reaches("in sync", |status| status.state == State::Synced)
        .await;
    assert!(told(&site.pc().status(), "standalone").is_none());
    site.world.converge().await;
    let telling = of_the_set(&site).await;
    assert_eq!(telling.severity, Severity::Ok, "{telling:?}");
    assert!(telling.text.contains("middleware"), "{telling:?}");
}
