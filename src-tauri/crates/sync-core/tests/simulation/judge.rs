//! What must hold, and how it is seen not to.

use sync_core::place::Side;
use sync_core::sighting::Copy;

use crate::pc::{Pc, index};
use crate::store::{Token, token};
use crate::world::{Shared, World};

/// A promise that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A PC that takes part both ways does not hold what Atlas holds.
    NotConverged,
    /// What is left is not the last write in time.
    LastWriteLost,
    /// A write is neither final nor overwritten by somebody who saw it nor in the vault.
    WriteLost,
    /// A conflict although nobody edited at the same time.
    FalseConflict,
    /// A stored position lies behind an event that is not settled.
    PositionAhead,
    /// "synced" was said, but Local is dirty or not what Atlas holds.
    FalselySynced,
    /// The engines work without end.
    NeverQuiet,
}

/// Which events of the streams are settled, kept apart from the inbox to check it.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// Per side: the place the process began to read at.
    begin: [usize; 2],
    /// Per side: whether the event so far behind `begin` is settled.
    settled: [Vec<bool>; 2],
    /// Per side and key: the events heard of and not settled.
    open: [Vec<Vec<usize>>; 2],
}

impl Ledger {
    pub(crate) fn new(keys: usize) -> Ledger {
        Ledger {
            begin: [0, 0],
            settled: [Vec::new(), Vec::new()],
            open: [vec![Vec::new(); keys], vec![Vec::new(); keys]],
        }
    }

    pub(crate) fn begin(&mut self, side: Side, place: usize) {
        self.begin[index(side)] = place;
    }

    pub(crate) fn hear(&mut self, side: Side, key: usize, place: usize) {
        self.open[index(side)][key].push(place);
    }

    pub(crate) fn pass(&mut self, side: Side, place: usize) {
        self.mark(index(side), place);
    }

    /// How many open events a task that is taken now knows of.
    pub(crate) fn heard(&self, key: usize) -> [usize; 2] {
        [self.open[0][key].len(), self.open[1][key].len()]
    }

    pub(crate) fn settle(&mut self, key: usize, heard: [usize; 2]) {
        for side in [0, 1] {
            let open = &mut self.open[side][key];
            let known: Vec<usize> = open.drain(..heard[side].min(open.len())).collect();
            known.into_iter().for_each(|place| self.mark(side, place));
        }
    }

    fn mark(&mut self, side: usize, place: usize) {
        let Some(nth) = place.checked_sub(self.begin[side]) else {
            return;
        };
        let settled = &mut self.settled[side];
        settled.resize(settled.len().max(nth + 1), false);
        settled[nth] = true;
    }

    fn is_settled_before(&self, side: Side, place: usize) -> bool {
        let count = place.saturating_sub(self.begin[index(side)]);
        let settled = &self.settled[index(side)];
        settled.len() >= count && settled[..count].iter().all(|settled| *settled)
    }
}

/// A position is about to be stored.
pub(crate) fn stored_position(pc: &Pc, side: Side, place: usize, shared: &mut Shared) {
    let inside = pc.store(side, shared).is_inside_transaction(place);
    if inside || !pc.ledger.is_settled_before(side, place) {
        shared.fault(Fault::PositionAhead);
    }
}

/// A PC says "synced". Keys with events it cannot have read yet are not judged.
pub(crate) fn synced(pc: &Pc, shared: &mut Shared) {
    if !pc.policy.downloads {
        return;
    }
    for key in 0..shared.plan.keys {
        let unread = Side::BOTH.iter().any(|side| {
            let log = &pc.store(*side, shared).log;
            log[pc.cursor[index(*side)].min(log.len())..]
                .iter()
                .any(|entry| entry.key == key)
        });
        let (here, there) = (&pc.local.docs[key], &shared.atlas.docs[key]);
        let dirty = here.as_ref().is_some_and(|here| here.clean().is_none());
        if !unread && (dirty || content(here) != content(there)) {
            shared.trace(|| format!("   pc{} k{key}: {here:?} but atlas {there:?}", pc.id));
            shared.fault(Fault::FalselySynced);
        }
    }
}

/// All is quiet at last.
pub(crate) fn final_state(world: &mut World) {
    let shared = &mut world.shared;
    let last: Vec<Option<Token>> = shared.atlas.docs.iter().map(content).collect();
    for pc in world.pcs.iter().filter(|pc| pc.policy.downloads) {
        if pc.local.docs.iter().map(content).ne(last.iter().copied()) {
            shared.trace(|| {
                format!(
                    "   pc{} holds {:?}, atlas {last:?}",
                    pc.id,
                    pc.local.docs.iter().map(content).collect::<Vec<_>>()
                )
            });
            shared.fault(Fault::NotConverged);
        }
    }
    if shared.plan.is_exact() {
        (0..shared.plan.keys).for_each(|key| last_write_wins(key, last[key], shared));
        if shared.plan.serial && shared.conflicts > 0 {
            shared.fault(Fault::FalseConflict);
        }
    }
    nothing_lost(&last, shared);
}

fn content(doc: &Option<Copy>) -> Option<Token> {
    doc.as_ref().map(|doc| token(doc.content))
}

fn last_write_wins(key: usize, left: Option<Token>, shared: &mut Shared) {
    let of_key = || {
        shared
            .writes
            .iter()
            .zip(1..)
            .filter(|(write, _)| write.key == key)
    };
    let Some((newest, winner)) = of_key().last() else {
        return;
    };
    // Each acceptance may put a version a millisecond later than it was written.
    let slack_ms = if shared.plan.dense {
        of_key().count() as i64
    } else {
        0
    };
    let close = |time_ms: i64| shared.plan.dense && time_ms + slack_ms >= newest.time_ms;
    let right = match left {
        Some(_) if newest.is_delete && shared.came_and_went[key] => true,
        Some(_) if newest.is_delete && shared.traceless.contains(&(key, newest.time_ms)) => true,
        Some(left) if newest.is_delete => close(shared.write(left).time_ms),
        Some(left) => left == winner || close(shared.write(left).time_ms),
        None => {
            newest.is_delete || of_key().any(|(write, _)| write.is_delete && close(write.time_ms))
        }
    };
    if !right {
        shared.trace(|| format!("   k{key}: {left:?} is left, not {winner}"));
        shared.fault(Fault::LastWriteLost);
    }
}

fn nothing_lost(last: &[Option<Token>], shared: &mut Shared) {
    let deletes = (1..)
        .zip(&shared.writes)
        .filter(|(_, write)| write.is_delete)
        .map(|(token, _)| token);
    let mut todo: Vec<Token> = last
        .iter()
        .flatten()
        .copied()
        .chain(shared.vault.iter().copied())
        .chain(deletes)
        .collect();
    let mut known = vec![false; shared.writes.len()];
    while let Some(token) = todo.pop() {
        if !std::mem::replace(&mut known[token as usize - 1], true) {
            todo.extend(shared.write(token).parent);
        }
    }
    if let Some(lost) = known.iter().position(|known| !known) {
        shared.trace(|| format!("   {} is lost", lost + 1));
        shared.fault(Fault::WriteLost);
    }
}
