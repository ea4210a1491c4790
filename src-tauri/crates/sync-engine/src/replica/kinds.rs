//! What kind each collection is: only plain ones are synced.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use bson::doc;
use futures_util::TryStreamExt;
use mongodb::results::{CollectionSpecification, CollectionType};

use super::Replica;
use crate::error::{EngineError, answered};

/// Collections that are known to be plain ones, so that each is asked for once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plain(Arc<Mutex<HashSet<String>>>);

impl Plain {
    /// All of a side's plain collections, as just listed.
    pub(crate) fn are(&self, names: &[String]) {
        *self.0.lock().expect("no holder panics") = names.iter().cloned().collect();
    }

    fn contain(&self, name: &str) -> bool {
        self.0.lock().expect("no holder panics").contains(name)
    }

    fn add(&self, name: &str) {
        let mut known = self.0.lock().expect("no holder panics");
        known.insert(name.to_owned());
    }
}

impl Replica {
    /// Why `collection` cannot be synced, if that is so. One that is not there yet may still become anything.
    pub(crate) async fn obstacle(
        &self,
        collection: &str,
    ) -> Result<Option<&'static str>, EngineError> {
        if self.plain.contain(collection) {
            return Ok(None);
        }
        let named = self
            .database
            .list_collections()
            .filter(doc! { "name": collection });
        let found = answered(self.side, named.into_future()).await?;
        let found: Vec<CollectionSpecification> = answered(self.side, found.try_collect()).await?;
        let reason = found.iter().find_map(obstacle);
        if reason.is_none() && !found.is_empty() {
            self.plain.add(collection);
        }
        Ok(reason)
    }
}

/// Why a collection of this kind cannot be synced.
pub(crate) fn obstacle(collection: &CollectionSpecification) -> Option<&'static str> {
    match collection.collection_type {
        CollectionType::View => Some("a view"),
        CollectionType::Timeseries => Some("a time series"),
        _ if collection.options.capped == Some(true) => Some("a capped collection"),
        _ => None,
    }
}
