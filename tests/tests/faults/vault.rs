//! The losers of conflicts: nothing is overwritten before they are kept, and each can be found as long as was promised.

use std::collections::BTreeMap;

use bson::{DateTime, Document, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use integration_tests::mongod::Options;
use integration_tests::{eventually, let_time_pass};
use mongodb::Collection;
use sync_engine::names::{CONFLICTS, METADATA};
use sync_engine::status::State;
use sync_engine::vault::{Marked, Query, mark, page, restore, show};

use crate::heard::{heard, log};
use crate::site::{SOON, Site, becomes, metric, rows_when, told};

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
    assert!(heard("a conflict was settled"));
    let log = log();
    let line = log
        .lines()
        .find(|line| line.contains("a conflict was settled"));
    for told in [
        r#"collection="bills" document={ "_id": 1 }"#,
        "winner=",
        "loser=Some(",
        r#"reason="edited-on-both-sides""#,
    ] {
        assert!(
            line.unwrap().contains(told),
            "{told} is missing in {line:?}"
        );
    }
    let records = rows_when(&site.pc().local, CONFLICTS, 1).await;
    let first = *records[0].get_datetime("detectedAt").unwrap();
    let id = records[0].get_str("_id").unwrap().to_owned();
    let access = site.pc().access().await;
    mark(&access, Marked::These(std::slice::from_ref(&id)), true)
        .await
        .unwrap();
    let is_seen = |record: &Document| record.get_bool("seen").is_ok_and(|seen| seen);
    // On Atlas as well: else what is found there later may still be the first one.
    becomes(&site.there(CONFLICTS), doc! { "_id": &id }, is_seen).await;

    edit_both(&mut site, "loser", "second winner").await;
    let again = becomes(&site.there(CONFLICTS), doc! { "_id": id }, |record| {
        !is_seen(record)
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

/// A server keeps text that is not UTF-8, and so does the vault.
#[tokio::test(flavor = "multi_thread")]
async fn a_loser_with_broken_text_is_shown_as_well_as_it_can_be_and_hides_no_other() {
    let mut site = Site::new().await;
    let bills = [doc! { "_id": 1, "total": 1 }, doc! { "_id": 2, "total": 1 }];
    site.here("bills").insert_many(bills).await.unwrap();
    site.world.start().await;
    site.while_stopped(async |site| {
        let broken = RawDocumentBuf::from_bytes(BROKEN.to_vec()).unwrap();
        let here = site.here("bills");
        let raw = here.clone_with_type::<RawDocumentBuf>();
        raw.replace_one(doc! { "_id": 1 }, broken).await.unwrap();
        let set = |total: &str| doc! { "$set": { "total": total } };
        here.update_one(doc! { "_id": 2 }, set("here"))
            .await
            .unwrap();
        let_time_pass().await;
        site.there("bills")
            .update_many(doc! {}, set("there"))
            .await
            .unwrap();
    })
    .await;
    let records = site.here(CONFLICTS);
    let ids = projected_ids(&records, 2).await;
    let access = site.pc().access().await;
    let labels = BTreeMap::from([("bills".to_owned(), "name".to_owned())]);
    let mut shown = Vec::new();
    for id in &ids {
        let record = show(&access, id, &labels).await.unwrap().unwrap();
        let loser = record.get_document("loser").unwrap();
        shown.push((
            loser.get_i32("_id").unwrap(),
            loser.get_str("name").ok().map(str::to_owned),
        ));
    }
    shown.sort();
    assert_eq!(shown, [(1, Some("\u{fffd}(".to_owned())), (2, None)]);
    for search in ["", "bills"] {
        let query = Query {
            limit: 10,
            search: search.to_owned(),
            ..Query::default()
        };
        let page = page(&access, &query, &labels).await.unwrap();
        assert_eq!((page.total, page.records.len()), (2, 2), "{search:?}");
        let label = |record: &Document| record.get("label").cloned();
        let labels: Vec<_> = page.records.iter().filter_map(label).collect();
        assert!(labels.contains(&"\u{fffd}(".into()), "{labels:?}");
    }
    // All of them are dealt with, and taken back.
    assert_eq!(mark(&access, Marked::All, true).await.unwrap(), 2);
    assert_eq!(mark(&access, Marked::All, false).await.unwrap(), 2);
    for id in &ids {
        assert!(restore(&access, id).await.unwrap());
    }
    site.world.converge().await;
    let there = site.there("bills").clone_with_type::<RawDocumentBuf>();
    let back = there.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
    assert!(back.as_bytes().windows(2).any(|bytes| bytes == b"\xC3\x28"));
}

/// `{ _id: 1, name: "\xC3\x28" }`
const BROKEN: &[u8] = b"\x1B\0\0\0\x10_id\0\x01\0\0\0\x02name\0\x03\0\0\0\xC3\x28\0\0";

async fn projected_ids(records: &Collection<Document>, count: usize) -> Vec<String> {
    eventually(SOON, "the records", async || {
        let found = records.find(doc! {}).projection(doc! { "_id": 1 }).await;
        let found: Vec<Document> = found.unwrap().try_collect().await.unwrap();
        let ids = found
            .iter()
            .map(|record| record.get_str("_id").unwrap().to_owned());
        match found.len() == count {
            true => Ok(ids.collect()),
            false => Err(format!("{found:?}")),
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_whose_time_is_over_goes_everywhere_and_the_bill_stays() {
    let forgets_at_once = Options::replica_set().parameter("ttlMonitorSleepSecs", "1");
    let mut site = Site::with(Options::replica_set(), forgets_at_once).await;
    let bill = doc! { "_id": 1, "total": 1 };
    site.here("bills").insert_one(bill).await.unwrap();
    site.world.start().await;
    edit_both(&mut site, "here", "there").await;
    site.world.converge().await;
    for database in [&site.pc().local, &site.world.atlas] {
        rows_when(database, CONFLICTS, 1).await;
    }
    let over = doc! { "$set": { "expiresAt": DateTime::from_millis(0) } };
    let records = site.there(CONFLICTS);
    records.update_many(doc! {}, over).await.unwrap();
    for database in [&site.world.atlas, &site.pc().local] {
        rows_when(database, CONFLICTS, 0).await;
    }
    site.world.rest().await;
    for bills in [site.here("bills"), site.there("bills")] {
        let bill = bills.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
        assert_eq!(bill.get_str("total").unwrap(), "there");
    }
    assert_eq!(site.pc().status().conflicts_open, 0);
}
