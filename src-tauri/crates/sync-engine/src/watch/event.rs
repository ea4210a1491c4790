//! One change event, as the stream's pipeline trimmed it, read from raw bytes.

use bson::{RawBsonRef, RawDocument, RawDocumentBuf};
use sync_core::document::key_of;
use sync_core::place::{DocumentKey, Side};
use sync_core::revision::EventTime;
use sync_core::sighting::{Moment, Order};

use crate::error::EngineError;
use crate::fence::Mark;
use crate::names::{DEVICES, METADATA, QUARANTINE, TOMBSTONES};
use crate::replica::parse_tombstone_id;

/// A change event.
#[derive(Debug)]
pub(crate) struct ChangeEvent {
    pub(crate) what: What,
    /// When it happened, on the clock of the side it comes from.
    pub(crate) moment: Moment,
    /// The transaction it was part of.
    pub(crate) transaction: Option<Transaction>,
}

/// Session and number of a transaction: the same for all of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transaction {
    pub(super) session: Vec<u8>,
    number: i64,
}

/// What the event says.
#[derive(Debug)]
pub(crate) enum What {
    /// A document was inserted, replaced or updated.
    Put {
        collection: String,
        key: DocumentKey,
        /// The document, if the event carried it: as written (`whole`) or as looked up later.
        document: Option<RawDocumentBuf>,
        whole: bool,
    },
    /// A document was deleted.
    Delete {
        collection: String,
        key: DocumentKey,
    },
    /// A tombstone was written for a document.
    Tombstone {
        collection: String,
        key: DocumentKey,
    },
    /// A document that was set aside is to be tried again.
    Retry {
        collection: String,
        key: DocumentKey,
    },
    /// The record of a document that was set aside was discarded, or is gone.
    Discarded {
        collection: String,
        key: DocumentKey,
    },
    /// A fence came by.
    Fence(Mark),
    /// A whole collection was dropped or renamed away.
    Dropped { collection: String },
    /// The whole database was dropped.
    DatabaseDropped,
    /// The stream ends here and has to be opened anew.
    Invalidated,
    /// Nothing to the sync.
    Other,
}

/// Reads one event. `now` is the time of its reading, on the clock of its side, for one that tells no time.
///
/// # Errors
/// It lacks what every event has.
pub(crate) fn parse(
    side: Side,
    event: &RawDocument,
    now: EventTime,
) -> Result<ChangeEvent, EngineError> {
    let operation = event
        .get_str("operationType")
        .map_err(|_| EngineError::reply(side, "operationType"))?;
    let collection = collection(event).unwrap_or_default();
    let what = match (collection, operation) {
        (METADATA | DEVICES, _) => fence(event),
        (TOMBSTONES | QUARANTINE, _) => own_record(event, collection, operation),
        (_, "insert" | "replace" | "update") => What::Put {
            collection: collection.to_owned(),
            key: document_key(side, event)?,
            document: document(event),
            whole: operation != "update",
        },
        (_, "delete") => What::Delete {
            collection: collection.to_owned(),
            key: document_key(side, event)?,
        },
        (_, "drop" | "rename") => What::Dropped {
            collection: collection.to_owned(),
        },
        (_, "dropDatabase") => What::DatabaseDropped,
        (_, "invalidate") => What::Invalidated,
        _ => What::Other,
    };
    let time = time(event);
    if time.is_none() {
        tracing::warn!(%side, collection, operation, "a change event tells no time; it is taken to be now");
    }
    Ok(ChangeEvent {
        what,
        moment: Moment {
            time: time.unwrap_or(now),
            order: order(event),
            assumed: time.is_none(),
        },
        transaction: transaction(event),
    })
}

/// What an event that cannot be understood still tells.
#[derive(Debug)]
pub(crate) struct Salvage {
    /// What it is called; not for anything but words.
    pub(crate) operation: String,
    pub(crate) collection: Option<String>,
    pub(crate) key: Option<DocumentKey>,
    pub(crate) order: Option<Order>,
}

/// Looks for what can be used of an event that cannot be understood.
pub(crate) fn salvage(side: Side, event: &RawDocument) -> Salvage {
    Salvage {
        operation: event.get_str("operationType").unwrap_or("?").to_owned(),
        collection: collection(event).map(str::to_owned),
        key: document_key(side, event).ok(),
        order: order(event),
    }
}

fn collection(event: &RawDocument) -> Option<&str> {
    event.get_document("ns").ok()?.get_str("coll").ok()
}

fn document(event: &RawDocument) -> Option<RawDocumentBuf> {
    match event.get("fullDocument") {
        Ok(Some(RawBsonRef::Document(document))) => Some(document.to_owned()),
        _ => None,
    }
}

fn fence(event: &RawDocument) -> What {
    let mark = event.get("fence").ok().flatten();
    mark.and_then(RawBsonRef::as_str)
        .and_then(Mark::parse)
        .map_or(What::Other, What::Fence)
}

/// A tombstone or a quarantine record: the `_id` of both names a document.
fn own_record(event: &RawDocument, collection: &str, operation: &str) -> What {
    let id = event
        .get_document("documentKey")
        .and_then(|key| key.get_document("_id"));
    let Some((named, key)) = id.ok().and_then(parse_tombstone_id) else {
        return What::Other;
    };
    let says = |field: &str| matches!(event.get(field), Ok(Some(_)));
    match (collection, operation) {
        (TOMBSTONES, "insert" | "replace" | "update") => What::Tombstone {
            collection: named,
            key,
        },
        (QUARANTINE, "update") if says("retry") => What::Retry {
            collection: named,
            key,
        },
        (QUARANTINE, operation) if operation == "delete" || says("discarded") => What::Discarded {
            collection: named,
            key,
        },
        _ => What::Other,
    }
}

fn document_key(side: Side, event: &RawDocument) -> Result<DocumentKey, EngineError> {
    let holder = event
        .get_document("documentKey")
        .map_err(|_| EngineError::reply(side, "documentKey"))?;
    key_of(holder).map_err(EngineError::malformed(side))
}

fn time(event: &RawDocument) -> Option<EventTime> {
    if let Ok(wall) = event.get_datetime("wallTime") {
        return Some(EventTime(wall.timestamp_millis()));
    }
    let cluster = event.get_timestamp("clusterTime").ok()?;
    Some(EventTime(i64::from(cluster.time) * 1000))
}

/// The token of an event sorts as the stream does. Its first bytes are the time and the place in the transaction;
/// behind these only the document is named.
fn order(event: &RawDocument) -> Option<Order> {
    let token = event.get_document("_id").ok()?;
    let digits = token.get_str("_data").ok()?;
    let mut order = Order([0; 20]);
    for (at, byte) in order.0.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(order)
}

fn transaction(event: &RawDocument) -> Option<Transaction> {
    let session = event.get_document("lsid").ok()?.get_binary("id").ok()?;
    let number = event.get("txnNumber").ok()??.as_i64()?;
    Some(Transaction {
        session: session.bytes.to_vec(),
        number,
    })
}

#[cfg(test)]
mod tests {
    use bson::{DateTime, Timestamp, rawdoc};
    use proptest::prelude::*;

    use super::*;

    const NOW: EventTime = EventTime(77_000);

    #[test]
    fn an_event_without_any_time_is_taken_to_be_now_and_says_so() {
        let event = rawdoc! {
            "operationType": "delete",
            "ns": { "db": "bomba", "coll": "bills" },
            "documentKey": { "_id": 7 },
            "wallTime": "yesterday",
        };
        let ChangeEvent { what, moment, .. } = parse(Side::Local, &event, NOW).unwrap();
        assert!(matches!(what, What::Delete { .. }), "{what:?}");
        assert_eq!((moment.time, moment.assumed), (NOW, true));
    }

    #[test]
    fn what_a_bad_event_still_tells_is_found() {
        let whole = rawdoc! {
            "operationTypo": "delete", "ns": { "coll": "bills" }, "documentKey": { "_id": 7 },
        };
        let found = salvage(Side::Local, &whole);
        assert_eq!(found.collection.as_deref(), Some("bills"));
        assert_eq!(found.key, Some(DocumentKey::new(0x10, &[7, 0, 0, 0])));
        let keyless = salvage(Side::Local, &rawdoc! { "ns": { "coll": "bills" } });
        assert_eq!(
            (keyless.collection.as_deref(), keyless.key),
            (Some("bills"), None)
        );
        assert_eq!(salvage(Side::Local, &rawdoc! {}).collection, None);
    }

    #[test]
    fn a_wall_time_is_preferred_and_a_cluster_time_will_do() {
        let mut event = rawdoc! {
            "operationType": "delete",
            "ns": { "db": "bomba", "coll": "bills" },
            "documentKey": { "_id": 7 },
            "clusterTime": Timestamp { time: 5, increment: 1 },
        };
        assert_eq!(
            parse(Side::Local, &event, NOW).unwrap().moment.time,
            EventTime(5000)
        );
        event.append(bson::cstr!("wallTime"), DateTime::from_millis(5123));
        assert_eq!(
            parse(Side::Local, &event, NOW).unwrap().moment.time,
            EventTime(5123)
        );
    }

    #[test]
    fn an_event_without_its_key_is_an_error_that_names_what_is_missing() {
        let event = rawdoc! { "operationType": "insert", "ns": { "coll": "bills" } };
        let error = parse(Side::Atlas, &event, NOW).unwrap_err();
        assert_eq!(
            error.to_string(),
            "atlas: unexpected reply: documentKey is missing"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(event) = RawDocument::from_bytes(&bytes) {
                let _outcome = parse(Side::Local, event, NOW);
                let _whatever = salvage(Side::Local, event);
            }
        }
    }
}
