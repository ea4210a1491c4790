//! Property 3: of simultaneous writes the last one stays, and the others are kept in the vault.

use std::collections::BTreeSet;

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use futures_util::stream::{self, StreamExt};
use integration_tests::world::{Locals, World};
use integration_tests::{eventually, let_time_pass};
use mongodb::{Collection, Database};
use proptest::prelude::*;
use sync_engine::status::State;

use crate::change::{Change, Kind, any_change, any_edit};
use crate::draw::{CASES, Draw};

const COLLECTION: &str = "bills";
/// In each round the PCs come back in another order.
const ROUNDS: [&[usize]; 4] = [&[0, 1], &[1, 0], &[0], &[1]];
/// Writers: both PCs, and somebody on Atlas itself.
const WRITERS: usize = 3;
const ATLAS: usize = 2;
/// Feature: bidirectional-sync, Property 3: *For any* document modified simultaneously on both databases, the version with the latest timestamp should be preserved on both databases after sync completes
#[tokio::test(flavor = "multi_thread")]
async fn of_simultaneous_writes_the_last_one_stays_and_the_others_are_kept() {
    holds(Locals::ReplicaSets).await;
}

/// The same with a MongoDB on each PC that has no change streams, and the sync middleware in Bomba.
#[tokio::test(flavor = "multi_thread")]
async fn of_simultaneous_writes_the_last_one_stays_and_the_others_are_kept_where_mongodb_stands_alone()
 {
    holds(Locals::Standalones).await;
}

async fn holds(kind: Locals) {
    let mut draw = Draw::new();
    let world = World::started_as::<2>(kind, "property_3").await;
    let order = Just((0..WRITERS).collect::<Vec<_>>()).prop_shuffle();
    let changes = proptest::array::uniform3(any_change());
    let case = (any_edit(), order, 2..=WRITERS, changes);
    for (number, coming_back) in ROUNDS.into_iter().enumerate() {
        let cases = draw.cases(CASES.div_ceil(ROUNDS.len()), &case);
        let cases: Vec<Case> = (0_i64..)
            .zip(cases)
            .map(|(n, case)| Case::new(number, n, case))
            .collect();
        play(&world, &cases, coming_back).await;
        judge(&world, &cases).await;
    }
}

struct Case {
    id: Bson,
    first: Change,
    /// Who writes, earliest first, and what.
    writes: Vec<(usize, Change)>,
}

impl Case {
    fn new(
        round: usize,
        number: i64,
        (first, mut order, writers, changes): (Change, Vec<usize>, usize, [Change; WRITERS]),
    ) -> Case {
        order.truncate(writers);
        Case {
            id: Bson::String(format!("{round}-{number}")),
            first,
            writes: order.into_iter().zip(changes).collect(),
        }
    }

    /// What everybody must hold in the end: the field that tells one write from another.
    fn last(&self) -> Option<i64> {
        let (_, change) = self.writes.last().unwrap();
        (change.kind != Kind::Delete).then(|| written(&change.fields))
    }

    /// What must be in the vault: every version that nobody deleted knowingly and that did not stay.
    fn lost(&self) -> BTreeSet<i64> {
        let (_, overruled) = self.writes.split_last().unwrap();
        let edits = overruled
            .iter()
            .filter(|(_, change)| change.kind != Kind::Delete);
        edits.map(|(_, change)| written(&change.fields)).collect()
    }
}

fn written(document: &Document) -> i64 {
    document.get_i64("written").unwrap()
}

async fn play(world: &World, cases: &[Case], coming_back: &[usize]) {
    let places = [
        world.pcs[0].place(COLLECTION),
        world.pcs[1].place(COLLECTION),
        world.place_on_atlas(COLLECTION),
    ];
    for case in cases {
        case.first.make(&places[ATLAS], &case.id, false).await;
    }
    world.rest().await;
    for pc in &world.pcs {
        pc.link.cut().await;
        pc.reaches("offline", |status| !status.atlas.connected)
            .await;
    }
    for turn in 0..WRITERS {
        stream::iter(cases)
            .for_each_concurrent(8, async |case| {
                if let Some((author, change)) = case.writes.get(turn) {
                    change.make(&places[*author], &case.id, true).await;
                }
            })
            .await;
        let_time_pass().await;
    }
    for pc in coming_back {
        world.pcs[*pc].link.mend().await;
        world.pcs[*pc]
            .reaches("in sync", |status| status.state == State::Synced)
            .await;
    }
    for pc in &world.pcs {
        pc.link.mend().await;
    }
}

async fn judge(world: &World, cases: &[Case]) {
    world.rest().await;
    let databases = world.pcs.iter().map(|pc| &pc.local).chain([&world.atlas]);
    for database in databases {
        let bills = database.collection::<Document>(COLLECTION);
        for case in cases {
            let told = format!("{} in {}: {:#?}", case.id, database.name(), case.writes);
            let stays = bills.find_one(doc! { "_id": &case.id }).await.unwrap();
            assert_eq!(
                stays.as_ref().map(written),
                case.last(),
                "the last write stays: {told}"
            );
        }
        eventually(
            integration_tests::world::REST,
            "the vault everywhere",
            async || {
                let wrong = cases_not_kept(database, cases).await;
                if wrong.is_empty() {
                    Ok(())
                } else {
                    Err(wrong.join("\n"))
                }
            },
        )
        .await;
    }
}

async fn cases_not_kept(database: &Database, cases: &[Case]) -> Vec<String> {
    let vault: Collection<Document> = database.collection("_sync_conflicts");
    let mut wrong = Vec::new();
    for case in cases {
        let about = doc! { "document.collection": COLLECTION, "document.id": &case.id };
        let records: Vec<Document> = vault
            .find(about)
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        let losers = records
            .iter()
            .map(|record| record.get_document("loser").unwrap());
        let kept: BTreeSet<i64> = losers.map(written).collect();
        if kept != case.lost() {
            wrong.push(format!(
                "{}: kept {kept:?}, lost {:?}: {:#?}",
                case.id,
                case.lost(),
                case.writes
            ));
        }
    }
    wrong
}
