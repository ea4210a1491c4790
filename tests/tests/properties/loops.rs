//! Property 2: a change that was carried over does not come back.

use std::collections::BTreeMap;

use bson::Bson;
use futures_util::stream::{self, StreamExt};
use integration_tests::witness::{Witness, Write, per_document};
use integration_tests::world::{Locals, World};
use proptest::collection::vec;

use crate::change::{Change, Kind, any_change};
use crate::draw::{CASES, Draw};

const COLLECTION: &str = "shop";
/// Changes to each document, each carried over before the next.
const TURNS: usize = 4;
/// Writers at a time.
const WRITERS: usize = 8;

/// Feature: bidirectional-sync, Property 2: *For any* change originating from Local, when it syncs to Atlas, it should not trigger a sync back to Local
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_carried_over_does_not_come_back() {
    holds(Locals::ReplicaSets).await;
}

/// The same with a MongoDB on each PC that has no change streams, and the sync middleware in Bomba.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_carried_over_does_not_come_back_where_mongodb_stands_alone() {
    holds(Locals::Standalones).await;
}

async fn holds(kind: Locals) {
    let mut draw = Draw::new();
    let world = World::started_as::<2>(kind, "property_2").await;
    let cases = draw.cases(CASES, &(0..2_usize, vec(any_change(), TURNS)));
    let cases: Vec<Case> = cases.into_iter().enumerate().map(Case::from).collect();
    let mut atlas = Witness::of(&world.atlas).await.unwrap();
    let mut here = Vec::new();
    if kind == Locals::ReplicaSets {
        for pc in &world.pcs {
            here.push(Witness::of(&pc.local).await.unwrap());
        }
    }
    for turn in 0..TURNS {
        stream::iter(&cases)
            .for_each_concurrent(WRITERS, async |case| {
                let on = world.pcs[case.author].place(COLLECTION);
                case.changes[turn]
                    .make(&on, &case.id, case.lives(turn))
                    .await;
            })
            .await;
        world.rest().await;
        let mut on_pc = Vec::new();
        for witness in &mut here {
            on_pc.push(per_document(&witness.writes().await.unwrap(), COLLECTION));
        }
        let on_atlas = per_document(&atlas.writes().await.unwrap(), COLLECTION);
        for case in &cases {
            case.judge(turn, &on_pc, &on_atlas);
        }
    }
}

struct Case {
    id: Bson,
    author: usize,
    changes: Vec<Change>,
}

impl From<(usize, (usize, Vec<Change>))> for Case {
    fn from((number, (author, changes)): (usize, (usize, Vec<Change>))) -> Case {
        let id = Bson::Int64(i64::try_from(number).unwrap());
        Case {
            id,
            author,
            changes,
        }
    }
}

type Writes = BTreeMap<String, Vec<Write>>;

impl Case {
    fn lives(&self, turn: usize) -> bool {
        let before = self.changes[..turn].iter();
        before.fold(false, |lives, change| !lives || change.kind != Kind::Delete)
    }

    fn judge(&self, turn: usize, on_pc: &[Writes], on_atlas: &Writes) {
        let of = |writes: &Writes| {
            writes
                .get(&self.id.to_string())
                .cloned()
                .unwrap_or_default()
        };
        let atlas = of(on_atlas);
        let told = format!("{turn}: {:?}: {atlas:#?}", self.changes[turn]);
        assert_eq!(atlas.len(), 1, "Atlas is written once: {told}");
        // A server that stands alone tells nobody who wrote what.
        let [_, _] = on_pc else { return };
        let (own, other) = (of(&on_pc[self.author]), of(&on_pc[1 - self.author]));
        let told = format!("{told} {own:#?} {other:#?}");
        assert_eq!(other.len(), 1, "the other PC is written once: {told}");
        if self.lives(turn + 1) {
            assert_eq!(own.len(), 2, "the user's write and its stamp: {told}");
            let only_stamp = |name: &String| name.starts_with("_syncMeta");
            assert!(own[1].touched.iter().all(only_stamp), "{told}");
        } else {
            assert_eq!(own.len(), 1, "the user's delete and no more: {told}");
        }
    }
}
