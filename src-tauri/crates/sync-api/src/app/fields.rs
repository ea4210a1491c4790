//! Two versions of a document as rows of a table: every field of either, nested ones on rows of their own.

use bson::{Bson, Document};

use crate::wire::{Leaf, LeafKind, Row};

/// More rows than this help nobody.
pub(super) const ROWS_MAX: usize = 2_000;
/// Longer texts are cut: the rest is in the document itself.
const CHARACTERS_MAX: usize = 500;

/// The rows in the order of the first, fields that only the second has after those they followed. The second value
/// of the answer tells that there were more.
pub(super) fn rows(first: Option<&Document>, second: Option<&Document>) -> (Vec<Row>, bool) {
    let mut rows = Vec::new();
    let nothing = Document::new();
    let both = (first.unwrap_or(&nothing), second.unwrap_or(&nothing));
    documents(&mut rows, &mut Vec::new(), both.0, both.1);
    let truncated = rows.len() > ROWS_MAX;
    rows.truncate(ROWS_MAX);
    (rows, truncated)
}

fn documents(rows: &mut Vec<Row>, path: &mut Vec<String>, first: &Document, second: &Document) {
    for name in in_order(first, second) {
        if path.is_empty() && name == "_syncMeta" {
            continue;
        }
        path.push(name.clone());
        values(rows, path, first.get(&name), second.get(&name));
        path.pop();
        if rows.len() > ROWS_MAX {
            return;
        }
    }
}

/// The first's names, and each name of the second alone behind the one it followed.
fn in_order(first: &Document, second: &Document) -> Vec<String> {
    let mut names: Vec<String> = first.keys().cloned().collect();
    let mut after = 0;
    for name in second.keys() {
        match names.iter().position(|known| known == name) {
            Some(at) => after = at + 1,
            None => {
                names.insert(after, name.clone());
                after += 1;
            }
        }
    }
    names
}

fn values(
    rows: &mut Vec<Row>,
    path: &mut Vec<String>,
    first: Option<&Bson>,
    second: Option<&Bson>,
) {
    let empty = Document::new();
    match (inner(first), inner(second)) {
        (None, None) => rows.push(Row {
            path: path.clone(),
            first: first.map(leaf),
            second: second.map(leaf),
            differs: first != second,
        }),
        (first_inner, second_inner) => {
            // A value beside a document or list: it gets a row of its own, above those of the other.
            let plain = |value: Option<&Bson>, inner: &Option<Document>| {
                value.filter(|_| inner.is_none()).map(leaf)
            };
            let (one, other) = (plain(first, &first_inner), plain(second, &second_inner));
            if one.is_some() || other.is_some() {
                rows.push(Row {
                    path: path.clone(),
                    first: one,
                    second: other,
                    differs: true,
                });
            }
            documents(
                rows,
                path,
                first_inner.as_ref().unwrap_or(&empty),
                second_inner.as_ref().unwrap_or(&empty),
            );
        }
    }
}

/// What is inside a value that is not empty, a list's places counted from 1.
fn inner(value: Option<&Bson>) -> Option<Document> {
    match value {
        Some(Bson::Document(document)) if !document.is_empty() => Some(document.clone()),
        Some(Bson::Array(items)) if !items.is_empty() => {
            let numbered = items.iter().enumerate();
            Some(
                numbered
                    .map(|(at, item)| ((at + 1).to_string(), item.clone()))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// A value as text, exact where that fits.
pub(super) fn leaf(value: &Bson) -> Leaf {
    let (kind, text) = match value {
        Bson::String(text) => (LeafKind::Text, text.clone()),
        Bson::Int32(number) => (LeafKind::Number, number.to_string()),
        Bson::Int64(number) => (LeafKind::Number, number.to_string()),
        Bson::Double(number) => (LeafKind::Number, number.to_string()),
        Bson::Decimal128(number) => (LeafKind::Number, number.to_string()),
        Bson::Boolean(flag) => (LeafKind::Flag, flag.to_string()),
        Bson::DateTime(at) => match at.try_to_rfc3339_string() {
            Ok(text) => (LeafKind::Date, text),
            Err(_) => (LeafKind::Other, at.timestamp_millis().to_string()),
        },
        Bson::Null | Bson::Undefined => (LeafKind::Empty, String::new()),
        Bson::Document(document) if document.is_empty() => (LeafKind::Empty, String::new()),
        Bson::Array(items) if items.is_empty() => (LeafKind::Empty, String::new()),
        Bson::ObjectId(id) => (LeafKind::Other, id.to_hex()),
        other => (LeafKind::Other, other.to_string()),
    };
    Leaf {
        kind,
        text: text.chars().take(CHARACTERS_MAX).collect(),
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn every_field_of_either_version_has_a_row_in_the_order_people_know() {
        let first = doc! { "_id": 1, "total": 12, "items": [{ "price": 3 }, { "price": 4 }], "paid": true, "_syncMeta": {} };
        let second = doc! { "_id": 1, "total": 10, "note": "later", "items": [{ "price": 3 }], "_syncMeta": {} };
        let (rows, truncated) = rows(Some(&first), Some(&second));
        let told: Vec<(String, bool)> = rows
            .iter()
            .map(|row| (row.path.join("."), row.differs))
            .collect();
        let expected = [
            ("_id", false),
            ("total", true),
            ("note", true),
            ("items.1.price", false),
            ("items.2.price", true),
            ("paid", true),
        ];
        assert_eq!(
            told,
            expected.map(|(path, differs)| (path.to_owned(), differs))
        );
        assert!(!truncated);
    }

    #[test]
    fn a_number_of_another_type_differs_and_a_list_that_became_a_value_is_shown_as_both() {
        let (rows, _) = rows(
            Some(&doc! { "n": 1_i32, "x": [1] }),
            Some(&doc! { "n": 1_i64, "x": "one" }),
        );
        let told: Vec<String> = rows.iter().map(|row| row.path.join(".")).collect();
        assert_eq!(told, ["n", "x", "x.1"]);
        assert!(rows.iter().all(|row| row.differs), "{rows:?}");
    }

    #[test]
    fn very_many_fields_are_cut_and_a_long_text_is_too() {
        let many: Document = (0..5_000)
            .map(|n| (format!("f{n}"), Bson::Int32(n)))
            .collect();
        let (rows, truncated) = rows(Some(&many), None);
        assert_eq!((rows.len(), truncated), (ROWS_MAX, true));
        assert_eq!(leaf(&"x".repeat(9_000).into()).text.len(), CHARACTERS_MAX);
    }
}
