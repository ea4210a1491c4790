//! Proof that both sides are equal: every synced document of both, read in ranges and compared byte for byte.
//!
//! What differs is read again for a while before it is reported, so that writes on their way raise no alarm. What does
//! not hold still in that time is not judged.

mod suspects;

use std::collections::HashMap;

use bson::{Bson, DateTime};
use sync_core::document::key_of;
use sync_core::place::{DocumentKey, Side};
use thiserror::Error;

use crate::config::{CollectionMode, EngineConfig};
use crate::error::EngineError;
use crate::full_compare::{list_database, must_be_synced, read_range};
use crate::look::copy;
use crate::names::CONFLICTS;
use crate::replica::Replica;
use suspects::{Pair, Sight, look_again};

/// Documents that differ and are looked at again together: bounds memory where nothing is the same.
const SUSPECTS_MAX: usize = 10_000;
/// Differences that are listed one by one; all are counted.
const LISTED_MAX: usize = 10_000;

/// A document that is not the same on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its collection.
    pub collection: String,
    /// Its `_id`.
    pub id: Bson,
    /// In what way.
    pub why: &'static str,
}

/// What a verification found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Documents compared.
    pub documents: u64,
    /// Those that stayed different.
    pub different: u64,
    /// The first ten thousand of them.
    pub differences: Vec<Difference>,
    /// Documents that could not be compared: they kept changing, or their bytes do not add up.
    pub could_not_tell: u64,
    /// When it ended.
    pub finished_at: DateTime,
}

/// Why nothing can be said.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// A side cannot be read, or the collection is none that is synced.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Where changes go one way only, the sides need not be the same.
    #[error(
        "{what} is synced in one direction only or not at all, so the two sides need not be the same"
    )]
    OneWay {
        /// A collection, or everything.
        what: String,
    },
}

/// Compares all synced collections, or one.
///
/// # Errors
/// A side cannot be reached, or what is asked about is not synced in both directions.
pub async fn verify(
    config: &EngineConfig,
    collection: Option<&str>,
) -> Result<Report, VerifyError> {
    let local = Replica::open(Side::Local, &config.local_uri, &config.database).await?;
    let atlas = Replica::open(Side::Atlas, &config.atlas_uri, &config.database).await?;
    let names = names(config, [&local, &atlas], collection).await?;
    let mut report = Report {
        documents: 0,
        different: 0,
        differences: Vec::new(),
        could_not_tell: 0,
        finished_at: DateTime::now(),
    };
    for name in names {
        verify_collection(&local, &atlas, &name, &mut report).await?;
    }
    report.finished_at = DateTime::now();
    Ok(report)
}

async fn names(
    config: &EngineConfig,
    replicas: [&Replica; 2],
    collection: Option<&str>,
) -> Result<Vec<String>, VerifyError> {
    let [local, atlas] = replicas;
    let listed = [list_database(local).await?, list_database(atlas).await?];
    let goes_both_ways = |name: &String| config.mode(name) == CollectionMode::BothWays;
    if let Some(name) = collection {
        must_be_synced(name, &listed)?;
        let name = name.to_owned();
        return if goes_both_ways(&name) {
            Ok(vec![name])
        } else {
            let what = format!("{name:?}");
            Err(VerifyError::OneWay { what })
        };
    }
    // What is of another kind on one side only does not take part either.
    let is_plain = |name: &&String| {
        let mut sides = listed.iter();
        sides.all(|side| !side.not_synced.contains_key(*name))
    };
    let synced = listed.iter().flat_map(|side| &side.synced);
    let mut names: Vec<String> = synced.filter(is_plain).cloned().collect();
    names.sort_unstable();
    names.dedup();
    let holds_any = |names: &[String]| names.iter().any(|name| name != CONFLICTS);
    let held_any = holds_any(&names);
    names.retain(goes_both_ways);
    if !config.bidirectional || (held_any && !holds_any(&names)) {
        let what = "every collection".to_owned();
        return Err(VerifyError::OneWay { what });
    }
    Ok(names)
}

async fn verify_collection(
    local: &Replica,
    atlas: &Replica,
    name: &str,
    report: &mut Report,
) -> Result<(), EngineError> {
    let mut after = None;
    let mut suspects: HashMap<DocumentKey, Pair> = HashMap::new();
    loop {
        let range = read_range(local, atlas, name, after.as_ref()).await?;
        report.documents += range.documents();
        let mut pairs: HashMap<DocumentKey, Pair> = HashMap::new();
        for (side, documents) in [(Side::Local, &range.local), (Side::Atlas, &range.atlas)] {
            for document in documents {
                let key = key_of(document).map_err(EngineError::malformed(side))?;
                pairs.entry(key).or_default().see(side, Some(document));
            }
        }
        suspects.extend(pairs.into_iter().filter(|(_, pair)| !pair.is_equal()));
        after = range.end;
        if after.is_none() || suspects.len() >= SUSPECTS_MAX {
            look_again(local, atlas, name, std::mem::take(&mut suspects), report).await?;
        }
        if after.is_none() {
            return Ok(());
        }
    }
}

/// A Local copy counts as what it stands for: what Bomba's rules made of it is no difference.
fn sight(side: Side, document: Option<&bson::RawDocumentBuf>) -> Sight {
    match (copy(document), side) {
        (Ok(None), _) => Sight::Absent,
        (Ok(Some(copy)), Side::Local) => Sight::Content(copy.stands_for()),
        (Ok(Some(copy)), Side::Atlas) => Sight::Content(copy.content),
        (Err(_), _) => Sight::Unreadable,
    }
}
