//! Many rewrites on Local in one transaction: the documents are read in it, compared here byte for byte, and those that
//! are still as they were seen are written by `_id`.
//!
//! It is the same compare-and-set as a statement's own filter, at a third of the server's work: had anybody written one
//! of them since the transaction began, the server would have broken it off.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use bson::{Bson, RawArrayBuf, RawBsonRef, RawDocumentBuf, cstr, rawdoc};
use futures_util::StreamExt;
use mongodb::ClientSession;
use mongodb::options::{Acknowledgment, WriteConcern};
use sync_core::document::{key_of, single};
use sync_core::place::DocumentKey;

use super::Replica;
use super::read::push_key;
use super::write::{Rewrite, Written};
use crate::error::{EngineError, answered};

/// More would keep the shop's own writes to these documents waiting for too long.
pub(super) const TOGETHER_MAX: usize = 250;

/// Sessions remembered; the driver uses a few again and again. Forgetting one costs a look at each of its echoes.
const SESSIONS_MAX: usize = 1_000;

/// The sessions of this process's own transactions. An event that carries one of them tells of an own write, whatever
/// became of the document since.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnSessions(Arc<Mutex<HashSet<Vec<u8>>>>);

impl OwnSessions {
    fn remember(&self, session: &ClientSession) {
        let Some(Bson::Binary(id)) = session.id().get("id") else {
            return;
        };
        let mut known = self.0.lock().expect("no holder panics");
        if known.len() >= SESSIONS_MAX {
            known.clear();
        }
        known.insert(id.bytes.clone());
    }

    /// Whether the session of an event, by its `lsid.id`, is one of them.
    pub(crate) fn contain(&self, id: &[u8]) -> bool {
        self.0.lock().expect("no holder panics").contains(id)
    }
}

impl Replica {
    /// `None`: somebody else was at one of the documents, or the server refused one of them. Nothing was written then.
    pub(super) async fn rewrite_together(
        &self,
        collection: &str,
        rewrites: &[Rewrite],
    ) -> Result<Option<Vec<Written>>, EngineError> {
        let side = self.side;
        let mut session = answered(side, async { self.client.start_session().await }).await?;
        self.own_sessions.remember(&session);
        // As in `write_concern`.
        let on_disk = WriteConcern::builder()
            .w(Acknowledgment::Nodes(1))
            .journal(true)
            .build();
        let start = session.start_transaction().write_concern(on_disk);
        answered(side, start.into_future()).await?;
        let written = self
            .rewrite_within(&mut session, collection, rewrites)
            .await;
        let done = match written {
            Ok(Some(outcomes)) => {
                match answered(side, session.commit_transaction().into_future()).await {
                    Ok(()) => return Ok(Some(outcomes)),
                    Err(error) => Err(error),
                }
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = answered(side, session.abort_transaction().into_future()).await {
            tracing::debug!(%side, %error, "the transaction was already gone");
        }
        match done {
            Err(error) if error.code().is_none() => Err(error),
            // The server had something against the transaction; each document on its own shows what.
            Ok(()) | Err(_) => Ok(None),
        }
    }

    async fn rewrite_within(
        &self,
        session: &mut ClientSession,
        collection: &str,
        rewrites: &[Rewrite],
    ) -> Result<Option<Vec<Written>>, EngineError> {
        let malformed = EngineError::malformed(self.side);
        let keys = rewrites.iter().map(|rewrite| key_of(&rewrite.seen));
        let keys = keys.collect::<Result<Vec<_>, _>>().map_err(malformed)?;
        let current = self.read_within(session, collection, &keys).await?;
        let mut outcomes = Vec::with_capacity(rewrites.len());
        let mut updates = RawArrayBuf::new();
        let mut expected = 0;
        for (rewrite, key) in rewrites.iter().zip(&keys) {
            if current.get(key) != Some(&rewrite.seen) {
                outcomes.push(Written::Stale);
                continue;
            }
            let mut update = RawDocumentBuf::new();
            update.append(cstr!("q"), &*single("_id", key));
            rewrite.append_update(&mut update);
            updates.push(&*update);
            outcomes.push(Written::Done);
            expected += 1;
        }
        if expected == 0 {
            return Ok(None);
        }
        let command = rawdoc! { "update": collection, "updates": updates };
        let run = self.database.run_raw_command(command).session(session);
        let reply = answered(self.side, run.into_future()).await?;
        let all =
            reply.get_i32("n").is_ok_and(|n| n == expected) && !reply.contains_key("writeErrors");
        Ok(all.then_some(outcomes))
    }

    pub(super) async fn read_within(
        &self,
        session: &mut ClientSession,
        collection: &str,
        keys: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, RawDocumentBuf>, EngineError> {
        let side = self.side;
        let mut wanted = RawArrayBuf::new();
        keys.iter().for_each(|key| push_key(&mut wanted, key));
        let command = rawdoc! {
            "find": collection,
            "filter": { "_id": { "$in": wanted } },
            "batchSize": i32::try_from(TOGETHER_MAX + 1).expect("a small constant"),
        };
        let opened = self
            .database
            .run_raw_cursor_command(command)
            .session(&mut *session);
        let mut batches = answered(side, async { opened.batch().await }).await?;
        let mut batches = batches.stream(session);
        let mut found = HashMap::with_capacity(keys.len());
        while let Some(batch) = answered(side, async { batches.next().await.transpose() }).await? {
            for document in batch.doc_slices().map_err(EngineError::at(side))? {
                let document = document.map_err(|error| self.unreadable(&error))?;
                let RawBsonRef::Document(document) = document else {
                    return Err(EngineError::reply(side, "a document"));
                };
                let key = key_of(document).map_err(EngineError::malformed(side))?;
                found.insert(key, document.to_owned());
            }
        }
        Ok(found)
    }
}
