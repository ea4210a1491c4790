//! Property 6: every change is told by where and by whom it was made.

use bson::{Bson, DateTime, Document, doc};
use integration_tests::world::{Locals, World};
use mongodb::Collection;
use proptest::collection::vec;

use crate::change::{Change, Kind, any_change};
use crate::draw::{CASES, Draw};

const COLLECTION: &str = "shop";
const TURNS: usize = 4;
/// Who changes: a PC, or somebody on Atlas itself.
const ATLAS: usize = 2;
/// What the measured distance of two clocks may be wrong by, on a busy machine.
const CLOCK_ERROR_MS: i64 = 200;

/// Feature: bidirectional-sync, Property 6: *For any* change, the system should correctly identify its origin (Local or Atlas) and include the instance ID in metadata
#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_by_where_and_by_whom_it_was_made() {
    holds(Locals::ReplicaSets).await;
}

/// The same with a MongoDB on each PC that has no change streams, and the sync middleware in Bomba.
#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_by_where_and_by_whom_it_was_made_where_mongodb_stands_alone() {
    holds(Locals::Standalones).await;
}

async fn holds(kind: Locals) {
    let mut draw = Draw::new();
    let world = World::started_as::<2>(kind, "property_6").await;
    let lives = draw.cases(CASES, &vec((0..=ATLAS, any_change()), TURNS));
    let mut cases: Vec<Case> = (0_i64..)
        .zip(lives)
        .map(|(number, changes)| Case {
            id: Bson::Int64(number),
            changes,
            lives: false,
            versions: Versions::default(),
            left_on_atlas: None,
        })
        .collect();
    for turn in 0..TURNS {
        let before = DateTime::now().timestamp_millis();
        for case in &mut cases {
            case.play(&world, turn).await;
        }
        let after = DateTime::now().timestamp_millis();
        world.rest().await;
        for case in &mut cases {
            let (from, to) = (before - CLOCK_ERROR_MS, after + CLOCK_ERROR_MS);
            case.judge(&world, turn, from..=to).await;
        }
    }
}

#[derive(Debug)]
struct Case {
    id: Bson,
    changes: Vec<(usize, Change)>,
    lives: bool,
    versions: Versions,
    /// The stamp on Atlas after the last turn.
    left_on_atlas: Option<Document>,
}

/// The versions that can be told from each place. A change goes on from the highest of them; where a user took away
/// the only one, by a replace or a direct delete on Atlas, counting begins anew.
#[derive(Clone, Copy, Debug, Default)]
struct Versions {
    local: Option<i64>,
    atlas: Option<i64>,
    tombstone: Option<i64>,
}

impl Versions {
    fn change(&mut self, on_atlas: bool, kind: Kind, lives: bool) {
        let written_on = match on_atlas {
            true => &mut self.atlas,
            false => &mut self.local,
        };
        if !lives || kind != Kind::Update {
            *written_on = None;
        }
        if lives && kind == Kind::Delete {
            if !on_atlas {
                self.tombstone = Some(self.atlas.max(self.tombstone).unwrap_or(0) + 1);
            }
            (self.local, self.atlas) = (None, None);
            return;
        }
        let known = self.local.max(self.atlas).max(self.tombstone);
        self.local = Some(known.unwrap_or(0) + 1);
        if !on_atlas {
            self.atlas = self.local;
        }
    }
}

impl Case {
    async fn play(&mut self, world: &World, turn: usize) {
        let (author, change) = &self.changes[turn];
        let on = match world.pcs.get(*author) {
            Some(pc) => pc.place(COLLECTION),
            None => world.place_on_atlas(COLLECTION),
        };
        self.versions
            .change(*author == ATLAS, change.kind, self.lives);
        self.lives = change.make(&on, &self.id, self.lives).await;
    }

    async fn judge(&mut self, world: &World, turn: usize, written: std::ops::RangeInclusive<i64>) {
        let author = self.changes[turn].0;
        let first = self.stamp(&world.pcs[0].collection(COLLECTION)).await;
        let second = self.stamp(&world.pcs[1].collection(COLLECTION)).await;
        let atlas = self.stamp(&world.on_atlas(COLLECTION)).await;
        let told = format!("{self:#?} at {turn}: {first:?} {second:?} {atlas:?}");
        assert_eq!(first, second, "all PCs say the same: {told}");
        if !self.lives {
            assert_eq!((first, atlas), (None, None), "{told}");
            self.left_on_atlas = None;
            return;
        }
        let stamp = first.expect("a synced document is stamped");
        let (origin, instance) = match world.pcs.get(author) {
            Some(pc) => ("local", pc.status().instance_id),
            None => ("atlas", "atlas".to_owned()),
        };
        assert_eq!(stamp.get_str("origin").unwrap(), origin, "{told}");
        assert_eq!(stamp.get_str("instanceId").unwrap(), instance, "{told}");
        assert_eq!(stamp.get_i32("conflictCount").unwrap(), 0, "{told}");
        assert_eq!(stamp.get_i64("version").ok(), self.versions.local, "{told}");
        let time = stamp
            .get_datetime("lastModified")
            .unwrap()
            .timestamp_millis();
        assert!(written.contains(&time), "{written:?}: {told}");
        match author {
            // Nobody writes on Atlas what was changed there: a change leaves the stamp as it was, or takes it off.
            ATLAS => {
                let untouched = atlas.is_none() || atlas == self.left_on_atlas;
                assert!(untouched, "{told}");
            }
            _ => assert_eq!(atlas, Some(stamp), "{told}"),
        }
        self.left_on_atlas = atlas;
    }

    async fn stamp(&self, on: &Collection<Document>) -> Option<Document> {
        let found = on.find_one(doc! { "_id": &self.id }).await.unwrap()?;
        found.get_document("_syncMeta").ok().cloned()
    }
}
