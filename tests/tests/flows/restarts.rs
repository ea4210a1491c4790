//! A program that was stopped goes on where it was, and proves it.

use bson::{Bson, doc};
use integration_tests::shop::{self, Shop};
use integration_tests::witness::Witness;
use integration_tests::world::World;
use sync_engine::verify::verify;

/// What happened on Atlas while the program was stopped is carried over from the stored token, not by a comparison.
#[tokio::test(flavor = "multi_thread")]
async fn what_happened_on_atlas_during_a_stop_is_carried_over() {
    let mut world = World::started::<1>("resume").await;
    let atlas = world.on_atlas("bills");
    let bills = (0..100).map(|id| doc! { "_id": id, "total": id });
    atlas.insert_many(bills).await.unwrap();
    world.converge().await;

    world.stop().await;
    let mut local = Witness::of(&world.pcs[0].local).await.unwrap();
    let paid = doc! { "$set": { "paid": true } };
    let third = doc! { "_id": { "$mod": [3, 0] } };
    atlas.update_many(third, paid).await.unwrap();
    let fifth = doc! { "_id": { "$mod": [5, 0] } };
    atlas.delete_many(fifth).await.unwrap();
    let new = (100..150).map(|id| doc! { "_id": id, "total": id });
    atlas.insert_many(new).await.unwrap();
    world.start().await;
    world.converge().await;

    let writes = local.writes().await.unwrap();
    let compared = writes
        .iter()
        .find(|write| write.id.to_string().contains("comparison:"));
    assert!(compared.is_none(), "{compared:?}");
    let bills = world.pcs[0].collection("bills");
    assert_eq!(bills.count_documents(doc! {}).await.unwrap(), 130);
    let paid = bills.count_documents(doc! { "paid": true });
    assert_eq!(paid.await.unwrap(), 27);
}

/// `verify` calls both sides identical after a restart, and different as long as one document is.
#[tokio::test(flavor = "multi_thread")]
async fn both_sides_are_proven_identical_after_a_restart() {
    let mut world = World::new::<2>("verify").await;
    let shelves = Shop::new(7, "till").opening();
    let local = &world.pcs[0].local;
    shop::load(local, &shelves).await.unwrap();
    world.start().await;
    world.converge().await;
    world.stop().await;

    let config = world.pcs[0].config.clone();
    let products = world.pcs[0].collection("products");
    let one = products.find_one(doc! {}).await.unwrap().unwrap();
    let this = doc! { "_id": one.get("_id").cloned().unwrap() };
    let edit = doc! { "$set": { "price": 1 } };
    products.update_one(this.clone(), edit).await.unwrap();
    let report = verify(&config, None).await.unwrap();
    let found: Vec<&Bson> = report
        .differences
        .iter()
        .map(|difference| &difference.id)
        .collect();
    assert_eq!(found, [one.get("_id").unwrap()]);

    world.start().await;
    world.converge().await;
    for pc in &world.pcs {
        let report = verify(&pc.config, None).await.unwrap();
        assert_eq!(report.differences, []);
        assert_eq!(report.could_not_tell, 0);
        let products = pc.collection("products");
        let count = products.count_documents(doc! {}).await.unwrap();
        assert!(report.documents > count, "{report:?}");
    }
}
