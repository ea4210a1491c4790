//! Changes that could not be applied, as the window lists them.

use serde::{Deserialize, Serialize};
use sync_engine::brake::Held;
use sync_engine::rules::{Failure, ObjectionKind};
use ts_rs::TS;

use super::window::WhichWay;

/// Why a change was set aside; a window has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// The target's own rules refuse the document.
    Validation,
    /// Another document has the same value where only one may, such as a bill number.
    Clash,
    /// The document is larger than MongoDB takes.
    TooLarge,
    /// A field's name or value is one the target does not take.
    IllegalField,
    /// The document's bytes do not add up.
    Malformed,
    /// Bomba's rules do not allow the document.
    RulesRefused,
    /// Bomba's rules failed or broke down on the document.
    RulesFailed,
    /// Bomba's rules change their own result again and again.
    RulesUnsettled,
    /// The document holds something that Bomba's rules cannot be shown.
    RulesUnfit,
    /// Anything else.
    Other,
}

/// What Bomba's rules have against one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RulesFailure {
    /// The path as the rules name it, such as `items.0.price`.
    pub path: String,
    /// The rules' own words; empty where they have none.
    pub message: String,
}

/// One change that was set aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The record's ID.
    pub id: String,
    /// The collection.
    pub collection: String,
    /// The document's `_id` as text.
    pub document: String,
    /// Where the change was going.
    pub direction: WhichWay,
    /// Why it did not get there.
    pub kind: ProblemKind,
    /// What Bomba's rules have against single fields; empty for other kinds.
    pub failures: Vec<RulesFailure>,
    /// The words of the server or of Bomba's rules; the engine's own are in English.
    pub reason: String,
    /// When it was first set aside.
    pub first_at: f64,
    /// When it was last tried.
    pub last_at: f64,
    /// How often it was tried.
    pub attempts: u32,
}

/// Deletions that wait until somebody says whether they are meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HeldDeletions {
    /// The collection.
    pub collection: String,
    /// Which way they go: `upload` means deleted on this PC.
    pub direction: WhichWay,
    /// How many documents.
    pub count: u32,
    /// When the first was stopped, in milliseconds since 1970.
    pub since: f64,
}

impl From<Held> for HeldDeletions {
    fn from(held: Held) -> HeldDeletions {
        HeldDeletions {
            collection: held.collection,
            direction: held.direction.into(),
            count: u32::try_from(held.count).unwrap_or(u32::MAX),
            since: held.since.timestamp_millis() as f64,
        }
    }
}

impl From<&Failure> for RulesFailure {
    fn from(failure: &Failure) -> RulesFailure {
        RulesFailure {
            path: failure.path.clone(),
            message: failure.message.clone(),
        }
    }
}

impl From<ObjectionKind> for ProblemKind {
    fn from(kind: ObjectionKind) -> ProblemKind {
        match kind {
            ObjectionKind::Refused => ProblemKind::RulesRefused,
            ObjectionKind::Failed => ProblemKind::RulesFailed,
            ObjectionKind::Unsettled => ProblemKind::RulesUnsettled,
            ObjectionKind::Unfit => ProblemKind::RulesUnfit,
            ObjectionKind::TooLarge => ProblemKind::TooLarge,
        }
    }
}
