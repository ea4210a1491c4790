//! A conflict whose loser cannot be kept: nothing is overwritten until it can.

use bson::doc;
use sync_engine::names::CONFLICTS;
use sync_engine::status::State;

use crate::site::{Site, becomes, rows_when};

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
}
