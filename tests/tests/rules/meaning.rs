//! What rules mean: a computed copy is no edit, what they forbid stays away, and what they do not touch stays as it is.

use bson::{Bson, Document, doc};
use integration_tests::any_bson::any_document;
use integration_tests::witness::{Witness, per_document};
use integration_tests::world::World;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use sync_core::place::Direction;
use sync_engine::names::{CONFLICTS, QUARANTINE};
use sync_engine::verify::verify;

use crate::folder::{Folder, arrives, models, reason, world_with};

const STATUS: &str =
    "schema.pre('save', function () { this.status = this.paid >= this.total ? 'paid' : 'open'; });";

#[tokio::test(flavor = "multi_thread")]
async fn a_computed_copy_is_no_edit_and_what_a_user_does_to_it_is() {
    let folder = Folder::of_bills(STATUS);
    let mut world = World::new::<2>("computed").await;
    world.pcs[0].config.models = models(&folder.path());
    world.start().await;
    let mut witness = Witness::of(&world.atlas).await.unwrap();
    let (ruled, plain) = (
        world.pcs[0].collection("bills"),
        world.pcs[1].collection("bills"),
    );
    let there = world.on_atlas("bills");
    there
        .insert_one(doc! { "_id": 1, "total": 10, "paid": 0, "note": "x" })
        .await
        .unwrap();
    arrives(&ruled, doc! { "_id": 1, "status": "open" }).await;
    there
        .update_one(doc! { "_id": 1 }, doc! { "$set": { "paid": 10 } })
        .await
        .unwrap();
    arrives(&ruled, doc! { "_id": 1, "status": "paid", "note": "x" }).await;
    arrives(&plain, doc! { "_id": 1, "paid": 10 }).await;
    world.settle().await;
    let writes = witness.writes().await.unwrap();
    let by_bill = per_document(&writes, "bills");
    assert_eq!(
        by_bill.values().map(Vec::len).sum::<usize>(),
        2,
        "nothing came back: {writes:?}"
    );
    let now = there.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
    assert!(!now.contains_key("status"), "{now}");

    let report = verify(&world.pcs[0].config, Some("bills")).await.unwrap();
    assert_eq!(
        (report.documents, report.different, report.could_not_tell),
        (1, 0, 0)
    );

    // An engine that starts again, and a comparison of everything, see no edit either.
    world.stop().await;
    world.start().await;
    world.pcs[0].engine().resync(None).await.unwrap();
    world.settle().await;
    let writes = witness.writes().await.unwrap();
    assert!(per_document(&writes, "bills").is_empty(), "{writes:?}");

    ruled
        .update_one(doc! { "_id": 1 }, doc! { "$set": { "note": "y" } })
        .await
        .unwrap();
    arrives(&there, doc! { "_id": 1, "note": "y", "status": "paid" }).await;
    arrives(&plain, doc! { "_id": 1, "note": "y" }).await;
    plain
        .update_one(doc! { "_id": 1 }, doc! { "$set": { "total": 99 } })
        .await
        .unwrap();
    arrives(&ruled, doc! { "_id": 1, "total": 99, "status": "open" }).await;
    plain.delete_one(doc! { "_id": 1 }).await.unwrap();
    world.settle().await;
    assert!(ruled.find_one(doc! { "_id": 1 }).await.unwrap().is_none());
    for pc in &world.pcs {
        let status = pc.status();
        assert_eq!(
            (
                status.local_to_atlas.conflicts,
                status.atlas_to_local.conflicts
            ),
            (0, 0)
        );
    }
}

/// Atlas comes back to what a computed copy stands for, with a newer stamp: still nobody has edited the copy.
#[tokio::test(flavor = "multi_thread")]
async fn a_computed_copy_keeps_what_it_stands_for_when_atlas_comes_back_to_it() {
    let folder = Folder::of_bills(STATUS);
    let mut world = World::new::<2>("back_and_forth").await;
    world.pcs[0].config.models = models(&folder.path());
    world.start().await;
    let (ruled, plain) = (
        world.pcs[0].collection("bills"),
        world.pcs[1].collection("bills"),
    );
    let this = || doc! { "_id": 1 };
    let bill = doc! { "_id": 1, "total": 10, "paid": 0, "__v": 0 };
    plain.insert_one(bill).await.unwrap();
    arrives(&ruled, doc! { "_id": 1, "status": "open" }).await;
    world.settle().await;
    world.pcs[0].link.cut().await;
    for total in [11, 10] {
        let set = doc! { "$set": { "total": total } };
        plain.update_one(this(), set).await.unwrap();
        let there = world.on_atlas("bills");
        arrives(&there, doc! { "_id": 1, "total": total }).await;
    }
    world.pcs[0].link.mend().await;
    world.settle().await;
    let report = verify(&world.pcs[0].config, Some("bills")).await.unwrap();
    assert_eq!((report.different, report.could_not_tell), (0, 0));

    let edit = doc! { "$set": { "total": 25 } };
    plain.update_one(this(), edit).await.unwrap();
    arrives(&ruled, doc! { "_id": 1, "total": 25, "status": "open" }).await;
    world.settle().await;
    let now = plain.find_one(this()).await.unwrap().unwrap();
    assert_eq!(now.get_i32("total").unwrap(), 25, "{now}");
    for pc in &world.pcs {
        let conflicts = pc.collection(CONFLICTS).count_documents(doc! {}).await;
        assert_eq!(conflicts.unwrap(), 0);
    }
}

/// A model with another type of `_id` would make another document of it.
#[tokio::test(flavor = "multi_thread")]
async fn no_model_gives_a_document_another_id() {
    let folder = Folder::of_bills("");
    let world = world_with(&folder.path(), "other_id").await;
    let there = world.on_atlas("bills");
    there
        .insert_one(doc! { "_id": "7", "total": 1 })
        .await
        .unwrap();
    let record = doc! { "_id": { "collection": "bills", "id": "7" } };
    arrives(&world.pcs[0].collection(QUARANTINE), record).await;
    world.settle().await;
    let here = world.pcs[0].collection("bills");
    assert_eq!(here.count_documents(doc! {}).await.unwrap(), 0);
    assert_eq!(there.count_documents(doc! {}).await.unwrap(), 1);
}

/// What is large is not shown to a model, which could not work it out in time.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_for_the_models_is_told_of() {
    let folder = Folder::of_bills("");
    let world = world_with(&folder.path(), "large").await;
    let large = doc! { "_id": 1, "note": "x".repeat(7 * 1024 * 1024) };
    world.on_atlas("bills").insert_one(large).await.unwrap();
    let said = reason(&world.pcs[0], 1).await;
    assert!(said.contains("too large"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rules_forbid_stays_away_until_it_or_they_change() {
    let folder = Folder::of_bills(
        "schema.path('total').validate(total => total >= 0, 'a total is not negative');",
    );
    let world = world_with(&folder.path(), "forbidden").await;
    let (here, there) = (world.pcs[0].collection("bills"), world.on_atlas("bills"));
    there
        .insert_many([
            doc! { "_id": 1, "total": 5 },
            doc! { "_id": 2, "total": -5 },
            doc! { "_id": 3, "total": -7 },
        ])
        .await
        .unwrap();
    let said = reason(&world.pcs[0], 2).await;
    assert!(said.contains("total: a total is not negative"), "{said}");
    arrives(&here, doc! { "_id": 1 }).await;
    there
        .update_one(doc! { "_id": 1 }, doc! { "$set": { "total": -1 } })
        .await
        .unwrap();
    reason(&world.pcs[0], 1).await;
    arrives(&here, doc! { "_id": 1, "total": 5 }).await;

    there
        .update_one(doc! { "_id": 2 }, doc! { "$set": { "total": 6 } })
        .await
        .unwrap();
    arrives(&here, doc! { "_id": 2, "total": 6 }).await;
    world.pcs[0]
        .reaches("two set aside", |status| status.quarantined == 2)
        .await;

    folder.write("");
    arrives(&here, doc! { "_id": 3, "total": -7 }).await;
    arrives(&here, doc! { "_id": 1, "total": -1 }).await;
    world.settle().await;
    assert_eq!(world.pcs[0].status().quarantined, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_change_their_own_result_are_told_of() {
    let folder = Folder::of_bills(
        "schema.pre('save', function () { this.total = (this.total ?? 0) + 1; });",
    );
    let world = world_with(&folder.path(), "unsettled").await;
    world
        .on_atlas("bills")
        .insert_one(doc! { "_id": 1, "total": 5 })
        .await
        .unwrap();
    let said = reason(&world.pcs[0], 1).await;
    assert!(
        said.contains("each time") && said.contains("total"),
        "{said}"
    );
    let here = world.pcs[0]
        .collection("bills")
        .find_one(doc! { "_id": 1 })
        .await;
    assert!(here.unwrap().is_none());
}

/// Documents of every BSON type pass through a model that leaves them alone.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_model_does_not_touch_keeps_its_types_and_its_order() {
    let folder = Folder::of_bills(
        "schema.set('strict', false); schema.set('versionKey', false); schema.path('_id', mongoose.Schema.Types.Mixed);",
    );
    let world = world_with(&folder.path(), "types").await;
    let mut runner = TestRunner::deterministic();
    let documents: Vec<Document> = (0..150)
        .map(|id| {
            let mut document = any_document().new_tree(&mut runner).unwrap().current();
            document.insert("_id", Bson::Int32(id));
            for field in ["total", "paid", "status"] {
                document.remove(field);
            }
            document
        })
        .collect();
    world
        .on_atlas("bills")
        .insert_many(&documents)
        .await
        .unwrap();
    world.pcs[0]
        .reaches("all of them", |status| {
            status.atlas_to_local.successful + status.quarantined >= 150
        })
        .await;
    // What cannot be shown to a model without changing it is not changed either: it waits, and says so.
    let aside = world.pcs[0].status().quarantined;
    assert!(aside < 60, "{aside} of 150 were set aside");
    let here = world.pcs[0].collection("bills");
    for document in &documents {
        let id = document.get("_id").unwrap();
        let Some(mut found) = here.find_one(doc! { "_id": id }).await.unwrap() else {
            continue;
        };
        found.remove("_syncMeta");
        assert_eq!(
            found.to_vec().unwrap(),
            document.to_vec().unwrap(),
            "{found}\n{document}"
        );
    }
    assert_eq!(world.pcs[0].counted("failed", Direction::DOWNLOAD), aside);
}
