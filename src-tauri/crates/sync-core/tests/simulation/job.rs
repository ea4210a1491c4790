//! One key in a worker's hands: look, decide, act, remember. Every step is a moment where anything else may happen.

use sync_core::decide::{Decision, Loss, Rule, decide};
use sync_core::inbox::Task;
use sync_core::place::Side;
use sync_core::revision::EventTime;
use sync_core::sighting::{Copy, History, Sides, Sighting, Tombstone, wants_tombstones};
use sync_core::stamp::Stamp;

use crate::pc::{Pc, index};
use crate::store::{Change, Entry, What, token};
use crate::trace::line;
use crate::world::Shared;

/// Events waiting to be read above which a backlogged listener gives no fence for times.
const BACKLOG: usize = 2;

/// The work on one key.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) task: Task,
    pub(crate) key: usize,
    /// How many open events the task knows of, per side.
    pub(crate) heard: [usize; 2],
    stage: Stage,
    copies: [Option<Copy>; 2],
    tombstones: [Option<Tombstone>; 2],
    fenced: Sides,
    /// How far Atlas' stream was read when the task was taken.
    atlas_read: usize,
    /// How long Local's log was when Local was read.
    local_written: usize,
}

#[derive(Debug)]
enum Stage {
    /// Sides still to be read.
    Look(Vec<Side>),
    /// Tombstones still to be read.
    Tombstones(Vec<Side>),
    Judge,
    /// Waiting for the listeners to come so far.
    Await([Fence; 2]),
    Keep(Decision, Loss),
    Write(Decision),
    /// Atlas has it; Local's copy is to be stamped.
    StampLocal(Copy),
}

#[derive(Clone, Copy, Debug)]
enum Fence {
    NotAsked,
    /// What was left out may be of this key: a fence begins when it is being read again.
    NotBegun,
    At(usize),
}

/// How a step ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Going,
    Settled,
    Again,
}

impl Job {
    pub(crate) fn new(
        task: Task,
        key: usize,
        heard: [usize; 2],
        atlas_read: usize,
        shared: &mut Shared,
    ) -> Job {
        let mut order = Side::BOTH.to_vec();
        if shared.rng.bool() {
            order.reverse();
        }
        Job {
            task,
            key,
            heard,
            stage: Stage::Look(order),
            copies: [None, None],
            tombstones: [None, None],
            fenced: Sides::NONE,
            atlas_read,
            local_written: 0,
        }
    }

    /// Does the next step.
    pub(crate) fn step(&mut self, pc: &mut Pc, shared: &mut Shared, offline: bool) -> Outcome {
        if offline && self.needs_atlas() {
            return Outcome::Going;
        }
        match &mut self.stage {
            Stage::Look(order) => {
                if let Some(side) = order.pop() {
                    if side == Side::Local {
                        self.local_written = pc.local.log.len();
                    }
                    self.copies[index(side)] = pc.store(side, shared).docs[self.key].clone();
                } else {
                    self.stage = Stage::Tombstones(self.tombstones_wanted());
                }
                Outcome::Going
            }
            Stage::Tombstones(sides) => {
                if let Some(side) = sides.pop() {
                    self.tombstones[index(side)] = match side {
                        Side::Local => pc.tombstone(self.key),
                        Side::Atlas => shared.atlas.tombstones[self.key],
                    };
                } else {
                    self.stage = Stage::Judge;
                }
                Outcome::Going
            }
            Stage::Judge => self.judge(pc, shared),
            Stage::Await(fences) => {
                begin(fences, pc, shared);
                let fences = *fences;
                self.arrive(fences, pc)
            }
            Stage::Keep(decision, loss) => {
                let (decision, loss) = (decision.clone(), *loss);
                self.keep(loss, shared);
                self.stage = Stage::Write(decision);
                Outcome::Going
            }
            Stage::Write(decision) => {
                let decision = decision.clone();
                self.write(&decision, pc, shared)
            }
            Stage::StampLocal(stamped) => {
                let stamped = stamped.clone();
                self.put(Side::Local, stamped, pc, shared)
            }
        }
    }

    /// Whether it waits for the listener of a side to come further.
    pub(crate) fn awaits(&self, side: Side, pc: &Pc) -> bool {
        let Stage::Await(fences) = &self.stage else {
            return false;
        };
        matches!(fences[index(side)], Fence::At(place) if pc.cursor[index(side)] < place)
    }

    /// Whether the listeners have come so far, and what they have heard on the way.
    fn arrive(&mut self, fences: [Fence; 2], pc: &Pc) -> Outcome {
        let arrived = |side: usize| match fences[side] {
            Fence::NotAsked => true,
            Fence::NotBegun => false,
            Fence::At(place) => pc.cursor[side] >= place,
        };
        if !arrived(0) || !arrived(1) {
            return Outcome::Going;
        }
        let waited = matches!(fences[1], Fence::At(_)) && !pc.lifts(Rule::WaitForDecidingEvent);
        if waited && pc.inbox.has_news(Side::Atlas, &self.task) {
            return Outcome::Again;
        }
        self.stage = Stage::Judge;
        Outcome::Going
    }

    fn keep(&self, loss: Loss, shared: &mut Shared) {
        let of = |side: Side| {
            let copy = self.copies[index(side)].as_ref();
            copy.map(|copy| token(copy.content))
        };
        if let Some(loser) = of(loss.side) {
            shared.keep(loser, of(loss.side.other()));
        }
    }

    fn needs_atlas(&self) -> bool {
        match &self.stage {
            Stage::Look(sides) | Stage::Tombstones(sides) => sides.last() == Some(&Side::Atlas),
            Stage::Await([_, atlas]) => !matches!(atlas, Fence::NotAsked),
            Stage::Write(decision) => match decision {
                Decision::Upload { .. }
                | Decision::DeleteAtlas { .. }
                | Decision::RaiseTombstone { .. } => true,
                Decision::Settled
                | Decision::Fence(_)
                | Decision::Stamp { .. }
                | Decision::Download { .. }
                | Decision::DeleteLocal { .. }
                | Decision::Overruled { .. } => false,
            },
            Stage::Judge | Stage::Keep(..) | Stage::StampLocal(_) => false,
        }
    }

    fn tombstones_wanted(&self) -> Vec<Side> {
        let (here, there) = (self.copies[0].as_ref(), self.copies[1].as_ref());
        let wanted = wants_tombstones(here, there, self.task.atlas);
        if wanted {
            Side::BOTH.to_vec()
        } else {
            Vec::new()
        }
    }

    fn judge(&mut self, pc: &Pc, shared: &mut Shared) -> Outcome {
        let seen = self.sighting(pc, shared);
        let decision = decide(&seen, &pc.policy);
        shared.trace(|| {
            format!(
                "   pc{} k{} {} -> {decision:?}",
                pc.id,
                self.key,
                line(&seen)
            )
        });
        if let (Decision::Settled, None, Some(event)) =
            (&decision, &self.copies[1], seen.local_event)
            && seen.atlas_tombstone.is_none()
        {
            shared.traceless.insert((self.key, event.time.0));
        }
        let keep = match &decision {
            Decision::Settled => return Outcome::Settled,
            Decision::Fence(sides) => {
                let asked = |side: Side| {
                    if sides.has(side) {
                        Fence::NotBegun
                    } else {
                        Fence::NotAsked
                    }
                };
                let mut fences = Side::BOTH.map(asked);
                begin(&mut fences, pc, shared);
                self.stage = Stage::Await(fences);
                self.fenced.local |= sides.local;
                self.fenced.atlas |= sides.atlas;
                return Outcome::Going;
            }
            Decision::Upload { keep, .. }
            | Decision::Download { keep, .. }
            | Decision::DeleteLocal { keep, .. }
            | Decision::DeleteAtlas { keep, .. } => *keep,
            Decision::Overruled { keep } => Some(*keep),
            Decision::Stamp { .. } | Decision::RaiseTombstone { .. } => None,
        };
        self.stage = match keep {
            Some(loss) => Stage::Keep(decision, loss),
            None => Stage::Write(decision),
        };
        Outcome::Going
    }

    fn sighting(&self, pc: &Pc, shared: &Shared) -> Sighting {
        let local_event = if self.fenced.any() {
            pc.inbox.newest(Side::Local, &self.task.key)
        } else {
            self.task.local
        };
        let waiting = pc.local.log.len() - pc.cursor[0];
        Sighting {
            me: pc.me,
            local: self.copies[0].clone(),
            atlas: self.copies[1].clone(),
            local_tombstone: self.tombstones[0],
            atlas_tombstone: self.tombstones[1],
            local_event,
            atlas_event: self.task.atlas,
            fenced: self.fenced,
            backlogged: shared.plan.backlogged && waiting > BACKLOG,
            history: if self.task.compared || pc.is_comparing() {
                History::Lost
            } else {
                History::Complete
            },
            now: EventTime(shared.now_ms + pc.skew_ms),
        }
    }

    fn write(&mut self, decision: &Decision, pc: &mut Pc, shared: &mut Shared) -> Outcome {
        let forced = shared.plan.lifts(Rule::LookAgainOnStale);
        let [here, there] = self.copies.clone();
        let stamped = |copy: Option<Copy>, stamp: &Stamp| Copy {
            content: copy.expect("decided from a copy").content,
            stamp: Some(stamp.clone()),
        };
        match decision {
            Decision::Settled | Decision::Fence(_) => unreachable!("not a write"),
            Decision::Overruled { .. } => Outcome::Settled,
            Decision::Stamp { stamp } => self.put(Side::Local, stamped(here, stamp), pc, shared),
            Decision::Download { stamp, .. } => {
                let since = &pc.local.log[self.local_written..];
                let written = since.iter().any(|entry| entry.key == self.key);
                shared.came_and_went[self.key] |= here.is_none() && written;
                self.put(Side::Local, stamped(there, stamp), pc, shared)
            }
            Decision::Upload { stamp, .. } => {
                let new = stamped(here, stamp);
                let outcome = self.put(Side::Atlas, new.clone(), pc, shared);
                if matches!(outcome, Outcome::Settled) {
                    let unheard = &shared.atlas.log[self.atlas_read..];
                    let deleted = |entry: &Entry| {
                        matches!(entry.what, What::Delete) && entry.transaction.is_none()
                    };
                    let came_and_went = unheard
                        .iter()
                        .any(|entry| entry.key == self.key && deleted(entry));
                    shared.came_and_went[self.key] |= there.is_none() && came_and_went;
                    self.stage = Stage::StampLocal(new);
                    return Outcome::Going;
                }
                outcome
            }
            Decision::DeleteLocal { tombstone, .. } => {
                let here = here.expect("decided from a copy");
                let time_ms = shared.tick();
                done(pc.local.bury(self.key, &here, *tombstone, forced, time_ms))
            }
            Decision::DeleteAtlas { tombstone, .. } => {
                let there = there.expect("decided from a copy");
                let time_ms = shared.tick();
                done(
                    shared
                        .atlas
                        .bury(self.key, &there, *tombstone, forced, time_ms),
                )
            }
            Decision::RaiseTombstone { tombstone } => {
                let time_ms = shared.tick();
                done(
                    shared
                        .atlas
                        .raise(self.key, self.tombstones[1], *tombstone, forced, time_ms),
                )
            }
        }
    }

    fn put(&self, side: Side, new: Copy, pc: &mut Pc, shared: &mut Shared) -> Outcome {
        let change = Change {
            expected: self.copies[index(side)].as_ref(),
            new,
            whole: shared.rng.bool(),
            forced: shared.plan.lifts(Rule::LookAgainOnStale),
        };
        let time_ms = shared.tick();
        done(match side {
            Side::Local => pc.local.swap(self.key, change, time_ms),
            Side::Atlas => shared.atlas.swap(self.key, change, time_ms),
        })
    }
}

fn begin(fences: &mut [Fence; 2], pc: &Pc, shared: &Shared) {
    for side in Side::BOTH {
        let fence = &mut fences[index(side)];
        if matches!(fence, Fence::NotBegun) && !pc.inbox.has_left_out(side) {
            *fence = Fence::At(pc.store(side, shared).log.len());
        }
    }
}

fn done(written: bool) -> Outcome {
    if written {
        Outcome::Settled
    } else {
        Outcome::Again
    }
}
