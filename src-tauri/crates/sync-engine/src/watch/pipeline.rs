//! What the server is asked to leave out of a change stream, so that it never crosses the network.

use bson::{Document, RawDocumentBuf, doc};
use sync_core::document::STAMP_FIELD;
use sync_core::place::Side;

use crate::fence::LOCAL_FENCE;
use crate::names::{DEVICES, METADATA, QUARANTINE, QUEUE, TOMBSTONES};

/// A document above this size is not sent with its event but read by key when its turn comes. It also keeps events
/// under the server's 16 MiB, above which a stream dies.
pub(crate) const PAYLOAD_BYTES_MAX: i32 = 256 * 1024;

/// How a stream is to be opened.
#[derive(Debug)]
pub(crate) struct StreamOptions<'a> {
    pub(crate) side: Side,
    /// This PC's instance ID.
    pub(crate) me: &'a str,
    /// Events per answer.
    pub(crate) batch_size: u32,
    /// Collections whose events are not wanted.
    pub(crate) hidden: &'a [String],
    /// `false`: only what fences need.
    pub(crate) listening: bool,
    /// Where to go on.
    pub(crate) resume: Option<&'a RawDocumentBuf>,
}

/// The command that opens the stream.
pub(crate) fn command(options: &StreamOptions<'_>) -> Result<RawDocumentBuf, bson::error::Error> {
    let mut stream = doc! {};
    if options.side == Side::Atlas {
        // Its stamp tells who wrote it. On Local our own updates are told by their transaction, and others are looked at.
        stream.insert("fullDocument", "updateLookup");
    }
    if let Some(token) = options.resume {
        // Unlike resumeAfter it also starts behind an invalidate event.
        stream.insert("startAfter", Document::try_from(&**token)?);
    }
    let pipeline = vec![
        doc! { "$changeStream": stream },
        doc! { "$redact": { "$cond": [wanted(options), "$$KEEP", "$$PRUNE"] } },
        doc! { "$project": trimmed(options) },
    ];
    let command = doc! { "aggregate": 1, "pipeline": pipeline, "cursor": { "batchSize": options.batch_size } };
    RawDocumentBuf::try_from(&command)
}

/// The condition is worked out on the finished event, by `$redact`. One in a `$match`, be it an expression, the server
/// also rewrites into a filter of the oplog: dearer by a third for each event that passes, and a token of an event that
/// is no longer wanted would be taken for lost.
fn wanted(options: &StreamOptions<'_>) -> Document {
    let of = |collection: &str| doc! { "$eq": ["$ns.coll", collection] };
    let own = [METADATA, QUARANTINE, QUEUE, DEVICES];
    let hidden = own
        .into_iter()
        .chain(options.hidden.iter().map(String::as_str));
    // Names are literals: one that begins with `$` is no field.
    let hidden = doc! { "$literal": hidden.collect::<Vec<_>>() };
    let documents = doc! { "$not": [{ "$in": ["$ns.coll", hidden] }] };
    let own = match options.side {
        Side::Local => vec![
            doc! { "$and": [of(METADATA), { "$eq": ["$documentKey._id", LOCAL_FENCE] }] },
            doc! { "$and": [of(QUARANTINE), { "$in": ["$operationType", ["update", "delete"]] }] },
        ],
        Side::Atlas => {
            vec![doc! { "$and": [of(DEVICES), { "$eq": ["$documentKey._id", options.me] }] }]
        }
    };
    let listened = if options.listening {
        vec![documents]
    } else {
        vec![]
    };
    doc! { "$or": listened.into_iter().chain(own).collect::<Vec<_>>() }
}

fn trimmed(options: &StreamOptions<'_>) -> Document {
    // Only what this event wrote counts: a document looked up later may be ahead of the stream.
    let fence = doc! { "$cond": [
        { "$eq": ["$operationType", "insert"] },
        "$fullDocument.fence",
        "$updateDescription.updatedFields.fence",
    ] };
    let too_large = doc! { "$gt": [{ "$bsonSize": "$fullDocument" }, PAYLOAD_BYTES_MAX] };
    let is_own = doc! { "$in": ["$ns.coll", [TOMBSTONES, QUARANTINE]] };
    let only_stamp = doc! { STAMP_FIELD: format!("$fullDocument.{STAMP_FIELD}") };
    let full_document = doc! { "$switch": {
        "branches": [
            { "case": is_brought(options), "then": only_stamp },
            { "case": { "$or": [too_large, is_own] }, "then": "$$REMOVE" },
        ],
        "default": "$fullDocument",
    } };
    doc! {
        "operationType": 1, "ns": 1, "documentKey": 1, "wallTime": 1, "clusterTime": 1, "lsid": 1, "txnNumber": 1,
        "fullDocument": full_document,
        "fence": fence,
        "retry": "$updateDescription.updatedFields.retry",
        "discarded": "$updateDescription.updatedFields.discarded",
    }
}

/// Whether a document was inserted as this PC's engine inserts them. Then the stamp is enough to know it by: nobody can
/// insert another one under its key without a deletion or a drop in between, of which the stream tells as well.
fn is_brought(options: &StreamOptions<'_>) -> Document {
    let stamp = |field: &str| format!("$fullDocument.{STAMP_FIELD}.{field}");
    let mut conditions = vec![
        doc! { "$eq": ["$operationType", "insert"] },
        doc! { "$eq": [{ "$type": stamp("digest") }, "binData"] },
    ];
    if options.side == Side::Atlas {
        conditions.push(doc! { "$eq": [stamp("instanceId"), options.me] });
    }
    doc! { "$and": conditions }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_asked_for_as_many_events_at_a_time_as_the_settings_say() {
        for batch_size in [0, 1, 100, 5_000] {
            let options = StreamOptions {
                side: Side::Atlas,
                me: "me",
                batch_size,
                hidden: &[],
                listening: true,
                resume: None,
            };
            let command = Document::try_from(command(&options).unwrap()).unwrap();
            let cursor = command.get_document("cursor").unwrap();
            assert_eq!(cursor, &doc! { "batchSize": batch_size });
        }
    }
}
