//! The row each PC keeps on Atlas: that it lives, how far it is, and which run of it this is.
//!
//! Two PCs with one identity (a copied disk) are told apart by the nonce of their run: the one that finds another's
//! nonce beside its own identity takes a new identity. So does a PC whose Local was brought back from a backup: it finds
//! a run, or a count of heartbeats, that its Local has never heard of.

use std::time::Duration;

use bson::{DateTime, Document, doc};
use sync_core::place::Side;
use uuid::Uuid;

use crate::error::{EngineError, answered};
use crate::names::DEVICES;
use crate::positions;
use crate::run::Run;

/// How often a PC says that it lives.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(30);
/// The row that names the Atlas database itself.
const CLUSTER_ROW: &str = "cluster";

/// Set in the row of an identity that another PC had as well and gave up: what it uploaded meanwhile may have been
/// taken for an echo, so everything is compared.
const SHARED: &str = "shared";

/// Somebody else lives under this PC's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken;

/// The identity of the Atlas database, made by the first PC that came. A database that was dropped under our eyes is
/// still the same.
pub(crate) async fn cluster(run: &Run) -> Result<String, EngineError> {
    let devices = run.replica(Side::Atlas).own(DEVICES);
    let known = run.cluster.lock().expect("no holder panics").clone();
    let id = known.unwrap_or_else(|| Uuid::new_v4().to_string());
    let fresh = doc! { "$setOnInsert": { "clusterId": id, "createdAt": DateTime::now() } };
    let upsert = devices
        .update_one(doc! { "_id": CLUSTER_ROW }, fresh)
        .upsert(true);
    answered(Side::Atlas, upsert.into_future()).await?;
    let row = answered(
        Side::Atlas,
        devices.find_one(doc! { "_id": CLUSTER_ROW }).into_future(),
    )
    .await?;
    let id = row.as_ref().and_then(|row| row.get_str("clusterId").ok());
    id.map(str::to_owned)
        .ok_or(EngineError::reply(Side::Atlas, "the database's identity"))
}

/// Announces this run. `earlier` are the nonces under which this PC ran before.
pub(crate) async fn announce(
    run: &Run,
    earlier: &[Uuid],
) -> Result<Result<(), Taken>, EngineError> {
    let _alone = run.presence.lock().await;
    announce_alone(run, earlier).await
}

async fn announce_alone(run: &Run, earlier: &[Uuid]) -> Result<Result<(), Taken>, EngineError> {
    let devices = run.replica(Side::Atlas).own(DEVICES);
    let id = run.me.to_string();
    let row = answered(
        Side::Atlas,
        devices.find_one(doc! { "_id": &id }).into_future(),
    )
    .await?;
    let beat = match positions::beat(run.replica(Side::Local)).await? {
        Some(beat) => beat,
        None => remember(run, row.as_ref()).await?,
    };
    if row.is_some_and(|row| is_other(run, &row, earlier) || beat_of(&row) > beat) {
        // Each of the two took the other's uploads for its own.
        let shared = doc! { "$set": { SHARED: true } };
        let tell = devices.update_one(doc! { "_id": &id }, shared);
        answered(Side::Atlas, tell.into_future()).await?;
        return Ok(Err(Taken));
    }
    let announce = devices
        .update_one(doc! { "_id": &id }, doc! { "$set": state(run, beat) })
        .upsert(true);
    answered(Side::Atlas, announce.into_future()).await?;
    Ok(Ok(()))
}

/// The row is that of a run that this Local knows nothing of, whether or not it still lives.
fn is_other(run: &Run, row: &Document, earlier: &[Uuid]) -> bool {
    let boot = row
        .get_str("boot")
        .ok()
        .and_then(|boot| Uuid::try_parse(boot).ok());
    boot.is_some_and(|boot| boot != run.boot && !earlier.contains(&boot))
}

/// A Local that was emptied under our eyes is none of the past: this PC is still who it was.
async fn remember(run: &Run, row: Option<&Document>) -> Result<i64, EngineError> {
    let beat = row.map_or(0, beat_of) + 1;
    positions::remember(run.replica(Side::Local), run.me, run.boot, beat).await?;
    Ok(beat)
}

fn beat_of(row: &Document) -> i64 {
    row.get_i64("beat").unwrap_or_default()
}

/// Renews the row, unless another run has put its nonce there.
pub(crate) async fn heartbeat(run: &Run) -> Result<Result<(), Taken>, EngineError> {
    // An announcement in between would write this very beat to Atlas, and this PC would find itself there.
    let _alone = run.presence.lock().await;
    let devices = run.replica(Side::Atlas).own(DEVICES);
    let mine = doc! { "_id": run.me.to_string(), "boot": run.boot.to_string() };
    // Counted on Local first, and on its disk: Atlas is never ahead of it, unless Local is from the past.
    let local = run.replica(Side::Local);
    let beat = match positions::next_beat(local).await? {
        Some(beat) => beat,
        None => {
            let row = answered(Side::Atlas, devices.find_one(mine.clone()).into_future()).await?;
            remember(run, row.as_ref()).await?
        }
    };
    let renew = devices.find_one_and_update(mine.clone(), doc! { "$set": state(run, beat) });
    let Some(row) = answered(Side::Atlas, renew.into_future()).await? else {
        // The row is gone, with the whole collection perhaps, or it is another's.
        return announce_alone(run, &[]).await;
    };
    if beat_of(&row) >= beat {
        return Ok(Err(Taken));
    }
    if row.contains_key(SHARED) {
        run.ask_compare(None).await?;
        let done = devices.update_one(mine, doc! { "$unset": { SHARED: "" } });
        answered(Side::Atlas, done.into_future()).await?;
    }
    Ok(Ok(()))
}

fn state(run: &Run, beat: i64) -> Document {
    let pending = i64::try_from(run.inbox().waiting(Side::Local)).unwrap_or(i64::MAX);
    doc! {
        "name": &run.config.device_name,
        "boot": run.boot.to_string(),
        "beat": beat,
        "lastSeen": DateTime::from_millis(run.clock.now().0),
        "pending": pending,
        "clockOffsetMs": run.clock.offset_ms(),
        "version": env!("CARGO_PKG_VERSION"),
    }
}
