//! A document as text that a person can read, change and hand back: extended JSON, plain where that loses nothing.

use bson::{Bson, Document, RawDocument, RawDocumentBuf, Utf8Lossy};
use serde_json::{Map, Value};

use crate::wire::{Failure, FailureKind};

/// More than this is no text to change in a window.
const TEXT_BYTES_MAX: usize = 512 * 1024;

/// A document's text, and whether it stands for the very same document.
///
/// # Errors
/// It is too large, or its bytes do not add up.
pub(super) fn written(document: &RawDocument) -> Result<(String, bool), Failure> {
    if document.as_bytes().len() > TEXT_BYTES_MAX {
        return Err(too_large());
    }
    let decoded = lossy(document)?;
    let text = serde_json::to_string_pretty(&json(Bson::Document(decoded)))
        .map_err(|error| unreadable(&error))?;
    if text.len() > TEXT_BYTES_MAX {
        return Err(too_large());
    }
    let again = read(&text);
    let exact = again.is_ok_and(|again| again.as_bytes() == document.as_bytes());
    Ok((text, exact))
}

/// The document that a text stands for.
///
/// # Errors
/// It stands for none.
pub(super) fn read(text: &str) -> Result<RawDocumentBuf, Failure> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(too_large());
    }
    let value: Value = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    let value = Bson::try_from(value).map_err(|error| unreadable(&error))?;
    let Bson::Document(document) = value else {
        return Err(no_document("it is not one document in { }"));
    };
    RawDocumentBuf::try_from(&document).map_err(|error| unreadable(&error))
}

/// What can be shown of a document. A server stores text that is not UTF-8.
pub(super) fn lossy(document: &RawDocument) -> Result<Document, Failure> {
    let decoded = bson::deserialize_from_slice::<Utf8Lossy<Document>>(document.as_bytes());
    decoded
        .map(|Utf8Lossy(document)| document)
        .map_err(|error| unreadable(&error))
}

/// As people write it, but for what would come back as something else: a whole number of 64 bits, and a number that
/// JSON does not know.
fn json(value: Bson) -> Value {
    match value {
        Bson::Document(document) => {
            let fields = document
                .into_iter()
                .map(|(name, value)| (name, json(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Bson::Array(items) => Value::Array(items.into_iter().map(json).collect()),
        Bson::Int64(_) => value.into_canonical_extjson(),
        other => other.into_relaxed_extjson(),
    }
}

fn unreadable(error: &dyn std::error::Error) -> Failure {
    no_document(&error.to_string())
}

pub(super) fn no_document(text: &str) -> Failure {
    Failure {
        kind: FailureKind::BadValue,
        field: Some("document".to_owned()),
        text: text.to_owned(),
    }
}

fn too_large() -> Failure {
    Failure {
        kind: FailureKind::TooLarge,
        field: None,
        text: format!("the document has more than {TEXT_BYTES_MAX} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use bson::oid::ObjectId;
    use bson::{DateTime, rawdoc};

    use super::*;

    #[test]
    fn a_text_that_nobody_changed_is_the_very_document() {
        let bill = rawdoc! {
            "_id": ObjectId::from_bytes([7; 12]), "z": 1.0, "a": -0.0, "n": f64::NAN, "long": 5_i64, "int": 5,
            "price": "12.50".parse::<bson::Decimal128>().unwrap(), "at": DateTime::from_millis(1_735_711_200_123),
            "before": DateTime::from_millis(-1), "items": [{ "name": "شاي" }, null, true, 1e300],
        };
        let (text, exact) = written(&bill).unwrap();
        assert!(exact, "{text}");
        for plain in [
            "\"z\": 1.0",
            "\"int\": 5",
            "\"name\": \"شاي\"",
            "2025-01-01T06:00:00.123Z",
        ] {
            assert!(text.contains(plain), "{plain}: {text}");
        }
    }

    #[test]
    fn what_has_no_text_of_its_own_is_shown_and_said_to_be_inexact() {
        let (text, exact) = written(&rawdoc! { "_id": { "$numberLong": "5" } }).unwrap();
        assert!(text.contains("$numberLong") && !exact);
        let mut bytes = rawdoc! { "_id": "ab" }.into_bytes();
        let at = bytes.iter().position(|byte| *byte == b'b').unwrap();
        bytes[at] = 0xff;
        let (text, exact) = written(&RawDocumentBuf::from_bytes(bytes).unwrap()).unwrap();
        assert!(text.contains("a\u{fffd}") && !exact, "{text}");
    }

    #[test]
    fn what_is_no_document_is_said_to_be_none() {
        let huge = format!("{{ \"_id\": \"{}\" }}", "x".repeat(TEXT_BYTES_MAX));
        for (text, kind, said) in [
            ("{ \"_id\": 1", FailureKind::BadValue, "line 1"),
            ("[]", FailureKind::BadValue, "one document"),
            ("", FailureKind::BadValue, "EOF"),
            (
                "{ \"_id\": { \"$oid\": \"x\" } }",
                FailureKind::BadValue,
                "ObjectId",
            ),
            (&huge, FailureKind::TooLarge, "bytes"),
        ] {
            let failure = read(text).unwrap_err();
            assert_eq!(failure.kind, kind, "{failure}");
            assert!(failure.text.contains(said), "{failure}");
        }
    }
}
