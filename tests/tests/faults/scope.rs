//! Collections that stay out, and come back.

use bson::doc;
use sync_engine::config::CollectionMode;

use crate::site::{Site, becomes, many};

#[tokio::test(flavor = "multi_thread")]
async fn an_excluded_collection_that_is_included_again_is_made_up_for() {
    let mut site = Site::new().await;
    site.here("logs").insert_many(many(20, 10)).await.unwrap();
    site.world.start().await;
    let engine = site.pc().engine();
    engine
        .set_mode("logs", CollectionMode::UploadOnly)
        .await
        .unwrap();
    let (here, there) = (site.here("logs"), site.there("logs"));
    here.insert_one(doc! { "_id": "here" }).await.unwrap();
    here.update_one(doc! { "_id": 1 }, doc! { "$set": { "by": "here" } })
        .await
        .unwrap();
    there.insert_one(doc! { "_id": "there" }).await.unwrap();
    there
        .update_one(doc! { "_id": 2 }, doc! { "$set": { "by": "there" } })
        .await
        .unwrap();
    there.delete_one(doc! { "_id": 3 }).await.unwrap();
    site.there("bills")
        .insert_one(doc! { "_id": "barrier" })
        .await
        .unwrap();
    becomes(&site.here("bills"), doc! { "_id": "barrier" }, |_| true).await;
    becomes(&there, doc! { "_id": "here" }, |_| true).await;
    becomes(&there, doc! { "_id": 1, "by": "here" }, |_| true).await;
    assert_eq!(
        here.count_documents(doc! { "_id": "there" }).await.unwrap(),
        0
    );
    assert_eq!(
        here.count_documents(doc! { "by": "there" }).await.unwrap(),
        0
    );
    assert_eq!(here.count_documents(doc! { "_id": 3 }).await.unwrap(), 1);

    engine
        .set_mode("logs", CollectionMode::BothWays)
        .await
        .unwrap();
    site.world.converge().await;
    becomes(&here, doc! { "_id": 2, "by": "there" }, |_| true).await;

    engine.set_mode("logs", CollectionMode::Off).await.unwrap();
    here.update_one(doc! { "_id": 5 }, doc! { "$set": { "by": "off" } })
        .await
        .unwrap();
    there
        .update_one(doc! { "_id": 6 }, doc! { "$set": { "by": "off" } })
        .await
        .unwrap();
    site.there("bills")
        .insert_one(doc! { "_id": "second barrier" })
        .await
        .unwrap();
    site.here("bills")
        .insert_one(doc! { "_id": "third barrier" })
        .await
        .unwrap();
    becomes(
        &site.here("bills"),
        doc! { "_id": "second barrier" },
        |_| true,
    )
    .await;
    becomes(
        &site.there("bills"),
        doc! { "_id": "third barrier" },
        |_| true,
    )
    .await;
    assert_eq!(here.count_documents(doc! { "by": "off" }).await.unwrap(), 1);
    assert_eq!(
        there.count_documents(doc! { "by": "off" }).await.unwrap(),
        1
    );
    engine
        .set_mode("logs", CollectionMode::BothWays)
        .await
        .unwrap();
    site.world.converge().await;
    assert_eq!(here.count_documents(doc! { "by": "off" }).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_comes_back_across_a_restart_is_made_up_for_as_well() {
    let mut site = Site::new().await;
    site.here("logs").insert_many(many(5, 10)).await.unwrap();
    site.world.start().await;
    site.while_stopped(async |site| {
        site.pc_mut()
            .config
            .modes
            .insert("logs".to_owned(), CollectionMode::Off);
    })
    .await;
    site.there("logs")
        .insert_one(doc! { "_id": "there" })
        .await
        .unwrap();
    site.here("logs")
        .insert_one(doc! { "_id": "here" })
        .await
        .unwrap();
    site.there("bills")
        .insert_one(doc! { "_id": "barrier" })
        .await
        .unwrap();
    site.here("bills")
        .insert_one(doc! { "_id": "other barrier" })
        .await
        .unwrap();
    becomes(&site.here("bills"), doc! { "_id": "barrier" }, |_| true).await;
    becomes(
        &site.there("bills"),
        doc! { "_id": "other barrier" },
        |_| true,
    )
    .await;
    site.while_stopped(async |site| {
        site.pc_mut().config.modes.clear();
    })
    .await;
    site.world.converge().await;
    assert_eq!(site.here("logs").count_documents(doc! {}).await.unwrap(), 7);
}
