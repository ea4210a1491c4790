//! What each event of a stream comes to: a hint about its key, a message to the engine itself, or nothing at all.

use std::collections::HashSet;
use std::sync::Arc;

use sync_core::place::{Direction, DocumentKey, Key, Side};
use sync_core::sighting::{Copy, Event, Happening, Moment};
use sync_core::stamp::Stamp;

use super::Listener;
use super::event::{Carried, ChangeEvent, Transaction, What};
use crate::look::copy;
use crate::run::Run;

impl Listener {
    /// Turns one event into a hint, or passes it by.
    pub(super) fn take(&mut self, run: &Arc<Run>, event: ChangeEvent) {
        let ChangeEvent {
            what,
            moment,
            transaction,
        } = event;
        if self
            .buried
            .as_ref()
            .is_some_and(|(open, _)| Some(open) != transaction.as_ref())
        {
            self.buried = None;
        }
        let is_own = transaction.as_ref().is_some_and(|transaction| {
            let replica = run.replica(self.side);
            replica.own_sessions.contain(&transaction.session)
        });
        match what {
            What::Put { .. } if is_own => self.echo(run),
            What::Put {
                collection,
                key,
                carried,
            } => {
                let key = Key {
                    collection: run.intern(&collection),
                    document: key,
                };
                self.take_put(run, key, &carried, moment);
            }
            What::Delete { collection, key } => self.take_delete(run, collection, key, moment),
            What::Tombstone { collection, key } => {
                self.take_tombstone(run, collection, key, moment, transaction)
            }
            What::Retry { collection, key } => {
                run.inbox().pass(self.side);
                run.inbox().nudge(
                    Key {
                        collection: run.intern(&collection),
                        document: key,
                    },
                    true,
                );
            }
            What::Discarded { collection, key } => {
                run.inbox().pass(self.side);
                self.discarded.push(Key {
                    collection: run.intern(&collection),
                    document: key,
                });
            }
            What::Fence(counter) => {
                run.inbox().pass(self.side);
                run.fence(self.side).delivered(counter);
            }
            What::Dropped { collection } => {
                run.inbox().pass(self.side);
                run.origins.forget_all(self.side);
                self.dropped.push(Some(collection));
            }
            What::DatabaseDropped => {
                run.inbox().pass(self.side);
                run.origins.forget_all(self.side);
                self.dropped.push(None);
            }
            What::Invalidated | What::Other => run.inbox().pass(self.side),
        }
    }

    fn take_delete(&mut self, run: &Run, collection: String, key: DocumentKey, moment: Moment) {
        let name = run.intern(&collection);
        run.comparisons.note_deleted(&collection, &key);
        let buried = (collection, key);
        let by_engine = self
            .buried
            .as_mut()
            .is_some_and(|(_, keys)| keys.remove(&buried));
        let key = Key {
            collection: name,
            document: buried.1,
        };
        let happening = match (by_engine, self.side) {
            (true, Side::Local) => return self.echo(run),
            (true, Side::Atlas) => Happening::EngineDelete,
            (false, Side::Local | Side::Atlas) => Happening::Delete,
        };
        self.offer(run, key, Event::new(happening, moment));
    }

    fn take_tombstone(
        &mut self,
        run: &Run,
        collection: String,
        key: DocumentKey,
        moment: Moment,
        transaction: Option<Transaction>,
    ) {
        let name = run.intern(&collection);
        if let Some(transaction) = transaction {
            let (_, keys) = self
                .buried
                .get_or_insert_with(|| (transaction, HashSet::new()));
            keys.insert((collection, key.clone()));
        }
        match self.side {
            Side::Local => run.inbox().pass(self.side),
            Side::Atlas => {
                let event = Event::new(Happening::Tombstone, moment);
                self.offer(
                    run,
                    Key {
                        collection: name,
                        document: key,
                    },
                    event,
                );
            }
        }
    }

    fn take_put(&mut self, run: &Arc<Run>, key: Key, carried: &Carried, moment: Moment) {
        let content = match carried {
            Carried::Nothing => None,
            Carried::Stamp(stamp) if self.brought(run, &key, stamp) => return self.echo(run),
            Carried::Stamp(_) => None,
            Carried::Written(document) | Carried::LookedUp(document) => {
                match copy(Some(document)) {
                    Ok(Some(copy)) if self.is_echo(run, &key, &copy) => return self.echo(run),
                    Ok(Some(copy)) => {
                        matches!(carried, Carried::Written(_)).then_some(copy.content)
                    }
                    // What its bytes are is looked at, and set aside if need be, when its turn comes.
                    Ok(None) | Err(_) => None,
                }
            }
        };
        self.offer(run, key, Event::new(Happening::Put { content }, moment));
    }

    /// What Local is known to hold already needs no look either, unless somebody is at work on the key with an older
    /// picture of it.
    fn is_echo(&self, run: &Run, key: &Key, copy: &Copy) -> bool {
        let sent = copy
            .clean()
            .is_some_and(|stamp| self.brought(run, key, stamp));
        let held = || run.origins.stands_for(key, copy.content) && !run.inbox().contains(key);
        sent || (self.side == Side::Atlas && held())
    }

    /// Only what this process is known to have written is an echo. A stamp alone proves nothing: a document that is
    /// copied to another collection, put back, or brought back with a backup carries it along. On Local a user's
    /// deletion in front of it means that he put the document back.
    fn brought(&self, run: &Run, key: &Key, stamp: &Stamp) -> bool {
        let held = run.origins.holds(self.side, key, stamp.digest);
        match self.side {
            Side::Local => {
                let newest = || run.inbox().newest(Side::Local, key);
                let deleted = |event: Event| event.happening == Happening::Delete;
                held && !newest().is_some_and(deleted)
            }
            Side::Atlas => held && stamp.revision.author == run.author(),
        }
    }

    fn echo(&self, run: &Run) {
        run.inbox().pass(self.side);
        run.monitor.echo(self.side);
    }

    fn offer(&self, run: &Run, key: Key, event: Event) {
        if !run.takes_part(self.side, &key.collection) {
            run.inbox().pass(self.side);
            return;
        }
        run.origins.forget(self.side, &key);
        run.monitor.read(Direction { source: self.side });
        run.inbox()
            .offer(self.side, key, event, run.clock.steady_ms());
    }
}
