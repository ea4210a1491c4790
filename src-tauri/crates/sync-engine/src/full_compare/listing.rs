//! Which collections there are, and which of them cannot be synced.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use mongodb::results::CollectionSpecification;
use sync_core::place::Side;

use crate::error::{EngineError, answered};
use crate::names::is_engine_owned;
use crate::replica::{Replica, obstacle};
use crate::run::Run;

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
