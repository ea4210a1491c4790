//! What is set aside stays so until its two sides are the same, and what differs is never taken for settled.

use bson::{Document, doc};
use integration_tests::eventually;
use mongodb::Database;
use sync_core::place::Direction;
use sync_engine::config::CollectionMode;
use sync_engine::names::{CONFLICTS, QUARANTINE};
use sync_engine::quarantine;

use crate::site::{SOON, Site, becomes, metric, rows, rows_when};

/// Local takes no bill with a total above 100.
async fn refuse_large(local: &Database) {
    let small = doc! { "total": { "$not": { "$gt": 100 } } };
    let order = doc! { "collMod": "bills", "validator": small };
    local.run_command(order).await.unwrap();
}

async fn set_total(site: &Site, on_atlas: bool, total: i32) {
    let bills = if on_atlas {
        site.there("bills")
    } else {
        site.here("bills")
    };
    let set = doc! { "$set": { "total": total } };
    bills.update_one(doc! { "_id": 1 }, set).await.unwrap();
}

async fn site_with_a_bill() -> Site {
    let mut site = Site::new().await;
    let bill = doc! { "_id": 1, "total": 1 };
    site.here("bills").insert_one(bill).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    refuse_large(&site.pc().local).await;
    site
}

/// Waits until as many changes are said to be set aside.
async fn set_aside(site: &Site, count: u64) {
    let what = format!("{count} set aside");
    site.pc()
        .reaches(&what, |status| status.quarantined == count)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_word_of_a_record_that_is_gone_says_nothing_of_the_next_one() {
    let mut site = site_with_a_bill().await;
    // A change that waits keeps the position of Local's stream before all that follows.
    site.pc().engine().pause(Direction::UPLOAD);
    let waits = doc! { "_id": "waits" };
    site.here("bills").insert_one(waits).await.unwrap();
    site.pc()
        .reaches("a change that waits", |status| {
            status.local_to_atlas.pending == 1
        })
        .await;
    set_total(&site, true, 200).await;
    set_aside(&site, 1).await;
    set_total(&site, true, 50).await;
    rows_when(&site.pc().local, QUARANTINE, 0).await;
    set_total(&site, true, 300).await;
    // The status may still speak of the first one.
    rows_when(&site.pc().local, QUARANTINE, 1).await;

    // The stream is read again from before the first record went.
    let engine = site.pc().engine();
    engine.set_mode("other", CollectionMode::Off).await.unwrap();
    engine.resume(Direction::UPLOAD);
    becomes(&site.there("bills"), doc! { "_id": "waits" }, |_| true).await;
    let after = doc! { "_id": "after" };
    site.here("bills").insert_one(after.clone()).await.unwrap();
    becomes(&site.there("bills"), after, |_| true).await;
    let metrics = site.pc().engine().metrics_text();
    assert_eq!(metric(&metrics, "bomba_sync_quarantined "), 1);

    both_are_kept(&mut site, 2, 300).await;
}

/// An edit made here has not seen the version that was set aside: whichever wins, the other is in the vault.
async fn both_are_kept(site: &mut Site, here: i32, there: i32) {
    set_total(site, false, here).await;
    let kept = eventually(SOON, "a record", async || {
        let lost = rows(&site.pc().local, CONFLICTS).await;
        let totals: Vec<i32> = lost.iter().map(loser_total).collect();
        match [here, there]
            .into_iter()
            .find(|total| totals.contains(total))
        {
            Some(kept) => Ok(kept),
            None => Err(format!("{lost:#?}")),
        }
    })
    .await;
    let allow = doc! { "collMod": "bills", "validator": {} };
    site.pc().local.run_command(allow).await.unwrap();
    let access = site.pc().access().await;
    quarantine::retry(&access, None).await.unwrap();
    site.world.converge().await;
    let bill = site
        .there("bills")
        .find_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let total = bill.unwrap().get_i32("total").unwrap();
    assert!([here, there].contains(&total) && total != kept, "{total}");
    rows_when(&site.pc().local, QUARANTINE, 0).await;
    refuse_large(&site.pc().local).await;
}

fn loser_total(record: &Document) -> i32 {
    let loser = record.get_document("loser").unwrap();
    loser.get_i32("total").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_discarded_is_not_overwritten_before_it_is_kept() {
    let mut site = site_with_a_bill().await;
    for (restart, total) in [(false, 200), (true, 300)] {
        set_total(&site, true, total).await;
        set_aside(&site, 1).await;
        let access = site.pc().access().await;
        let record = quarantine::list(&access).await.unwrap().remove(0);
        let id = record.get_document("_id").unwrap();
        assert!(quarantine::discard(&access, id).await.unwrap());
        assert!(!quarantine::discard(&access, id).await.unwrap(), "twice");
        assert!(quarantine::list(&access).await.unwrap().is_empty());
        assert_eq!(quarantine::retry(&access, None).await.unwrap(), 0);
        set_aside(&site, 0).await;
        if restart {
            site.while_stopped(async |_| ()).await;
        }
        // Nothing is tried again of itself.
        let bill = site.here("bills").find_one(doc! { "_id": 1 }).await;
        assert_ne!(bill.unwrap().unwrap().get_i32("total").unwrap(), total);

        both_are_kept(&mut site, total / 100, total).await;
    }
}
