//! A transaction of a few commands that waits for a majority: all of it happens, or nothing.

use bson::{Document, RawDocument, RawDocumentBuf};
use mongodb::ClientSession;
use mongodb::options::WriteConcern;

use super::Replica;
use super::write::{Written, number, refusals};
use crate::error::{EngineError, answered, confirmed};

impl Replica {
    pub(super) async fn begin(&self) -> Result<ClientSession, EngineError> {
        let side = self.side;
        let mut session = answered(side, async { self.client.start_session().await }).await?;
        let start = session
            .start_transaction()
            .write_concern(WriteConcern::majority());
        answered(side, start.into_future()).await?;
        Ok(session)
    }

    /// Commits what is done, and takes back everything else.
    pub(super) async fn end(
        &self,
        mut session: ClientSession,
        written: Result<Written, EngineError>,
    ) -> Result<Written, EngineError> {
        let side = self.side;
        let written = if matches!(written, Ok(Written::Done)) {
            let commit = session.commit_transaction().into_future();
            answered(side, commit).await.map(|()| Written::Done)
        } else {
            let abort = session.abort_transaction().into_future();
            if let Err(error) = answered(side, abort).await {
                tracing::debug!(%side, %error, "the transaction was already gone");
            }
            written
        };
        match written {
            Err(error) if error.is_contention() => Ok(Written::Busy),
            other => other,
        }
    }

    /// The document that fits `filter`, as the transaction sees it.
    pub(super) async fn read_in(
        &self,
        session: &mut ClientSession,
        collection: &str,
        filter: &RawDocument,
    ) -> Result<Option<RawDocumentBuf>, EngineError> {
        let filter = Document::try_from(filter).map_err(|error| self.unreadable(&error))?;
        let documents = self.database.collection::<RawDocumentBuf>(collection);
        let find = documents.find_one(filter).session(session);
        answered(self.side, find.into_future()).await
    }

    /// Runs a command of `statements` writes; `exact`: each of them must find its document.
    pub(super) async fn write_in(
        &self,
        session: &mut ClientSession,
        command: RawDocumentBuf,
        statements: usize,
        exact: bool,
    ) -> Result<Written, EngineError> {
        let run = self.database.run_raw_command(command).session(session);
        let reply = answered(self.side, run.into_future()).await?;
        let reply = confirmed(self.side, reply)?;
        let mut outcomes = refusals(&reply, statements).into_iter();
        if let Some(refused) = outcomes.find(|outcome| *outcome != Written::Done) {
            return Ok(refused);
        }
        if exact && number(&reply, "n") != statements {
            return Ok(Written::Stale);
        }
        Ok(Written::Done)
    }
}
