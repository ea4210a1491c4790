//! What `check` found, in words a window can translate.

use serde::{Deserialize, Serialize};
use sync_engine::check;
use ts_rs::TS;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Works, but deserves a look.
    Warning,
    /// Syncing cannot work like this.
    Problem,
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The question: `reachable`, `replica-set`, `version`, `rights`, `clock`, `models` or `rules-file`.
    pub kind: String,
    /// The answer, a stable word for which a window has a sentence and what to do: `ok`, `unreachable`,
    /// `name-unknown`, `certificate`, `password`, `standalone`, `not-initiated`, `too-old`, `unknown`, `rights`,
    /// `clock-off`, `models-partly`, `rules-failing`, `other`.
    pub answer: String,
    /// `local` or `atlas`; null where it is about neither.
    pub side: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, in English.
    pub text: String,
    /// What to do about it, in English.
    pub remedy: Option<String>,
}

impl From<&check::Finding> for Finding {
    fn from(found: &check::Finding) -> Finding {
        Finding {
            kind: found.kind.to_owned(),
            answer: found.answer.to_owned(),
            side: found.side.map(|side| side.name().to_owned()),
            severity: match found.severity {
                check::Severity::Ok => Severity::Ok,
                check::Severity::Warning => Severity::Warning,
                check::Severity::Problem => Severity::Problem,
            },
            text: found.text.clone(),
            remedy: found.remedy.clone(),
        }
    }
}
