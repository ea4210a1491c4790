//! Times that are missing and stamps that are damaged.

use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Document, doc};
use sync_engine::names::{CONFLICTS, METADATA};

use crate::heard::heard;
use crate::site::{Site, metric, rows_when};

/// Conflicts that nothing could settle, as `metrics` counts them.
fn unresolved(site: &Site) -> u64 {
    let text = site.pc().engine().metrics_text();
    metric(&text, "bomba_sync_resolution_failures_total")
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_time_is_known_atlas_wins_and_the_record_says_to_be_careful() {
    let mut site = Site::new().await;
    site.here("bills")
        .insert_one(doc! { "_id": 1, "total": "here" })
        .await
        .unwrap();
    site.there("bills")
        .insert_one(doc! { "_id": 1, "total": "there" })
        .await
        .unwrap();
    site.world.start().await;
    site.world.converge().await;
    let bill = site
        .here("bills")
        .find_one(doc! { "_id": 1 })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(bill.get_str("total").unwrap(), "there");
    let records = rows_when(&site.pc().local, CONFLICTS, 1).await;
    assert!(records[0].get_bool("caution").unwrap());
    assert_eq!(
        records[0]
            .get_document("loser")
            .unwrap()
            .get_str("total")
            .unwrap(),
        "here"
    );
    assert!(heard("a time was missing"));
    assert!(heard("a conflict could not be resolved"));
    assert_eq!(unresolved(&site), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_events_of_both_sides_are_lost_the_record_says_to_be_careful() {
    let mut site = Site::new().await;
    site.here("bills")
        .insert_one(doc! { "_id": 1, "total": 1 })
        .await
        .unwrap();
    site.world.start().await;
    site.while_stopped(async |site| {
        let filter = doc! { "_id": 1 };
        site.here("bills")
            .replace_one(filter.clone(), doc! { "total": "here" })
            .await
            .unwrap();
        site.there("bills")
            .replace_one(filter, doc! { "total": "there" })
            .await
            .unwrap();
        let lost = doc! { "_id": { "$regex": "resume-token$" } };
        site.here(METADATA).delete_many(lost).await.unwrap();
    })
    .await;
    site.world.converge().await;
    let records = rows_when(&site.pc().local, CONFLICTS, 1).await;
    assert!(records[0].get_bool("caution").unwrap());
    assert_eq!(
        records[0]
            .get_document("loser")
            .unwrap()
            .get_str("total")
            .unwrap(),
        "here"
    );
    let there = site
        .there(CONFLICTS)
        .count_documents(doc! {})
        .await
        .unwrap();
    assert_eq!(there, 1, "the vault is synced itself");
    assert!(heard("a time was missing"));
}

/// Stamps that no engine wrote.
fn damaged_stamps() -> Vec<Bson> {
    let digest = Binary {
        subtype: BinarySubtype::Generic,
        bytes: vec![7; 16],
    };
    let good = doc! {
        "origin": "local", "instanceId": "6f9f3c9e-8a7e-4d0e-9d3a-1c9d9c8b7a65", "lastModified": DateTime::now(),
        "version": 3_i64, "conflictCount": 0, "digest": digest,
    };
    let with = |field: &str, value: Bson| {
        let mut stamp = good.clone();
        stamp.insert(field, value);
        Bson::Document(stamp)
    };
    let without = |field: &str| {
        let mut stamp = good.clone();
        stamp.remove(field);
        Bson::Document(stamp)
    };
    vec![
        Bson::Null,
        Bson::String("stamp".to_owned()),
        Bson::Array(vec![Bson::Document(good.clone())]),
        Bson::Document(doc! {}),
        Bson::Document(doc! { "$set": { "x": 1 } }),
        without("instanceId"),
        without("lastModified"),
        without("version"),
        without("digest"),
        with("instanceId", Bson::String("not a UUID".to_owned())),
        with("lastModified", Bson::String("yesterday".to_owned())),
        with("lastModified", Bson::DateTime(DateTime::MAX)),
        with("version", Bson::Int64(i64::MAX)),
        with("version", Bson::Double(f64::NAN)),
        with("conflictCount", Bson::Int32(i32::MAX)),
        with("digest", Bson::String("0123456789abcdef".to_owned())),
        with("base", Bson::Boolean(true)),
        Bson::Document(good),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_stamp_counts_as_none_and_both_sides_become_the_same() {
    let site = Site::started().await;
    let stamps = damaged_stamps();
    let bills: Vec<Document> = (0_i32..)
        .zip(&stamps)
        .map(|(id, _)| doc! { "_id": id, "total": 1 })
        .collect();
    site.here("bills").insert_many(&bills).await.unwrap();
    site.world.converge().await;
    for (id, stamp) in (0_i32..).zip(&stamps) {
        let damage = |total: &str| doc! { "$set": { "_syncMeta": stamp, "total": total } };
        let side = if id % 2 == 0 {
            site.here("bills")
        } else {
            site.there("bills")
        };
        side.update_one(doc! { "_id": id }, damage("damaged"))
            .await
            .unwrap();
    }
    site.world.converge().await;
    let damaged = site
        .there("bills")
        .count_documents(doc! { "total": "damaged" })
        .await
        .unwrap();
    assert_eq!(damaged, stamps.len() as u64);

    // On both sides at once, and new ones.
    for (id, stamp) in (0_i32..).zip(&stamps) {
        let insert = doc! { "_id": format!("new {id}"), "_syncMeta": stamp };
        site.here("bills").insert_one(insert).await.unwrap();
        let damage = |total: &str| doc! { "$set": { "_syncMeta": stamp, "total": total } };
        site.here("bills")
            .update_one(doc! { "_id": id }, damage("here"))
            .await
            .unwrap();
        site.there("bills")
            .update_one(doc! { "_id": id }, damage("there"))
            .await
            .unwrap();
    }
    site.world.converge().await;
    assert!(heard("_syncMeta is damaged"));
    assert!(heard(r#"collection="bills" key={ "_id": "new 1" }"#));
    let count = site.there("bills").count_documents(doc! {}).await.unwrap();
    assert_eq!(count, 2 * stamps.len() as u64);
    // Life goes on for each of them.
    site.there("bills")
        .update_many(doc! {}, doc! { "$set": { "total": "after" } })
        .await
        .unwrap();
    site.world.converge().await;
    let after = site
        .here("bills")
        .count_documents(doc! { "total": "after" })
        .await
        .unwrap();
    assert_eq!(after, count);
}
