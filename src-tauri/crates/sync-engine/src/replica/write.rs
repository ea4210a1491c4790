//! Writing in unordered batches: plain inserts, and rewrites that happen only if the document is still as it was read.

use bson::{Document, RawArrayBuf, RawDocument, RawDocumentBuf, cstr, rawdoc};
use sync_core::document::{STAMP_FIELD, key_of};
use sync_core::place::Side;

use super::Replica;
use super::read::by_key;
use super::together::TOGETHER_MAX;
use crate::error::{EngineError, Remedy, is_passing};
use crate::portions::Bounds;

/// Statements in one command: a server takes 100,000, but an answer should not be long in coming; in bytes far enough
/// under the server's 16 MiB for a command.
const COMMAND_MAX: Bounds = Bounds {
    items: 1000,
    bytes: 8 * 1024 * 1024,
};
pub(crate) const DUPLICATE_KEY: i32 = 11000;

/// What became of one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It is on disk.
    Done,
    /// The document was no longer as it was read: look again.
    Stale,
    /// Something that will pass stands in the way: a transaction that somebody left open holds the document, or the
    /// server just gave up being the primary.
    Busy,
    /// The server will not have it.
    Refused(Refusal),
}

/// Why a server refused a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: i32,
    pub(crate) reason: String,
}

/// A write that happens only if the document is still `seen`.
#[derive(Clone, Debug)]
pub(crate) struct Rewrite {
    pub(crate) seen: RawDocumentBuf,
    pub(crate) change: Change,
}

#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// The whole document.
    Replace(RawDocumentBuf),
    /// Only its stamp.
    Stamp(RawDocumentBuf),
}

impl Rewrite {
    pub(crate) fn replace(seen: RawDocumentBuf, new: RawDocumentBuf) -> Rewrite {
        Rewrite {
            seen,
            change: Change::Replace(new),
        }
    }

    pub(crate) fn stamp(seen: RawDocumentBuf, stamp: RawDocumentBuf) -> Rewrite {
        Rewrite {
            seen,
            change: Change::Stamp(stamp),
        }
    }

    /// Bytes of what is to be there, or of its stamp.
    pub(crate) fn bytes_written(&self) -> usize {
        let (Change::Replace(new) | Change::Stamp(new)) = &self.change;
        new.as_bytes().len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.seen.as_bytes().len() + self.bytes_written()
    }

    /// Appends what an update statement does, under `u`. A whole document comes as the literal of a pipeline: operators
    /// inside its own values are never executed. A stamp holds none.
    pub(super) fn append_update(&self, statement: &mut RawDocumentBuf) {
        match &self.change {
            Change::Replace(new) => {
                let mut stage = RawDocumentBuf::new();
                stage.append(cstr!("$replaceWith"), literal(new));
                let mut pipeline = RawArrayBuf::new();
                pipeline.push(&*stage);
                statement.append(cstr!("u"), &pipeline);
            }
            Change::Stamp(stamp) => {
                let mut fields = RawDocumentBuf::new();
                fields.append(cstr!("_syncMeta"), &**stamp);
                let mut update = RawDocumentBuf::new();
                update.append(cstr!("$set"), &*fields);
                statement.append(cstr!("u"), &*update);
            }
        }
    }

    fn is_made_by(&self, current: &RawDocument) -> bool {
        match &self.change {
            Change::Replace(new) => current.as_bytes() == new.as_bytes(),
            Change::Stamp(stamp) => current
                .get_document(STAMP_FIELD)
                .is_ok_and(|now| now == &**stamp),
        }
    }
}

impl Replica {
    /// Inserts; a document whose `_id` exists is `Stale`.
    pub(crate) async fn insert(
        &self,
        collection: &str,
        documents: &[RawDocumentBuf],
    ) -> Result<Vec<Written>, EngineError> {
        let mut outcomes = Vec::with_capacity(documents.len());
        for chunk in chunks(documents, |document| document.as_bytes().len()) {
            let mut list = RawArrayBuf::new();
            chunk.iter().for_each(|document| list.push(&**document));
            let command = rawdoc! {
                "insert": collection,
                "documents": list,
                "ordered": false,
                "writeConcern": self.write_concern(),
            };
            match self.run(command).await {
                Ok(reply) => outcomes.extend(refusals(&reply, chunk.len())),
                Err(error) => outcomes.extend(self.refused_whole(error, chunk.len())?),
            }
        }
        Ok(outcomes)
    }

    /// Rewrites, each only if its document is still as it was seen.
    pub(crate) async fn rewrite(
        &self,
        collection: &str,
        rewrites: &[Rewrite],
    ) -> Result<Vec<Written>, EngineError> {
        let mut outcomes = Vec::with_capacity(rewrites.len());
        for chunk in chunks(rewrites, Rewrite::bytes) {
            if let [large] = chunk
                && large.bytes() > self.rewrite_bytes_max(large)
            {
                outcomes.push(self.rewrite_large(collection, large).await?);
                continue;
            }
            if self.side == Side::Atlas || self.has_queue() {
                outcomes.extend(self.rewrite_some(collection, chunk).await?);
                continue;
            }
            for part in chunk.chunks(TOGETHER_MAX) {
                outcomes.extend(match self.rewrite_together(collection, part).await? {
                    Some(written) => written,
                    None => self.rewrite_some(collection, part).await?,
                });
            }
        }
        Ok(outcomes)
    }

    async fn rewrite_some(
        &self,
        collection: &str,
        chunk: &[Rewrite],
    ) -> Result<Vec<Written>, EngineError> {
        let mut updates = RawArrayBuf::new();
        for rewrite in chunk {
            let mut statement = RawDocumentBuf::new();
            statement.append(cstr!("q"), &*self.unchanged(&rewrite.seen)?);
            rewrite.append_update(&mut statement);
            statement.append(cstr!("collation"), &*rawdoc! { "locale": "simple" });
            updates.push(&*statement);
        }
        let command = rawdoc! {
            "update": collection,
            "updates": updates,
            "ordered": false,
            "writeConcern": self.write_concern(),
        };
        let reply = match self.run(command).await {
            Ok(reply) => reply,
            Err(error) => return self.refused_whole(error, chunk.len()),
        };
        let mut outcomes = refusals(&reply, chunk.len());
        let refused = outcomes
            .iter()
            .filter(|outcome| **outcome != Written::Done)
            .count();
        if number(&reply, "n") + refused < chunk.len() {
            self.find_stale(collection, chunk, &mut outcomes).await?;
        }
        Ok(outcomes)
    }

    /// The server tells how many matched, not which: the documents themselves tell.
    async fn find_stale(
        &self,
        collection: &str,
        chunk: &[Rewrite],
        outcomes: &mut [Written],
    ) -> Result<(), EngineError> {
        let malformed = EngineError::malformed(self.side);
        let keys = chunk
            .iter()
            .map(|rewrite| key_of(&rewrite.seen))
            .collect::<Result<Vec<_>, _>>();
        let keys = keys.map_err(malformed)?;
        let found = self.find(collection, &keys, usize::MAX).await?;
        for ((rewrite, key), outcome) in chunk.iter().zip(&keys).zip(outcomes) {
            let made = found
                .documents
                .get(key)
                .is_some_and(|current| rewrite.is_made_by(current));
            if *outcome == Written::Done && !made {
                *outcome = Written::Stale;
            }
        }
        Ok(())
    }

    /// Matches the document only as it was read. Its values stand as literals, compared without any collation.
    pub(super) fn unchanged(&self, seen: &RawDocument) -> Result<RawDocumentBuf, EngineError> {
        let key = key_of(seen).map_err(EngineError::malformed(self.side))?;
        let mut equal = RawArrayBuf::new();
        equal.push("$$ROOT");
        equal.push(&*literal(seen));
        let mut comparison = RawDocumentBuf::new();
        comparison.append(cstr!("$eq"), &equal);
        let mut filter = by_key(&key);
        filter.append(cstr!("$expr"), &*comparison);
        Ok(filter)
    }

    /// A command that was refused as a whole: told apart by whether a single bad document may be the reason.
    pub(super) fn refused_whole(
        &self,
        error: EngineError,
        count: usize,
    ) -> Result<Vec<Written>, EngineError> {
        match (error.remedy(), count) {
            (Remedy::SetAside, 1) => {
                let code = error.code().unwrap_or_default();
                Ok(vec![Written::Refused(Refusal {
                    code,
                    reason: error.to_string(),
                })])
            }
            (Remedy::SetAside, _) => Ok(vec![Written::Stale; count]),
            _ => Err(error),
        }
    }
}

/// A document that an expression takes as it is.
fn literal(document: &RawDocument) -> RawDocumentBuf {
    let mut literal = RawDocumentBuf::new();
    literal.append(cstr!("$literal"), document);
    literal
}

/// What became of each statement of a command.
pub(super) fn refusals(reply: &Document, count: usize) -> Vec<Written> {
    let mut outcomes = vec![Written::Done; count];
    let errors = reply
        .get_array("writeErrors")
        .map(Vec::as_slice)
        .unwrap_or_default();
    for error in errors.iter().filter_map(bson::Bson::as_document) {
        if let Some(outcome) = outcomes.get_mut(number(error, "index")) {
            *outcome = refusal(error);
        }
    }
    outcomes
}

fn refusal(error: &Document) -> Written {
    let code = error.get_i32("code").unwrap_or_default();
    let on_id = error
        .get_document("keyPattern")
        .is_ok_and(|pattern| pattern.keys().eq(["_id"]));
    if code == DUPLICATE_KEY && on_id {
        return Written::Stale;
    }
    if is_passing(code) {
        return Written::Busy;
    }
    let reason = error
        .get_str("errmsg")
        .unwrap_or("the server refused the write")
        .to_owned();
    Written::Refused(Refusal { code, reason })
}

pub(super) fn number(reply: &Document, field: &str) -> usize {
    let value = reply.get(field).and_then(|value| match value {
        bson::Bson::Int32(number) => usize::try_from(*number).ok(),
        bson::Bson::Int64(number) => usize::try_from(*number).ok(),
        _ => None,
    });
    value.unwrap_or_default()
}

pub(super) fn chunks<T>(items: &[T], bytes: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    let portions = COMMAND_MAX.portions(items.iter().map(bytes));
    portions.into_iter().map(|portion| &items[portion])
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn reply(error: Document) -> Document {
        let mut error = error;
        error.insert("index", 1);
        doc! { "ok": 1, "n": 1, "writeErrors": [error] }
    }

    #[test]
    fn a_server_that_steps_down_in_the_middle_of_a_batch_blames_no_document() {
        for code in [189, 10107, 11600, 11602, 13435, 13436, 91, 112, 262] {
            let reply = reply(doc! { "code": code, "errmsg": "not now" });
            assert_eq!(
                refusals(&reply, 3),
                [Written::Done, Written::Busy, Written::Done],
                "{code}"
            );
        }
    }

    #[test]
    fn what_a_server_has_against_a_document_is_a_refusal_and_a_taken_id_is_none() {
        let refused = reply(doc! { "code": 121, "errmsg": "Document failed validation" });
        let refusal = Written::Refused(Refusal {
            code: 121,
            reason: "Document failed validation".to_owned(),
        });
        assert_eq!(refusals(&refused, 2), [Written::Done, refusal]);
        let clash = |pattern: Document| {
            let error = doc! { "code": DUPLICATE_KEY, "errmsg": "E11000", "keyPattern": pattern };
            refusals(&reply(error), 2).remove(1)
        };
        assert_eq!(clash(doc! { "_id": 1 }), Written::Stale);
        assert!(matches!(
            clash(doc! { "number": 1 }),
            Written::Refused(Refusal {
                code: DUPLICATE_KEY,
                ..
            })
        ));
    }
}
