//! Rewriting a document that does not fit into one statement together with what is written over it.

use bson::{RawArrayBuf, RawDocumentBuf, cstr, rawdoc};
use mongodb::ClientSession;
use sync_core::document::key_of;

use super::Replica;
use super::read::by_key;
use super::write::{Change, Refusal, Rewrite, Written};
use crate::error::EngineError;

/// Above this, old and new document do not fit into one statement together: compared and written in a transaction.
const REWRITE_BYTES_MAX: usize = 7 * 1024 * 1024;

impl Replica {
    /// A standalone has no transaction for what is larger, so there a statement may be as large as a command. A stamp
    /// adds next to nothing to the document that was seen.
    pub(super) fn rewrite_bytes_max(&self, rewrite: &Rewrite) -> usize {
        match (&rewrite.change, self.has_queue()) {
            (_, false) => REWRITE_BYTES_MAX,
            (Change::Stamp(_), true) => usize::MAX,
            (Change::Replace(_), true) => 2 * REWRITE_BYTES_MAX,
        }
    }

    pub(super) async fn rewrite_large(
        &self,
        collection: &str,
        rewrite: &Rewrite,
    ) -> Result<Written, EngineError> {
        if self.has_queue() {
            return Ok(Written::Refused(Refusal {
                code: 0,
                reason: "the document is too large to be changed safely on a MongoDB without a replica set".to_owned(),
            }));
        }
        let mut session = self.begin().await?;
        let written = self.rewrite_in(&mut session, collection, rewrite).await;
        match self.end(session, written).await {
            Ok(written) => Ok(written),
            Err(error) => Ok(self.refused_whole(error, 1)?.remove(0)),
        }
    }

    async fn rewrite_in(
        &self,
        session: &mut ClientSession,
        collection: &str,
        rewrite: &Rewrite,
    ) -> Result<Written, EngineError> {
        let key = key_of(&rewrite.seen).map_err(EngineError::malformed(self.side))?;
        let current = self.read_in(session, collection, &by_key(&key)).await?;
        if current.as_ref() != Some(&rewrite.seen) {
            return Ok(Written::Stale);
        }
        let mut updates = RawArrayBuf::new();
        let mut statement = RawDocumentBuf::new();
        statement.append(cstr!("q"), &*by_key(&key));
        rewrite.append_update(&mut statement);
        updates.push(&*statement);
        let command = rawdoc! { "update": collection, "updates": updates };
        self.write_in(session, command, 1, true).await
    }
}
