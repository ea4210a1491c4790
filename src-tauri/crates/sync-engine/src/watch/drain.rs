//! The listener of a standalone Local: reads its queue instead of a stream, and turns rows into the same hints.
//!
//! What a row says is only where to look and when it was. A row that is not done yet may tell of a write that is still
//! to come: it stays, and while it is young only a fence looks at it, for documents that are about to be judged. If its program ended in the middle it grows old,
//! and is then believed as far as the document itself bears it out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bson::RawDocument;
use sync_core::place::{DocumentKey, Key, Side};
use sync_core::revision::EventTime;
use sync_core::sighting::{Happening, Moment};

use super::event::{Carried, ChangeEvent, Salvage, What};
use super::{Listener, Stopped};
use crate::error::EngineError;
use crate::queue::row::salvage;
use crate::queue::{self, Noted, Page, Row};
use crate::run::{Reading, Run};

const SIDE: Side = Side::Local;

/// How often the queue is looked at: nothing tells when a row comes.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// A write that takes longer than this is taken for one whose program has ended. If it goes on after all, it says so
/// when it is done.
const UNDER_WAY_MS: u64 = 60_000;

/// So long a deletion that was announced may still happen; until then a document that lives is not called safe from it.
const DELETES_WITHIN_MS: u64 = 3_600_000;

/// Rows of one document, in the order of their times.
type ByKey = BTreeMap<(String, DocumentKey), Vec<Row>>;

/// What was made of a page.
#[derive(Debug, Default)]
struct Taken {
    done: Vec<DocumentKey>,
    given_up: Vec<DocumentKey>,
    /// They stay where they are, whatever else became of them: there was no room, or they may still come true.
    left: HashSet<DocumentKey>,
    /// Somebody is writing.
    under_way: bool,
}

impl Listener {
    /// Reads the queue until that fails or the engine stops.
    pub(super) async fn listen_to_queue(&mut self, run: &Arc<Run>) -> Result<Stopped, EngineError> {
        let local = run.replica(SIDE);
        if self.page == 0 {
            // Before any page of this run is counted as settled.
            queue::give_back(local).await?;
            self.page = 1;
        }
        queue::prepare(local).await?;
        // Where it begins is stored before anything that it tells of is worked on.
        run.inbox().checkpoint(SIDE, queue::position(self.page));
        loop {
            let mark = run.fence(SIDE).latest();
            let is_awaited = run.fence(SIDE).is_awaited(mark);
            if let Some(stopped) = self.drain(run, is_awaited).await? {
                return Ok(stopped);
            }
            run.fence(SIDE).delivered(mark);
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = run.fence(SIDE).asked() => {}
                () = run.stopping() => return Ok(Stopped::Ending),
            }
        }
    }

    /// Reads everything there is.
    async fn drain(
        &mut self,
        run: &Arc<Run>,
        for_fence: bool,
    ) -> Result<Option<Stopped>, EngineError> {
        let (mut after, mut under_way) = (None, false);
        loop {
            let page = queue::read(run.replica(SIDE), after.as_ref()).await?;
            if page.has_stream {
                return Ok(Some(Stopped::Invalidated));
            }
            let Page {
                rows, bad, next, ..
            } = page;
            let mut taken = self.take_rows(run, rows, for_fence).await?;
            for (id, row, error) in bad {
                run.take_bad_event(SIDE, salvaged(&row), &error);
                // Whether it is done is not known either.
                taken.done.push(id.clone());
                taken.given_up.push(id);
            }
            run.compare_unread().await?;
            run.look_at_discarded(std::mem::take(&mut self.discarded))
                .await?;
            under_way |= taken.under_way;
            self.keep(run, taken).await?;
            run.set_caught_up(SIDE, next.is_none() && !under_way);
            run.connected(SIDE);
            run.wake();
            tokio::select! {
                reading = run.room(SIDE) => if reading == Reading::Again {
                    return Ok(Some(Stopped::LeftOut));
                },
                () = run.stopping() => return Ok(Some(Stopped::Ending)),
            }
            if next.is_none() {
                return Ok(None);
            }
            after = next;
        }
    }

    /// Notes which rows were taken in. They are taken away once what they told of is settled.
    async fn keep(&mut self, run: &Run, taken: Taken) -> Result<(), EngineError> {
        let Taken { done, given_up, .. } = taken;
        for row in &done {
            self.under_way.remove(row);
        }
        if !done.is_empty() || !given_up.is_empty() {
            self.page += 1;
            // Also where nobody is to hear of them, the position moves.
            run.inbox().pass(SIDE);
            queue::take(run.replica(SIDE), &done, true, self.page).await?;
            queue::take(run.replica(SIDE), &given_up, false, self.page).await?;
        }
        run.inbox().checkpoint(SIDE, queue::position(self.page));
        Ok(())
    }

    async fn take_rows(
        &mut self,
        run: &Arc<Run>,
        rows: Vec<Row>,
        for_fence: bool,
    ) -> Result<Taken, EngineError> {
        let now = run.clock.of(SIDE);
        let mut taken = Taken::default();
        let mut by_key = ByKey::new();
        for row in rows {
            taken.under_way |= !row.is_done && age_ms(&row, now) < UNDER_WAY_MS;
            match row.noted {
                Noted::Put | Noted::Delete => {
                    let counts = row.is_done || age_ms(&row, now) >= UNDER_WAY_MS;
                    if counts || (for_fence && is_judged(run, &row)) {
                        for document in row.documents() {
                            let about = (row.collection.clone(), document);
                            by_key.entry(about).or_default().push(row.clone());
                        }
                    }
                }
                Noted::Retry | Noted::Discard => {
                    taken.done.push(row.id.clone());
                    self.offer_row(run, &row, now);
                }
            }
        }
        let absent = absent(run, &by_key).await?;
        for (about, mut rows) in by_key {
            rows.iter_mut().for_each(|row| self.same_time_again(row));
            let is_absent = absent.contains(&about);
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
        (collection, document): (String, DocumentKey),
        mut rows: Vec<Row>,
        (is_absent, now): (bool, EventTime),
        taken: &mut Taken,
    ) {
        rows.sort_by_key(|row| row.at);
        let still_to_come = |row: &Row| row.noted == Noted::Delete && !row.is_done && !is_absent;
        let key = Key {
            collection: run.intern(&collection),
            document,
        };
        let known = run.inbox().newest(SIDE, &key);
        let known = known.filter(|event| event.happening == Happening::Delete);
        let deleted = rows.iter().rfind(|row| row.noted == Noted::Delete);
        let latest = rows.iter().rfind(|row| !still_to_come(row));
        let (noted, time) = match (latest, deleted) {
            (None, _) => (None, now),
            // It is gone: whichever row came last, that is what happened last.
            (Some(_), Some(deleted)) if is_absent => (Some(Noted::Delete), time(deleted, now)),
            (Some(latest), None) => match known.filter(|_| is_absent) {
                Some(known) => (Some(Noted::Delete), known.time),
                None => (Some(latest.noted), time(latest, now)),
            },
            (Some(latest), Some(_)) => (Some(latest.noted), time(latest, now)),
        };
        if let Some(noted) = noted {
            let assumed = rows.iter().all(|row| row.at.is_none());
            let event = event(&collection, &key.document, noted, moment(time, assumed));
            let before = run.inbox().left_out_ever(SIDE);
            self.take(run, event);
            if run.inbox().left_out_ever(SIDE) > before {
                taken.left.extend(rows.into_iter().map(|row| row.id));
                return;
            }
        }
        for row in rows {
            let age = age_ms(&row, now);
            let stays = age < DELETES_WITHIN_MS && still_to_come(&row);
            match (row.is_done, stays) {
                (true, _) => taken.done.push(row.id),
                (false, true) => taken.left.extend([row.id]),
                (false, false) if age >= UNDER_WAY_MS => taken.given_up.push(row.id),
                (false, false) => {}
            }
        }
    }

    /// What was told of a write while it was under way is told with the same time when it is done: it is one write.
    fn same_time_again(&mut self, row: &mut Row) {
        if row.is_done {
            row.at = self.under_way.get(&row.id).copied().or(row.at);
        } else if let Some(at) = row.at {
            self.under_way.insert(row.id.clone(), at);
        }
    }

    fn offer_row(&mut self, run: &Arc<Run>, row: &Row, now: EventTime) {
        let moment = moment(time(row, now), row.at.is_none());
        let event = event(&row.collection, &row.document, row.noted, moment);
        self.take(run, event);
    }
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

/// Of the documents that rows call deleted, or of which that is known, those that are gone.
async fn absent(run: &Run, by_key: &ByKey) -> Result<HashSet<(String, DocumentKey)>, EngineError> {
    let mut asked: HashMap<&str, Vec<DocumentKey>> = HashMap::new();
    for ((collection, document), rows) in by_key {
        let key = Key {
            collection: run.intern(collection),
            document: document.clone(),
        };
        let known = run.inbox().newest(SIDE, &key);
        let is_known = known.is_some_and(|event| event.happening == Happening::Delete);
        if is_known || rows.iter().any(|row| row.noted == Noted::Delete) {
            asked.entry(collection).or_default().push(document.clone());
        }
    }
    let mut absent = HashSet::new();
    for (collection, documents) in asked {
        let present = run.replica(SIDE).present(collection, &documents).await?;
        let gone = documents.into_iter().filter(|key| !present.contains(key));
        absent.extend(gone.map(|key| (collection.to_owned(), key)));
    }
    Ok(absent)
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

fn salvaged(row: &RawDocument) -> Salvage {
    let (collection, key) = salvage(row);
    Salvage {
        operation: row.get_str("operation").unwrap_or("?").to_owned(),
        collection,
        key,
        order: None,
    }
}
