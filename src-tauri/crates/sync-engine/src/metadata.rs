//! Rows of `_sync_metadata`: what this PC notes on Local for its next run.

use bson::{Document, doc};
use mongodb::options::WriteConcern;
use sync_core::place::Side;

use crate::error::{EngineError, answered};
use crate::names::METADATA;
use crate::replica::Replica;

/// Reads a row.
pub(crate) async fn read(local: &Replica, row: &str) -> Result<Option<Document>, EngineError> {
    let metadata = local.own(METADATA);
    let find = metadata.find_one(doc! { "_id": row });
    answered(Side::Local, find.into_future()).await
}

/// Changes a row, or begins it. It is on the disk of a majority when this returns.
pub(crate) async fn change(
    local: &Replica,
    row: &str,
    change: Document,
) -> Result<(), EngineError> {
    let metadata = local.own(METADATA);
    let write = metadata
        .update_one(doc! { "_id": row }, change)
        .upsert(true)
        .write_concern(WriteConcern::majority());
    answered(Side::Local, write.into_future()).await?;
    Ok(())
}
