//! Which directions a person stopped: kept on Local, so that a restart does not start them again behind his back.

use std::convert::Infallible;

use bson::{Document, doc};
use mongodb::options::WriteConcern;
use sync_core::place::Side;
use sync_core::sighting::Sides;

use crate::error::{EngineError, answered};
use crate::names::METADATA;
use crate::replica::Replica;
use crate::run::Run;

const ROW: &str = "paused";

/// Takes up what was stopped when this PC last ran.
pub(crate) async fn restore(run: &Run) -> Result<(), EngineError> {
    let kept = load(run.replica(Side::Local)).await?;
    run.choices.send_if_modified(|choices| {
        let before = choices.paused;
        choices.paused.local |= kept.local && !choices.said.local;
        choices.paused.atlas |= kept.atlas && !choices.said.atlas;
        choices.paused != before
    });
    Ok(())
}

/// What is kept, and what it has to become.
#[derive(Debug)]
pub(crate) struct Pauses {
    kept: Option<Sides>,
}

impl Pauses {
    pub(crate) fn new() -> Pauses {
        Pauses { kept: None }
    }

    /// Keeps every change until the engine stops. One that cannot be kept yet is tried again.
    pub(crate) async fn keep(
        &mut self,
        run: &Run,
        again: &mut tokio::time::Interval,
    ) -> Infallible {
        let mut choices = run.choices.subscribe();
        loop {
            match self.save(run).await {
                Ok(()) => {
                    if choices.changed().await.is_err() {
                        // The engine's handle is gone; it is about to stop.
                        std::future::pending::<()>().await;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "what is paused could not be noted yet");
                    again.tick().await;
                }
            }
        }
    }

    pub(crate) async fn save(&mut self, run: &Run) -> Result<(), EngineError> {
        let paused = run.choices.borrow().paused;
        if self.kept != Some(paused) {
            store(run.replica(Side::Local), paused).await?;
            self.kept = Some(paused);
        }
        Ok(())
    }
}

async fn store(local: &Replica, paused: Sides) -> Result<(), EngineError> {
    let set = doc! { "$set": { "upload": paused.local, "download": paused.atlas } };
    let metadata = local.own(METADATA);
    let write = metadata
        .update_one(doc! { "_id": ROW }, set)
        .upsert(true)
        .write_concern(WriteConcern::majority());
    answered(Side::Local, write.into_future()).await?;
    Ok(())
}

async fn load(local: &Replica) -> Result<Sides, EngineError> {
    let metadata = local.own(METADATA);
    let row = metadata.find_one(doc! { "_id": ROW });
    let row = answered(Side::Local, row.into_future()).await?;
    Ok(row.as_ref().map_or(Sides::NONE, paused))
}

/// What cannot be read was not stopped: a shop whose changes wait without a word is worse off.
fn paused(row: &Document) -> Sides {
    let flag = |name| {
        row.get_bool(name).unwrap_or_else(|damaged| {
            tracing::warn!(%damaged, "the note of what is paused is damaged");
            false
        })
    };
    Sides {
        local: flag("upload"),
        atlas: flag("download"),
    }
}
