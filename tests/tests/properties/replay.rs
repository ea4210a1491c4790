//! Property 8: events that are read again change nothing.

use bson::{Bson, DateTime, Document, doc};
use integration_tests::rest::MARKS;
use integration_tests::witness::{Witness, Write};
use integration_tests::world::{Locals, Pc, World};
use proptest::collection::vec;
use sync_core::place::Direction;
use sync_engine::status::State;

use crate::change::{Change, any_change};
use crate::draw::{CASES, Draw};

const COLLECTION: &str = "shop";
const METADATA: &str = "_sync_metadata";
/// The rows that hold the stored positions.
const TOKENS: [&str; 2] = ["local-resume-token", "atlas-resume-token"];
const TURNS: usize = 4;
/// Who changes: a PC, or somebody on Atlas itself.
const ATLAS: usize = 2;

/// Feature: bidirectional-sync, Property 8: *For any* Atlas change applied multiple times (due to retries or duplicate events), the final state should be identical to applying it once
#[tokio::test(flavor = "multi_thread")]
async fn events_that_are_read_again_change_nothing() {
    holds(Locals::ReplicaSets).await;
}

/// The same with a MongoDB on each PC that has no change streams, and the sync middleware in Bomba.
#[tokio::test(flavor = "multi_thread")]
async fn events_that_are_read_again_change_nothing_where_mongodb_stands_alone() {
    holds(Locals::Standalones).await;
}

async fn holds(kind: Locals) {
    let mut draw = Draw::new();
    let mut world = World::started_as::<2>(kind, "property_8").await;
    world.rest().await;
    world.stop().await;
    let mut old = Vec::new();
    for pc in &world.pcs {
        old.push(tokens(pc).await);
    }
    world.start().await;
    let cases = draw.cases(CASES, &vec((0..=ATLAS, any_change()), TURNS));
    let changes = live(&world, &cases).await;
    world.rest().await;

    world.stop().await;
    let mut witnesses = Vec::new();
    // What a server that stands alone is told goes unseen; its documents would differ from Atlas' if it were much.
    let locals = world.pcs.iter().filter(|_| kind == Locals::ReplicaSets);
    for database in locals.map(|pc| &pc.local).chain([&world.atlas]) {
        witnesses.push((database.clone(), Witness::of(database).await.unwrap()));
    }
    for (pc, old) in world.pcs.iter().zip(old) {
        rewind(pc, old).await;
        if kind == Locals::Standalones {
            tell_again(pc, cases.len()).await;
        }
    }
    world.start().await;
    world.rest().await;
    for (database, witness) in &mut witnesses {
        let writes = witness.writes().await.unwrap();
        let mut done = Vec::new();
        for write in writes.into_iter().filter(is_about_documents) {
            let place = database.collection::<Document>(&write.collection);
            let now = place.find_one(doc! { "_id": &write.id }).await.unwrap();
            done.push(format!("{write:?}: {now:#?}"));
        }
        assert!(done.is_empty(), "{}", done.join("\n"));
    }
    for pc in &world.pcs {
        let read: u64 = Direction::BOTH
            .iter()
            .map(|way| pc.counted("read", *way))
            .sum();
        // What was settled is gone from a queue: of that only what was told again is read.
        let expected = match kind {
            Locals::ReplicaSets => changes,
            Locals::Standalones => cases.len() as u64,
        };
        assert!(read >= expected, "{read} of {expected} were read again");
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

/// Half of the changes are made while the PCs are away, so that there are conflicts. Returns how many were made.
async fn live(world: &World, cases: &[Vec<(usize, Change)>]) -> u64 {
    let mut lives = vec![[false; ATLAS + 1]; cases.len()];
    let mut made = 0;
    for turn in 0..TURNS {
        let apart = turn % 2 == 1;
        if apart {
            for pc in &world.pcs {
                pc.link.cut().await;
                pc.reaches("offline", |status| status.state == State::Offline)
                    .await;
            }
        }
        // While they are apart, everybody makes the change that one made before; then they differ by who makes it.
        for (number, case) in cases.iter().enumerate() {
            let (author, change) = &case[turn];
            let authors = if apart { 0..=ATLAS } else { *author..=*author };
            for author in authors {
                let mut change = change.clone();
                change.fields.insert("by", i64::try_from(author).unwrap());
                let place = match world.pcs.get(author) {
                    Some(pc) => pc.place(COLLECTION),
                    None => world.place_on_atlas(COLLECTION),
                };
                let id = Bson::Int64(i64::try_from(number).unwrap());
                change.make(&place, &id, lives[number][author]).await;
                made += 1;
            }
        }
        for pc in &world.pcs {
            pc.link.mend().await;
        }
        world.rest().await;
        for (number, lives) in lives.iter_mut().enumerate() {
            let id = i64::try_from(number).unwrap();
            let shop = world.on_atlas(COLLECTION);
            let found = shop.find_one(doc! { "_id": id }).await.unwrap();
            *lives = [found.is_some(); ATLAS + 1];
        }
    }
    made
}

async fn tokens(pc: &Pc) -> Vec<Document> {
    let mut rows = Vec::new();
    let metadata = pc.collection(METADATA);
    for row in TOKENS {
        let row = metadata.find_one(doc! { "_id": row }).await.unwrap();
        rows.push(row.expect("an engine that stopped has stored its positions"));
    }
    rows
}

async fn rewind(pc: &Pc, old: Vec<Document>) {
    let metadata = pc.collection(METADATA);
    for row in old {
        let this = doc! { "_id": row.get("_id").cloned().unwrap() };
        let replaced = metadata.replace_one(this, row).await.unwrap();
        assert_eq!(replaced.matched_count, 1);
    }
}

/// Rows of the queue that say once more, and late, that a document was changed or deleted long ago.
async fn tell_again(pc: &Pc, documents: usize) {
    let rows = (0..documents).map(|number| {
        let operation = ["update", "delete"][number % 2];
        let id = i64::try_from(number).unwrap();
        doc! {
            "collection": COLLECTION, "documentId": id, "operation": operation, "origin": "local", "done": true,
            "timestamp": DateTime::from_millis(1_735_711_200_000),
        }
    });
    pc.collection("_sync_queue")
        .insert_many(rows)
        .await
        .unwrap();
}

/// Positions, fences and devices' rows move on in any case, and marks are the test's own.
fn is_about_documents(write: &Write) -> bool {
    let name = write.collection.as_str();
    !matches!(name, METADATA | "_sync_devices" | MARKS)
}
