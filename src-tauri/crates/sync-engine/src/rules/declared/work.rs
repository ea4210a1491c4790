//! One batch of documents and a rule, worked out by the MongoDB of this PC.

use std::collections::{BTreeMap, HashSet};

use bson::{Bson, Document, RawArrayBuf, RawBsonRef, RawDocument, RawDocumentBuf, doc, rawdoc};
use futures_util::StreamExt;
use sync_core::document::{elements, key_of};
use sync_core::place::DocumentKey;

use super::file::Rule;
use crate::error::{EngineError, answered};
use crate::replica::Replica;
use crate::rules::objection::{Objection, wordless};
use crate::rules::{Incoming, Ruling};

/// Every document with its fields set once and twice, and the keys of those that hold to the schema.
#[derive(Debug, Default)]
struct WorkedOut {
    once: Vec<RawDocumentBuf>,
    twice: Vec<RawDocumentBuf>,
    valid: HashSet<DocumentKey>,
}

pub(super) async fn work_out(
    local: &Replica,
    rule: &Rule,
    incoming: &[Incoming],
) -> Result<Vec<Ruling>, EngineError> {
    let set = || (!rule.set.is_empty()).then(|| doc! { "$set": &rule.set });
    let schema =
        (!rule.validate.is_empty()).then(|| doc! { "$match": { "$jsonSchema": &rule.validate } });
    let only_key = doc! { "$project": { "_id": 1 } };
    let stages = |stages: Vec<Option<Document>>| {
        let stages: Vec<Bson> = stages.into_iter().flatten().map(Bson::Document).collect();
        // A facet may not be empty.
        match stages.is_empty() {
            true => vec![Bson::Document(doc! { "$match": {} })],
            false => stages,
        }
    };
    let facets = doc! {
        "once": stages(vec![set()]),
        "twice": stages(vec![set(), set()]),
        "valid": stages(vec![set(), schema, Some(only_key)]),
    };
    let answer = aggregate(local, incoming, &facets).await?;
    let worked_out = WorkedOut {
        once: documents(local, &answer, "once")?,
        twice: documents(local, &answer, "twice")?,
        valid: keys(local, &answer, "valid")?,
    };
    if worked_out.once.len() != incoming.len() || worked_out.twice.len() != incoming.len() {
        return Err(EngineError::reply(local.side, "the document of a rule"));
    }
    let mut rulings = Vec::with_capacity(incoming.len());
    for (at, incoming) in incoming.iter().enumerate() {
        let (once, twice) = (&worked_out.once[at], &worked_out.twice[at]);
        let key = key_of(&incoming.document).map_err(EngineError::malformed(local.side))?;
        rulings.push(if once != twice {
            Ruling::Refused(Objection::unsettled(differing(once, twice)))
        } else if !worked_out.valid.contains(&key) {
            let wrong = wrong_paths(local, rule, once).await?;
            Ruling::Refused(Objection::refused(wrong.into_iter().map(wordless)))
        } else if *once == incoming.document {
            Ruling::AsItIs
        } else {
            Ruling::Computed(once.clone())
        });
    }
    Ok(rulings)
}

/// The schema taken apart by its fields: which of them the document does not hold to.
async fn wrong_paths(
    local: &Replica,
    rule: &Rule,
    document: &RawDocumentBuf,
) -> Result<Vec<String>, EngineError> {
    let mut facets = doc! {};
    let mut named = Vec::new();
    let required = rule
        .validate
        .get_array("required")
        .cloned()
        .unwrap_or_default();
    let properties = rule
        .validate
        .get_document("properties")
        .cloned()
        .unwrap_or_default();
    let mut fields: Vec<String> = properties.keys().cloned().collect();
    fields.extend(required.iter().filter_map(Bson::as_str).map(str::to_owned));
    fields.sort_unstable();
    fields.dedup();
    for field in fields {
        let mut schema = doc! {};
        if let Some(property) = properties.get(&field) {
            schema.insert("properties", doc! { &field: property });
        }
        if required.contains(&Bson::String(field.clone())) {
            schema.insert("required", [field.as_str()]);
        }
        let wrong = doc! { "$match": { "$nor": [{ "$jsonSchema": schema }] } };
        facets.insert(
            format!("f{}", named.len()),
            vec![wrong, doc! { "$project": { "_id": 1 } }],
        );
        named.push(field);
    }
    let mut wrong = Vec::new();
    if !named.is_empty() {
        let incoming = [Incoming {
            document: document.clone(),
            existing: None,
        }];
        let answer = aggregate(local, &incoming, &facets).await?;
        for (at, field) in named.into_iter().enumerate() {
            if !keys(local, &answer, &format!("f{at}"))?.is_empty() {
                wrong.push(field);
            }
        }
    }
    Ok(wrong)
}

/// The documents are a literal: nothing in them is an expression.
async fn aggregate(
    local: &Replica,
    incoming: &[Incoming],
    facets: &Document,
) -> Result<RawDocumentBuf, EngineError> {
    let side = local.side;
    let mut literals = RawArrayBuf::new();
    incoming
        .iter()
        .for_each(|incoming| literals.push(&*incoming.document));
    let facets = RawDocumentBuf::try_from(facets).map_err(|error| local.unreadable(&error))?;
    let command = rawdoc! {
        "aggregate": 1,
        "pipeline": [
            { "$documents": { "$literal": literals } },
            { "$facet": facets },
        ],
        "cursor": {},
    };
    let opened = local.database.run_raw_cursor_command(command);
    let mut batches = answered(side, async { opened.batch().await }).await?;
    while let Some(batch) = answered(side, async { batches.next().await.transpose() }).await? {
        let mut documents = batch
            .doc_slices()
            .map_err(EngineError::at(side))?
            .into_iter();
        if let Some(Ok(RawBsonRef::Document(answer))) = documents.next() {
            return Ok(answer.to_owned());
        }
    }
    Err(EngineError::reply(side, "the answer of a rule"))
}

fn documents(
    local: &Replica,
    answer: &RawDocument,
    facet: &'static str,
) -> Result<Vec<RawDocumentBuf>, EngineError> {
    let facet = answer
        .get_array(facet)
        .map_err(|_missing| EngineError::reply(local.side, facet))?;
    let documents = facet.into_iter().map(|value| match value {
        Ok(RawBsonRef::Document(document)) => Ok(document.to_owned()),
        Ok(_) => Err(EngineError::reply(local.side, "a document")),
        Err(error) => Err(local.unreadable(&error)),
    });
    documents.collect()
}

fn keys(
    local: &Replica,
    answer: &RawDocument,
    facet: &str,
) -> Result<HashSet<DocumentKey>, EngineError> {
    let facet = answer
        .get_array(facet)
        .map_err(|_missing| EngineError::reply(local.side, "a facet"))?;
    let documents = facet.into_iter().filter_map(|value| match value {
        Ok(RawBsonRef::Document(document)) => Some(document),
        Ok(_) | Err(_) => None,
    });
    let keys = documents.map(key_of);
    keys.collect::<Result<_, _>>()
        .map_err(EngineError::malformed(local.side))
}

/// The fields in which two documents differ.
fn differing(one: &RawDocument, other: &RawDocument) -> Vec<String> {
    let fields = |document: &RawDocument| -> BTreeMap<Vec<u8>, Vec<u8>> {
        let elements = elements(document).filter_map(Result::ok);
        elements
            .map(|element| (element.name.to_vec(), element.bytes.to_vec()))
            .collect()
    };
    let (one, other) = (fields(one), fields(other));
    let names: HashSet<&Vec<u8>> = one.keys().chain(other.keys()).collect();
    let mut differing: Vec<String> = names
        .into_iter()
        .filter(|name| one.get(*name) != other.get(*name))
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    differing.sort_unstable();
    differing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_differ_are_named_whatever_their_type() {
        let one = rawdoc! { "_id": 1, "a": 5, "b": 1, "c": 1 };
        let other = rawdoc! { "_id": 1, "a": 5.0, "c": 1, "d": 1 };
        assert_eq!(differing(&one, &other), ["a", "b", "d"]);
    }
}
