//! Stamped documents that somebody copies, puts back, or brings back with a backup: the stamp they carry along proves
//! nothing about them.

use bson::{Document, doc};
use integration_tests::eventually;
use integration_tests::mongod::{Mongod, Options};
use integration_tests::world::Pc;
use sync_core::place::Direction;
use sync_engine::names::{CONFLICTS, METADATA};

use crate::heard::heard;
use crate::site::{DATABASE, SOON, Site, becomes, many, rows};

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_made_of_stamped_documents_reaches_the_others() {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(20, 10)).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    let stamped = rows(&site.pc().local, "bills").await;
    assert!(stamped.iter().all(|bill| bill.contains_key("_syncMeta")));
    site.here("archive")
        .insert_many(stamped.clone())
        .await
        .unwrap();
    let old = doc! { "_id": { "$lt": 10 } };
    site.here("bills").delete_many(old).await.unwrap();
    site.there("copies").insert_many(stamped).await.unwrap();
    site.world.converge().await;
    for (archive, count) in [("archive", 20), ("copies", 20), ("bills", 10)] {
        for side in [site.here(archive), site.there(archive)] {
            let found = side.count_documents(doc! {}).await.unwrap();
            assert_eq!(found, count, "{archive}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_copy_that_is_saved_again_does_not_leave_the_sides_apart() {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(3, 10)).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    let cached = rows(&site.pc().local, "bills").await;
    let bills = site.here("bills");
    bills
        .update_many(doc! {}, doc! { "$set": { "total": 2 } })
        .await
        .unwrap();
    site.world.converge().await;
    bills.delete_one(doc! { "_id": 2 }).await.unwrap();
    site.world.converge().await;
    for bill in &cached {
        let id = doc! { "_id": bill.get_i32("_id").unwrap() };
        bills.replace_one(id, bill).upsert(true).await.unwrap();
    }
    site.there("bills")
        .insert_one(doc! { "_id": "mark" })
        .await
        .unwrap();
    becomes(&bills, doc! { "_id": "mark" }, |_| true).await;
    site.world.converge().await;
}

/// By its stamp a document that is put back is as old as it was, and its deletion came later. So it may well go again;
/// but then it is in the vault, and never on one side alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_put_back_on_atlas_with_its_stamp_is_on_both_sides_or_kept() {
    let mut site = Site::new().await;
    site.world.start().await;
    let (here, there) = (site.here("bills"), site.there("bills"));
    for looked_at in [true, false] {
        let id = doc! { "_id": looked_at };
        here.insert_one(id.clone()).await.unwrap();
        site.world.converge().await;
        let stamped = there.find_one(id.clone()).await.unwrap().unwrap();
        assert!(stamped.contains_key("_syncMeta"));
        if !looked_at {
            site.pc().engine().pause(Direction::DOWNLOAD);
        }
        there.delete_one(id.clone()).await.unwrap();
        if looked_at {
            eventually(SOON, "the deletion", async || {
                match here.find_one(id.clone()).await.unwrap() {
                    None => Ok(()),
                    found => Err(format!("{found:?}")),
                }
            })
            .await;
        }
        there.insert_one(stamped).await.unwrap();
        let mark = doc! { "_id": format!("after {looked_at}") };
        there.insert_one(mark.clone()).await.unwrap();
        if !looked_at {
            site.pc()
                .reaches("news", |status| status.atlas_to_local.pending > 0)
                .await;
            site.pc().engine().resume(Direction::DOWNLOAD);
        }
        becomes(&here, mark, |_| true).await;
        site.world.converge().await;
        let lives = here.find_one(id.clone()).await.unwrap().is_some();
        let of_it = doc! { "document.id": looked_at };
        let kept = site.here(CONFLICTS).count_documents(of_it).await.unwrap();
        assert!(lives || kept > 0, "{looked_at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_version_put_back_on_atlas_does_not_leave_the_sides_apart() {
    let mut site = Site::new().await;
    site.world.start().await;
    let bill = doc! { "_id": 1, "total": "old" };
    site.here("bills").insert_one(bill).await.unwrap();
    site.world.converge().await;
    let old = rows(&site.world.atlas, "bills").await;
    let bills = site.there("bills");
    let set = doc! { "$set": { "total": "new" } };
    bills.update_one(doc! { "_id": 1 }, set).await.unwrap();
    becomes(&site.here("bills"), doc! { "_id": 1 }, |bill| {
        bill.get_str("total").unwrap() == "new"
    })
    .await;
    bills.replace_one(doc! { "_id": 1 }, &old[0]).await.unwrap();
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_that_was_brought_back_from_a_backup_catches_up_under_a_new_name() {
    let mut site = Site::new().await;
    site.here("bills").insert_many(many(30, 10)).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    let before = site.pc().status().instance_id;
    let backup: Vec<(&str, Vec<Document>)> = vec![
        (METADATA, rows(&site.pc().local, METADATA).await),
        ("bills", rows(&site.pc().local, "bills").await),
    ];
    // A day's work after the backup, by a later run.
    site.while_stopped(async |_| ()).await;
    let bills = site.here("bills");
    bills
        .update_many(doc! { "_id": { "$lt": 10 } }, doc! { "$set": { "day": 2 } })
        .await
        .unwrap();
    bills.insert_one(doc! { "_id": "day 2" }).await.unwrap();
    bills.delete_one(doc! { "_id": 20 }).await.unwrap();
    site.world.converge().await;
    site.world.stop().await;
    let server = Mongod::start(Options::replica_set()).await.unwrap();
    let restored = Pc::new(&server, &site.atlas, "PC 1", DATABASE).await;
    for (name, documents) in backup {
        restored
            .collection(name)
            .insert_many(documents)
            .await
            .unwrap();
    }
    // The user goes on with what he sees before the engine is there.
    let edit = doc! { "$set": { "edited": true } };
    restored
        .collection("bills")
        .update_one(doc! { "_id": 5 }, edit)
        .await
        .unwrap();
    site.world.pcs[0] = restored;
    site.world.start().await;
    site.world.converge().await;
    assert_ne!(site.pc().status().instance_id, before);
    assert!(heard("another PC lives under this instance ID"));
    for side in [site.here("bills"), site.there("bills")] {
        let count = |filter: Document| {
            let side = side.clone();
            async move { side.count_documents(filter).await.unwrap() }
        };
        assert_eq!(count(doc! { "_id": "day 2" }).await, 1);
        assert_eq!(count(doc! { "_id": 20 }).await, 0, "deleted on day 2");
        let days = count(doc! { "day": 2 }).await;
        let edited = count(doc! { "_id": 5, "edited": true }).await;
        assert!(days == 10 || (days == 9 && edited == 1), "{days} {edited}");
    }
}
