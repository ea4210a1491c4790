//! What a page of the queue's rows comes to.
//!
//! A row only says where to look and when. A deletion is believed where the document is gone, and nowhere else: many a
//! delete finds nothing to delete. A row that is not done may tell of a write that is still to come: it stays, and while
//! it is young only a fence looks at it, for documents that are about to be judged. If its program ended in the middle
//! it grows old, and is then believed as far as the document itself bears it out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use sync_core::place::{DocumentKey, Key};
use sync_core::revision::EventTime;
use sync_core::sighting::{Happening, Moment};

use super::super::Listener;
use super::super::event::{Carried, ChangeEvent, What};
use super::SIDE;
use crate::error::EngineError;
use crate::queue::{Noted, Row};
use crate::run::Run;

/// A write that takes longer than this is taken for one whose program has ended. If it goes on after all, it says so
/// when it is done.
pub(crate) const UNDER_WAY_MS: u64 = 60_000;

/// So long a deletion that was announced may still happen; until then a document that lives is not called safe from it.
const DELETES_WITHIN_MS: u64 = 3_600_000;

/// A document, by collection and `_id`.
type About = (String, DocumentKey);

/// What was made of rows; each is named by its own `_id`.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Done, and taken in.
    pub(super) done: Vec<DocumentKey>,
    /// Not done, and taken in all the same.
    pub(super) given_up: Vec<DocumentKey>,
    /// To be looked at again later.
    pub(super) parked: Vec<DocumentKey>,
    /// There was no room for what they tell: they stay where they are.
    left: HashSet<DocumentKey>,
    /// Under way, and young.
    young: Vec<DocumentKey>,
    /// Somebody is writing.
    pub(super) under_way: bool,
}

impl Taken {
    /// Nobody waits for what is under way.
    pub(super) fn give_up_all(&mut self) {
        self.given_up.append(&mut self.parked);
        self.given_up.append(&mut self.young);
    }
}

/// A row, and whether all that it may mean is gone.
#[derive(Clone, Debug)]
struct Seen {
    row: Row,
    is_gone: bool,
}

impl Seen {
    /// It tells of a deletion that has not happened yet.
    fn is_to_come(&self) -> bool {
        self.row.noted == Noted::Delete && !self.row.is_done && !self.is_gone
    }
}

impl Listener {
    pub(super) async fn take_rows(
        &mut self,
        run: &Arc<Run>,
        rows: Vec<Row>,
        for_fence: bool,
    ) -> Result<Taken, EngineError> {
        let now = run.clock.of(SIDE);
        let mut taken = Taken::default();
        let mut looked_at = Vec::new();
        for row in rows {
            let is_young = !row.is_done && age_ms(&row, now) < UNDER_WAY_MS;
            taken.under_way |= is_young;
            if !run.takes_part(SIDE, &row.collection) {
                taken.done.push(row.id.clone());
                taken.given_up.push(row.id);
            } else if matches!(row.noted, Noted::Retry | Noted::Discard) {
                self.tell_engine(run, &row, now);
                taken.done.push(row.id);
            } else if !is_young || (for_fence && is_judged(run, &row)) {
                looked_at.push(row);
            } else {
                taken.young.push(row.id);
            }
        }
        let alive = alive(run, &looked_at).await?;
        let mut by_key: BTreeMap<About, Vec<Seen>> = BTreeMap::new();
        for mut row in looked_at {
            let abouts: Vec<About> = abouts(&row).collect();
            let is_gone =
                row.noted == Noted::Delete && !abouts.iter().any(|about| alive.contains(about));
            self.same_time_again(&mut row, is_gone);
            for about in abouts {
                let row = row.clone();
                by_key.entry(about).or_default().push(Seen { row, is_gone });
            }
        }
        for (about, rows) in by_key {
            let is_absent = !alive.contains(&about);
            self.take_key(run, about, rows, (is_absent, now), &mut taken);
        }
        let Taken {
            done,
            given_up,
            left,
            ..
        } = &mut taken;
        done.retain(|row| !left.contains(row));
        given_up.retain(|row| !left.contains(row));
        Ok(taken)
    }

    fn take_key(
        &mut self,
        run: &Arc<Run>,
        (collection, document): About,
        mut rows: Vec<Seen>,
        (is_absent, now): (bool, EventTime),
        taken: &mut Taken,
    ) {
        rows.sort_by_key(|seen| seen.row.at);
        let key = Key {
            collection: run.intern(&collection),
            document,
        };
        let known = run.inbox().newest(SIDE, &key);
        let known = known.filter(|event| is_absent && event.happening == Happening::Delete);
        let deleted = rows
            .iter()
            .rfind(|seen| seen.row.noted == Noted::Delete && seen.is_gone);
        let latest = rows.iter().rfind(|seen| !seen.is_to_come());
        let happened = match (deleted, known, latest) {
            // It is gone: whichever row came last, that is what happened last.
            (Some(deleted), _, _) => Some((Noted::Delete, time(&deleted.row, now))),
            (None, Some(known), Some(_)) => Some((Noted::Delete, known.time)),
            // It lives: whoever meant to delete it did not.
            (None, None, Some(latest)) => Some((Noted::Put, time(&latest.row, now))),
            (None, _, None) => None,
        };
        if let Some((noted, time)) = happened {
            let assumed = rows.iter().all(|seen| seen.row.at.is_none());
            let event = event(&collection, &key.document, noted, moment(time, assumed));
            let before = run.inbox().left_out_ever(SIDE);
            self.take(run, event);
            if run.inbox().left_out_ever(SIDE) > before {
                taken.left.extend(rows.into_iter().map(|seen| seen.row.id));
                return;
            }
        }
        for seen in rows {
            let (age, is_to_come) = (age_ms(&seen.row, now), seen.is_to_come());
            let id = seen.row.id;
            match seen.row.is_done {
                true => taken.done.push(id),
                false if age < UNDER_WAY_MS => taken.young.push(id),
                false if is_to_come && age < DELETES_WITHIN_MS => taken.parked.push(id),
                false => taken.given_up.push(id),
            }
        }
    }

    /// A deletion that was believed before it was said to be done is told with the same time then: it is one.
    fn same_time_again(&mut self, row: &mut Row, is_gone: bool) {
        if row.is_done {
            row.at = self.believed.get(&row.id).copied().or(row.at);
        } else if is_gone && let Some(at) = row.at {
            self.believed.insert(row.id.clone(), at);
        }
    }

    /// What a person told the engine by way of the queue.
    fn tell_engine(&mut self, run: &Arc<Run>, row: &Row, now: EventTime) {
        let moment = moment(time(row, now), row.at.is_none());
        let told = event(&row.collection, &row.document, row.noted, moment);
        self.take(run, told);
    }
}

fn abouts(row: &Row) -> impl Iterator<Item = About> {
    let documents = row.documents().into_iter();
    documents.map(|document| (row.collection.clone(), document))
}

fn is_deleted(run: &Run, row: &Row, document: &DocumentKey) -> bool {
    let key = Key {
        collection: run.intern(&row.collection),
        document: document.clone(),
    };
    let known = run.inbox().newest(SIDE, &key);
    known.is_some_and(|event| event.happening == Happening::Delete)
}

/// Whether somebody may be about to judge the document.
fn is_judged(run: &Run, row: &Row) -> bool {
    let collection = run.intern(&row.collection);
    let mut keys = row.documents().into_iter().map(|document| Key {
        collection: collection.clone(),
        document,
    });
    run.comparisons.cover(&row.collection) || keys.any(|key| run.inbox().contains(&key))
}

/// Of the documents that rows call deleted, or of which that is known, those that are there.
async fn alive(run: &Run, rows: &[Row]) -> Result<HashSet<About>, EngineError> {
    let mut asked: HashMap<&str, Vec<DocumentKey>> = HashMap::new();
    for row in rows {
        let documents = row.documents().into_iter();
        let in_doubt = documents
            .filter(|document| row.noted == Noted::Delete || is_deleted(run, row, document));
        asked.entry(&row.collection).or_default().extend(in_doubt);
    }
    asked.retain(|_, documents| !documents.is_empty());
    let mut alive = HashSet::new();
    for (collection, documents) in asked {
        let present = run.replica(SIDE).present(collection, &documents).await?;
        alive.extend(present.into_iter().map(|key| (collection.to_owned(), key)));
    }
    Ok(alive)
}

fn event(collection: &str, document: &DocumentKey, noted: Noted, moment: Moment) -> ChangeEvent {
    let (collection, key) = (collection.to_owned(), document.clone());
    let what = match noted {
        Noted::Put => What::Put {
            collection,
            key,
            carried: Carried::Nothing,
        },
        Noted::Delete => What::Delete { collection, key },
        Noted::Retry => What::Retry { collection, key },
        Noted::Discard => What::Discarded { collection, key },
    };
    ChangeEvent {
        what,
        moment,
        transaction: None,
    }
}

fn moment(time: EventTime, assumed: bool) -> Moment {
    Moment {
        time,
        order: None,
        assumed,
    }
}

fn time(row: &Row, now: EventTime) -> EventTime {
    let at = row.at.map(|at| EventTime(at.timestamp_millis()));
    at.unwrap_or(now)
}

/// How long ago it was, by a clock that may have been set back since. One that does not tell is as old as can be.
fn age_ms(row: &Row, now: EventTime) -> u64 {
    let at = row.at.map(|at| now.0.abs_diff(at.timestamp_millis()));
    at.unwrap_or(u64::MAX)
}
