//! Bills that somebody makes on Atlas by hand, and the shop's own Mongoose models that complete them on a PC.

use bson::oid::ObjectId;
use bson::{Bson, DateTime, Document, doc};
use integration_tests::built::checkout;
use integration_tests::witness::{Witness, per_document};

use crate::folder::world_with;

/// What the property asks for at least.
const BILLS: i32 = 120;

/// Bills without total and status: what the rules are for.
pub(crate) fn bills() -> Vec<Document> {
    let mut rng = fastrand::Rng::new();
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| rng.u64(..));
    eprintln!("replay with SEED={seed}");
    rng.seed(seed);
    let mut bill = |number: i32| {
        let items: Vec<Document> = (0..rng.i32(1..6))
            .map(|line| {
                doc! {
                    "_id": ObjectId::new(), "product": ObjectId::new(), "name": { "ar": format!("شاي {line}"), "en": "Tea" },
                    "quantity": rng.i32(1..5), "price": rng.i32(1..40) * 250,
                }
            })
            .collect();
        let total = total(&items);
        let paid = [0, total / 2, total, total + 250][rng.usize(..4)];
        doc! {
            "_id": ObjectId::new(), "number": format!("A-{number:06}"), "items": items, "paid": paid,
            "createdAt": DateTime::from_millis(1_735_711_200_000), "drawer": 3_i64,
        }
    };
    (1..=BILLS).map(&mut bill).collect()
}

fn total(items: &[Document]) -> i32 {
    let sums = items
        .iter()
        .map(|item| item.get_i32("price").unwrap() * item.get_i32("quantity").unwrap());
    sums.sum()
}

fn items(bill: &Document) -> Vec<Document> {
    let items = bill.get_array("items").unwrap().iter();
    items
        .map(|item| item.as_document().unwrap().clone())
        .collect()
}

/// The copy is the bill with the right total and status, and nothing else of it has changed.
pub(crate) fn is_as_rung_up(bill: &Document, copy: &Document) {
    let total = total(&items(bill));
    let status = match bill.get_i32("paid").unwrap() {
        paid if paid >= total => "paid",
        0 => "open",
        _ => "partial",
    };
    assert_eq!(copy.get_i32("total").ok(), Some(total), "{copy}");
    assert_eq!(copy.get_str("status").ok(), Some(status), "{copy}");
    for (field, value) in bill {
        assert_eq!(copy.get(field), Some(value), "{field}: {copy}");
    }
}

/// Feature: bidirectional-sync, Property 1: *For any* operation (insert, update, delete) performed on Atlas, the same operation should be replicated to Local MongoDB with proper execution of Mongoose pre-save hooks, validation, and calculated fields
#[tokio::test(flavor = "multi_thread")]
async fn bills_made_on_atlas_arrive_as_the_shops_own_models_complete_them() {
    let world = world_with(&checkout().join("shop/models"), "shop_models").await;
    let (here, there) = (world.pcs[0].collection("bills"), world.on_atlas("bills"));
    let mut bills = bills();
    let mut witness = Witness::of(&world.atlas).await.unwrap();
    there.insert_many(&bills).await.unwrap();
    world.settle().await;
    for bill in &bills {
        let id = bill.get("_id").unwrap();
        let found = here.find_one(doc! { "_id": id }).await.unwrap();
        is_as_rung_up(bill, &found.expect("every bill arrives"));
    }

    // Updates and deletes.
    let gone = bills.split_off(bills.len() / 2);
    let mut changed = 0;
    for bill in &mut bills {
        let total = total(&items(bill));
        // An update that changes nothing is no write.
        changed += usize::from(bill.insert("paid", total) != Some(Bson::Int32(total)));
        let paid = doc! { "$set": { "paid": total } };
        let this = doc! { "_id": bill.get("_id").unwrap() };
        there.update_one(this, paid).await.unwrap();
    }
    for bill in &gone {
        there
            .delete_one(doc! { "_id": bill.get("_id").unwrap() })
            .await
            .unwrap();
    }
    world.settle().await;
    for bill in &bills {
        let id = bill.get("_id").unwrap();
        let found = here.find_one(doc! { "_id": id }).await.unwrap();
        is_as_rung_up(bill, &found.expect("it stays"));
    }
    assert_eq!(
        here.count_documents(doc! {}).await.unwrap(),
        bills.len() as u64
    );
    let writes = witness.writes().await.unwrap();
    let by_bill = per_document(&writes, "bills");
    let written: usize = by_bill.values().map(Vec::len).sum();
    let made = bills.len() + changed + 2 * gone.len();
    assert_eq!(written, made, "nothing came back");
    assert_eq!(
        there
            .count_documents(doc! { "status": Bson::Null })
            .await
            .unwrap(),
        bills.len() as u64
    );
    assert_eq!(world.pcs[0].status().quarantined, 0);
}
