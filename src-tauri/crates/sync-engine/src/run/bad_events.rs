//! Change events that cannot be understood: what they were about is looked at, so that nothing is skipped in silence.

use std::sync::Mutex;

use sync_core::place::{Direction, Key, Side};
use sync_core::sighting::{Event, Happening};

use super::Run;
use crate::error::EngineError;
use crate::names::is_engine_owned;
use crate::watch::Salvage;

/// Collections that such an event was about, where it did not say which document; `None`: nor which collection.
pub(super) type Unread = Mutex<Vec<Option<String>>>;

impl Run {
    /// Takes up an event that cannot be understood. A document that it names is looked at. Otherwise `compare_unread`
    /// has to be called before the position passes it.
    pub(crate) fn take_bad_event(&self, side: Side, event: Salvage, error: &EngineError) {
        let Salvage {
            operation,
            collection,
            key,
            order,
        } = event;
        tracing::error!(
            %side, operation, collection, ?key, %error,
            "a change event cannot be understood; what it is about is looked at"
        );
        self.monitor.failed(Direction { source: side });
        let of_interest = collection
            .as_deref()
            .is_none_or(|name| !is_engine_owned(name) && self.takes_part(side, name));
        match (collection, key) {
            (Some(collection), Some(document)) if of_interest => {
                let key = Key {
                    collection: self.intern(&collection),
                    document,
                };
                let event = Event {
                    happening: Happening::Put { content: None },
                    time: self.clock.of(side),
                    order,
                    assumed: true,
                };
                self.origins.forget(side, &key);
                let mut inbox = self.inbox();
                inbox.offer(side, key.clone(), event, self.clock.steady_ms());
                // What it was is not known, so the events that are known prove nothing.
                if inbox.contains(&key) {
                    inbox.nudge(key, true);
                }
            }
            (collection, _) => {
                self.inbox().pass(side);
                if of_interest {
                    self.unread
                        .lock()
                        .expect("no holder panics")
                        .push(collection);
                }
            }
        }
    }

    /// Asks for the comparison of what events were about that did not say which document they meant.
    ///
    /// # Errors
    /// It could not be noted on Local.
    pub(crate) async fn compare_unread(&self) -> Result<(), EngineError> {
        loop {
            let next = {
                let unread = self.unread.lock().expect("no holder panics");
                unread.last().cloned()
            };
            let Some(collection) = next else {
                return Ok(());
            };
            self.ask_compare(collection.as_deref()).await?;
            let mut unread = self.unread.lock().expect("no holder panics");
            unread.retain(|known| *known != collection);
        }
    }
}
