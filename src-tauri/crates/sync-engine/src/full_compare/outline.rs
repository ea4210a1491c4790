//! A document in a few bytes, so that two sides can be found equal without sending either.
//!
//! The server hashes the whole document, field by field in their order, but it takes every number for a whole one of
//! 64 bits, whatever its type. So the hash covers the size as well, and numbers of every other type than int32 are sent
//! along. Then two documents with the same outline differ nowhere: a change of an int32 changes the hash, one of its
//! type the size, and what could make up for that in size is a number that is sent along.

use std::collections::BTreeSet;

use bson::{Document, RawDocument, doc};
use sync_core::document::{Element, STAMP_FIELD, elements};

/// Above this many paths whole documents are cheaper, such as where numbers are kept under names of their own.
const PATHS_MAX: usize = 60;
/// Documents nest up to 180 levels on a server; a path that deep is not worth its length.
const DEPTH_MAX: usize = 20;

/// Where the documents of a range hold numbers that a hash does not tell apart.
#[derive(Debug, Default)]
pub(super) struct Paths(BTreeSet<String>);

/// No outline can be asked for: a name cannot be said in a path, or there are too many.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoOutline;

impl Paths {
    /// Notes the paths of one document.
    pub(super) fn add(&mut self, document: &RawDocument) -> Result<(), NoOutline> {
        for element in elements(document) {
            let element = element.map_err(|_malformed| NoOutline)?;
            // An outline holds the `_id` anyway, and a stamp's numbers are whole.
            if element.name != b"_id" && element.name != STAMP_FIELD.as_bytes() {
                self.add_element("", &element, 0)?;
            }
        }
        if self.0.len() > PATHS_MAX {
            return Err(NoOutline);
        }
        Ok(())
    }

    fn add_element(
        &mut self,
        parent: &str,
        element: &Element<'_>,
        depth: usize,
    ) -> Result<(), NoOutline> {
        const NO_NUMBERS: [u8; 14] = [
            0x02, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x10, 0x11, 0x7F, 0xFF,
        ];
        if NO_NUMBERS.contains(&element.element_type) {
            return Ok(());
        }
        let path = || step(parent, element.name);
        match element.element_type {
            0x03 | 0x04 if depth >= DEPTH_MAX => Err(NoOutline),
            0x03 => self.add_nested(&path()?, element.value, depth),
            0x04 => self.add_items(&path()?, element.value, depth),
            _ => {
                self.0.insert(path()?);
                Ok(())
            }
        }
    }

    fn add_nested(&mut self, path: &str, value: &[u8], depth: usize) -> Result<(), NoOutline> {
        let nested = RawDocument::from_bytes(value).map_err(|_malformed| NoOutline)?;
        for element in elements(nested) {
            let element = element.map_err(|_malformed| NoOutline)?;
            self.add_element(path, &element, depth + 1)?;
        }
        Ok(())
    }

    /// A path passes through an array to all of its items.
    fn add_items(&mut self, path: &str, value: &[u8], depth: usize) -> Result<(), NoOutline> {
        let items = RawDocument::from_bytes(value).map_err(|_malformed| NoOutline)?;
        for item in elements(items) {
            let item = item.map_err(|_malformed| NoOutline)?;
            match item.element_type {
                0x03 | 0x04 if depth >= DEPTH_MAX => return Err(NoOutline),
                0x03 => self.add_nested(path, item.value, depth + 1)?,
                0x04 => self.add_items(path, item.value, depth + 1)?,
                0x01 | 0x12 | 0x13 => {
                    self.0.insert(path.to_owned());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The stage that makes outlines of documents. Where one path leads to a part of another, the shorter says it all.
    pub(super) fn stage(&self) -> Document {
        let mut projection = doc! {};
        for path in &self.0 {
            let parts = path.match_indices('.').map(|(end, _)| &path[..end]);
            if !parts.into_iter().any(|parent| self.0.contains(parent)) {
                projection.insert(path, 1);
            }
        }
        let without =
            |field: &str, input: &str| doc! { "$unsetField": { "field": field, "input": input } };
        let content = without(STAMP_FIELD, "$$ROOT");
        // Only Local's stamps have a base. A stamp may be anything that somebody wrote there.
        let stamp_field = format!("${STAMP_FIELD}");
        let is_stamp = doc! { "$eq": [{ "$type": &stamp_field }, "object"] };
        let stamp = doc! { "$cond": [is_stamp, without("base", &stamp_field), &stamp_field] };
        let hashed =
            doc! { "content": &content, "size": { "$bsonSize": &content }, "stamp": stamp };
        projection.insert(STAMP_FIELD, doc! { "$toHashedIndexKey": hashed });
        doc! { "$project": projection }
    }
}

fn step(parent: &str, name: &[u8]) -> Result<String, NoOutline> {
    let name = std::str::from_utf8(name).map_err(|_no_text| NoOutline)?;
    if name.is_empty() || name.starts_with('$') || name.contains('.') {
        return Err(NoOutline);
    }
    Ok(match parent {
        "" => name.to_owned(),
        parent => format!("{parent}.{name}"),
    })
}

#[cfg(test)]
mod tests {
    use bson::{RawDocumentBuf, rawdoc};

    use super::*;

    fn paths(document: &RawDocumentBuf) -> Result<Vec<String>, NoOutline> {
        let mut paths = Paths::default();
        paths.add(document)?;
        let stage = paths.stage();
        let projection = stage.get_document("$project").unwrap().keys();
        Ok(projection
            .filter(|path| *path != STAMP_FIELD)
            .cloned()
            .collect())
    }

    #[test]
    fn numbers_are_found_wherever_they_stand() {
        let bill = rawdoc! {
            "_id": 1.5, "no": 7, "total": 12.5, "customer": { "name": "x", "debt": 3_i64 },
            "items": [{ "price": 1.5, "name": "y" }, { "count": 2_i64, "sizes": [[1.5]] }],
            "_syncMeta": { "version": 1_i64 },
        };
        let expected = [
            "customer.debt",
            "items.count",
            "items.price",
            "items.sizes",
            "total",
        ];
        assert_eq!(paths(&bill).unwrap(), expected);
    }

    #[test]
    fn a_path_into_a_part_of_another_is_not_asked_for_twice() {
        let mixed = rawdoc! { "list": [1.5, { "a-b": 1.5 }], "list-x": 1.5 };
        assert_eq!(paths(&mixed).unwrap(), ["list", "list-x"]);
    }

    #[test]
    fn a_number_under_a_name_that_no_path_can_say_asks_for_whole_documents() {
        for name in ["", "a.b", "$a"] {
            let mut nested = RawDocumentBuf::new();
            nested.append(bson::raw::CString::try_from(name).unwrap(), 1.5);
            assert_eq!(paths(&rawdoc! { "a": nested }), Err(NoOutline), "{name:?}");
        }
        assert_eq!(paths(&rawdoc! { "a.b": "text", "$c": 1 }), Ok(vec![]));
    }
}
