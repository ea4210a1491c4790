//! Mass deletion is stopped until a person says whether it is meant. What waits is set aside like what cannot be
//! applied, with the time of each deletion, so that nothing is forgotten whatever he says, and however late.
//!
//! What is approved on one PC is made on all: the word stands on Atlas.

mod answer;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;

use bson::{DateTime, Document, doc};
use futures_util::TryStreamExt;
use mongodb::IndexModel;
use sync_core::brake::Brake;
use sync_core::decide::Decision;
use sync_core::place::{Direction, Key, Side};
use sync_core::revision::EventTime;
use sync_core::sighting::Happening;

use crate::apply::Plan;
use crate::config::CollectionMode;
use crate::error::{EngineError, answered};
use crate::metadata;
use crate::names::{CONFLICTS, DEVICES, METADATA, QUARANTINE};
use crate::quarantine::Refused;
use crate::replica::Replica;
use crate::run::Run;
use crate::status::Notice;
pub use answer::{Held, apply, list, restore};

/// The code of what the brake set aside. A server has none below zero.
pub(crate) const HELD: i32 = -1;

/// The kind of the notice that deletions wait for a person.
pub(crate) const MASS_DELETION: &str = "mass-deletion";

const ROW: &str = "brake:";
const APPROVED: &str = "mass-deletion:";

/// A collection, and the way its deletions go.
type Place = (Direction, String);

/// The brakes of one run.
#[derive(Debug, Default)]
pub(crate) struct Brakes {
    counts: Mutex<HashMap<Place, Brake>>,
    /// Those that are on, and how many deletions each holds back.
    on: Mutex<BTreeMap<Place, u64>>,
    /// The documents of those deletions.
    held: Mutex<HashSet<Key>>,
}

impl Brakes {
    /// What is set aside is held back by a brake, or not any more.
    pub(crate) fn note(&self, key: &Key, code: i32) {
        let mut held = self.held.lock().expect("no holder panics");
        match code {
            HELD => drop(held.insert(key.clone())),
            _ => drop(held.remove(key)),
        }
    }

    pub(crate) fn forget(&self, key: &Key) {
        self.held.lock().expect("no holder panics").remove(key);
    }

    pub(crate) fn is_held(&self, key: &Key) -> bool {
        self.held.lock().expect("no holder panics").contains(key)
    }

    pub(crate) fn count(&self) -> usize {
        self.held.lock().expect("no holder panics").len()
    }

    /// What has to be said of those that are on.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        let on = self.on.lock().expect("no holder panics");
        let notices = on.iter().map(|((direction, collection), count)| Notice {
            kind: MASS_DELETION,
            text: format!(
                "{count} documents of {collection} were deleted on {} in a short time; they stay on {} until somebody says \
                 whether it is meant: `deletions apply` or `deletions restore`",
                direction.source,
                direction.target(),
            ),
            about: Some(collection.clone()),
            count: Some(*count),
        });
        notices.collect()
    }
}

/// The deletion that a plan makes for a user: which way it goes, and its time.
fn deletion(plan: &Plan) -> Option<(Direction, EventTime)> {
    match &plan.decision {
        Decision::DeleteLocal { tombstone, .. } => {
            Some((Direction::DOWNLOAD, tombstone.revision.time))
        }
        // Otherwise it is a dead copy that is finished off.
        Decision::DeleteAtlas { tombstone, .. } => {
            let event = plan.look.sighting.local_event;
            let by_user = event.is_some_and(|event| event.happening == Happening::Delete);
            by_user.then_some((Direction::UPLOAD, tombstone.revision.time))
        }
        _ => None,
    }
}

impl Run {
    /// Takes those plans out that the brake stops, each with what is to be noted of it.
    pub(crate) async fn brake(
        &self,
        collection: &str,
        plans: Vec<Plan>,
    ) -> Result<(Vec<Plan>, Vec<(Plan, Refused)>), EngineError> {
        let mut stopped: Vec<(Direction, EventTime)> = Vec::new();
        for direction in Direction::BOTH {
            let times = plans.iter().filter_map(deletion);
            let times = times.filter(|(way, _)| *way == direction);
            let times: Vec<EventTime> = times.map(|(_, time)| time).collect();
            if let Some(after) = self.stops(collection, direction, &times).await? {
                stopped.push((direction, after));
            }
        }
        let (mut go, mut stay) = (Vec::with_capacity(plans.len()), Vec::new());
        for plan in plans {
            let held = deletion(&plan).filter(|(direction, time)| {
                let mut stops = stopped.iter();
                stops.any(|(stopped, after)| stopped == direction && time > after)
            });
            match held {
                None => go.push(plan),
                Some((direction, _)) => {
                    let reason = "many documents of this collection were deleted at once; it waits until somebody says that this is meant";
                    stay.push((plan, Refused::new(direction, HELD, reason.to_owned())));
                }
            }
        }
        Ok((go, stay))
    }

    /// Whether deletions of these times are stopped. Those up to the time that is returned are approved.
    async fn stops(
        &self,
        collection: &str,
        direction: Direction,
        times: &[EventTime],
    ) -> Result<Option<EventTime>, EngineError> {
        if times.is_empty() || collection == CONFLICTS {
            return Ok(None);
        }
        let place = (direction, collection.to_owned());
        let is_on = self.is_on(&place).await?;
        if !is_on && self.allows(&place, times.len()).await? {
            return Ok(None);
        }
        let approved = self.approved(&place).await?;
        let unapproved = times.iter().filter(|time| **time > approved).count();
        if unapproved == 0 {
            return Ok(None);
        }
        if !is_on {
            let fewer = unapproved < times.len();
            if fewer && self.allows(&place, unapproved).await? || self.expires(collection).await? {
                return Ok(None);
            }
            self.put_on(place, unapproved).await?;
        }
        Ok(Some(approved))
    }

    async fn allows(&self, place: &Place, deletions: usize) -> Result<bool, EngineError> {
        let ask = |ask: &dyn Fn(&mut Brake, u64, u64) -> bool| {
            let mut counts = self.brakes.counts.lock().expect("no holder panics");
            let brake = counts.entry(place.clone());
            let brake = brake.or_insert_with(|| Brake::new(self.config.deletions_min));
            ask(brake, deletions as u64, self.clock.steady_ms())
        };
        if ask(&Brake::allows_few) {
            return Ok(true);
        }
        let (direction, collection) = place;
        let count = async |side: Side| {
            let documents = self.replica(side).own(collection);
            answered(side, documents.estimated_document_count().into_future()).await
        };
        let (left, source) = tokio::try_join!(count(direction.target()), count(direction.source))?;
        // Where one side may hold more than the other for another reason, it tells nothing.
        let is_even = self.mode(collection) == CollectionMode::BothWays
            && !self.comparisons.cover(collection);
        let missing = if is_even {
            left.saturating_sub(source)
        } else {
            0
        };
        Ok(ask(&|brake, deletions, now| {
            brake.allows(deletions, left, missing, now)
        }))
    }

    /// Whether the server itself deletes what is old there.
    async fn expires(&self, collection: &str) -> Result<bool, EngineError> {
        for side in Side::BOTH {
            let documents = self.replica(side).own(collection);
            let listed = async { documents.list_indexes().await?.try_collect().await };
            let indexes: Vec<IndexModel> = match answered(side, listed).await {
                Ok(indexes) => indexes,
                // There is no such collection on this side.
                Err(error) if error.code().is_some() => continue,
                Err(error) => return Err(error),
            };
            let is_ttl = |index: &IndexModel| {
                let options = index.options.as_ref();
                options.is_some_and(|options| options.expire_after.is_some())
            };
            if indexes.iter().any(is_ttl) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the brake is on. A person takes it off by another program perhaps, so the row itself is asked.
    async fn is_on(&self, place: &Place) -> Result<bool, EngineError> {
        let is_on = || self.brakes.on.lock().expect("no holder panics");
        if !is_on().contains_key(place) {
            return Ok(false);
        }
        let row = metadata::read(self.replica(Side::Local), &row(place)).await?;
        if row.is_none() {
            is_on().remove(place);
        }
        Ok(row.is_some())
    }

    async fn put_on(&self, place: Place, held: usize) -> Result<(), EngineError> {
        let (direction, collection) = &place;
        let on = doc! { "$set": {
            "collection": collection, "direction": direction.name(), "since": DateTime::now(),
        } };
        metadata::change(self.replica(Side::Local), &row(&place), on).await?;
        tracing::warn!(collection, %direction, "mass deletion is stopped until a person says whether it is meant");
        let mut on = self.brakes.on.lock().expect("no holder panics");
        on.insert(place, held as u64);
        Ok(())
    }

    /// Takes up what was stopped when this PC last ran.
    pub(crate) async fn load_brakes(&self) -> Result<(), EngineError> {
        let rows = rows(self.replica(Side::Local)).await?;
        let mut on = self.brakes.on.lock().expect("no holder panics");
        on.extend(rows.iter().filter_map(place).map(|place| (place, 0)));
        Ok(())
    }

    /// Counts again what each holds back.
    pub(crate) async fn count_held(&self) -> Result<(), EngineError> {
        let on: Vec<Place> = {
            let on = self.brakes.on.lock().expect("no holder panics");
            on.keys().cloned().collect()
        };
        for place in on {
            if self.is_on(&place).await? {
                let count = count(self.replica(Side::Local), &place.1, place.0).await?;
                let mut on = self.brakes.on.lock().expect("no holder panics");
                on.entry(place).and_modify(|held| *held = count);
            }
        }
        Ok(())
    }

    /// Up to when deletions are approved. What is deleted here goes up by a word that was said here; what comes down
    /// may be approved on any PC.
    async fn approved(&self, (direction, collection): &Place) -> Result<EventTime, EngineError> {
        let (side, rows) = match *direction {
            Direction::UPLOAD => (Side::Local, METADATA),
            _ => (Side::Atlas, DEVICES),
        };
        let rows = self.replica(side).own(rows);
        let row = rows.find_one(doc! { "_id": format!("{APPROVED}{collection}") });
        let row = answered(side, row.into_future()).await?;
        let at = row.and_then(|row| row.get_datetime("approvedAt").ok().copied());
        Ok(at.map_or(EventTime(i64::MIN), |at| EventTime(at.timestamp_millis())))
    }
}

fn row((direction, collection): &Place) -> String {
    format!("{ROW}{}:{collection}", direction.name())
}

fn place(row: &Document) -> Option<Place> {
    let direction = row.get_str("direction").ok()?;
    let direction = Direction::BOTH
        .into_iter()
        .find(|known| known.name() == direction)?;
    Some((direction, row.get_str("collection").ok()?.to_owned()))
}

async fn rows(local: &Replica) -> Result<Vec<Document>, EngineError> {
    let metadata = local.own(METADATA);
    let rows = metadata.find(doc! { "_id": { "$regex": "^brake:" } });
    let rows = answered(Side::Local, rows.into_future()).await?;
    answered(Side::Local, rows.try_collect()).await
}

fn held(collection: &str, direction: Direction) -> Document {
    doc! { "code": HELD, "direction": direction.name(), "_id.collection": collection }
}

async fn count(
    local: &Replica,
    collection: &str,
    direction: Direction,
) -> Result<u64, EngineError> {
    let records = local.own(QUARANTINE);
    let count = records.count_documents(held(collection, direction));
    answered(Side::Local, count.into_future()).await
}
