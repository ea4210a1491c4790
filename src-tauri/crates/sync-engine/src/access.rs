//! Both databases as a person's questions need them: opened once, asked as often as wanted, whether or not an engine
//! runs. Nothing here decides about a document; what is written is written like any user's edit.

mod sample;

use std::collections::BTreeMap;
use std::sync::Arc;

use bson::{DateTime, Document, doc};
use futures_util::{StreamExt, TryStreamExt, stream};
use mongodb::Collection;
use sync_core::place::Side;
use tokio::sync::OnceCell;

use crate::config::EngineConfig;
use crate::error::{EngineError, answered};
use crate::full_compare::list_database;
use crate::names::{CONFLICTS, DEVICES};
use crate::replica::Replica;

/// Collections counted at a time: enough to hide the way to Atlas, few enough to leave the sync its connections.
const COUNTS_AT_A_TIME: usize = 8;

/// A way to ask both databases.
#[derive(Clone, Debug)]
pub struct Access {
    config: Arc<EngineConfig>,
    local: Replica,
    /// Opened when it is first asked: while its name cannot be looked up, Local still answers.
    atlas: Arc<OnceCell<Replica>>,
}

/// A PC's row on Atlas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its instance ID.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it last said that it lives, on Atlas' clock.
    pub last_seen: DateTime,
    /// How many of its changes waited then.
    pub pending: i64,
    /// Milliseconds to add to its clock to get Atlas'.
    pub clock_offset_ms: Option<i64>,
    /// The version of the program on it.
    pub version: String,
}

/// A collection as both sides know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Why it cannot be synced.
    pub not_synced: Option<String>,
    /// Documents on Local, as its own statistics say; `None`: it does not answer.
    pub local: Option<u64>,
    /// Documents on Atlas.
    pub atlas: Option<u64>,
}

impl Access {
    /// Opens both; a connection is made when it is first needed.
    ///
    /// # Errors
    /// Local's connection string is not one.
    pub async fn open(config: &EngineConfig) -> Result<Access, EngineError> {
        Ok(Access {
            config: Arc::new(config.clone()),
            local: Replica::open(Side::Local, &config.local_uri, &config.database).await?,
            atlas: Arc::default(),
        })
    }

    pub(crate) async fn atlas(&self) -> Result<&Replica, EngineError> {
        let EngineConfig {
            atlas_uri,
            database,
            ..
        } = &*self.config;
        let open = || Replica::open(Side::Atlas, atlas_uri, database);
        self.atlas.get_or_try_init(open).await
    }

    pub(crate) fn config(&self) -> &EngineConfig {
        &self.config
    }

    pub(crate) fn local(&self) -> &Replica {
        &self.local
    }

    async fn replica(&self, side: Side) -> Result<&Replica, EngineError> {
        match side {
            Side::Local => Ok(&self.local),
            Side::Atlas => self.atlas().await,
        }
    }

    /// All PCs that sync with this Atlas, by name.
    ///
    /// # Errors
    /// Atlas cannot be reached.
    pub async fn devices(&self) -> Result<Vec<Device>, EngineError> {
        let rows: Collection<Document> = self.atlas().await?.own(DEVICES);
        let find = rows
            .find(doc! { "boot": { "$exists": true } })
            .sort(doc! { "name": 1 });
        let cursor = answered(Side::Atlas, find.into_future()).await?;
        let rows: Vec<Document> = answered(Side::Atlas, cursor.try_collect()).await?;
        Ok(rows.iter().filter_map(device).collect())
    }

    /// Every collection of either side. A side that does not answer is left out of it.
    ///
    /// # Errors
    /// Neither side can be reached.
    pub async fn collections(&self) -> Result<BTreeMap<String, Listed>, EngineError> {
        let (local, atlas) = tokio::join!(self.list(Side::Local), self.list(Side::Atlas));
        let mut all: BTreeMap<String, Listed> = BTreeMap::new();
        let mut failed = Vec::new();
        for (side, listed) in [(Side::Local, local), (Side::Atlas, atlas)] {
            match listed {
                Ok(listed) => merge(&mut all, side, listed),
                Err(error) => failed.push((side, error)),
            }
        }
        match failed.pop() {
            Some((_, error)) if !failed.is_empty() => Err(error),
            Some((away, _)) => {
                let unknown = all.values_mut().map(|row| match away {
                    Side::Local => &mut row.local,
                    Side::Atlas => &mut row.atlas,
                });
                unknown.for_each(|count| *count = None);
                Ok(all)
            }
            None => Ok(all),
        }
    }

    async fn list(&self, side: Side) -> Result<Vec<(String, Listed)>, EngineError> {
        let replica = self.replica(side).await?;
        let listed = list_database(replica).await?;
        let names = listed.synced.into_iter().filter(|name| name != CONFLICTS);
        let counted: Vec<(String, u64)> = stream::iter(names)
            .map(|name| async move {
                let documents = replica.own(&name);
                let count = documents.estimated_document_count();
                let count = answered(side, count.into_future()).await?;
                Ok::<_, EngineError>((name, count))
            })
            .buffered(COUNTS_AT_A_TIME)
            .try_collect()
            .await?;
        let counted = counted.into_iter().map(|(name, count)| {
            let row = match side {
                Side::Local => Listed {
                    local: Some(count),
                    atlas: Some(0),
                    not_synced: None,
                },
                Side::Atlas => Listed {
                    local: Some(0),
                    atlas: Some(count),
                    not_synced: None,
                },
            };
            (name, row)
        });
        let others = listed.not_synced.into_iter().map(|(name, reason)| {
            let row = Listed {
                not_synced: Some(reason),
                ..Listed::default()
            };
            (name, row)
        });
        Ok(counted.chain(others).collect())
    }
}

fn merge(all: &mut BTreeMap<String, Listed>, side: Side, rows: Vec<(String, Listed)>) {
    for (name, row) in rows {
        match all.entry(name) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(row);
            }
            std::collections::btree_map::Entry::Occupied(mut there) => {
                let there = there.get_mut();
                match side {
                    Side::Local => there.local = row.local,
                    Side::Atlas => there.atlas = row.atlas,
                }
                there.not_synced = row.not_synced.or(there.not_synced.take());
            }
        }
    }
}

fn device(row: &Document) -> Option<Device> {
    Some(Device {
        id: row.get_str("_id").ok()?.to_owned(),
        name: row.get_str("name").unwrap_or_default().to_owned(),
        last_seen: *row.get_datetime("lastSeen").ok()?,
        pending: row.get_i64("pending").unwrap_or_default(),
        clock_offset_ms: row.get_i64("clockOffsetMs").ok(),
        version: row.get_str("version").unwrap_or_default().to_owned(),
    })
}
