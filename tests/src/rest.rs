//! A world at rest: proof that every engine has handled all that was written before, for tests that count.
//!
//! The status is published a few times a second, so "synced" may be a moment old. Marks written now, seen to arrive
//! everywhere, and counted in the status make it certain.

use std::sync::atomic::{AtomicI64, Ordering};

use bson::doc;
use sync_core::place::Direction;
use sync_engine::status::{DirectionStatus, State, Status};

use crate::eventually;
use crate::place::Place;
use crate::world::{Pc, REST, World};

/// The collection of the marks; synced like any other.
pub const MARKS: &str = "marks";

impl Pc {
    /// A counter of this engine as it is now, by its name in the metrics, e.g. `applied`.
    pub fn counted(&self, name: &str, direction: Direction) -> u64 {
        self.counter(&format!(
            "bomba_sync_{name}_total{{direction=\"{direction}\"}}"
        ))
    }

    /// The same, by everything that stands before the number in the metrics' text. 0 where it was never counted.
    pub fn counter(&self, series: &str) -> u64 {
        let text = self.engine().metrics_text();
        let line = text.lines().find_map(|line| line.strip_prefix(series));
        line.map_or(0, |number| {
            number
                .trim()
                .parse()
                .expect("a counter counts whole things")
        })
    }
}

impl World {
    /// Waits until all that was written so far is handled on every PC, and all hold the same. Each PC uploads one mark
    /// for it, and downloads one for every other PC and one of Atlas.
    pub async fn rest(&self) {
        self.settle().await;
        self.converge().await;
    }

    /// The same for worlds that need not hold the same, because collections are excluded.
    pub async fn settle(&self) {
        static NEXT: AtomicI64 = AtomicI64::new(1);
        let places = self.pcs.iter().map(|pc| pc.place(MARKS));
        let places: Vec<Place> = places.chain([self.place_on_atlas(MARKS)]).collect();
        let mut ids = Vec::new();
        for place in &places {
            let id = NEXT.fetch_add(1, Ordering::Relaxed);
            ids.push(id);
            let marked = place.insert(doc! { "_id": id }).await;
            marked.expect("a mark can be written");
        }
        for place in &places {
            let marks = place.collection();
            eventually(REST, "the marks to arrive", async || {
                let count = marks.count_documents(doc! { "_id": { "$in": &ids } });
                match count.await {
                    Ok(count) if count == ids.len() as u64 => Ok(()),
                    seen => Err(format!("{seen:?}")),
                }
            })
            .await;
        }
        for pc in &self.pcs {
            pc.reaches("rest", |status| is_fresh(pc, status)).await;
        }
    }
}

/// The status counts all that was done by now, and says that nothing is left.
fn is_fresh(pc: &Pc, status: &Status) -> bool {
    let counts = |direction: Direction, shown: &DirectionStatus| {
        shown.successful == pc.counted("applied", direction)
    };
    // What is set aside waits for a person: no more is to come of it.
    let set_aside = status.state == State::Attention
        && status
            .notices
            .iter()
            .all(|notice| notice.kind == "quarantine")
        && status.local_to_atlas.pending + status.atlas_to_local.pending == 0;
    (status.state == State::Synced || set_aside)
        && counts(Direction::UPLOAD, &status.local_to_atlas)
        && counts(Direction::DOWNLOAD, &status.atlas_to_local)
}
