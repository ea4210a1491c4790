//! One row of the queue, read from raw bytes and written by hand.

use bson::oid::ObjectId;
use bson::{DateTime, RawDocument, RawDocumentBuf, cstr, rawdoc};
use sync_core::document::{elements, single};
use sync_core::place::DocumentKey;

use crate::replica::tombstone_id;

/// What a row says happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noted {
    /// The document was inserted, replaced or updated.
    Put,
    /// It was deleted.
    Delete,
    /// It was set aside and is to be tried again.
    Retry,
    /// The record of its having been set aside was discarded.
    Discard,
}

/// A row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its own `_id`.
    pub(crate) id: DocumentKey,
    pub(crate) collection: String,
    pub(crate) document: DocumentKey,
    pub(crate) noted: Noted,
    /// When, on this PC's clock. `None`: it does not tell.
    pub(crate) at: Option<DateTime>,
    /// The write is over. Otherwise it is under way, or its program ended in the middle of it.
    pub(crate) is_done: bool,
}

impl Noted {
    fn parse(operation: &str) -> Option<Noted> {
        match operation {
            "insert" | "update" | "replace" => Some(Noted::Put),
            "delete" => Some(Noted::Delete),
            "retry" => Some(Noted::Retry),
            "discard" => Some(Noted::Discard),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Noted::Put => "update",
            Noted::Delete => "delete",
            Noted::Retry => "retry",
            Noted::Discard => "discard",
        }
    }
}

impl Row {
    /// Reads a row. The error names what is missing.
    pub(crate) fn parse(id: DocumentKey, row: &RawDocument) -> Result<Row, &'static str> {
        let operation = row.get_str("operation").ok().and_then(Noted::parse);
        Ok(Row {
            id,
            collection: collection(row).ok_or("a row's collection")?,
            document: document(row).ok_or("a row's documentId")?,
            noted: operation.ok_or("a row's operation")?,
            at: row.get_datetime("timestamp").ok(),
            is_done: row.get_bool("done").unwrap_or(false),
        })
    }

    /// The documents that it may mean: who asks for a number as `_id` finds it in whichever type it is stored.
    pub(crate) fn documents(&self) -> Vec<DocumentKey> {
        let Some(number) = whole_number(&self.document) else {
            return vec![self.document.clone()];
        };
        let mut documents = vec![self.document.clone()];
        let mut or = |element_type, value: &[u8]| {
            let document = DocumentKey::new(element_type, value);
            if !documents.contains(&document) {
                documents.push(document);
            }
        };
        or(INT64, &number.to_le_bytes());
        if let Ok(small) = i32::try_from(number) {
            or(INT32, &small.to_le_bytes());
        }
        let double = number as f64;
        // The largest one rounds up to a number that no `i64` is.
        if double as i64 == number && number != i64::MAX {
            or(DOUBLE, &double.to_le_bytes());
        }
        documents
    }

    /// A row that says that this was done just now.
    pub(super) fn write(collection: &str, document: &DocumentKey, noted: Noted) -> RawDocumentBuf {
        let mut row = rawdoc! { "_id": ObjectId::new(), "collection": collection };
        let names = tombstone_id(collection, document);
        if let Ok(Some(id)) = names.get("id") {
            row.append(cstr!("documentId"), id);
        } else if let Ok(Some(bytes)) = names.get("idBytes") {
            row.append(cstr!("documentIdBytes"), bytes);
        }
        row.append(cstr!("operation"), noted.name());
        row.append(cstr!("origin"), "local");
        row.append(cstr!("timestamp"), DateTime::now());
        row.append(cstr!("done"), true);
        row
    }
}

const DOUBLE: u8 = 0x01;
const INT32: u8 = 0x10;
const INT64: u8 = 0x12;

fn whole_number(key: &DocumentKey) -> Option<i64> {
    match (key.element_type(), key.value()) {
        (INT32, value) => Some(i32::from_le_bytes(value.try_into().ok()?).into()),
        (INT64, value) => Some(i64::from_le_bytes(value.try_into().ok()?)),
        (DOUBLE, value) => {
            let double = f64::from_le_bytes(value.try_into().ok()?);
            let whole = double as i64;
            (whole as f64 == double && whole != i64::MAX).then_some(whole)
        }
        _ => None,
    }
}

/// What can be used of a row that cannot be understood: collection and document.
pub(crate) fn salvage(row: &RawDocument) -> (Option<String>, Option<DocumentKey>) {
    (collection(row), document(row))
}

/// A name that a collection can have: a server refuses every question about any other.
fn collection(row: &RawDocument) -> Option<String> {
    let name = row.get_str("collection").ok()?;
    let is_possible = !name.is_empty() && !name.contains(['$', '\0']) && !name.starts_with('.');
    is_possible.then(|| name.to_owned())
}

fn document(row: &RawDocument) -> Option<DocumentKey> {
    if let Ok(bytes) = row.get_binary("documentIdBytes") {
        let (element_type, value) = bytes.bytes.split_first()?;
        return Some(DocumentKey::new(*element_type, value));
    }
    let mut elements = elements(row).filter_map(Result::ok);
    let id = elements.find(|element| element.name == b"documentId")?;
    let key = DocumentKey::new(id.element_type, id.value);
    is_possible(&key).then_some(key)
}

/// Whether a document can have this `_id`: a question about any other may mean something else.
fn is_possible(key: &DocumentKey) -> bool {
    const DOCUMENT: u8 = 0x03;
    const ARRAY: u8 = 0x04;
    const UNDEFINED: u8 = 0x06;
    const REGEX: u8 = 0x0B;
    let holder = single("id", key);
    match key.element_type() {
        ARRAY | UNDEFINED | REGEX => false,
        DOCUMENT => {
            let document = holder.get_document("id").ok();
            let mut names = document
                .into_iter()
                .flat_map(|document| elements(document).filter_map(Result::ok));
            !names.any(|element| element.name.starts_with(b"$"))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(number: i32) -> DocumentKey {
        DocumentKey::new(0x10, &number.to_le_bytes())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let unsayable = DocumentKey::new(0x02, &[3, 0, 0, 0, 0xff, b'x', 0]);
        for (document, noted) in [
            (key(7), Noted::Put),
            (key(7), Noted::Delete),
            (key(7), Noted::Retry),
            (unsayable, Noted::Discard),
        ] {
            let row = Row::parse(key(1), &Row::write("bills", &document, noted)).unwrap();
            assert_eq!(
                (row.collection.as_str(), &row.document),
                ("bills", &document)
            );
            assert!(row.noted == noted && row.is_done && row.at.is_some());
        }
    }

    #[test]
    fn a_row_of_the_middleware_is_under_way_until_it_says_done() {
        let mut row = rawdoc! { "collection": "bills", "documentId": 7, "operation": "insert" };
        let parsed = Row::parse(key(1), &row).unwrap();
        assert!(!parsed.is_done && parsed.at.is_none());
        row.append(cstr!("done"), true);
        assert!(Row::parse(key(1), &row).unwrap().is_done);
    }

    #[test]
    fn a_number_is_meant_in_every_type_it_may_be_stored_in() {
        let meant = |element_type, value: &[u8]| {
            let document = DocumentKey::new(element_type, value);
            let row = Row::write("bills", &document, Noted::Put);
            let row = Row::parse(key(1), &row).unwrap();
            assert!(row.documents().contains(&document), "{document:?}");
            row.documents().len()
        };
        assert_eq!(meant(INT32, &5_i32.to_le_bytes()), 3);
        assert_eq!(meant(DOUBLE, &5_f64.to_le_bytes()), 3);
        assert_eq!(meant(INT64, &i64::from(u32::MAX).to_le_bytes()), 2);
        assert_eq!(meant(INT64, &(i64::MAX - 1).to_le_bytes()), 1);
        assert_eq!(meant(INT64, &i64::MAX.to_le_bytes()), 1);
        assert_eq!(meant(DOUBLE, &(-0.0_f64).to_le_bytes()), 4);
        assert_eq!(meant(DOUBLE, &0.5_f64.to_le_bytes()), 1);
        assert_eq!(meant(DOUBLE, &f64::NAN.to_le_bytes()), 1);
        assert_eq!(meant(0x07, &[7; 12]), 1);
    }

    #[test]
    fn what_a_bad_row_lacks_is_named_and_the_rest_is_used() {
        let row = rawdoc! { "collection": "bills", "documentId": 7, "operation": "explode" };
        assert_eq!(Row::parse(key(1), &row).unwrap_err(), "a row's operation");
        assert_eq!(salvage(&row), (Some("bills".to_owned()), Some(key(7))));
        let row = rawdoc! { "collection": 5, "operation": "insert" };
        assert_eq!(Row::parse(key(1), &row).unwrap_err(), "a row's collection");
        assert_eq!(salvage(&row), (None, None));
        for id in [rawdoc! { "$gt": "" }, rawdoc! { "a": 1, "$where": "x" }] {
            let row = rawdoc! { "collection": "bills", "documentId": id, "operation": "delete" };
            assert_eq!(Row::parse(key(1), &row).unwrap_err(), "a row's documentId");
        }
        let row = rawdoc! { "collection": "a$b", "documentId": 7, "operation": "insert" };
        assert_eq!(Row::parse(key(1), &row).unwrap_err(), "a row's collection");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(row) = RawDocument::from_bytes(&bytes) {
                let _outcome = Row::parse(key(1), row);
                let _whatever = salvage(row);
            }
        }
    }
}
