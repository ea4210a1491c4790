//! Two PCs give out the same bill number while they cannot see each other.

use bson::{Document, doc};
use integration_tests::eventually;
use integration_tests::world::World;
use mongodb::IndexModel;
use mongodb::options::IndexOptions;
use sync_engine::names::QUARANTINE;
use sync_engine::quarantine;

use crate::heard;
use crate::site::{SOON, rows_when, told};

#[tokio::test(flavor = "multi_thread")]
async fn the_second_bill_of_a_number_is_set_aside_and_tried_again_when_it_changes() {
    heard::listen();
    let mut world = World::new::<2>("clash").await;
    let unique = || {
        let options = IndexOptions::builder()
            .unique(true)
            .name("one_bill_a_number".to_owned());
        IndexModel::builder()
            .keys(doc! { "billNumber": 1 })
            .options(options.build())
            .build()
    };
    for database in [&world.atlas, &world.pcs[0].local, &world.pcs[1].local] {
        database
            .collection::<Document>("bills")
            .create_index(unique())
            .await
            .unwrap();
    }
    world.start().await;
    for pc in &world.pcs {
        pc.link.cut().await;
    }
    for (id, pc) in ["first", "second"].into_iter().zip(&world.pcs) {
        let bill = doc! { "_id": id, "billNumber": "A-000001", "total": id };
        pc.collection("bills").insert_one(bill).await.unwrap();
    }
    world.pcs[0].link.mend().await;
    crate::site::becomes(&world.on_atlas("bills"), doc! { "_id": "first" }, |_| true).await;
    world.pcs[1].link.mend().await;
    // The second cannot go up, and the first cannot come down.
    let records = rows_when(&world.pcs[1].local, QUARANTINE, 2).await;
    for record in &records {
        let reason = record.get_str("reason").unwrap();
        assert!(reason.contains("one_bill_a_number"), "{reason}");
        assert_eq!(record.get_i32("code").unwrap(), 11000);
    }
    let first = world
        .on_atlas("bills")
        .find_one(doc! { "_id": "first" })
        .await
        .unwrap();
    let second = world.pcs[1]
        .collection("bills")
        .find_one(doc! { "_id": "second" })
        .await
        .unwrap();
    assert!(first.is_some() && second.is_some(), "both bills exist");
    let status = world.pcs[1]
        .reaches("a notice", |status| told(status, "quarantine").is_some())
        .await;
    assert_eq!(status.quarantined, 2);
    assert_eq!(
        quarantine::list(&world.pcs[1].access().await)
            .await
            .unwrap()
            .len(),
        2
    );

    // A retry that cannot work leaves everything as it is.
    assert_eq!(
        quarantine::retry(&world.pcs[1].access().await, None)
            .await
            .unwrap(),
        2
    );
    eventually(SOON, "the second attempt", async || {
        let found = quarantine::list(&world.pcs[1].access().await)
            .await
            .unwrap();
        let tried = found
            .iter()
            .all(|record| record.get_i32("attempts").unwrap() >= 2);
        if tried {
            Ok(())
        } else {
            Err(format!("{found:#?}"))
        }
    })
    .await;

    let renumber = doc! { "$set": { "billNumber": "A-000002" } };
    world.pcs[1]
        .collection("bills")
        .update_one(doc! { "_id": "second" }, renumber)
        .await
        .unwrap();
    world.converge().await;
    assert_eq!(
        world
            .on_atlas("bills")
            .count_documents(doc! {})
            .await
            .unwrap(),
        2
    );
    rows_when(&world.pcs[1].local, QUARANTINE, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_a_validator_refuses_is_tried_again_when_it_was_mended() {
    heard::listen();
    let mut world = World::new::<1>("validator").await;
    let schema = doc! { "total": { "$gte": 0 } };
    world
        .atlas
        .create_collection("bills")
        .validator(schema)
        .await
        .unwrap();
    world.start().await;
    let bills = world.pcs[0].collection("bills");
    bills
        .insert_one(doc! { "_id": 1, "total": -5 })
        .await
        .unwrap();
    bills
        .insert_one(doc! { "_id": 2, "total": 5 })
        .await
        .unwrap();
    let records = rows_when(&world.pcs[0].local, QUARANTINE, 1).await;
    assert!(
        records[0].get_str("reason").unwrap().contains("validation"),
        "{records:?}"
    );
    crate::site::becomes(&world.on_atlas("bills"), doc! { "_id": 2 }, |_| true).await;
    bills
        .update_one(doc! { "_id": 1 }, doc! { "$set": { "total": 5 } })
        .await
        .unwrap();
    world.converge().await;
    rows_when(&world.pcs[0].local, QUARANTINE, 0).await;
}
