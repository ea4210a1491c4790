//! Deleting: the tombstone and the removal are one transaction, on either side.
//!
//! The events of one transaction carry the same session and number. That is how an engine's own delete is told from a
//! user's, exactly, even after a crash.

use bson::{DateTime, RawArrayBuf, RawDocumentBuf, rawdoc};
use mongodb::ClientSession;
use mongodb::options::WriteConcern;
use sync_core::document::key_of;
use sync_core::place::DocumentKey;
use sync_core::sighting::Tombstone;

use super::Replica;
use super::read::tombstone_id;
use super::write::Written;
use crate::error::{EngineError, answered};
use crate::names::TOMBSTONES;

/// A document to remove, if it is still as it was seen.
#[derive(Clone, Debug)]
pub(crate) struct Deletion {
    pub(crate) seen: RawDocumentBuf,
    pub(crate) tombstone: Tombstone,
}

/// A tombstone to write for a document that is absent.
#[derive(Clone, Debug)]
pub(crate) struct Raise {
    pub(crate) key: DocumentKey,
    pub(crate) tombstone: Tombstone,
}

impl Replica {
    /// Deletes all of them in one transaction; where one of them moved meanwhile, each on its own.
    pub(crate) async fn delete(
        &self,
        collection: &str,
        deletions: &[Deletion],
    ) -> Result<Vec<Written>, EngineError> {
        if deletions.len() > 1
            && self.delete_together(collection, deletions).await? == Written::Done
        {
            return Ok(vec![Written::Done; deletions.len()]);
        }
        let mut outcomes = Vec::with_capacity(deletions.len());
        for deletion in deletions {
            let one = std::slice::from_ref(deletion);
            outcomes.push(self.delete_together(collection, one).await?);
        }
        Ok(outcomes)
    }

    async fn delete_together(
        &self,
        collection: &str,
        deletions: &[Deletion],
    ) -> Result<Written, EngineError> {
        let mut tombstones = RawArrayBuf::new();
        let mut deletes = RawArrayBuf::new();
        for deletion in deletions {
            let key = key_of(&deletion.seen).map_err(EngineError::malformed(self.side))?;
            tombstones.push(bury(collection, &key, deletion.tombstone));
            let filter = self.unchanged(&deletion.seen)?;
            deletes.push(rawdoc! { "q": filter, "limit": 1, "collation": { "locale": "simple" } });
        }
        let commands = [
            (
                rawdoc! { "update": TOMBSTONES, "updates": tombstones },
                None,
            ),
            (
                rawdoc! { "delete": collection, "deletes": deletes },
                Some(deletions.len()),
            ),
        ];
        self.all_or_nothing(commands).await
    }

    /// Writes the tombstone, if the document is still absent.
    pub(crate) async fn raise(
        &self,
        collection: &str,
        raise: &Raise,
    ) -> Result<Written, EngineError> {
        let mut ids = RawArrayBuf::new();
        super::read::push_key(&mut ids, &raise.key);
        let mut absent = RawArrayBuf::new();
        // Matches nothing while the document is absent; a document that came back makes the count wrong.
        absent.push(rawdoc! { "q": { "_id": { "$in": ids } }, "u": [{ "$set": {} }] });
        let mut tombstones = RawArrayBuf::new();
        tombstones.push(bury(collection, &raise.key, raise.tombstone));
        let commands = [
            (rawdoc! { "update": collection, "updates": absent }, Some(0)),
            (
                rawdoc! { "update": TOMBSTONES, "updates": tombstones },
                None,
            ),
        ];
        self.all_or_nothing(commands).await
    }

    /// Runs both commands in a transaction, each of which must touch just so many documents.
    async fn all_or_nothing(
        &self,
        commands: [(RawDocumentBuf, Option<usize>); 2],
    ) -> Result<Written, EngineError> {
        let side = self.side;
        let mut session = answered(side, async { self.client.start_session().await }).await?;
        let start = session
            .start_transaction()
            .write_concern(WriteConcern::majority());
        answered(side, start.into_future()).await?;
        for (command, expected) in commands {
            let run = self.database.run_raw_command(command).session(&mut session);
            let reply = match answered(side, run.into_future()).await {
                Ok(reply) => reply,
                Err(error) if is_passing(&error) => {
                    self.give_up(session).await;
                    return Ok(Written::Busy);
                }
                Err(error) => return Err(error),
            };
            let touched = reply.get_i32("n").unwrap_or_default();
            if expected.is_some_and(|expected| {
                i32::try_from(expected).is_ok_and(|expected| touched != expected)
            }) {
                self.give_up(session).await;
                return Ok(Written::Stale);
            }
        }
        match answered(side, session.commit_transaction().into_future()).await {
            Ok(()) => Ok(Written::Done),
            Err(error) if is_passing(&error) => Ok(Written::Busy),
            Err(error) => Err(error),
        }
    }

    async fn give_up(&self, mut session: ClientSession) {
        if let Err(error) = answered(self.side, session.abort_transaction().into_future()).await {
            tracing::debug!(side = %self.side, %error, "the transaction was already gone");
        }
    }
}

/// WriteConflict, NoSuchTransaction: somebody else is at the same document. A process that was killed in its transaction
/// holds on to it until the server ends the transaction, which by default is after a minute.
fn is_passing(error: &EngineError) -> bool {
    matches!(error.code(), Some(112 | 251))
}

fn bury(collection: &str, key: &DocumentKey, tombstone: Tombstone) -> RawDocumentBuf {
    let mut pipeline = RawArrayBuf::new();
    pipeline.push(rawdoc! { "$replaceWith": { "$literal": {
        "_id": tombstone_id(collection, key),
        "lastModified": DateTime::from_millis(tombstone.revision.time.0),
        "instanceId": tombstone.revision.author.to_string(),
        "version": tombstone.version,
    } } });
    rawdoc! { "q": { "_id": tombstone_id(collection, key) }, "u": pipeline, "upsert": true }
}
