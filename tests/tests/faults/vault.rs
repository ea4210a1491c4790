//! The losers of conflicts: nothing is overwritten before they are kept, and each can be found as long as was promised.

use bson::{DateTime, doc};
use integration_tests::let_time_pass;
use sync_engine::names::{CONFLICTS, METADATA};
use sync_engine::status::State;
use sync_engine::vault::{Marked, mark};

use crate::site::{Site, becomes, metric, rows_when, told};

/// While the engine is off: `here` first, then `there`, which wins.
async fn edit_both(site: &mut Site, here: &str, there: &str) {
    site.while_stopped(async |site| {
        let set = |total: &str| doc! { "$set": { "total": total } };
        site.here("bills")
            .update_one(doc! { "_id": 1 }, set(here))
            .await
            .unwrap();
        let_time_pass().await;
        site.there("bills")
            .update_one(doc! { "_id": 1 }, set(there))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_vault_takes_no_record_nothing_is_overwritten_and_it_is_said() {
    let mut site = Site::new().await;
    site.here("bills")
        .insert_one(doc! { "_id": 1, "total": 1 })
        .await
        .unwrap();
    site.world.start().await;
    let refuse = doc! { "create": CONFLICTS, "validator": { "never": "this" } };
    site.pc().local.run_command(refuse).await.unwrap();
    site.while_stopped(async |site| {
        let set = |total: &str| doc! { "$set": { "total": total } };
        site.here("bills")
            .update_one(doc! { "_id": 1 }, set("here"))
            .await
            .unwrap();
        site.there("bills")
            .update_one(doc! { "_id": 1 }, set("there"))
            .await
            .unwrap();
        site.here("bills")
            .insert_one(doc! { "_id": "other" })
            .await
            .unwrap();
    })
    .await;
    let notice = site.notice("vault").await;
    assert!(notice.contains(CONFLICTS), "{notice}");
    becomes(&site.there("bills"), doc! { "_id": "other" }, |_| true).await;
    for (bills, total) in [(site.here("bills"), "here"), (site.there("bills"), "there")] {
        let bill = bills.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
        assert_eq!(bill.get_str("total").unwrap(), total);
    }

    let allow = doc! { "collMod": CONFLICTS, "validator": {} };
    site.pc().local.run_command(allow).await.unwrap();
    site.world.converge().await;
    let records = rows_when(&site.pc().local, CONFLICTS, 1).await;
    assert_eq!(
        records[0]
            .get_document("loser")
            .unwrap()
            .get_str("total")
            .unwrap(),
        "here"
    );
    assert_eq!(site.pc().status().state, State::Synced);
    // It waited for the vault; who won was never in doubt.
    let text = site.pc().engine().metrics_text();
    assert_eq!(metric(&text, "bomba_sync_resolution_failures_total"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_that_ends_without_a_loser_is_no_longer_said_to_wait() {
    let mut site = Site::new().await;
    site.here("bills")
        .insert_one(doc! { "_id": 1, "total": 1 })
        .await
        .unwrap();
    site.world.start().await;
    let refuse = doc! { "create": CONFLICTS, "validator": { "never": "this" } };
    site.pc().local.run_command(refuse).await.unwrap();
    edit_both(&mut site, "here", "there").await;
    site.notice("vault").await;
    site.here("bills")
        .update_one(doc! { "_id": 1 }, doc! { "$set": { "total": "there" } })
        .await
        .unwrap();
    site.pc()
        .reaches("no notice", |status| told(status, "vault").is_none())
        .await;
    site.world.converge().await;
    rows_when(&site.pc().local, CONFLICTS, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_loses_again_is_open_again() {
    let mut site = Site::new().await;
    site.here("bills")
        .insert_one(doc! { "_id": 1, "total": 1 })
        .await
        .unwrap();
    site.world.start().await;
    edit_both(&mut site, "loser", "winner").await;
    site.world.converge().await;
    let records = rows_when(&site.pc().local, CONFLICTS, 1).await;
    let first = *records[0].get_datetime("detectedAt").unwrap();
    let id = records[0].get_str("_id").unwrap().to_owned();
    let access = site.pc().access().await;
    mark(&access, Marked::These(std::slice::from_ref(&id)), true)
        .await
        .unwrap();
    site.world.converge().await;

    edit_both(&mut site, "loser", "second winner").await;
    let again = becomes(&site.there(CONFLICTS), doc! { "_id": id }, |record| {
        record.get_bool("seen").is_ok_and(|seen| !seen)
    })
    .await;
    assert!(*again.get_datetime("detectedAt").unwrap() > first);
    assert!(!again.contains_key("seenAt"));
    site.world.converge().await;
    rows_when(&site.pc().local, CONFLICTS, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_times_of_a_record_are_those_of_atlas_clock() {
    const DAY_MS: i64 = 24 * 3600 * 1000;
    let mut site = Site::new().await;
    site.here("bills")
        .insert_one(doc! { "_id": 1, "total": 1 })
        .await
        .unwrap();
    site.world.start().await;
    site.world.stop().await;
    // As it would be measured on a PC whose clock is 200 days behind.
    let behind = doc! { "clockOffsetMs": 200 * DAY_MS, "clockOffsetErrorMs": 300 * DAY_MS };
    site.here(METADATA)
        .update_one(doc! { "_id": "identity" }, doc! { "$set": behind })
        .await
        .unwrap();
    edit_both(&mut site, "here", "there").await;
    let records = rows_when(&site.pc().local, CONFLICTS, 1).await;
    let ahead_days = |field: &str| {
        let at = records[0].get_datetime(field).unwrap();
        (at.timestamp_millis() - DateTime::now().timestamp_millis() + DAY_MS / 2) / DAY_MS
    };
    assert_eq!(ahead_days("detectedAt"), 200);
    assert_eq!(ahead_days("expiresAt"), 290);
}
