//! What the tasks of one running engine share: both replicas, the inbox, the clocks, and what the user chose.
//!
//! A run lasts as long as the instance ID does. Every lock here is held for a few lines and never over an await.

mod ahead;
mod bad_events;
mod standing;
mod waiting;

pub(crate) use ahead::Reading;
pub(crate) use waiting::PASSES_WITHIN;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use bson::RawDocumentBuf;
use sync_core::decide::Policy;
use sync_core::inbox::{Inbox, SeenPosition, Task};
use sync_core::place::{Direction, Key, Side};
use sync_core::revision::Author;
use sync_core::sighting::{Event, History, Sides};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::brake::Brakes;
use crate::clock::Clock;
use crate::config::{CollectionMode, EngineConfig};
use crate::fence::{Fence, LOCAL_FENCE};
use crate::full_compare::Comparisons;
use crate::monitor::Monitor;
use crate::names::is_engine_owned;
use crate::origins::Origins;
use crate::replica::Replica;
use crate::rules::Rules;
use crate::status::{Notice, SideStatus};

/// The inbox as production uses it: tokens and documents are raw BSON.
pub(crate) type EngineInbox = Inbox<RawDocumentBuf>;

/// What the user can change while the engine runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choices {
    pub(crate) modes: BTreeMap<String, CollectionMode>,
    pub(crate) paused: Sides,
    /// Directions that a person paused or resumed since this program started: what was noted before is out of date.
    pub(crate) said: Sides,
}

/// Everything shared.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) config: EngineConfig,
    pub(crate) me: Uuid,
    pub(crate) boot: Uuid,
    /// Identifies the Atlas database that stored positions belong to.
    pub(crate) cluster: Mutex<Option<String>>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) monitor: Arc<Monitor>,
    pub(crate) origins: Origins,
    pub(crate) comparisons: Comparisons,
    pub(crate) rules: Rules,
    pub(crate) brakes: Brakes,
    pub(crate) quarantined: Mutex<HashSet<Key>>,
    /// Deletions of users that were set aside, per side.
    pub(crate) deletions: Mutex<HashMap<Key, [Option<Event>; 2]>>,
    /// Documents whose loser the vault refused, and why.
    pub(crate) unkept: Mutex<HashMap<Key, String>>,
    /// Keys whose record was discarded: they were set aside and have not been brought together since.
    pub(crate) discarded: Mutex<HashSet<Key>>,
    /// Keys that were set aside for a clash with another document.
    pub(crate) clashes: Mutex<HashSet<Key>>,
    pub(crate) not_synced: Mutex<BTreeMap<String, String>>,
    pub(crate) conflicts_open: AtomicUsize,
    /// Changes that the last scan found and nobody had told of.
    pub(crate) untold: AtomicUsize,
    /// The last page of a queue that is not used any more, and where it stands in Local's stream.
    queue_left: Mutex<Option<(SeenPosition, i64)>>,
    pub(crate) choices: watch::Sender<Choices>,
    /// A person will not wait for the next try.
    pub(crate) hurry: Arc<Notify>,
    pub(crate) stop: CancellationToken,
    /// Everything but the housekeeping has ended.
    pub(crate) closing: CancellationToken,
    replicas: [Replica; 2],
    fences: [Fence; 2],
    ahead: [ahead::Fences; 2],
    inbox: Mutex<EngineInbox>,
    wake: Notify,
    room: Notify,
    links: Mutex<[SideStatus; 2]>,
    notices: Mutex<BTreeMap<(&'static str, String), Notice>>,
    names: Mutex<BTreeSet<Arc<str>>>,
    unread: bad_events::Unread,
    /// Whether the stream of a side was ever open.
    opened: [AtomicBool; 2],
    caught_up: [AtomicBool; 2],
    anchored: [AtomicBool; 2],
    /// Held while a position is stored or forgotten: one taken before a stream began anew must not be stored after.
    pub(crate) positions: tokio::sync::Mutex<()>,
    waiting: waiting::Waiting,
    failing: Mutex<waiting::Failing>,
    /// Held by whoever reads this PC's row on Atlas to write it.
    pub(crate) presence: tokio::sync::Mutex<()>,
    identity_taken: Notify,
}

/// What a run is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) config: EngineConfig,
    pub(crate) me: Uuid,
    pub(crate) boot: Uuid,
    pub(crate) local: Replica,
    pub(crate) atlas: Replica,
    pub(crate) monitor: Arc<Monitor>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) choices: watch::Sender<Choices>,
    pub(crate) hurry: Arc<Notify>,
    pub(crate) stop: CancellationToken,
}

impl Run {
    pub(crate) fn new(parts: Parts) -> Run {
        let Parts {
            config,
            me,
            boot,
            local,
            atlas,
            monitor,
            clock,
            choices,
            hurry,
            stop,
        } = parts;
        Run {
            origins: Origins::new(config.origin_cleanup_interval),
            rules: Rules::new(&config),
            fences: [
                Fence::new(Side::Local, LOCAL_FENCE),
                Fence::new(Side::Atlas, me.to_string()),
            ],
            config,
            me,
            boot,
            cluster: Mutex::new(None),
            clock,
            monitor,
            comparisons: Comparisons::default(),
            brakes: Brakes::default(),
            quarantined: Mutex::default(),
            deletions: Mutex::default(),
            unkept: Mutex::default(),
            discarded: Mutex::default(),
            clashes: Mutex::default(),
            not_synced: Mutex::default(),
            conflicts_open: AtomicUsize::new(0),
            untold: AtomicUsize::new(0),
            queue_left: Mutex::default(),
            choices,
            hurry,
            stop,
            closing: CancellationToken::new(),
            replicas: [local, atlas],
            ahead: Default::default(),
            inbox: Mutex::new(Inbox::default().bounded(ahead::KEYS_MAX)),
            wake: Notify::new(),
            room: Notify::new(),
            links: Mutex::default(),
            notices: Mutex::default(),
            names: Mutex::default(),
            unread: Default::default(),
            opened: Default::default(),
            caught_up: Default::default(),
            anchored: Default::default(),
            positions: tokio::sync::Mutex::default(),
            waiting: Default::default(),
            failing: Default::default(),
            presence: tokio::sync::Mutex::default(),
            identity_taken: Notify::new(),
        }
    }

    pub(crate) fn author(&self) -> Author {
        Author::Pc(self.me)
    }

    pub(crate) fn replica(&self, side: Side) -> &Replica {
        &self.replicas[index(side)]
    }

    pub(crate) fn fence(&self, side: Side) -> &Fence {
        &self.fences[index(side)]
    }

    pub(crate) fn inbox(&self) -> MutexGuard<'_, EngineInbox> {
        self.inbox.lock().expect("no holder panics")
    }

    /// One copy of each collection name, shared by all keys.
    pub(crate) fn intern(&self, collection: &str) -> Arc<str> {
        let mut names = self.names.lock().expect("no holder panics");
        if let Some(name) = names.get(collection) {
            return name.clone();
        }
        let name: Arc<str> = Arc::from(collection);
        names.insert(name.clone());
        name
    }

    /// The synced collections heard of so far.
    pub(crate) fn collections(&self) -> Vec<Arc<str>> {
        self.names
            .lock()
            .expect("no holder panics")
            .iter()
            .cloned()
            .collect()
    }

    /// The listener of `side` read all there was, or knows that there is more.
    pub(crate) fn set_caught_up(&self, side: Side, caught_up: bool) {
        self.caught_up[index(side)].store(caught_up, Ordering::Relaxed);
    }

    /// Whether both listeners had read all there was when they last looked.
    pub(crate) fn has_caught_up(&self) -> bool {
        Side::BOTH.into_iter().all(|side| self.has_read_all(side))
    }

    fn has_read_all(&self, side: Side) -> bool {
        self.caught_up[index(side)].load(Ordering::Relaxed) && !self.inbox().has_left_out(side)
    }

    /// Whether a position of `side` is stored. Nothing may be written before: what a user did between that write and the
    /// next start would never be heard of.
    pub(crate) fn set_anchored(&self, side: Side, anchored: bool) {
        let before = self.anchored[index(side)].swap(anchored, Ordering::Relaxed);
        if anchored && !before {
            self.wake();
            self.comparisons.wake();
        }
    }

    pub(crate) fn is_anchored(&self, side: Side) -> bool {
        self.anchored[index(side)].load(Ordering::Relaxed)
    }

    /// Whether both sides answer and have their positions stored.
    pub(crate) fn may_work(&self) -> bool {
        let ready = |side: &Side| self.is_connected(*side) && self.is_anchored(*side);
        Side::BOTH.iter().all(ready)
    }

    /// Another PC lives under this identity.
    pub(crate) fn give_up_identity(&self) {
        self.identity_taken.notify_one();
    }

    pub(crate) async fn identity_taken(&self) {
        self.identity_taken.notified().await;
    }

    /// Something may be there to work on.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    pub(crate) async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    /// How `collection` takes part, all settings taken together.
    pub(crate) fn mode(&self, collection: &str) -> CollectionMode {
        if is_engine_owned(collection) || self.is_not_synced(collection) {
            return CollectionMode::Off;
        }
        let chosen = self
            .choices
            .borrow()
            .modes
            .get(collection)
            .copied()
            .unwrap_or_default();
        chosen.limited(self.config.bidirectional)
    }

    /// Whether events of `side` for `collection` are of any interest.
    pub(crate) fn takes_part(&self, side: Side, collection: &str) -> bool {
        match self.mode(collection) {
            CollectionMode::BothWays => true,
            CollectionMode::UploadOnly => side == Side::Local,
            CollectionMode::Off => false,
        }
    }

    /// Collections whose events on `side` the server should not even send.
    pub(crate) fn hidden(&self, side: Side) -> Vec<String> {
        let chosen: Vec<String> = self.choices.borrow().modes.keys().cloned().collect();
        chosen
            .into_iter()
            .filter(|collection| !self.takes_part(side, collection))
            .collect()
    }

    pub(crate) fn policy(&self, collection: &str) -> Policy {
        Policy {
            strategy: self.config.strategy,
            downloads: self.mode(collection) == CollectionMode::BothWays,
            lifted: None,
        }
    }

    /// Whether every event of the key is sure to have come. While its collection is still to be compared, none of its
    /// keys has a past that proves anything, whether or not the comparison has come to it; and what is set aside was
    /// never brought together.
    pub(crate) fn history(&self, task: &Task) -> History {
        if task.compared
            || self.comparisons.cover(&task.key.collection)
            || self.is_set_aside(&task.key)
        {
            History::Lost
        } else {
            History::Complete
        }
    }

    /// Ends when keys were settled or given back after this call.
    pub(crate) fn next_settled(&self) -> tokio::sync::futures::Notified<'_> {
        self.room.notified()
    }

    pub(crate) fn is_paused(&self, direction: Direction) -> bool {
        self.choices.borrow().paused.has(direction.source)
    }

    fn is_not_synced(&self, collection: &str) -> bool {
        self.not_synced
            .lock()
            .expect("no holder panics")
            .contains_key(collection)
    }
}

fn index(side: Side) -> usize {
    match side {
        Side::Local => 0,
        Side::Atlas => 1,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use sync_core::place::DocumentKey;

    use super::*;
    use crate::config::ConnectionString;

    /// The key of a bill.
    pub(crate) fn key(id: u32) -> Key {
        let document = DocumentKey::new(0x10, &id.to_le_bytes());
        Key {
            collection: Arc::from("bills"),
            document,
        }
    }

    /// A run on servers that do not exist.
    pub(crate) async fn idle_run() -> Run {
        let uri = || ConnectionString::new("mongodb://127.0.0.1:1/?directConnection=true");
        let replica = async |side| Replica::open(side, &uri(), "shop").await.unwrap();
        Run::new(Parts {
            config: EngineConfig::new(uri(), uri(), "shop"),
            me: Uuid::new_v4(),
            boot: Uuid::new_v4(),
            local: replica(Side::Local).await,
            atlas: replica(Side::Atlas).await,
            monitor: Arc::new(Monitor::new()),
            clock: Arc::new(Clock::new()),
            choices: watch::Sender::new(Choices {
                modes: BTreeMap::new(),
                paused: Sides::NONE,
                said: Sides::NONE,
            }),
            hurry: Arc::new(Notify::new()),
            stop: CancellationToken::new(),
        })
    }
}
