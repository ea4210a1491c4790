//! Looking into the vault.

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use mongodb::Database;

/// The versions of a document that the vault of a database keeps.
pub(crate) async fn kept(
    database: &Database,
    collection: &str,
    id: impl Into<Bson>,
) -> Vec<Document> {
    let records = database.collection::<Document>("_sync_conflicts");
    let about = doc! { "document.collection": collection, "document.id": id.into() };
    let found = records.find(about).await.unwrap();
    let found: Vec<Document> = found.try_collect().await.unwrap();
    let losers = found.iter().map(|record| record.get_document("loser"));
    losers.map(|loser| loser.unwrap().clone()).collect()
}
