//! Property 1: what is done on Atlas is done on every PC.

use bson::{Bson, Document};
use futures_util::stream::{self, StreamExt};
use integration_tests::any_bson::any_document;
use integration_tests::place::Place;
use integration_tests::world::{Locals, World};
use proptest::collection::vec;

use crate::change::{Change, any_change};
use crate::draw::{CASES, Draw};

/// Collections the cases are spread over.
const COLLECTIONS: usize = 6;
/// Writers at a time.
const WRITERS: usize = 8;

/// Feature: bidirectional-sync, Property 1: *For any* operation (insert, update, delete) performed on Atlas, the same operation should be replicated to Local MongoDB with proper execution of Mongoose pre-save hooks, validation, and calculated fields
#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_on_atlas_is_done_on_every_pc() {
    holds(Locals::ReplicaSets).await;
}

/// The same with a MongoDB on each PC that has no change streams, and the sync middleware in Bomba.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_on_atlas_is_done_on_every_pc_where_mongodb_stands_alone() {
    holds(Locals::Standalones).await;
}

async fn holds(kind: Locals) {
    let mut draw = Draw::new();
    let world = World::started_as::<2>(kind, "property_1").await;
    let cases = draw.cases(CASES * 3 / 2, &(any_document(), vec(any_change(), 0..4)));
    let mut lives = insert_all(&world, cases).await;
    assert!(lives.len() >= CASES, "{} cases", lives.len());
    world.converge().await;

    // In the second half the changes follow each other faster than they are carried over.
    let slow = lives.split_off(lives.len() / 2);
    stream::iter(lives)
        .for_each_concurrent(WRITERS, async |life| life.rest_of_it().await)
        .await;
    world.converge().await;
    for turn in 0..3 {
        for life in &slow {
            life.one_more(turn).await;
        }
        world.converge().await;
    }
    for pc in &world.pcs {
        assert_eq!(pc.status().quarantined, 0);
    }
}

struct Life {
    on: Place,
    id: Bson,
    changes: Vec<Change>,
}

impl Life {
    async fn rest_of_it(&self) {
        for turn in 0..self.changes.len() {
            self.one_more(turn).await;
        }
    }

    async fn one_more(&self, turn: usize) {
        if let Some(change) = self.changes.get(turn) {
            let lives = self.changes[..turn].iter().fold(true, |lives, change| {
                !lives || change.kind != crate::change::Kind::Delete
            });
            change.make(&self.on, &self.id, lives).await;
        }
    }
}

/// Inserts the documents. Where two have an `_id` that is the same to the server, only the first is a case.
async fn insert_all(world: &World, cases: Vec<(Document, Vec<Change>)>) -> Vec<Life> {
    const DUPLICATE_KEY: &str = "E11000";
    let mut lives = Vec::new();
    for (number, (document, changes)) in cases.into_iter().enumerate() {
        let on = world.place_on_atlas(&format!("any_{}", number % COLLECTIONS));
        let id = document.get("_id").cloned().unwrap();
        match on.insert(document).await {
            Ok(()) => lives.push(Life { on, id, changes }),
            Err(error) => assert!(error.to_string().contains(DUPLICATE_KEY), "{error}"),
        }
    }
    lives
}
