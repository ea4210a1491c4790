//! What survives a restart: this PC's identity and the safe position in each stream, in Local's own database.

use std::time::{Duration, Instant};

use bson::{Bson, DateTime, Document, RawDocument, RawDocumentBuf, Timestamp, doc};
use mongodb::options::{ReturnDocument, WriteConcern};
use sync_core::inbox::SeenPosition;
use sync_core::place::Side;
use uuid::Uuid;

use crate::clock::Offset;
use crate::error::{EngineError, answered};
use crate::metadata;
use crate::names::METADATA;
use crate::queue;
use crate::replica::{Feed, Replica};
use crate::run::Run;

/// Without events only the token itself moves on. It is stored this often, so that it never grows too old to resume.
const IDLE_SAVE: Duration = Duration::from_secs(60);

/// The row that says who this PC is.
const IDENTITY: &str = "identity";

/// Fields of the identity: the heartbeats counted so far, and what to add to this PC's clock to get Atlas'.
const BEAT: &str = "beat";
const OFFSET: &str = "clockOffsetMs";

/// Runs that may end one after the other between noting their nonce here and telling it to Atlas.
const RUNS_KNOWN_MAX: usize = 1_000;

/// A stored position: a token, and the database it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) token: RawDocumentBuf,
    pub(crate) cluster: Option<String>,
}

/// Who this PC is.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) me: Uuid,
    /// The nonces of the runs before this one, of which any may be the one that Atlas knows.
    pub(crate) earlier: Vec<Uuid>,
    /// It was made just now.
    pub(crate) is_new: bool,
    /// The clock offset that the last run used.
    pub(crate) clock_offset: Option<Offset>,
}

fn row(side: Side) -> &'static str {
    match side {
        Side::Local => "local-resume-token",
        Side::Atlas => "atlas-resume-token",
    }
}

/// Reads this PC's identity, or makes one. `boot` names the run that begins.
pub(crate) async fn identify(
    local: &Replica,
    boot: Uuid,
    renew: bool,
) -> Result<Identity, EngineError> {
    let known = metadata::read(local, IDENTITY).await?;
    let damaged = known.as_ref().map_or(Vec::new(), damaged);
    if !damaged.is_empty() {
        tracing::warn!(
            ?damaged,
            "the record of this PC's identity is damaged; what is lost is made up for by a full compare"
        );
    }
    let me_before = known.as_ref().and_then(|known| known.get("instanceId"));
    let known_me = me_before.and_then(uuid).filter(|_| !renew);
    let me = known_me.unwrap_or_else(Uuid::new_v4);
    let boots = known
        .as_ref()
        .and_then(|known| known.get_array("boots").ok());
    let mut earlier: Vec<Uuid> = boots.into_iter().flatten().filter_map(uuid).collect();
    earlier.drain(..earlier.len().saturating_sub(RUNS_KNOWN_MAX));
    if known_me.is_none() {
        earlier.clear();
    }
    let boots: Vec<String> = earlier.iter().chain([&boot]).map(Uuid::to_string).collect();
    let mut identity = doc! { "$set": { "instanceId": me.to_string(), "boots": boots } };
    if damaged.contains(&BEAT) {
        // Nothing could be counted on from it ever again.
        identity.insert("$unset", doc! { BEAT: "" });
    }
    metadata::change(local, IDENTITY, identity).await?;
    Ok(Identity {
        me,
        earlier,
        is_new: known_me.is_none(),
        clock_offset: known.as_ref().and_then(offset),
    })
}

/// Remembers the clock offset, so that the next run gives events that it reads again the times they had.
pub(crate) async fn store_offset(local: &Replica, offset: Offset) -> Result<(), EngineError> {
    let metadata = local.own(METADATA);
    let error_ms = i64::try_from(offset.error_ms).unwrap_or(i64::MAX);
    let fields = doc! { OFFSET: offset.ms, "clockOffsetErrorMs": error_ms };
    let write = metadata
        .update_one(doc! { "_id": IDENTITY }, doc! { "$set": fields })
        .upsert(true);
    answered(Side::Local, write.into_future()).await?;
    Ok(())
}

/// How many heartbeats this Local knows of. `None`: it has lost this PC's identity, with its whole database perhaps.
pub(crate) async fn beat(local: &Replica) -> Result<Option<i64>, EngineError> {
    let metadata = local.own(METADATA);
    let identity = answered(Side::Local, metadata.find_one(known()).into_future()).await?;
    Ok(identity.map(|identity| identity.get_i64(BEAT).unwrap_or_default()))
}

/// Counts one more, on the disk before it returns. `None` as for [`beat`].
pub(crate) async fn next_beat(local: &Replica) -> Result<Option<i64>, EngineError> {
    let metadata = local.own(METADATA);
    let count = metadata
        .find_one_and_update(known(), doc! { "$inc": { BEAT: 1_i64 } })
        .return_document(ReturnDocument::After)
        .write_concern(WriteConcern::majority());
    let identity = answered(Side::Local, count.into_future()).await?;
    Ok(identity.and_then(|identity| identity.get_i64(BEAT).ok()))
}

/// Notes again who this PC is, in a Local that has lost it under a running engine.
pub(crate) async fn remember(
    local: &Replica,
    me: Uuid,
    boot: Uuid,
    beat: i64,
) -> Result<(), EngineError> {
    let identity = doc! { "instanceId": me.to_string(), "boots": [boot.to_string()], BEAT: beat };
    metadata::change(local, IDENTITY, doc! { "$set": identity }).await
}

/// The fields that hold nothing that an engine wrote.
fn damaged(identity: &Document) -> Vec<&'static str> {
    let is_uuid = |value: &Bson| uuid(value).is_some();
    let boots = identity.get_array("boots");
    let fields = [
        (
            "instanceId",
            identity.get("instanceId").is_some_and(is_uuid),
        ),
        ("boots", boots.is_ok_and(|boots| boots.iter().all(is_uuid))),
        (BEAT, identity.get_i64(BEAT).is_ok()),
        (OFFSET, identity.get_i64(OFFSET).is_ok()),
    ];
    let damaged = fields
        .into_iter()
        .filter(|(name, fits)| !fits && identity.contains_key(*name));
    damaged.map(|(name, _)| name).collect()
}

fn known() -> Document {
    doc! { "_id": IDENTITY, "instanceId": { "$exists": true } }
}

fn offset(identity: &Document) -> Option<Offset> {
    let number = |name| identity.get_i64(name).ok();
    Some(Offset {
        ms: number(OFFSET)?,
        error_ms: number("clockOffsetErrorMs").map_or(0, i64::unsigned_abs),
    })
}

fn uuid(value: &Bson) -> Option<Uuid> {
    value.as_str().and_then(|text| Uuid::try_parse(text).ok())
}

/// Reads the stored position of `side`.
pub(crate) async fn load(local: &Replica, side: Side) -> Result<Option<Stored>, EngineError> {
    let Some(stored) = metadata::read(local, row(side)).await? else {
        return Ok(None);
    };
    let token = stored
        .get_document("token")
        .ok()
        .and_then(|token| RawDocumentBuf::try_from(token).ok());
    let cluster = stored.get_str("cluster").ok().map(str::to_owned);
    Ok(token.map(|token| Stored { token, cluster }))
}

/// Reads Local's, unless it belongs to another kind of server than Local is now. What is settled is gone from a queue,
/// so it is read from its beginning.
pub(crate) async fn load_local(local: &Replica, feed: Feed) -> Result<Option<Stored>, EngineError> {
    let stored = load(local, Side::Local).await?;
    Ok(stored.and_then(|stored| {
        let is_of_queue = queue::page_of(&stored.token).is_some();
        match (feed, is_of_queue) {
            (Feed::Stream, false) => Some(stored),
            (Feed::Queue, true) => Some(Stored {
                token: queue::position(0),
                ..stored
            }),
            (Feed::Stream, true) | (Feed::Queue, false) => None,
        }
    }))
}

/// Forgets the stored position of `side`, because its stream's past is gone.
pub(crate) async fn forget(local: &Replica, side: Side) -> Result<(), EngineError> {
    let metadata = local.own(METADATA);
    answered(
        Side::Local,
        metadata.delete_one(doc! { "_id": row(side) }).into_future(),
    )
    .await?;
    Ok(())
}

/// Stores safe positions as they move.
#[derive(Debug)]
pub(crate) struct Keeper {
    saved: [Option<Saved>; 2],
}

#[derive(Debug)]
struct Saved {
    position: SeenPosition,
    token: RawDocumentBuf,
    at: Instant,
}

impl Keeper {
    pub(crate) fn new() -> Keeper {
        Keeper {
            saved: [None, None],
        }
    }

    /// Stores what moved. Afterwards `is_saved` tells whether everything settled so far is stored.
    pub(crate) async fn save(&mut self, run: &Run) -> Result<(), EngineError> {
        for side in Side::BOTH {
            let _storing = run.positions.lock().await;
            let Some(safe) = run.inbox().safe(side) else {
                continue;
            };
            let slot = &mut self.saved[index(side)];
            if let Some(saved) = slot
                && run.is_anchored(side)
            {
                let same = safe.position() == saved.position;
                let idle = same && (saved.at.elapsed() < IDLE_SAVE || &saved.token == safe.token());
                if idle || is_backward(&saved.token, safe.token()) {
                    continue;
                }
            }
            store(run, side, safe.token()).await?;
            if let Some(page) = queue::page_of(safe.token()) {
                queue::take_away(run.replica(side), page).await?;
            }
            run.left_queue(side, safe.position()).await?;
            run.set_anchored(side, true);
            *slot = Some(Saved {
                position: safe.position(),
                token: safe.token().clone(),
                at: Instant::now(),
            });
        }
        Ok(())
    }

    /// Whether nothing has moved since the last save.
    pub(crate) fn is_saved(&self, run: &Run) -> bool {
        Side::BOTH.iter().all(|side| {
            let saved = self.saved[index(*side)]
                .as_ref()
                .map(|saved| saved.position);
            let safe = run.inbox().safe(*side).map(|safe| safe.position());
            saved.is_some() && saved >= safe
        })
    }
}

async fn store(run: &Run, side: Side, token: &RawDocumentBuf) -> Result<(), EngineError> {
    let token =
        Document::try_from(&**token).map_err(|error| run.replica(side).unreadable(&error))?;
    let mut position = doc! {
        "token": token, "timestamp": DateTime::now(), "instanceId": run.me.to_string(),
    };
    if side == Side::Atlas
        && let Some(cluster) = run.cluster.lock().expect("no holder panics").clone()
    {
        position.insert("cluster", cluster);
    }
    let metadata = run.replica(Side::Local).own(METADATA);
    let write = metadata
        .update_one(doc! { "_id": row(side) }, doc! { "$set": position })
        .upsert(true)
        .write_concern(
            WriteConcern::builder()
                .w(mongodb::options::Acknowledgment::Nodes(1))
                .build(),
        );
    answered(Side::Local, write.into_future()).await?;
    Ok(())
}

/// Tokens are hexadecimal and sort by time: one that goes backwards would read settled events again for nothing, or
/// belongs to another stream.
fn is_backward(saved: &RawDocumentBuf, new: &RawDocumentBuf) -> bool {
    match (saved.get_str("_data"), new.get_str("_data")) {
        (Ok(saved), Ok(new)) => new < saved,
        _ => false,
    }
}

/// The time a resume token stands for. It is the first thing in its hexadecimal data, behind the mark of a timestamp.
pub(crate) fn time_of(token: &RawDocument) -> Option<Timestamp> {
    let digits = token.get_str("_data").ok()?.strip_prefix("82")?;
    let part = |range| u32::from_str_radix(digits.get(range)?, 16).ok();
    Some(Timestamp {
        time: part(0..8)?,
        increment: part(8..16)?,
    })
}

fn index(side: Side) -> usize {
    match side {
        Side::Local => 0,
        Side::Atlas => 1,
    }
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;

    #[test]
    fn a_token_that_goes_backwards_is_refused() {
        let token = |data: &str| rawdoc! { "_data": data };
        assert!(is_backward(&token("8264"), &token("8263")));
        assert!(!is_backward(&token("8264"), &token("8264")));
        assert!(!is_backward(&token("8264"), &token("8265")));
    }

    #[test]
    fn a_token_tells_its_time_and_a_damaged_one_none() {
        let time_of = |data: &str| time_of(&rawdoc! { "_data": data });
        let (time, increment) = (0x6381_7FB5, 7);
        let expected = Some(Timestamp { time, increment });
        assert_eq!(time_of("8263817FB5000000072B0229296E04"), expected);
        for damaged in ["", "82", "8263817FB5", "8263817FB50000000\u{e9}", "zebra"] {
            assert_eq!(time_of(damaged), None, "{damaged}");
        }
    }
}
