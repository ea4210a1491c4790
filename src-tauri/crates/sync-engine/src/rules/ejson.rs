//! Documents as canonical Extended JSON, and back, without losing a bit.

use bson::{Bson, Document, RawDocument, RawDocumentBuf};
use serde_json::value::RawValue;

/// A document's text, unless reading it back would not give the same bytes: text that is not UTF-8, a field that looks
/// like a type, a name that occurs twice, nesting too deep. Nor has one with a name that Mongoose takes for a path or an
/// operator.
pub(super) fn text_of(document: &RawDocument) -> Option<Box<RawValue>> {
    let decoded = Document::try_from(document).ok()?;
    if !has_plain_names(&decoded) {
        return None;
    }
    let text = serde_json::to_string(&Bson::Document(decoded).into_canonical_extjson()).ok()?;
    let again = document_in(&serde_json::from_str(&text).ok()?)?;
    (again.as_bytes() == document.as_bytes()).then_some(RawValue::from_string(text).ok()?)
}

fn has_plain_names(document: &Document) -> bool {
    document.iter().all(|(name, value)| {
        let plain = !name.contains('.') && !name.starts_with('$');
        plain && holds_plain_names(value)
    })
}

fn holds_plain_names(value: &Bson) -> bool {
    match value {
        Bson::Document(document) => has_plain_names(document),
        Bson::Array(items) => items.iter().all(holds_plain_names),
        _ => true,
    }
}

/// The document that a text stands for.
pub(super) fn document_in(value: &serde_json::Value) -> Option<RawDocumentBuf> {
    match Bson::try_from(value.clone()).ok()? {
        Bson::Document(document) => RawDocumentBuf::try_from(&document).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;

    #[test]
    fn what_comes_back_as_it_was_has_a_text() {
        let bill = rawdoc! {
            "_id": 7, "z": 1.0, "a": -0.0, "n": f64::NAN, "long": 5_i64,
            "price": "12.50".parse::<bson::Decimal128>().unwrap(),
            "items": [{ "at": bson::DateTime::from_millis(-1) }, null, true],
        };
        let text = text_of(&bill).unwrap();
        let value = serde_json::from_str(text.get()).unwrap();
        assert_eq!(document_in(&value).unwrap().as_bytes(), bill.as_bytes());
    }

    #[test]
    fn what_would_come_back_as_something_else_has_none() {
        assert!(text_of(&rawdoc! { "_id": { "$oid": "65f0c0ffee65f0c0ffee65f0" } }).is_none());
        assert!(text_of(&rawdoc! { "a": { "$numberLong": "5" } }).is_none());
        assert!(text_of(&rawdoc! { "a": [{ "b.c": 1 }] }).is_none());
        assert!(text_of(&rawdoc! { "$a": 1 }).is_none());
        let mut deep = rawdoc! {};
        for _ in 0..150 {
            deep = rawdoc! { "d": deep };
        }
        assert!(text_of(&deep).is_none());
    }
}
