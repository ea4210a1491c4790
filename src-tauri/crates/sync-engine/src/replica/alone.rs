//! Deleting on a standalone Local, which has no transactions: the copy goes first, its tombstone comes after.
//!
//! No event tells of the delete, so nothing has to tell it from a user's. A stop in between leaves a copy that is gone
//! and a deletion that is looked at again. The other way round, a document that a user has just written could be left
//! standing beside the news of its death.

use bson::{RawArrayBuf, cstr, rawdoc};
use sync_core::document::key_of;
use sync_core::place::DocumentKey;

use super::Replica;
use super::delete::{Deletion, bury};
use super::write::{Written, chunks, refusals};
use crate::error::EngineError;
use crate::names::TOMBSTONES;

impl Replica {
    pub(super) async fn delete_alone(
        &self,
        collection: &str,
        deletions: &[Deletion],
    ) -> Result<Vec<Written>, EngineError> {
        let mut outcomes = Vec::with_capacity(deletions.len());
        for part in chunks(deletions, Deletion::bytes) {
            outcomes.extend(self.delete_part_alone(collection, part).await?);
        }
        Ok(outcomes)
    }

    async fn delete_part_alone(
        &self,
        collection: &str,
        part: &[Deletion],
    ) -> Result<Vec<Written>, EngineError> {
        let keys = part.iter().map(|deletion| key_of(&deletion.seen));
        let keys = keys.collect::<Result<Vec<DocumentKey>, _>>();
        let keys = keys.map_err(EngineError::malformed(self.side))?;
        // To a server 5 and 5.0 are the same: compared here, byte for byte, and there once more.
        let current = self.find(collection, &keys, usize::MAX).await?.documents;
        let mut outcomes = vec![Written::Stale; part.len()];
        let (mut asked, mut deletes) = (Vec::new(), RawArrayBuf::new());
        for (at, (deletion, key)) in part.iter().zip(&keys).enumerate() {
            if current.get(key) == Some(&deletion.seen) {
                let mut delete = rawdoc! { "q": self.unchanged(&deletion.seen)?, "limit": 1 };
                delete.append(cstr!("collation"), rawdoc! { "locale": "simple" });
                deletes.push(delete);
                asked.push(at);
            }
        }
        if asked.is_empty() {
            return Ok(outcomes);
        }
        let command = rawdoc! {
            "delete": collection, "deletes": deletes, "ordered": false, "writeConcern": self.write_concern(),
        };
        let reply = self.run(command).await?;
        let left = self.present(collection, &keys).await?;
        for (at, outcome) in asked.iter().zip(refusals(&reply, asked.len())) {
            outcomes[*at] = match outcome {
                Written::Done if left.contains(&keys[*at]) => Written::Stale,
                other => other,
            };
        }
        let gone = part.iter().zip(&keys).zip(&outcomes);
        let gone = gone.filter(|(_, outcome)| **outcome == Written::Done);
        self.bury_alone(collection, gone.map(|(gone, _)| gone))
            .await?;
        Ok(outcomes)
    }

    async fn bury_alone<'a>(
        &self,
        collection: &str,
        gone: impl Iterator<Item = (&'a Deletion, &'a DocumentKey)>,
    ) -> Result<(), EngineError> {
        let mut tombstones = RawArrayBuf::new();
        for (deletion, key) in gone {
            tombstones.push(bury(collection, key, deletion.tombstone));
        }
        if tombstones.is_empty() {
            return Ok(());
        }
        let command = rawdoc! {
            "update": TOMBSTONES, "updates": tombstones, "ordered": false, "writeConcern": self.write_concern(),
        };
        self.run(command).await?;
        Ok(())
    }
}
