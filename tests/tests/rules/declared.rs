//! Rules that a file declares.

use std::fs;

use bson::{Document, doc};
use integration_tests::witness::{Witness, per_document};
use integration_tests::world::World;
use tempfile::TempDir;

use crate::folder::{arrives, notice, reason};
use crate::shop::{bills, is_as_rung_up};

const RULES: &str = r#"{
    "bills": {
        "set": {
            "total": { "$sum": { "$map": { "input": "$items", "in": { "$multiply": ["$$this.price", "$$this.quantity"] } } } },
            "status": { "$let": {
                "vars": { "total": { "$sum": { "$map": { "input": "$items", "in": { "$multiply": ["$$this.price", "$$this.quantity"] } } } } },
                "in": { "$switch": { "branches": [
                    { "case": { "$gte": ["$paid", "$$total"] }, "then": "paid" },
                    { "case": { "$gt": ["$paid", 0] }, "then": "partial" }
                ], "default": "open" } }
            } }
        },
        "validate": { "required": ["number"], "properties": { "paid": { "minimum": 0 } } }
    }
}"#;

async fn world_with(rules: &str, test: &str) -> (TempDir, World) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.json");
    fs::write(&file, rules).unwrap();
    let mut world = World::new::<1>(test).await;
    world.pcs[0].config.rules_file = Some(file);
    world.start().await;
    (folder, world)
}

/// Feature: bidirectional-sync, Property 1: *For any* operation (insert, update, delete) performed on Atlas, the same operation should be replicated to Local MongoDB with proper execution of Mongoose pre-save hooks, validation, and calculated fields
#[tokio::test(flavor = "multi_thread")]
async fn bills_arrive_as_a_rules_file_computes_them() {
    let (_folder, world) = world_with(RULES, "declared").await;
    let bills = bills();
    let mut witness = Witness::of(&world.atlas).await.unwrap();
    world.on_atlas("bills").insert_many(&bills).await.unwrap();
    world.settle().await;
    let here = world.pcs[0].collection("bills");
    for bill in &bills {
        let found = here
            .find_one(doc! { "_id": bill.get("_id").unwrap() })
            .await
            .unwrap();
        is_as_rung_up(bill, &found.expect("every bill arrives"));
    }
    let writes = witness.writes().await.unwrap();
    let written: usize = per_document(&writes, "bills").values().map(Vec::len).sum();
    assert_eq!(written, bills.len(), "nothing came back");
    assert_eq!(world.pcs[0].status().quarantined, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_forbids_is_set_aside_by_its_paths_and_a_new_file_lets_it_in() {
    let (folder, world) = world_with(RULES, "declared_forbids").await;
    let (here, there) = (world.pcs[0].collection("bills"), world.on_atlas("bills"));
    let bad = doc! { "_id": 2, "paid": -1, "items": [] };
    let good = doc! { "_id": 1, "number": 1, "paid": 0, "items": [] };
    // An expression that fails on one document says nothing of the others.
    let odd = doc! { "_id": 3, "number": 3, "paid": 0, "items": [{ "price": "x", "quantity": 1 }] };
    there.insert_many([good, bad, odd]).await.unwrap();
    let said = reason(&world.pcs[0], 2).await;
    assert!(said.ends_with(": number; paid"), "{said}");
    let said = reason(&world.pcs[0], 3).await;
    assert!(said.contains("$multiply"), "{said}");
    arrives(&here, doc! { "_id": 1, "status": "paid" }).await;

    fs::write(folder.path().join("rules.json"), "{ \"bills\": { \"set\": ").unwrap();
    there.insert_one(doc! { "_id": 4 }).await.unwrap();
    assert!(notice(&world).await.contains("rules.json"));
    fs::write(folder.path().join("rules.json"), "{}").unwrap();
    for id in 2..=4 {
        arrives(&here, doc! { "_id": id }).await;
    }
    world.settle().await;
    assert_eq!(world.pcs[0].status().quarantined, 0);
}

/// `$` in a value is a value.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_document_is_an_expression() {
    let (_folder, world) = world_with(
        r#"{ "bills": { "set": { "seen": true } } }"#,
        "declared_literal",
    )
    .await;
    let odd: Document =
        doc! { "_id": "$total", "a": "$$ROOT", "b": { "$add": [1, 2] }, "$c": { "$literal": 1 } };
    world.on_atlas("bills").insert_one(&odd).await.unwrap();
    let mut found = arrives(&world.pcs[0].collection("bills"), doc! { "seen": true }).await;
    found.remove("_syncMeta");
    found.remove("seen");
    assert_eq!(found, odd);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_changes_its_own_result_is_told_of() {
    let rules =
        r#"{ "bills": { "set": { "count": { "$add": [{ "$ifNull": ["$count", 0] }, 1] } } } }"#;
    let (_folder, world) = world_with(rules, "declared_unsettled").await;
    world
        .on_atlas("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let said = reason(&world.pcs[0], 1).await;
    assert!(said.ends_with("count"), "{said}");
}
