//! Property 7: an excluded collection only goes up, until it is included again.

use bson::{Bson, doc};
use integration_tests::place::Place;
use integration_tests::witness::Witness;
use integration_tests::world::{Locals, World};
use proptest::collection::vec;
use proptest::prelude::*;
use sync_engine::config::CollectionMode;

use crate::change::{Change, any_change};
use crate::draw::{CASES, Draw};

/// One is excluded from the start, the other while the engine runs.
const EXCLUDED: [&str; 2] = ["sessions", "logs"];
const TURNS: usize = 4;

/// Feature: bidirectional-sync, Property 7: *For any* collection in the exclusion list, changes from Atlas should not be synced to Local, but Local→Atlas sync should continue
#[tokio::test(flavor = "multi_thread")]
async fn an_excluded_collection_only_goes_up_until_it_is_included_again() {
    holds(Locals::ReplicaSets).await;
}

/// The same with a MongoDB on each PC that has no change streams, and the sync middleware in Bomba.
#[tokio::test(flavor = "multi_thread")]
async fn an_excluded_collection_only_goes_up_until_it_is_included_again_where_mongodb_stands_alone()
{
    holds(Locals::Standalones).await;
}

async fn holds(kind: Locals) {
    let mut draw = Draw::new();
    let mut world = World::of::<1>(kind, "property_7").await;
    let modes = &mut world.pcs[0].config.modes;
    modes.insert(EXCLUDED[0].to_owned(), CollectionMode::UploadOnly);
    world.start().await;
    let engine = world.pcs[0].engine();
    let mode = engine.set_mode(EXCLUDED[1], CollectionMode::UploadOnly);
    mode.await.unwrap();
    world.settle().await;

    let lives = draw.cases(CASES, &vec((any::<bool>(), any_change()), TURNS));
    let mut cases: Vec<Case> = (0_i64..)
        .zip(lives)
        .map(|(number, changes)| Case::new(&world, number, changes))
        .collect();
    let mut local = match kind {
        Locals::ReplicaSets => Some(Witness::of(&world.pcs[0].local).await.unwrap()),
        Locals::Standalones => None,
    };
    for turn in 0..TURNS {
        for case in &mut cases {
            case.play(turn).await;
        }
        world.settle().await;
        for case in &cases {
            case.judge().await;
        }
    }
    let writes = match &mut local {
        Some(local) => local.writes().await.unwrap(),
        None => Vec::new(),
    };
    for case in cases.iter().filter(|_| local.is_some()) {
        let of_case = writes.iter().filter(|write| {
            write.collection == case.local.collection().name() && write.id == case.id
        });
        let of_case: Vec<_> = of_case.collect();
        assert_eq!(
            of_case.len(),
            case.writes_expected(),
            "{case:#?}: {of_case:#?}"
        );
    }

    for name in EXCLUDED {
        let mode = engine.set_mode(name, CollectionMode::BothWays);
        mode.await.unwrap();
    }
    world.rest().await;
}

#[derive(Debug)]
struct Case {
    id: Bson,
    local: Place,
    atlas: Place,
    /// Each on Atlas, or else on the PC.
    changes: Vec<(bool, Change)>,
    /// What each side must hold.
    on_local: Option<i64>,
    on_atlas: Option<i64>,
    /// What the PC's user did so far that left a document, and deletions.
    puts: usize,
    deletes: usize,
}

impl Case {
    fn new(world: &World, number: i64, changes: Vec<(bool, Change)>) -> Case {
        let name = EXCLUDED[usize::try_from(number).unwrap() % EXCLUDED.len()];
        Case {
            id: Bson::Int64(number),
            local: world.pcs[0].place(name),
            atlas: world.place_on_atlas(name),
            changes,
            on_local: None,
            on_atlas: None,
            puts: 0,
            deletes: 0,
        }
    }

    async fn play(&mut self, turn: usize) {
        let (on_atlas, change) = &self.changes[turn];
        let (place, held) = match on_atlas {
            true => (&self.atlas, &mut self.on_atlas),
            false => (&self.local, &mut self.on_local),
        };
        let lives = change.make(place, &self.id, held.is_some()).await;
        *held = lives.then(|| change.fields.get_i64("written").unwrap());
        if *on_atlas {
            return;
        }
        self.on_atlas = self.on_local;
        match lives {
            true => self.puts += 1,
            false => self.deletes += 1,
        }
    }

    async fn judge(&self) {
        for (place, expected) in [(&self.local, self.on_local), (&self.atlas, self.on_atlas)] {
            let found = place.collection().find_one(doc! { "_id": &self.id });
            let found = found.await.unwrap();
            let found = found.map(|found| found.get_i64("written").unwrap());
            assert_eq!(found, expected, "{self:#?}");
        }
    }

    /// A put is the user's write and its stamp.
    fn writes_expected(&self) -> usize {
        2 * self.puts + self.deletes
    }
}
