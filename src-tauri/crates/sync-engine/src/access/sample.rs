//! One document of a collection, for a person to look at: the newest, or the one that is known by what they typed.

use std::time::Duration;

use bson::oid::ObjectId;
use bson::{Bson, Document, RawDocumentBuf, doc};
use sync_core::place::Side;

use super::Access;
use crate::error::{EngineError, answered};

/// A field that documents are known by may have no index; beyond this a search disturbs the shop.
const SEARCH_MAX: Duration = Duration::from_secs(10);

impl Access {
    /// The newest document by `_id`, or the one whose `_id` or one of `fields` is `called`. `None`: there is none.
    ///
    /// # Errors
    /// The side cannot be reached, or does not find it in time.
    pub async fn sample(
        &self,
        side: Side,
        collection: &str,
        called: Option<&str>,
        fields: &[&str],
    ) -> Result<Option<RawDocumentBuf>, EngineError> {
        let replica = self.replica(side).await?;
        let documents = replica.database.collection::<RawDocumentBuf>(collection);
        let find = documents
            .find_one(called.map_or_else(Document::new, |called| known_as(called, fields)))
            .sort(doc! { "_id": -1 })
            .max_time(SEARCH_MAX);
        answered(side, find.into_future()).await
    }
}

/// What was typed is only ever a value, of any type that reads like it.
fn known_as(called: &str, fields: &[&str]) -> Document {
    let called = called.trim();
    let mut values: Vec<Bson> = vec![called.into()];
    let digits: String = called.chars().map(western).collect();
    if digits != called {
        values.push(digits.as_str().into());
    }
    // A server compares numbers by value, whatever their type.
    match (digits.parse::<i64>(), digits.parse::<f64>()) {
        (Ok(whole), _) => values.push(whole.into()),
        (Err(_), Ok(number)) if number.is_finite() => values.push(number.into()),
        (Err(_), _) => {}
    }
    values.extend(ObjectId::parse_str(called).ok().map(Bson::from));
    let names = std::iter::once(&"_id").chain(fields);
    let known: Vec<Document> = names
        .map(|name| doc! { *name: { "$in": values.clone() } })
        .collect();
    doc! { "$or": known }
}

/// Arabic digits are as good as others.
fn western(letter: char) -> char {
    let from = |zero: char| {
        let digit = u32::from(letter).checked_sub(u32::from(zero))?;
        char::from_digit(digit, 10)
    };
    from('\u{660}').or(from('\u{6f0}')).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(called: &str) -> Vec<Bson> {
        let filter = known_as(called, &["number"]);
        let known = filter.get_array("$or").unwrap();
        let [Bson::Document(by_id), Bson::Document(by_number)] = &known[..] else {
            panic!("{filter}");
        };
        let values = by_id.get_document("_id").unwrap().get_array("$in").unwrap();
        let same = by_number.get_document("number").unwrap();
        assert_eq!(same.get_array("$in").unwrap(), values);
        values.clone()
    }

    #[test]
    fn what_was_typed_is_a_value_of_every_type_that_reads_like_it() {
        let id = "65f0c0ffee65f0c0ffee65f0";
        assert_eq!(values(" B-7 "), ["B-7".into()]);
        assert_eq!(values("7"), ["7".into(), Bson::Int64(7)]);
        assert_eq!(values("7.5"), ["7.5".into(), Bson::Double(7.5)]);
        assert_eq!(values("٧١"), ["٧١".into(), "71".into(), Bson::Int64(71)]);
        let object_id = ObjectId::parse_str(id).unwrap();
        assert_eq!(values(id), [id.into(), object_id.into()]);
        for odd in ["$where", "{ \"$gt\": 0 }", "NaN", "inf", "/.*/"] {
            assert_eq!(values(odd), [odd.into()], "{odd}");
        }
    }
}
