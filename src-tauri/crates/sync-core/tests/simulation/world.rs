//! A whole world: Atlas, some PCs, their users, and chance, which picks what happens next.

use std::collections::BTreeSet;
use std::sync::Arc;

use sync_core::place::{DocumentKey, Key};
use sync_core::sighting::Copy;

use crate::judge::{self, Fault};
use crate::pc::Pc;
use crate::plan::Plan;
use crate::store::{Store, Token, digest};

/// A world that is not quiet after so many steps never will be.
const STEPS_MAX: u32 = 200_000;
/// How far apart two writes are where times must tell them apart whatever is added to a stamp.
const APART_MS: i64 = 1_000;

/// How much later a user writes who drops the stamp, where nobody edits at the same time.
const FORGETFUL_MS: i64 = 3;

/// What one write was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Write {
    pub(crate) key: usize,
    pub(crate) time_ms: i64,
    pub(crate) is_delete: bool,
    /// The content its author saw.
    pub(crate) parent: Option<Token>,
}

/// What all PCs share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) plan: Plan,
    pub(crate) rng: fastrand::Rng,
    pub(crate) keys: Vec<Key>,
    pub(crate) now_ms: i64,
    pub(crate) atlas: Store,
    /// Every write of a user; a token is its place plus one.
    pub(crate) writes: Vec<Write>,
    pub(crate) vault: BTreeSet<Token>,
    pub(crate) conflicts: u32,
    /// Conflicts whose winner had seen the loser.
    pub(crate) needless: u32,
    pub(crate) faults: Vec<Fault>,
    /// Keys that an engine inserted where, unseen, a user had just inserted and deleted: one absence looks like
    /// another, and users leave no tombstone, so this delete cannot win.
    pub(crate) came_and_went: Vec<bool>,
    /// Keys and times of deletes of what Atlas had never heard of: nothing is left that could tell others.
    pub(crate) traceless: BTreeSet<(usize, i64)>,
}

/// The world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) shared: Shared,
    pub(crate) pcs: Vec<Pc>,
    steps: u32,
    written: u32,
}

impl Shared {
    /// Time goes on, now and then not by a whole millisecond.
    pub(crate) fn tick(&mut self) -> i64 {
        self.now_ms += if self.plan.dense {
            self.rng.i64(0..=2)
        } else {
            APART_MS
        };
        self.now_ms
    }

    pub(crate) fn chance(&mut self, percent: u8) -> bool {
        self.rng.u8(..100) < percent
    }

    pub(crate) fn trace(&self, line: impl FnOnce() -> String) {
        if self.plan.traced {
            println!("{:>8} {}", self.now_ms, line());
        }
    }

    pub(crate) fn fault(&mut self, fault: Fault) {
        self.trace(|| format!("!! {fault:?}"));
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// The write that made a content.
    pub(crate) fn write(&self, token: Token) -> &Write {
        &self.writes[token as usize - 1]
    }

    /// A version is about to be overruled.
    pub(crate) fn keep(&mut self, loser: Token, winner: Option<Token>) {
        self.trace(|| format!("   vault: {loser}, winner {winner:?}"));
        self.vault.insert(loser);
        self.conflicts += 1;
        let mut ancestor = winner;
        while let Some(token) = ancestor {
            self.needless += u32::from(token == loser);
            ancestor = self.write(token).parent;
        }
    }

    /// A new content by a user who sees what `store` holds.
    fn note(&mut self, key: usize, store: &Store, is_delete: bool) -> Token {
        let seen = store.docs[key]
            .as_ref()
            .map(|doc| crate::store::token(doc.content));
        let parent = seen.or(store.user_deletes[key]);
        let time_ms = self.tick();
        self.writes.push(Write {
            key,
            time_ms,
            is_delete,
            parent,
        });
        Token::try_from(self.writes.len()).expect("a few dozen writes")
    }

    /// A user inserts, updates, replaces or deletes.
    fn user_writes(&mut self, key: usize, store: &mut Store, who: &str) {
        let is_delete = store.docs[key].is_some() && self.chance(25);
        let token = self.note(key, store, is_delete);
        if is_delete {
            let time_ms = self.now_ms;
            self.trace(|| format!("-- user on {who} deletes k{key} ({token})"));
            store.user_deletes[key] = Some(token);
            return store.remove(key, time_ms);
        }
        let keeps_stamp = self.chance(90);
        let stamp = store.docs[key]
            .as_ref()
            .and_then(|doc| doc.stamp.clone())
            .filter(|_| keeps_stamp);
        let whole = !keeps_stamp || self.chance(30);
        if !keeps_stamp && self.plan.serial {
            // With the stamp goes all that tells it from what was there in the same millisecond.
            self.now_ms += FORGETFUL_MS;
            self.writes[token as usize - 1].time_ms = self.now_ms;
        }
        let time_ms = self.now_ms;
        self.trace(|| {
            format!(
                "-- user on {who} puts k{key} = {token}, stamp kept: {}",
                stamp.is_some()
            )
        });
        store.put(
            key,
            Copy {
                content: digest(token),
                stamp,
            },
            whole,
            time_ms,
        );
    }
}

impl World {
    /// Runs the world of a plan to its end.
    pub(crate) fn run(plan: Plan) -> World {
        let mut world = World::new(plan);
        world.settle_in();
        while world.steps < STEPS_MAX && world.shared.faults.is_empty() {
            world.step();
            if world.is_over() && world.steps.is_multiple_of(64) && world.is_quiet() {
                judge::final_state(&mut world);
                return world;
            }
        }
        if world.shared.faults.is_empty() {
            world.shared.fault(Fault::NeverQuiet);
        }
        world
    }

    fn new(plan: Plan) -> World {
        let collection: Arc<str> = Arc::from("bills");
        let key = |id| Key {
            collection: Arc::clone(&collection),
            document: DocumentKey::new(0x10, &[id, 0, 0, 0]),
        };
        let keys = (0..plan.keys)
            .map(|id| key(u8::try_from(id).expect("a few keys")))
            .collect();
        let mut rng = fastrand::Rng::with_seed(plan.seed);
        let pcs = (0..plan.pcs)
            .map(|id| Pc::new(id, &plan, &mut rng))
            .collect();
        let shared = Shared {
            atlas: Store::new(plan.keys),
            rng,
            keys,
            now_ms: 1_000_000,
            writes: Vec::new(),
            vault: BTreeSet::new(),
            conflicts: 0,
            needless: 0,
            faults: Vec::new(),
            came_and_went: vec![false; plan.keys],
            traceless: BTreeSet::new(),
            plan,
        };
        World {
            shared,
            pcs,
            steps: 0,
            written: 0,
        }
    }

    /// Where history is lost, documents may be older than the sync. Then every engine starts.
    fn settle_in(&mut self) {
        if self.shared.plan.lost && self.shared.chance(50) {
            for _ in 0..self.shared.rng.u32(1..8) {
                self.user_acts();
            }
            let stores = self
                .pcs
                .iter_mut()
                .map(|pc| &mut pc.local)
                .chain([&mut self.shared.atlas]);
            stores.for_each(|store| store.truncated = store.log.len());
            self.pcs.iter_mut().for_each(|pc| pc.stored = [None, None]);
        }
        self.pcs
            .iter_mut()
            .for_each(|pc| pc.start(&mut self.shared));
    }

    fn is_over(&self) -> bool {
        self.written >= self.shared.plan.writes
    }

    fn is_quiet(&self) -> bool {
        self.pcs.iter().all(|pc| pc.is_quiet(&self.shared))
    }

    fn step(&mut self) {
        self.steps += 1;
        let dice = self.shared.rng.f32();
        let lively = !self.is_over();
        if lively && dice < 0.05 {
            if !self.shared.plan.serial || self.is_quiet() {
                self.written += 1;
                self.user_acts();
            }
            return;
        }
        let who = self.shared.rng.usize(..self.pcs.len());
        if lively && dice < 0.054 {
            return self.disturb(who);
        }
        let offline = lively && !self.shared.plan.serial && self.is_offline(who);
        self.pcs[who].step(&mut self.shared, offline);
    }

    fn is_offline(&self, who: usize) -> bool {
        let mix = self.shared.plan.seed.wrapping_mul(7919)
            + who as u64 * 104_729
            + u64::from(self.steps / 400) * 1_299_709;
        mix % 97 < 32
    }

    fn user_acts(&mut self) {
        let key = self.shared.rng.usize(..self.shared.plan.keys);
        if self.shared.plan.direct && self.shared.chance(20) {
            let mut atlas = std::mem::replace(&mut self.shared.atlas, Store::new(0));
            self.shared.user_writes(key, &mut atlas, "atlas");
            self.shared.atlas = atlas;
            return;
        }
        let who = self.shared.rng.usize(..self.pcs.len());
        self.shared
            .user_writes(key, &mut self.pcs[who].local, &format!("pc{who}"));
    }

    /// One of the things that go wrong.
    fn disturb(&mut self, who: usize) {
        let plan = &self.shared.plan;
        let pc = &mut self.pcs[who];
        match self.shared.rng.u8(..4) {
            0 | 1 if plan.crashes => {
                self.shared.trace(|| format!("** pc{who} is killed"));
                pc.start(&mut self.shared);
            }
            2 if plan.rewinds => pc.rewind(&mut self.shared),
            3 if plan.lost => match self.shared.rng.u8(..3) {
                0 => pc.compare_all(&mut self.shared),
                1 => pc.local.truncated = cut(&pc.local, &mut self.shared.rng),
                _ => self.shared.atlas.truncated = cut(&self.shared.atlas, &mut self.shared.rng),
            },
            _ => {}
        }
    }
}

fn cut(store: &Store, rng: &mut fastrand::Rng) -> usize {
    rng.usize(store.truncated..=store.log.len())
}
