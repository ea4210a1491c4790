//! Collections that stay out, and come back.

use bson::{DateTime, Document, doc};
use mongodb::Database;
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

async fn ring(database: &Database, name: &str) {
    let create = doc! { "create": name, "capped": true, "size": 4096 };
    database.run_command(create).await.unwrap();
    let rows = database.collection::<Document>(name);
    rows.insert_one(doc! { "_id": 1 }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_synced_is_told_apart_whenever_it_is_made() {
    let mut site = Site::started().await;
    let (local, atlas) = (site.pc().local.clone(), site.world.atlas.clone());
    ring(&local, "ring here").await;
    ring(&atlas, "ring there").await;
    let view = doc! { "create": "half a view", "viewOn": "bills", "pipeline": [] };
    atlas.run_command(view).await.unwrap();
    site.here("half a view")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.world.settle().await;
    site.while_stopped(async |_| {
        ring(&local, "late ring here").await;
        ring(&atlas, "late ring there").await;
    })
    .await;
    site.world.settle().await;

    let has = async |database: &Database, name: &str| {
        let names = database.list_collection_names().await.unwrap();
        names.iter().any(|found| found == name)
    };
    for (name, other) in [
        ("ring here", &atlas),
        ("ring there", &local),
        ("late ring here", &atlas),
        ("late ring there", &local),
    ] {
        assert!(!has(other, name).await, "{name} was synced");
        let status = site.pc().status();
        let row = status.collections.iter().find(|row| row.name == name);
        let reason = row.and_then(|row| row.not_synced.clone());
        assert_eq!(reason.as_deref(), Some("a capped collection"), "{name}");
    }
    let viewed = site.there("half a view").count_documents(doc! {}).await;
    assert_eq!(
        viewed.unwrap(),
        atlas
            .collection::<Document>("bills")
            .count_documents(doc! {})
            .await
            .unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_series_is_never_touched_whenever_it_is_made() {
    let mut site = Site::new().await;
    let (local, atlas) = (site.pc().local.clone(), site.world.atlas.clone());
    let measure = async |database: &Database, name: &str| {
        let readings = database.collection::<Document>(name);
        let reading = doc! { "at": DateTime::now(), "of": "the fridge", "degrees": 4 };
        readings.insert_one(reading).await.unwrap();
    };
    let series = async |database: &Database, name: &str| {
        let create =
            doc! { "create": name, "timeseries": { "timeField": "at", "metaField": "of" } };
        database.run_command(create).await.unwrap();
        measure(database, name).await;
    };
    let places = [(&local, &atlas, "here"), (&atlas, &local, "there")];
    for (database, _, side) in places {
        series(database, &format!("early {side}")).await;
    }
    site.world.start().await;
    for (database, _, side) in places {
        series(database, &format!("late {side}")).await;
        measure(database, &format!("early {side}")).await;
    }
    site.world.rest().await;
    site.while_stopped(async |_| {
        for (database, _, side) in places {
            measure(database, &format!("late {side}")).await;
        }
    })
    .await;
    site.world.rest().await;
    let status = site.pc().status();
    for (database, other, side) in places {
        let names = other.list_collection_names().await.unwrap();
        assert!(
            !names.iter().any(|name| name.ends_with(&format!(" {side}"))),
            "{names:?}"
        );
        for name in [format!("early {side}"), format!("late {side}")] {
            let readings = database.collection::<Document>(&name);
            assert_eq!(
                readings.count_documents(doc! {}).await.unwrap(),
                2,
                "{name}"
            );
            let stamped = doc! { "_syncMeta": { "$exists": true } };
            assert_eq!(
                readings.count_documents(stamped).await.unwrap(),
                0,
                "{name}"
            );
            let row = status.collections.iter().find(|row| row.name == name);
            let reason = row.and_then(|row| row.not_synced.as_deref());
            assert_eq!(reason, Some("a time series"), "{name}");
        }
    }
}
