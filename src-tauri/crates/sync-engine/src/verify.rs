//! Proof that both sides are equal: every synced document of both, read in ranges and compared byte for byte.
//!
//! What differs is read again a few times before it is reported, so that writes on their way raise no alarm.

use std::collections::HashMap;
use std::time::Duration;

use bson::{Bson, DateTime, Document};
use sync_core::digest::Digest;
use sync_core::document::{key_of, single};
use sync_core::place::{DocumentKey, Side};

use crate::config::{CollectionMode, EngineConfig};
use crate::error::EngineError;
use crate::full_compare::{list_database, read_range};
use crate::replica::Replica;

/// How often and how far apart a difference is looked at again.
const LOOKS: usize = 8;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

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
    pub differences: Vec<Difference>,
    /// Documents that could not be compared because they kept changing.
    pub could_not_tell: u64,
    /// When it ended.
    pub finished_at: DateTime,
}

/// Compares all synced collections, or one.
///
/// # Errors
/// A side cannot be reached.
pub async fn verify(
    config: &EngineConfig,
    collection: Option<&str>,
) -> Result<Report, EngineError> {
    let local = Replica::open(Side::Local, &config.local_uri, &config.database).await?;
    let atlas = Replica::open(Side::Atlas, &config.atlas_uri, &config.database).await?;
    let names = match collection {
        Some(name) => vec![name.to_owned()],
        None => {
            let mut names: Vec<String> = list_database(&local).await?.synced;
            names.extend(list_database(&atlas).await?.synced);
            names.sort_unstable();
            names.dedup();
            names.retain(|name| config.mode(name) == CollectionMode::BothWays);
            names
        }
    };
    let mut report = Report {
        documents: 0,
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

async fn verify_collection(
    local: &Replica,
    atlas: &Replica,
    name: &str,
    report: &mut Report,
) -> Result<(), EngineError> {
    let mut after = None;
    let mut suspects: HashMap<DocumentKey, [Option<Digest>; 2]> = HashMap::new();
    loop {
        let range = read_range(local, atlas, name, after.as_ref()).await?;
        report.documents += range.documents();
        let mut pairs: HashMap<DocumentKey, [Option<Digest>; 2]> = HashMap::new();
        for (slot, documents) in [&range.local, &range.atlas].into_iter().enumerate() {
            for document in documents {
                let side = if slot == 0 { Side::Local } else { Side::Atlas };
                let malformed = EngineError::malformed(side);
                let digest = Digest::of_content(document).map_err(&malformed)?;
                pairs
                    .entry(key_of(document).map_err(&malformed)?)
                    .or_default()[slot] = Some(digest);
            }
        }
        suspects.extend(pairs.into_iter().filter(|(_, [here, there])| here != there));
        after = range.end;
        if after.is_none() {
            break;
        }
    }
    look_again(local, atlas, name, suspects, report).await
}

async fn look_again(
    local: &Replica,
    atlas: &Replica,
    name: &str,
    mut suspects: HashMap<DocumentKey, [Option<Digest>; 2]>,
    report: &mut Report,
) -> Result<(), EngineError> {
    for _ in 0..LOOKS {
        if suspects.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
        let keys: Vec<DocumentKey> = suspects.keys().cloned().collect();
        let mut still = HashMap::new();
        for keys in keys.chunks(100) {
            let (here, there) = tokio::try_join!(
                local.find(name, keys, usize::MAX),
                atlas.find(name, keys, usize::MAX),
            )?;
            for key in keys {
                let digest = |found: &crate::replica::Found| {
                    found
                        .documents
                        .get(key)
                        .and_then(|document| Digest::of_content(document).ok())
                };
                let now = [digest(&here), digest(&there)];
                if now[0] != now[1] {
                    still.insert(key.clone(), now);
                }
            }
        }
        if still == suspects {
            // Nothing moved between two looks: these differ for good.
            break;
        }
        suspects = still;
    }
    for (key, [here, there]) in suspects {
        let why = match (here, there) {
            (Some(_), Some(_)) => "the contents differ",
            (Some(_), None) => "only on Local",
            (None, _) => "only on Atlas",
        };
        let holder = Document::try_from(&*single("_id", &key)).unwrap_or_default();
        let id = holder.get("_id").cloned().unwrap_or(Bson::Null);
        report.differences.push(Difference {
            collection: name.to_owned(),
            id,
            why,
        });
    }
    Ok(())
}
