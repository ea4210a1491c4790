//! How collections took part when this PC last ran. What takes part more than it did then is compared in full: nobody
//! listened to it meanwhile.

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};
use sync_core::place::Side;

use crate::config::CollectionMode;
use crate::error::EngineError;
use crate::metadata;
use crate::run::Run;

const ROW: &str = "modes";

/// The choices of one run.
#[derive(Clone, Debug, PartialEq)]
struct Noted {
    bidirectional: bool,
    modes: BTreeMap<String, CollectionMode>,
}

impl Noted {
    fn of(run: &Run) -> Noted {
        Noted {
            bidirectional: run.config.bidirectional,
            modes: run.choices.borrow().modes.clone(),
        }
    }

    /// How a collection takes part; `None` stands for all that are not named.
    fn mode(&self, collection: Option<&str>) -> CollectionMode {
        let chosen = collection.and_then(|name| self.modes.get(name)).copied();
        chosen.unwrap_or_default().limited(self.bidirectional)
    }
}

/// Whether a collection takes part more than before.
pub(crate) fn is_wider(mode: CollectionMode, before: CollectionMode) -> bool {
    let reach = |mode| match mode {
        CollectionMode::Off => 0,
        CollectionMode::UploadOnly => 1,
        CollectionMode::BothWays => 2,
    };
    reach(mode) > reach(before)
}

/// Asks for what the last run, or somebody who changed the settings since, left out. Before any stream is opened.
pub(crate) async fn catch_up(run: &Run) -> Result<(), EngineError> {
    let now = Noted::of(run);
    match load(run).await? {
        Some(before) if before == now => return Ok(()),
        Some(before) if !is_wider(now.mode(None), before.mode(None)) => {
            for name in before.modes.keys().chain(now.modes.keys()) {
                if is_wider(now.mode(Some(name)), before.mode(Some(name))) {
                    run.ask_compare(Some(name)).await?;
                }
            }
        }
        // The note went with a database that was dropped under a running engine. A person is asked what to do about
        // that, and a comparison would answer for them.
        None if run.notices().iter().any(|notice| notice.kind == "dropped") => {}
        Some(_) | None => run.ask_compare(None).await?,
    }
    store(run, None).await
}

/// Notes the choices in force, but for one that is about to be made.
pub(crate) async fn store(
    run: &Run,
    coming: Option<(&str, CollectionMode)>,
) -> Result<(), EngineError> {
    let mut noted = Noted::of(run);
    noted
        .modes
        .extend(coming.map(|(name, mode)| (name.to_owned(), mode)));
    // A list, since a collection's name is no good name for a field.
    let modes: Vec<Bson> = noted
        .modes
        .iter()
        .map(|(name, mode)| Bson::from(doc! { "collection": name, "mode": mode.name() }))
        .collect();
    let set = doc! { "$set": { "bidirectional": noted.bidirectional, "modes": modes } };
    metadata::change(run.replica(Side::Local), ROW, set).await
}

async fn load(run: &Run) -> Result<Option<Noted>, EngineError> {
    let row = metadata::read(run.replica(Side::Local), ROW).await?;
    let noted = row.as_ref().map(noted);
    if noted == Some(None) {
        tracing::warn!("the note of how collections took part is damaged; everything is compared");
    }
    Ok(noted.flatten())
}

/// `None`: nobody can tell what was meant, as if nothing had been noted.
fn noted(row: &Document) -> Option<Noted> {
    let modes = row.get_array("modes").ok()?.iter().map(|entry| {
        let entry = entry.as_document()?;
        let mode = CollectionMode::named(entry.get_str("mode").ok()?)?;
        Some((entry.get_str("collection").ok()?.to_owned(), mode))
    });
    Some(Noted {
        bidirectional: row.get_bool("bidirectional").ok()?,
        modes: modes.collect::<Option<_>>()?,
    })
}
