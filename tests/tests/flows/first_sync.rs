//! The first sync of PCs that were in use long before.

use bson::{Document, doc};
use integration_tests::world::World;
use mongodb::Collection;

use crate::vault::kept;

const PRODUCTS: &str = "products";
/// Each place opens with the products from here on; they overlap.
const FIRST: [i32; 3] = [0, 200, 400];
const COUNT: i32 = 600;
/// Of those that several have, every so many-th is not the same everywhere.
const DIFFERS: i32 = 10;

/// Nothing that anybody had is lost: it is there afterwards, or in the vault.
#[tokio::test(flavor = "multi_thread")]
async fn pcs_with_overlapping_data_come_together_and_lose_nothing() {
    let mut world = World::new::<2>("first_sync").await;
    let places = [
        world.on_atlas(PRODUCTS),
        world.pcs[0].collection(PRODUCTS),
        world.pcs[1].collection(PRODUCTS),
    ];
    for (place, (owner, first)) in places.iter().zip((0..).zip(FIRST)) {
        let products = (first..first + COUNT).map(|id| product(id, owner));
        place.insert_many(products).await.unwrap();
    }
    world.start().await;
    world.rest().await;

    let all = FIRST[2] + COUNT;
    let count = places[0].count_documents(doc! {}).await.unwrap();
    assert_eq!(count, all as u64);
    for id in (0..all).step_by(DIFFERS as usize) {
        let owners = (0..)
            .zip(FIRST)
            .filter(|(_, first)| (*first..first + COUNT).contains(&id));
        let had: Vec<i32> = owners.map(|(owner, _)| owner).collect();
        for pc in &world.pcs {
            let mut there = kept(&pc.local, PRODUCTS, id).await;
            there.extend(
                pc.collection(PRODUCTS)
                    .find_one(doc! { "_id": id })
                    .await
                    .unwrap(),
            );
            let mut owners: Vec<i32> = there
                .iter()
                .map(|version| version.get_i32("owner").unwrap())
                .collect();
            owners.sort_unstable();
            assert_eq!(owners, had, "every version of {id}, once");
        }
    }
    stays_what_atlas_had(&places).await;
}

fn product(id: i32, owner: i32) -> Document {
    match id % DIFFERS {
        0 => doc! { "_id": id, "owner": owner },
        _ => doc! { "_id": id, "price": id * 250 },
    }
}

/// Nobody knows when the versions were made: Atlas, which all share, is taken for right.
async fn stays_what_atlas_had(places: &[Collection<Document>]) {
    for place in places {
        let range = doc! { "$gte": FIRST[0], "$lt": FIRST[0] + COUNT };
        let others = doc! { "_id": range, "owner": { "$exists": true, "$ne": 0 } };
        assert_eq!(place.count_documents(others).await.unwrap(), 0);
    }
}
