//! A collection, or everything, dropped on one side: the other keeps its data, and a person is asked.

use bson::{Document, doc};
use futures_util::TryStreamExt;
use mongodb::Database;
use sync_engine::status::State;

use crate::site::{Site, becomes, many, told};

async fn count(database: &Database, collection: &str) -> u64 {
    database
        .collection::<Document>(collection)
        .count_documents(doc! {})
        .await
        .unwrap()
}

async fn with_data() -> Site {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(30, 10)).await.unwrap();
    site.here("customers")
        .insert_many(many(10, 10))
        .await
        .unwrap();
    site.world.start().await;
    site.world.converge().await;
    site
}

/// Whatever was dropped: the other side still has all, it is said, also after a restart, and `resync` repairs it.
async fn is_kept_told_and_repaired(site: &mut Site, kept: &Database, names: &[&str]) {
    let notice = site.notice("dropped").await;
    assert!(notice.contains("resync"), "{notice}");
    // Changes still travel.
    site.here("payments")
        .insert_one(doc! { "_id": "here" })
        .await
        .unwrap();
    site.there("payments")
        .insert_one(doc! { "_id": "there" })
        .await
        .unwrap();
    becomes(&site.there("payments"), doc! { "_id": "here" }, |_| true).await;
    becomes(&site.here("payments"), doc! { "_id": "there" }, |_| true).await;
    for name in names {
        assert!(count(kept, name).await >= 10, "{name}");
    }
    site.while_stopped(async |_| ()).await;
    site.notice("dropped").await;
    assert_eq!(site.pc().status().state, State::Attention);

    site.pc().engine().resync(None).await.unwrap();
    site.world.converge().await;
    assert_eq!(told(&site.pc().status(), "dropped"), None);
    for name in names {
        assert!(count(kept, name).await >= 10, "{name}");
    }
    site.while_stopped(async |_| ()).await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_dropped_here_stays_on_atlas_and_comes_back_with_resync() {
    let mut site = with_data().await;
    site.here("bills").drop().await.unwrap();
    let kept = site.world.atlas.clone();
    is_kept_told_and_repaired(&mut site, &kept, &["bills", "customers"]).await;
}

/// A drop tells of no document. One that comes back with the stamp it had is not what the engine wrote there.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_edited_while_its_collection_is_dropped_and_put_back_goes_up() {
    let mut site = Site::started().await;
    site.there("bills").insert_many(many(10, 10)).await.unwrap();
    site.world.converge().await;
    let here = site.here("bills");
    let all = here.find(doc! {}).await.unwrap();
    let mut bills: Vec<Document> = all.try_collect().await.unwrap();
    assert!(bills.iter().all(|bill| bill.contains_key("_syncMeta")));
    bills.iter_mut().for_each(|bill| {
        bill.insert("edited", true);
    });
    here.drop().await.unwrap();
    here.insert_many(&bills).await.unwrap();
    for bill in &bills {
        let id = bill.get("_id").unwrap();
        becomes(&site.there("bills"), doc! { "_id": id }, |bill| {
            bill.contains_key("edited")
        })
        .await;
    }
    site.world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_dropped_on_atlas_stays_here_and_comes_back_with_resync() {
    let mut site = with_data().await;
    site.there("bills").drop().await.unwrap();
    let kept = site.pc().local.clone();
    is_kept_told_and_repaired(&mut site, &kept, &["bills", "customers"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_dropped_here_stays_on_atlas_and_comes_back_with_resync() {
    let mut site = with_data().await;
    site.pc().local.drop().await.unwrap();
    let kept = site.world.atlas.clone();
    is_kept_told_and_repaired(&mut site, &kept, &["bills", "customers"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_dropped_on_atlas_stays_here_and_comes_back_with_resync() {
    let mut site = with_data().await;
    site.world.atlas.drop().await.unwrap();
    let kept = site.pc().local.clone();
    is_kept_told_and_repaired(&mut site, &kept, &["bills", "customers"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_dropped_while_nobody_listened_stays_on_the_other_side() {
    let mut site = with_data().await;
    site.while_stopped(async |site| {
        site.here("bills").drop().await.unwrap();
        site.there("customers").drop().await.unwrap();
    })
    .await;
    site.notice("dropped").await;
    assert_eq!(count(&site.world.atlas, "bills").await, 30);
    assert_eq!(count(&site.pc().local, "customers").await, 10);
    site.pc().engine().resync(None).await.unwrap();
    site.world.converge().await;
    assert_eq!(count(&site.world.atlas, "bills").await, 30);
    assert_eq!(count(&site.pc().local, "customers").await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_database_dropped_while_nobody_listened_is_not_dropped_on_the_other_side() {
    let mut site = with_data().await;
    site.while_stopped(async |site| site.pc().local.drop().await.unwrap())
        .await;
    site.pc()
        .reaches("a state", |status| status.atlas.connected)
        .await;
    site.pc().engine().resync(None).await.unwrap();
    site.world.converge().await;
    assert_eq!(count(&site.pc().local, "bills").await, 30);
    site.while_stopped(async |site| site.world.atlas.drop().await.unwrap())
        .await;
    site.pc()
        .reaches("a state", |status| status.atlas.connected)
        .await;
    site.pc().engine().resync(None).await.unwrap();
    site.world.converge().await;
    assert_eq!(count(&site.world.atlas, "bills").await, 30);
}

/// What was renamed under its old name is gone, and under its new one is there: neither is a deletion.
async fn is_renamed_and_repaired(mut site: Site, renamed: Database, kept: Database) {
    let admin = renamed.client().database("admin");
    let [from, to] = ["bills", "old bills"].map(|name| format!("{}.{name}", renamed.name()));
    let rename = doc! { "renameCollection": from, "to": to };
    admin.run_command(rename).await.unwrap();
    is_kept_told_and_repaired(&mut site, &kept, &["bills", "customers"]).await;
    for database in [&renamed, &kept] {
        for name in ["bills", "old bills"] {
            assert_eq!(count(database, name).await, 30, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_renamed_here_deletes_nothing_on_atlas() {
    let site = with_data().await;
    let (renamed, kept) = (site.pc().local.clone(), site.world.atlas.clone());
    is_renamed_and_repaired(site, renamed, kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_renamed_on_atlas_deletes_nothing_here() {
    let site = with_data().await;
    let (renamed, kept) = (site.world.atlas.clone(), site.pc().local.clone());
    is_renamed_and_repaired(site, renamed, kept).await;
}
