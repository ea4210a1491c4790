//! Which collections there are, and which of them cannot be synced.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use mongodb::results::CollectionSpecification;
use sync_core::place::Side;

use crate::config::CollectionMode;
use crate::error::{EngineError, answered};
use crate::names::is_engine_owned;
use crate::replica::{Replica, obstacle};
use crate::run::Run;
use crate::status::Notice;

/// The synced collections of both sides; those that cannot be synced are noted with the reason.
pub(super) async fn list_collections(run: &Run) -> Result<Vec<String>, EngineError> {
    let (mut names, mut not_synced) = (Vec::new(), BTreeMap::new());
    for side in Side::BOTH {
        let listed = list_database(run.replica(side)).await?;
        run.replica(side).plain.are(&listed.synced);
        names.extend(listed.synced);
        not_synced.extend(listed.not_synced);
    }
    *run.not_synced.lock().expect("no holder panics") = not_synced;
    names.sort_unstable();
    names.dedup();
    names.iter().for_each(|name| {
        run.intern(name);
    });
    Ok(names)
}

/// The collections of one side.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) synced: Vec<String>,
    /// Name and reason.
    pub(crate) not_synced: BTreeMap<String, String>,
}

/// Lists a database's collections, the engine's own left out.
pub(crate) async fn list_database(replica: &Replica) -> Result<Listed, EngineError> {
    let cursor = answered(
        replica.side,
        replica.database.list_collections().into_future(),
    )
    .await?;
    let collections: Vec<CollectionSpecification> =
        answered(replica.side, cursor.try_collect()).await?;
    let mut listed = Listed::default();
    for collection in collections
        .into_iter()
        .filter(|collection| !is_engine_owned(&collection.name))
    {
        match obstacle(&collection) {
            Some(reason) => {
                listed.not_synced.insert(collection.name, reason.to_owned());
            }
            None => listed.synced.push(collection.name),
        }
    }
    Ok(listed)
}

impl Run {
    /// Whether a comparison that a person asks for has anything to compare.
    ///
    /// # Errors
    /// There is no such collection, or it takes no part.
    pub(crate) async fn must_take_part(&self, name: &str) -> Result<(), EngineError> {
        let chosen = self.choices.borrow().modes.get(name).copied();
        if chosen == Some(CollectionMode::Off) {
            return Err(EngineError::NotSynced {
                name: name.to_owned(),
                reason: "a collection that is switched off".to_owned(),
            });
        }
        let is_dropped = |notice: &Notice| {
            notice.kind == "dropped" && notice.about.as_deref().is_none_or(|about| about == name)
        };
        if self.notices().iter().any(is_dropped) {
            // Even where both sides dropped it: the comparison answers what the notice asks.
            return Ok(());
        }
        let (local, atlas) = tokio::join!(
            list_database(self.replica(Side::Local)),
            list_database(self.replica(Side::Atlas)),
        );
        let is_away = atlas.is_err();
        match must_be_synced(name, &[local?, atlas.unwrap_or_default()]) {
            // Atlas may have it; the comparison will see.
            Err(EngineError::NoSuchCollection { .. }) if is_away => Ok(()),
            judged => judged,
        }
    }
}

/// Whether a collection can be compared, by what both sides list.
///
/// # Errors
/// Neither side has it, or one of them holds something there that cannot be synced.
pub(crate) fn must_be_synced(name: &str, listed: &[Listed; 2]) -> Result<(), EngineError> {
    let is_known = listed
        .iter()
        .any(|side| side.synced.iter().any(|synced| synced == name));
    let obstacle = listed.iter().find_map(|side| side.not_synced.get(name));
    let name = name.to_owned();
    match obstacle {
        Some(reason) => Err(EngineError::NotSynced {
            name,
            reason: reason.clone(),
        }),
        None if is_known => Ok(()),
        None => Err(EngineError::NoSuchCollection { name }),
    }
}
