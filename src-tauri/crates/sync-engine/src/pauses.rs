//! Which directions a person stopped: kept on Local, so that a restart does not start them again behind his back.

use std::convert::Infallible;

use bson::{Document, doc};
use sync_core::place::Side;
use sync_core::sighting::Sides;

use crate::error::EngineError;
use crate::metadata;
use crate::run::Run;

const ROW: &str = "paused";

/// Takes up what was stopped when this PC last ran.
pub(crate) async fn restore(run: &Run) -> Result<(), EngineError> {
    let row = metadata::read(run.replica(Side::Local), ROW).await?;
    let kept = row.as_ref().map_or(Sides::NONE, paused);
    run.choices.send_if_modified(|choices| {
        let before = choices.paused;
        choices.paused.local |= kept.local && !choices.said.local;
        choices.paused.atlas |= kept.atlas && !choices.said.atlas;
        // Later runs of this engine go by what was chosen since.
        choices.said = Sides::BOTH;
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
            let set = doc! { "$set": { "upload": paused.local, "download": paused.atlas } };
            metadata::change(run.replica(Side::Local), ROW, set).await?;
            self.kept = Some(paused);
        }
        Ok(())
    }
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
