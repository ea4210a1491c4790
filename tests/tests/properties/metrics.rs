//! Property 4: each direction counts what it did, exactly.

use bson::{Bson, doc};
use integration_tests::let_time_pass;
use integration_tests::place::Place;
use integration_tests::world::{Locals, Pc, World};
use proptest::collection::vec;
use proptest::prelude::*;
use sync_core::place::Direction;
use sync_engine::config::CollectionMode;
use sync_engine::status::{DirectionStatus, State};

use crate::change::{Change, any_change, any_edit};
use crate::draw::{CASES, Draw};

const TURNS: usize = 3;

/// Feature: bidirectional-sync, Property 4: *For any* sync operation in either direction, the system should accurately record it in the appropriate directional metrics (Local→Atlas or Atlas→Local)
#[tokio::test(flavor = "multi_thread")]
async fn each_direction_counts_what_it_did() {
    holds(Locals::ReplicaSets).await;
}

/// The same with a MongoDB on each PC that has no change streams, and the sync middleware in Bomba.
#[tokio::test(flavor = "multi_thread")]
async fn each_direction_counts_what_it_did_where_mongodb_stands_alone() {
    holds(Locals::Standalones).await;
}

async fn holds(kind: Locals) {
    let mut draw = Draw::new();
    let world = World::started_as::<1>(kind, "property_4").await;
    let mut tally = Tally::of(&world.pcs[0]);
    let cases = draw.cases(CASES, &(any::<bool>(), vec(any_change(), TURNS)));
    carry_over(&world, &cases, &mut tally).await;
    let cases = draw.cases(
        CASES / 2,
        &(any::<bool>(), any_edit(), any_edit(), any_edit()),
    );
    settle_conflicts(&world, &cases, &mut tally).await;
    let cases = draw.cases(CASES / 4, &(any::<bool>(), any_edit()));
    refuse_and_retry(&world, &cases, &mut tally).await;
}

/// Where nothing comes down, a version of this PC that loses is kept and counted, though nothing is written.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_only_goes_up_and_is_overruled_counts_as_a_conflict() {
    let mut world = World::new::<2>("overruled").await;
    let modes = &mut world.pcs[0].config.modes;
    modes.insert("bills".to_owned(), CollectionMode::UploadOnly);
    let bills = |pc: usize, world: &World| world.pcs[pc].collection("bills");
    let bill = doc! { "_id": 1, "total": 1 };
    bills(0, &world).insert_one(bill).await.unwrap();
    world.start().await;
    world.settle().await;
    let [first, other] = &*world.pcs else {
        unreachable!("two were asked for")
    };
    first.link.cut().await;
    first
        .reaches("offline", |status| status.state == State::Offline)
        .await;
    let set = |total: &str| doc! { "$set": { "total": total } };
    let edit = bills(0, &world);
    edit.update_one(doc! { "_id": 1 }, set("mine"))
        .await
        .unwrap();
    let_time_pass().await;
    let before = other.counted("applied", Direction::UPLOAD);
    let edit = bills(1, &world);
    edit.update_one(doc! { "_id": 1 }, set("theirs"))
        .await
        .unwrap();
    other
        .reaches("the upload", |status| {
            status.local_to_atlas.successful > before
        })
        .await;
    first.link.mend().await;
    let status = first
        .reaches("a conflict", |status| {
            status.conflicts_open == 1 && status.state == State::Synced
        })
        .await;
    assert_eq!(status.local_to_atlas.conflicts, 1);
    assert_eq!(status.atlas_to_local.conflicts, 0);
    let kept = bills(0, &world).find_one(doc! { "_id": 1 }).await.unwrap();
    assert_eq!(kept.unwrap().get_str("total").unwrap(), "mine");
}

/// What one direction must have counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    processed: u64,
    successful: u64,
    failed: u64,
    conflicts: u64,
}

impl Counts {
    fn of(shown: &DirectionStatus) -> Counts {
        Counts {
            processed: shown.processed,
            successful: shown.successful,
            failed: shown.failed,
            conflicts: shown.conflicts,
        }
    }

    fn succeeded(&mut self) {
        self.successful += 1;
        self.processed += 1;
    }

    fn failed(&mut self) {
        self.failed += 1;
        self.processed += 1;
    }
}

#[derive(Clone, Copy, Debug)]
struct Tally {
    up: Counts,
    down: Counts,
}

impl Tally {
    fn of(pc: &Pc) -> Tally {
        let status = pc.status();
        Tally {
            up: Counts::of(&status.local_to_atlas),
            down: Counts::of(&status.atlas_to_local),
        }
    }

    fn made(&mut self, on_atlas: bool) -> &mut Counts {
        match on_atlas {
            true => &mut self.down,
            false => &mut self.up,
        }
    }

    /// Comes to rest, which moves a mark each way, and compares.
    async fn check(&mut self, world: &World) {
        world.settle().await;
        self.up.succeeded();
        self.down.succeeded();
        let pc = &world.pcs[0];
        let found = Tally::of(pc);
        assert_eq!((found.up, found.down), (self.up, self.down));
        for (direction, counts) in [
            (Direction::UPLOAD, self.up),
            (Direction::DOWNLOAD, self.down),
        ] {
            assert_eq!(pc.counted("applied", direction), counts.successful);
            assert_eq!(pc.counted("failed", direction), counts.failed);
            assert_eq!(pc.counted("conflicts", direction), counts.conflicts);
        }
    }
}

async fn carry_over(world: &World, cases: &[(bool, Vec<Change>)], tally: &mut Tally) {
    let places = places(world, "shop");
    let mut lives = vec![false; cases.len()];
    for turn in 0..TURNS {
        for (number, (on_atlas, changes)) in cases.iter().enumerate() {
            let place = &places[usize::from(*on_atlas)];
            lives[number] = changes[turn].make(place, &id(number), lives[number]).await;
            tally.made(*on_atlas).succeeded();
        }
        tally.check(world).await;
    }
}

/// Each document is changed on both sides while they cannot hear each other; `true` is last on Atlas.
async fn settle_conflicts(
    world: &World,
    cases: &[(bool, Change, Change, Change)],
    tally: &mut Tally,
) {
    let pc = &world.pcs[0];
    let places = places(world, "bills");
    for (number, (_, first, ..)) in cases.iter().enumerate() {
        first.make(&places[0], &id(number), false).await;
        tally.up.succeeded();
    }
    tally.check(world).await;
    pc.link.cut().await;
    pc.reaches("offline", |status| status.state == State::Offline)
        .await;
    for last in [false, true] {
        for (number, (ends_on_atlas, _, early, late)) in cases.iter().enumerate() {
            let (on_atlas, change) = match last {
                true => (*ends_on_atlas, late),
                false => (!*ends_on_atlas, early),
            };
            change
                .make(&places[usize::from(on_atlas)], &id(number), true)
                .await;
        }
        let_time_pass().await;
    }
    for (ends_on_atlas, ..) in cases {
        let winner = tally.made(*ends_on_atlas);
        winner.succeeded();
        winner.conflicts += 1;
        // The record of what lost travels like any document.
        tally.up.succeeded();
    }
    pc.link.mend().await;
    pc.reaches("in sync", |status| status.state == State::Synced)
        .await;
    tally.check(world).await;
}

/// A side that will not have a document counts as one failure, and a retry that succeeds as one success.
async fn refuse_and_retry(world: &World, cases: &[(bool, Change)], tally: &mut Tally) {
    let pc = &world.pcs[0];
    for database in [&pc.local, &world.atlas] {
        for (name, strict) in [("strict_local", &pc.local), ("strict_atlas", &world.atlas)] {
            let create = database.create_collection(name);
            let strict = std::ptr::eq(database, strict);
            let rule = doc! { "written": { "$exists": !strict } };
            create.validator(rule).await.unwrap();
        }
    }
    for (number, (on_atlas, change)) in cases.iter().enumerate() {
        let name = if *on_atlas {
            "strict_local"
        } else {
            "strict_atlas"
        };
        change
            .make(
                &places(world, name)[usize::from(*on_atlas)],
                &id(number),
                false,
            )
            .await;
        tally.made(*on_atlas).failed();
    }
    tally.check(world).await;
    assert_eq!(pc.status().quarantined, cases.len() as u64);
    for (name, strict) in [("strict_local", &pc.local), ("strict_atlas", &world.atlas)] {
        let lift = strict.run_command(doc! { "collMod": name, "validator": {} });
        lift.await.unwrap();
    }
    let retried = sync_engine::quarantine::retry(&pc.access().await, None)
        .await
        .unwrap();
    assert_eq!(retried, cases.len() as u64);
    for (on_atlas, _) in cases {
        tally.made(*on_atlas).succeeded();
    }
    world.converge().await;
    tally.check(world).await;
    assert_eq!(pc.status().quarantined, 0);
}

fn places(world: &World, name: &str) -> [Place; 2] {
    [world.pcs[0].place(name), world.place_on_atlas(name)]
}

fn id(number: usize) -> Bson {
    Bson::Int64(i64::try_from(number).unwrap())
}
