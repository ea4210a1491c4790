//! Why a change was set aside, as its record keeps it.

use bson::{Bson, Document, doc};
use sync_core::document::MalformedDocument;
use sync_core::place::Direction;

use crate::rules::{Failure, Objection, ObjectionKind};

/// Why a change was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) direction: Direction,
    /// The server's error code; 0 where the engine itself refused.
    pub(super) code: i32,
    pub(super) reason: String,
    /// Which way Bomba's rules object, where it was they.
    rules: Option<ObjectionKind>,
    /// The paths that they name.
    failures: Vec<Failure>,
}

impl Refused {
    pub(crate) fn new(direction: Direction, code: i32, reason: String) -> Refused {
        Refused {
            direction,
            code,
            reason,
            rules: None,
            failures: Vec::new(),
        }
    }

    /// A document whose bytes do not add up goes nowhere.
    pub(crate) fn malformed(error: &MalformedDocument) -> Refused {
        Refused::new(Direction::UPLOAD, 0, error.to_string())
    }

    pub(crate) fn by_rules(objection: Objection) -> Refused {
        Refused {
            direction: Direction::DOWNLOAD,
            code: 0,
            reason: objection.reason,
            rules: Some(objection.kind),
            failures: objection.failures,
        }
    }

    /// Writes what [`objection`] reads; what an earlier try noted and this one does not is taken away.
    pub(super) fn note_objection(&self, set: &mut Document, unset: &mut Document) {
        match self.rules {
            Some(kind) => drop(set.insert("rules", kind.name())),
            None => drop(unset.insert("rules", "")),
        }
        if self.failures.is_empty() {
            unset.insert("failures", "");
            return;
        }
        let failures = self.failures.iter();
        let failures: Vec<Document> = failures
            .map(|Failure { path, message }| doc! { "path": path, "message": message })
            .collect();
        set.insert("failures", failures);
    }
}

/// What Bomba's rules had against the document of a record; `None`: they had no part in it, or an engine wrote it that
/// did not note that yet.
pub fn objection(record: &Document) -> Option<Objection> {
    let kind = ObjectionKind::named(record.get_str("rules").ok()?)?;
    let failures = record.get_array("failures").map(Vec::as_slice);
    let failures = failures.unwrap_or_default().iter();
    let text = |failure: &Document, key| failure.get_str(key).unwrap_or_default().to_owned();
    Some(Objection {
        kind,
        reason: record.get_str("reason").unwrap_or_default().to_owned(),
        failures: failures
            .filter_map(Bson::as_document)
            .map(|failure| Failure {
                path: text(failure, "path"),
                message: text(failure, "message"),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_rules_object_to_is_read_back_as_it_was_written() {
        let named = |path: &str, message: &str| Failure {
            path: path.to_owned(),
            message: message.to_owned(),
        };
        let objection_now = Objection {
            kind: ObjectionKind::Refused,
            reason: "not allowed".to_owned(),
            failures: vec![
                named("total", "too much; ask: the owner"),
                named("paid", ""),
            ],
        };
        let written = |refused: &Refused| {
            let (mut set, mut unset) = (doc! { "reason": &refused.reason }, doc! {});
            refused.note_objection(&mut set, &mut unset);
            (set, unset)
        };
        let (record, unset) = written(&Refused::by_rules(objection_now.clone()));
        assert_eq!(objection(&record), Some(objection_now));
        assert_eq!(unset, doc! {});
        // The next try may fail for another reason.
        let (record, unset) = written(&Refused::new(Direction::DOWNLOAD, 121, "no".to_owned()));
        assert_eq!(objection(&record), None);
        assert_eq!(record, doc! { "reason": "no" });
        assert_eq!(unset, doc! { "rules": "", "failures": "" });
    }
}
