//! The full compare: it finds every difference, and sends little where there is none.

use bson::{Bson, Decimal128, Document, doc};
use integration_tests::shop::Shop;
use integration_tests::world::World;
use integration_tests::{any_bson, eventually};
use sync_core::place::Direction;
use sync_engine::names::METADATA;
use sync_engine::verify::verify;

use crate::site::{SOON, becomes};

const COLLECTION: &str = "bills";

/// Documents, and what somebody makes of them on Atlas that a hash of whole numbers does not tell apart.
fn look_alikes() -> Vec<(Bson, Bson)> {
    let decimal = |text: &str| Bson::from(text.parse::<Decimal128>().unwrap());
    let list = |value: Bson| Bson::from(vec![Bson::from("x"), Bson::from(vec![value])]);
    vec![
        (2.25.into(), 2.75.into()),
        (0.0.into(), (-0.0).into()),
        (5_i64.into(), 5.0.into()),
        (5.0.into(), 5_i64.into()),
        (5_i32.into(), 5.0.into()),
        (5.0.into(), 5_i32.into()),
        (1e300.into(), 2e300.into()),
        (f64::NAN.into(), 0.0.into()),
        (decimal("1.0"), decimal("1.00")),
        (decimal("1.5"), decimal("1.7")),
        (list(1.25.into()), list(1.5.into())),
        // Together they keep their size.
        (
            doc! { "a": 1, "b": 2.0 }.into(),
            doc! { "a": 1.0, "b": 2 }.into(),
        ),
        (
            doc! { "a": 1, "b": [{ "c": 2_i64 }] }.into(),
            doc! { "a": 1_i64, "b": [{ "c": 2 }] }.into(),
        ),
        (
            doc! { "a": 1, "b": 2 }.into(),
            doc! { "b": 2, "a": 1 }.into(),
        ),
    ]
}

/// Documents of any shape, whose numbers stand under names that no path can say as well.
fn others() -> Vec<(Bson, Bson)> {
    let mut rng = fastrand::Rng::with_seed(7);
    let mut pairs = vec![(doc! { "a.b": 1.25 }.into(), doc! { "a.b": 1.5 }.into())];
    pairs.extend((0..200).map(|_| {
        let document = any_bson::document(&mut rng);
        let mut changed = document.clone();
        changed.insert("changed", rng.f64());
        (document.into(), changed.into())
    }));
    pairs
}

/// What the history no longer tells is found by comparing, and comparing tells every difference.
#[tokio::test(flavor = "multi_thread")]
async fn a_compare_finds_what_only_looks_alike() {
    let mut world = World::started::<1>("look_alikes").await;
    let collections = [("bills", look_alikes()), ("others", others())];
    let id = |number: usize| doc! { "_id": i64::try_from(number).unwrap() };
    for (name, pairs) in &collections {
        let rows = pairs.iter().enumerate().map(|(number, (before, _))| {
            let mut row = id(number);
            row.insert("value", before);
            row
        });
        let here = world.pcs[0].collection(name);
        here.insert_many(rows.collect::<Vec<Document>>())
            .await
            .unwrap();
    }
    world.converge().await;

    world.stop().await;
    for (name, pairs) in &collections {
        let there = world.on_atlas(name);
        for (number, (_, after)) in pairs.iter().enumerate() {
            // Set at once, 1.0 in the place of 1 would change nothing.
            let blank = doc! { "$set": { "value": "" } };
            there.update_one(id(number), blank).await.unwrap();
            let edit = vec![doc! { "$set": { "value": { "$literal": after } } }];
            there.update_one(id(number), edit).await.unwrap();
        }
    }
    let metadata = world.pcs[0].collection(METADATA);
    for row in ["local-resume-token", "atlas-resume-token"] {
        let damage = doc! { "$set": { "token": 7 } };
        let damaged = metadata.update_one(doc! { "_id": row }, damage).await;
        assert_eq!(damaged.unwrap().matched_count, 1);
    }
    world.start().await;
    for (name, pairs) in &collections {
        let here = world.pcs[0].collection(name);
        for (number, (_, after)) in pairs.iter().enumerate() {
            becomes(&here, id(number), |found| {
                let (found, after) = (doc! { "v": found.get("value") }, doc! { "v": after });
                found.to_vec().unwrap() == after.to_vec().unwrap()
            })
            .await;
        }
    }
    world.converge().await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn comparing_equal_sides_takes_few_bytes_from_atlas() {
    const BILLS: u64 = 5_000;
    let mut world = World::started::<1>("few_bytes").await;
    let mut shop = Shop::new(1, "1");
    let bills = (0..BILLS).map(|_| shop.bill());
    let here = world.pcs[0].collection(COLLECTION);
    here.insert_many(bills.collect::<Vec<_>>()).await.unwrap();
    world.converge().await;

    let pc = &world.pcs[0];
    let applied = || Direction::BOTH.map(|way| pc.counted("applied", way));
    let (before, writes) = (pc.link.bytes_from_target(), applied());
    pc.engine().resync(Some(COLLECTION)).await.unwrap();
    let asked = doc! { "_id": format!("comparison:{COLLECTION}") };
    eventually(SOON, "the comparison to end", async || {
        match pc
            .collection(METADATA)
            .find_one(asked.clone())
            .await
            .unwrap()
        {
            None => Ok(()),
            Some(row) => Err(row),
        }
    })
    .await;
    let each = (pc.link.bytes_from_target() - before) / BILLS;
    assert!(each > 0, "nothing was compared");
    assert!(each < 120, "{each} bytes from Atlas for each document");
    assert_eq!(applied(), writes);
    let report = verify(&pc.config, Some(COLLECTION)).await.unwrap();
    assert_eq!((report.documents, report.differences), (BILLS, vec![]));
    world.stop().await;
}
