//! Raw BSON documents at the top level: walking their elements, taking the stamp off, putting one on.
//!
//! Values are copied as bytes, never decoded, so that whatever a shop stored arrives unchanged.

use bson::{RawDocument, RawDocumentBuf};
use thiserror::Error;

use crate::place::DocumentKey;

/// The field that holds the stamp.
pub const STAMP_FIELD: &str = "_syncMeta";

/// The largest document a server stores, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A document whose bytes do not add up.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MalformedDocument {
    /// An element is cut short or of an unknown type.
    #[error("the document's bytes are not valid BSON: {0}")]
    Element(String),
    /// There is no `_id`.
    #[error("the document has no _id")]
    NoId,
}

/// One top-level element.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// The BSON type byte.
    pub element_type: u8,
    /// The field name's bytes, without the closing zero.
    pub name: &'a [u8],
    /// The value's bytes.
    pub value: &'a [u8],
    /// The whole element: type, name, value.
    pub bytes: &'a [u8],
}

/// The top-level elements in their order. Stops after the first malformed one.
pub fn elements(
    document: &RawDocument,
) -> impl Iterator<Item = Result<Element<'_>, MalformedDocument>> {
    let bytes = document.as_bytes();
    let mut offset = 4;
    document.iter_elements().map(move |element| {
        let element = element.map_err(|error| MalformedDocument::Element(error.to_string()))?;
        let name_start = offset + 1;
        let value_start = name_start + element.key().len() + 1;
        let end = value_start + element.size();
        let whole = bytes
            .get(offset..end)
            .ok_or_else(|| MalformedDocument::Element("cut short".to_owned()))?;
        let parts = Element {
            element_type: whole[0],
            name: &bytes[name_start..value_start - 1],
            value: &bytes[value_start..end],
            bytes: whole,
        };
        offset = end;
        Ok(parts)
    })
}

/// The document's `_id`.
///
/// # Errors
/// The document is malformed or has none.
pub fn key_of(document: &RawDocument) -> Result<DocumentKey, MalformedDocument> {
    for element in elements(document) {
        let element = element?;
        if element.name == b"_id" {
            return Ok(DocumentKey::new(element.element_type, element.value));
        }
    }
    Err(MalformedDocument::NoId)
}

/// A document that holds just one element of that type and value, under that name.
///
/// # Panics
/// Never: the bytes are put together as BSON prescribes.
pub fn single(name: &str, key: &DocumentKey) -> RawDocumentBuf {
    let mut body = Vec::with_capacity(name.len() + key.value().len() + 2);
    push_element(&mut body, key.element_type(), name, key.value());
    assemble([body.as_slice()])
}

/// The document without its stamp.
///
/// # Errors
/// The document is malformed.
pub fn content_of(document: &RawDocument) -> Result<RawDocumentBuf, MalformedDocument> {
    let parts = content_elements(document)?;
    Ok(assemble(parts))
}

/// The document's content with `stamp` as its last field.
///
/// # Errors
/// The document is malformed.
pub fn with_stamp(
    document: &RawDocument,
    stamp: &RawDocument,
) -> Result<RawDocumentBuf, MalformedDocument> {
    const EMBEDDED_DOCUMENT: u8 = 0x03;
    let mut field = Vec::with_capacity(stamp.as_bytes().len() + STAMP_FIELD.len() + 2);
    push_element(&mut field, EMBEDDED_DOCUMENT, STAMP_FIELD, stamp.as_bytes());
    let mut parts = content_elements(document)?;
    parts.push(&field);
    Ok(assemble(parts))
}

fn content_elements(document: &RawDocument) -> Result<Vec<&[u8]>, MalformedDocument> {
    let kept = elements(document).filter(|element| match element {
        Ok(element) => element.name != STAMP_FIELD.as_bytes(),
        Err(_) => true,
    });
    kept.map(|element| element.map(|element| element.bytes))
        .collect()
}

fn push_element(body: &mut Vec<u8>, element_type: u8, name: &str, value: &[u8]) {
    body.push(element_type);
    body.extend_from_slice(name.as_bytes());
    body.push(0);
    body.extend_from_slice(value);
}

fn assemble<'a>(parts: impl IntoIterator<Item = &'a [u8]> + Clone) -> RawDocumentBuf {
    let body: usize = parts.clone().into_iter().map(<[u8]>::len).sum();
    let length = i32::try_from(body + 5).expect("a document is far below 2 GiB");
    let mut bytes = Vec::with_capacity(body + 5);
    bytes.extend_from_slice(&length.to_le_bytes());
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes.push(0);
    RawDocumentBuf::from_bytes(bytes).expect("length and closing zero are right")
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;

    #[test]
    fn a_stamp_put_on_and_taken_off_leaves_the_content_as_it_was() {
        let content = rawdoc! { "_id": "x", "a.b": 1, "$set": { "c": 2 }, "list": [1, "two"] };
        let stamped = with_stamp(&content, &rawdoc! { "version": 1_i64 }).unwrap();
        assert_eq!(
            stamped
                .get_document(STAMP_FIELD)
                .unwrap()
                .get_i64("version")
                .unwrap(),
            1
        );
        assert_eq!(content_of(&stamped).unwrap(), content);
        let restamped = with_stamp(&stamped, &rawdoc! { "version": 2_i64 }).unwrap();
        assert_eq!(content_of(&restamped).unwrap(), content);
    }

    #[test]
    fn the_key_is_found_wherever_it_stands() {
        let key = key_of(&rawdoc! { "a": 1, "_id": 7 }).unwrap();
        assert_eq!(single("_id", &key), rawdoc! { "_id": 7 });
        assert_eq!(key_of(&rawdoc! { "a": 1 }), Err(MalformedDocument::NoId));
    }

    #[test]
    fn bytes_that_are_no_document_are_an_error_and_no_panic() {
        let cut = [14, 0, 0, 0, 2, b'a', 0, 99, 0, 0, 0, b'x', 0, 0];
        let document = RawDocument::from_bytes(&cut).unwrap();
        assert!(content_of(document).is_err());
    }
}
