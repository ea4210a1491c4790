//! The rules file: extended JSON, an object with a rule for each collection.

use std::collections::BTreeMap;
use std::path::Path;

use bson::{Bson, Document};
use serde::Deserialize;
use sync_core::document::STAMP_FIELD;

use crate::rules::Unready;

/// A rules file is a page or two; anything larger is another file given by mistake.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The rules of one collection.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// A `$jsonSchema`.
    #[serde(default)]
    pub(super) validate: Document,
    /// Fields and the expressions that compute them.
    #[serde(default)]
    pub(super) set: Document,
}

pub(super) fn read(file: &Path) -> Result<BTreeMap<String, Rule>, Unready> {
    let name = file.display();
    let cannot = |why: &dyn std::fmt::Display| {
        Unready::because(format!("the rules file {name} cannot be used: {why}"))
    };
    let size = std::fs::metadata(file)
        .map_err(|error| cannot(&error))?
        .len();
    if size > FILE_BYTES_MAX {
        return Err(cannot(&"it is larger than 1 MiB"));
    }
    let text = std::fs::read_to_string(file).map_err(|error| cannot(&error))?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| cannot(&error))?;
    let collections = match Bson::try_from(value).map_err(|error| cannot(&error))? {
        Bson::Document(collections) => collections,
        _ => {
            return Err(cannot(
                &"it must be an object with a rule for each collection",
            ));
        }
    };
    let mut rules = BTreeMap::new();
    for (collection, rule) in collections {
        let why = |why: &dyn std::fmt::Display| cannot(&format!("{collection}: {why}"));
        let rule: Rule = bson::deserialize_from_bson(rule).map_err(|error| why(&error))?;
        if let Some(field) = rule.set.keys().find(|field| is_ours(field)) {
            return Err(why(&format!("{field} cannot be set by a rule")));
        }
        rules.insert(collection, rule);
    }
    Ok(rules)
}

fn is_ours(field: &str) -> bool {
    let first = field.split('.').next().unwrap_or_default();
    first == "_id" || first == STAMP_FIELD
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<BTreeMap<String, Rule>, Unready> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rules.json");
        std::fs::write(&file, text).unwrap();
        read(&file)
    }

    #[test]
    fn a_rules_file_is_extended_json_by_collection() {
        let rules = read_text(
            r#"{ "bills": {
                "validate": { "required": ["total"], "properties": { "total": { "minimum": 0 } } },
                "set": { "due": { "$subtract": ["$total", "$paid"] }, "vat": { "$numberDecimal": "0.15" } }
            }, "logs": {} }"#,
        )
        .unwrap();
        assert_eq!(rules.len(), 2);
        assert!(matches!(
            rules["bills"].set.get("vat"),
            Some(Bson::Decimal128(_))
        ));
        assert_eq!(rules["logs"], Rule::default());
    }

    #[test]
    fn what_is_wrong_with_a_rules_file_is_told() {
        for (text, expected) in [
            ("[]", "it must be an object with a rule for each collection"),
            (r#"{ "bills": { "sett": {} } }"#, "unknown field `sett`"),
            (
                r#"{ "bills": { "set": { "_id": 1 } } }"#,
                "_id cannot be set by a rule",
            ),
            (
                r#"{ "bills": { "set": { "_syncMeta.version": 1 } } }"#,
                "_syncMeta.version cannot be set by a rule",
            ),
            (r#"{ "bills": "#, "EOF while parsing"),
        ] {
            let Unready { reason, .. } = read_text(text).unwrap_err();
            assert!(reason.starts_with("the rules file "), "{reason}");
            assert!(reason.contains(expected), "{reason}");
        }
    }
}
