//! One PC: its Local, its two listeners and its workers. All but Local and two stored positions dies with the process.

use std::collections::BTreeSet;

use sync_core::decide::{Policy, Rule};
use sync_core::inbox::{Inbox, Offered};
use sync_core::place::Side;
use sync_core::revision::{Author, EventTime};
use sync_core::sighting::{Copy, Event, Happening, Order, Tombstone};

use crate::job::{Job, Outcome};
use crate::judge::{self, Ledger};
use crate::plan::Plan;
use crate::store::{Entry, Store, What};
use crate::world::Shared;

/// Keys in the workers' hands at once.
const JOBS_MAX: usize = 6;
/// How far a measured clock offset may be off.
const SKEW_MAX_MS: i64 = 30_000;

/// A PC.
#[derive(Debug)]
pub(crate) struct Pc {
    pub(crate) id: usize,
    pub(crate) me: Author,
    pub(crate) policy: Policy,
    /// How far its idea of Atlas' time is off.
    pub(crate) skew_ms: i64,
    pub(crate) local: Store,
    /// The stored safe positions; none until a comparison is through.
    pub(crate) stored: [Option<usize>; 2],
    /// How far the streams were read.
    pub(crate) cursor: [usize; 2],
    pub(crate) inbox: Inbox<usize>,
    /// Keys that a comparison has not settled yet. Stored like the positions: it goes on after a restart.
    pub(crate) comparing: BTreeSet<usize>,
    /// Those among them that it has not come to.
    ahead: BTreeSet<usize>,
    pub(crate) ledger: Ledger,
    jobs: Vec<Job>,
    unmarked: [bool; 2],
}

/// The place of a side in a pair.
pub(crate) fn index(side: Side) -> usize {
    match side {
        Side::Local => 0,
        Side::Atlas => 1,
    }
}

fn order(place: usize) -> Order {
    let mut order = Order([0; 20]);
    order.0[..8].copy_from_slice(&(place as u64).to_be_bytes());
    order
}

fn inbox(plan: &Plan) -> Inbox<usize> {
    let keys_max = if plan.cramped { 1 } else { usize::MAX };
    Inbox::without(plan.lifted).bounded(keys_max)
}

impl Pc {
    pub(crate) fn new(id: usize, plan: &Plan, rng: &mut fastrand::Rng) -> Pc {
        let skew_ms = if plan.skewed {
            rng.i64(-SKEW_MAX_MS..=SKEW_MAX_MS)
        } else {
            0
        };
        Pc {
            id,
            me: Author::Pc(uuid::Uuid::from_u128(id as u128 + 1)),
            policy: Policy {
                strategy: plan.strategy,
                downloads: !(plan.upload_only && id == 0),
                lifted: plan.lifted,
            },
            skew_ms,
            local: Store::new(plan.keys),
            stored: [Some(0), Some(0)],
            cursor: [0, 0],
            inbox: inbox(plan),
            comparing: BTreeSet::new(),
            ahead: BTreeSet::new(),
            ledger: Ledger::new(plan.keys),
            jobs: Vec::new(),
            unmarked: [false, false],
        }
    }

    /// The process starts: what is not stored is gone.
    pub(crate) fn start(&mut self, shared: &mut Shared) {
        self.jobs.clear();
        self.ahead.clone_from(&self.comparing);
        self.inbox = inbox(&shared.plan);
        self.ledger = Ledger::new(shared.plan.keys);
        let mut valid = true;
        for side in Side::BOTH {
            if !self.listens(side) {
                continue;
            }
            let kept = self.stored[index(side)]
                .filter(|stored| *stored >= self.store(side, shared).truncated);
            if kept.is_none() {
                shared.trace(|| format!("** pc{} has lost its place on {side}", self.id));
                valid = false;
            }
            self.stored[index(side)] = kept;
        }
        for side in Side::BOTH {
            let end = self.store(side, shared).log.len();
            self.cursor[index(side)] = self.stored[index(side)].unwrap_or(end);
            self.inbox.checkpoint(side, self.cursor[index(side)]);
            self.ledger.begin(side, self.cursor[index(side)]);
        }
        if !valid {
            self.compare_all(shared);
        }
    }

    /// Has every key looked at without trust in past events, one after the other.
    pub(crate) fn compare_all(&mut self, shared: &mut Shared) {
        shared.trace(|| format!("** pc{} compares everything", self.id));
        self.comparing = (0..shared.keys.len()).collect();
        self.ahead.clone_from(&self.comparing);
    }

    /// No key's past is known as long as one of them is still to be compared.
    pub(crate) fn is_comparing(&self) -> bool {
        !self.comparing.is_empty()
    }

    /// The comparison comes to the next key.
    fn compare_next(&mut self, shared: &mut Shared) {
        if let Some(id) = self.ahead.pop_first() {
            shared.trace(|| format!("   pc{} compares k{id}", self.id));
            self.inbox.nudge(shared.keys[id].clone(), true);
        }
    }

    /// A stream is opened again, at an earlier place than it was read to.
    pub(crate) fn rewind(&mut self, shared: &mut Shared) {
        let side = if shared.rng.bool() {
            Side::Local
        } else {
            Side::Atlas
        };
        let from = self.stored[index(side)].unwrap_or(self.cursor[index(side)]);
        let place = shared.rng.usize(from..=self.cursor[index(side)].max(from));
        if self.listens(side) && !self.store(side, shared).is_inside_transaction(place) {
            shared.trace(|| format!("** pc{} reads {side} again from {place}", self.id));
            self.cursor[index(side)] = place;
        }
    }

    pub(crate) fn listens(&self, side: Side) -> bool {
        side == Side::Local || self.policy.downloads
    }

    pub(crate) fn store<'a>(&'a self, side: Side, shared: &'a Shared) -> &'a Store {
        match side {
            Side::Local => &self.local,
            Side::Atlas => &shared.atlas,
        }
    }

    /// Everything is read, settled and stored.
    pub(crate) fn is_quiet(&self, shared: &Shared) -> bool {
        self.says_synced()
            && Side::BOTH.iter().all(|side| {
                !self.listens(*side)
                    || self.cursor[index(*side)] == self.store(*side, shared).log.len()
            })
    }

    /// What the tray icon would show.
    pub(crate) fn says_synced(&self) -> bool {
        self.inbox.is_empty()
            && self.comparing.is_empty()
            && Side::BOTH.iter().all(|side| {
                !self.listens(*side) || self.stored[index(*side)] == Some(self.cursor[index(*side)])
            })
    }

    /// Something goes on: a listener reads, a worker works, a position is stored.
    pub(crate) fn step(&mut self, shared: &mut Shared, offline: bool) {
        match shared.rng.u8(..10) {
            0 | 1 => self.listen(Side::Local, shared),
            2 | 3 if !offline => self.listen(Side::Atlas, shared),
            4 => self.save(shared),
            5 => self.take(shared),
            6 if !offline && shared.chance(30) => self.compare_next(shared),
            _ => self.work(shared, offline),
        }
    }

    fn take(&mut self, shared: &mut Shared) {
        if self.jobs.len() >= JOBS_MAX {
            return;
        }
        let max = shared.rng.usize(1..=3);
        for task in self.inbox.take(max) {
            let key = usize::from(task.key.document.value()[0]);
            let heard = self.ledger.heard(key);
            self.jobs
                .push(Job::new(task, key, heard, self.cursor[1], shared));
        }
    }

    fn work(&mut self, shared: &mut Shared, offline: bool) {
        if self.jobs.is_empty() {
            return;
        }
        let mut job = self.jobs.swap_remove(shared.rng.usize(..self.jobs.len()));
        match job.step(self, shared, offline) {
            Outcome::Going => self.jobs.push(job),
            Outcome::Again => {
                shared.trace(|| format!("   pc{} k{} again", self.id, job.key));
                self.inbox.again(&job.task);
            }
            Outcome::Settled => {
                shared.trace(|| format!("   pc{} k{} settled", self.id, job.key));
                self.inbox.settle(&job.task);
                self.ledger.settle(job.key, job.heard);
                if job.task.compared && !self.ahead.contains(&job.key) {
                    self.comparing.remove(&job.key);
                }
            }
        }
    }

    /// Stores the safe positions that moved.
    fn save(&mut self, shared: &mut Shared) {
        let side = if shared.rng.bool() {
            Side::Local
        } else {
            Side::Atlas
        };
        let safe = self.inbox.safe(side).map(|position| *position.token());
        let moved =
            safe.filter(|safe| self.stored[index(side)].is_none_or(|stored| *safe > stored));
        if let Some(place) = moved.filter(|_| self.listens(side)) {
            judge::stored_position(self, side, place, shared);
            shared.trace(|| format!("   pc{} stores {side} {place}", self.id));
            self.stored[index(side)] = Some(place);
        }
        if self.says_synced() {
            judge::synced(self, shared);
        }
    }

    /// Reads one event.
    fn listen(&mut self, side: Side, shared: &mut Shared) {
        if self.inbox.has_left_out(side) {
            let awaited = self.jobs.iter().any(|job| job.awaits(side, self));
            if !awaited || shared.chance(2) {
                return self.read_again(side, shared);
            }
        }
        let at = self.cursor[index(side)];
        let Some(entry) = self.store(side, shared).log.get(at).cloned() else {
            if std::mem::take(&mut self.unmarked[index(side)]) {
                self.inbox.checkpoint(side, at);
            }
            return;
        };
        if !self.listens(side) {
            return;
        }
        if at < self.store(side, shared).truncated {
            return self.start(shared);
        }
        self.cursor[index(side)] += 1;
        self.hear(side, at, &entry, shared);
        self.unmarked[index(side)] = true;
        let inside = self.store(side, shared).is_inside_transaction(at + 1);
        if !inside && shared.chance(40) {
            self.inbox.checkpoint(side, at + 1);
            self.unmarked[index(side)] = false;
        }
    }

    fn read_again(&mut self, side: Side, shared: &Shared) {
        if let Some(place) = self.inbox.read_again(side) {
            shared.trace(|| format!("   pc{} reads {side} again from {place}", self.id));
            self.cursor[index(side)] = place;
        }
    }

    fn hear(&mut self, side: Side, at: usize, entry: &Entry, shared: &mut Shared) {
        let looked_up = self.store(side, shared).docs[entry.key].clone();
        let (happening, document) = match &entry.what {
            What::Put { carried: Some(doc) } => (
                Happening::Put {
                    content: Some(doc.content),
                },
                Some(doc.clone()),
            ),
            What::Put { carried: None } => (Happening::Put { content: None }, looked_up),
            What::Delete if entry.transaction.is_some() => (Happening::EngineDelete, None),
            What::Delete => (Happening::Delete, None),
            What::Tombstone => (Happening::Tombstone, None),
        };
        let clean = document.as_ref().and_then(Copy::clean);
        let forgotten = shared.plan.forgetful && shared.chance(30);
        let own = match (side, happening) {
            (_, Happening::Put { .. }) if forgotten => false,
            (Side::Local, Happening::Put { .. }) => {
                clean.is_some() && !self.heard_delete(entry.key, shared)
            }
            (Side::Local, Happening::EngineDelete | Happening::Tombstone) => true,
            (Side::Atlas, Happening::Put { .. }) => {
                clean.is_some_and(|stamp| stamp.revision.author == self.me)
            }
            (Side::Local, Happening::Delete)
            | (Side::Atlas, Happening::Delete | Happening::EngineDelete | Happening::Tombstone) => {
                false
            }
        };
        shared.trace(|| {
            let word = if own { "passes" } else { "hears" };
            format!(
                "   pc{} {word} {side} {at}: k{} {happening:?}",
                self.id, entry.key
            )
        });
        if own {
            self.ledger.pass(side, at);
            return self.inbox.pass(side);
        }
        let time_ms = match side {
            Side::Local => (entry.time_ms + self.skew_ms).min(shared.now_ms),
            Side::Atlas => entry.time_ms,
        };
        let event = Event {
            happening,
            time: EventTime(time_ms),
            order: Some(order(at)),
            assumed: false,
        };
        let key = shared.keys[entry.key].clone();
        let now_ms = shared.now_ms.unsigned_abs();
        match self.inbox.offer(side, key, event, now_ms) {
            Offered::News => self.ledger.hear(side, entry.key, at),
            // A later event of its key is open.
            Offered::Known => self.ledger.pass(side, at),
            Offered::LeftOut => {
                shared.trace(|| format!("   pc{} leaves {side} {at} out", self.id));
            }
        }
    }

    /// A user deleted it, and that is not settled: a clean document may be one that he put back.
    fn heard_delete(&self, key: usize, shared: &Shared) -> bool {
        let newest = self.inbox.newest(Side::Local, &shared.keys[key]);
        newest.is_some_and(|event| event.happening == Happening::Delete)
    }

    /// Local's tombstone of a key.
    pub(crate) fn tombstone(&self, key: usize) -> Option<Tombstone> {
        self.local.tombstones[key]
    }

    /// Whether the worker must not wait for what this rule asks for.
    pub(crate) fn lifts(&self, rule: Rule) -> bool {
        self.policy.lifted == Some(rule)
    }
}
