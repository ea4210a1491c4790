//! One change event, as the stream's pipeline trimmed it, read from raw bytes.

mod fields;

use bson::{RawDocument, RawDocumentBuf};
use sync_core::document::key_of;
use sync_core::place::{DocumentKey, Side};
use sync_core::revision::EventTime;
use sync_core::sighting::{Moment, Order};
use sync_core::stamp::Stamp;

use crate::error::EngineError;
use crate::fence::Mark;
use crate::names::{DEVICES, METADATA, QUARANTINE, TOMBSTONES};
use crate::replica::parse_tombstone_id;
use fields::Fields;

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
        carried: Carried,
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

/// What an event brings along of its document.
#[derive(Debug)]
pub(crate) enum Carried {
    Nothing,
    /// As this event wrote it.
    Written(RawDocumentBuf),
    /// As it was when the event was read, or later.
    LookedUp(RawDocumentBuf),
    /// The stamp of one that was inserted as this engine inserts them.
    Stamp(Stamp),
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
    let fields = Fields::of(event);
    let operation = fields
        .operation
        .ok_or_else(|| EngineError::reply(side, "operationType"))?;
    let collection = collection(&fields).unwrap_or_default();
    let what = match (collection, operation) {
        (METADATA | DEVICES, _) => fence(&fields),
        (TOMBSTONES | QUARANTINE, _) => own_record(&fields, collection, operation),
        (_, "insert" | "replace" | "update") => What::Put {
            collection: collection.to_owned(),
            key: document_key(side, &fields)?,
            carried: carried(&fields, operation),
        },
        (_, "delete") => What::Delete {
            collection: collection.to_owned(),
            key: document_key(side, &fields)?,
        },
        (_, "drop" | "rename") => What::Dropped {
            collection: collection.to_owned(),
        },
        (_, "dropDatabase") => What::DatabaseDropped,
        (_, "invalidate") => What::Invalidated,
        _ => What::Other,
    };
    let time = time(&fields);
    if time.is_none() {
        tracing::warn!(%side, collection, operation, "a change event tells no time; it is taken to be now");
    }
    Ok(ChangeEvent {
        what,
        moment: Moment {
            time: time.unwrap_or(now),
            order: order(&fields),
            assumed: time.is_none(),
        },
        transaction: transaction(&fields),
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
    let fields = Fields::of(event);
    Salvage {
        operation: fields.operation.unwrap_or("?").to_owned(),
        collection: collection(&fields).map(str::to_owned),
        key: document_key(side, &fields).ok(),
        order: order(&fields),
    }
}

fn collection<'a>(fields: &Fields<'a>) -> Option<&'a str> {
    fields.namespace?.get_str("coll").ok()
}

fn carried(fields: &Fields<'_>, operation: &str) -> Carried {
    let Some(document) = fields.full_document else {
        return Carried::Nothing;
    };
    match operation {
        "update" => Carried::LookedUp(document.to_owned()),
        "insert" if key_of(document).is_err() => match Stamp::of(document) {
            Ok(Some(stamp)) => Carried::Stamp(stamp),
            Ok(None) | Err(_) => Carried::Nothing,
        },
        _ => Carried::Written(document.to_owned()),
    }
}

fn fence(fields: &Fields<'_>) -> What {
    let mark = fields.fence.and_then(Mark::parse);
    mark.map_or(What::Other, What::Fence)
}

/// A tombstone or a quarantine record: the `_id` of both names a document.
fn own_record(fields: &Fields<'_>, collection: &str, operation: &str) -> What {
    let id = fields
        .document_key
        .and_then(|key| key.get_document("_id").ok());
    let Some((named, key)) = id.and_then(parse_tombstone_id) else {
        return What::Other;
    };
    match (collection, operation) {
        (TOMBSTONES, "insert" | "replace" | "update") => What::Tombstone {
            collection: named,
            key,
        },
        (QUARANTINE, "update") if fields.is_retry => What::Retry {
            collection: named,
            key,
        },
        (QUARANTINE, operation) if operation == "delete" || fields.is_discarded => {
            What::Discarded {
                collection: named,
                key,
            }
        }
        _ => What::Other,
    }
}

fn document_key(side: Side, fields: &Fields<'_>) -> Result<DocumentKey, EngineError> {
    let missing = || EngineError::reply(side, "documentKey");
    key_of(fields.document_key.ok_or_else(missing)?).map_err(EngineError::malformed(side))
}

fn time(fields: &Fields<'_>) -> Option<EventTime> {
    if let Some(wall) = fields.wall_time {
        return Some(EventTime(wall.timestamp_millis()));
    }
    let cluster = fields.cluster_time?;
    Some(EventTime(i64::from(cluster.time) * 1000))
}

/// The token of an event sorts as the stream does. Its first bytes are the time and the place in the transaction;
/// behind these only the document is named.
fn order(fields: &Fields<'_>) -> Option<Order> {
    let digits = fields.token?.get_str("_data").ok()?;
    let mut order = Order([0; 20]);
    for (at, byte) in order.0.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(order)
}

fn transaction(fields: &Fields<'_>) -> Option<Transaction> {
    let session = fields.session?.get_binary("id").ok()?;
    Some(Transaction {
        session: session.bytes.to_vec(),
        number: fields.transaction_number?,
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
