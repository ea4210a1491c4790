//! Bomba's own rules, as the window shows them and tries them on a document.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::conflicts::{Leaf, Row};
use super::problems::{ProblemKind, RulesFailure};

/// Where rules come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RulesFrom {
    /// The folder of Bomba's models.
    Models,
    /// The rules file.
    File,
}

/// A collection that has rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuledCollection {
    /// Its name.
    pub name: String,
    /// Where they come from; a model counts before the file.
    pub from: RulesFrom,
}

/// Something of the rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RulesProblem {
    /// Where it lies.
    pub from: RulesFrom,
    /// The file in the folder, or the collection in the rules file; null: nothing that lies there can be used.
    pub about: Option<String>,
    /// Why, in English.
    pub text: String,
}

/// All rules in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RulesView {
    /// By name.
    pub collections: Vec<RuledCollection>,
    /// What cannot be used.
    pub problems: Vec<RulesProblem>,
}

/// Where a document is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// This PC.
    Local,
    /// Atlas.
    Atlas,
}

/// A document to try the rules on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RulesSample {
    /// What people call it: the labelled field's text, else its `_id`.
    pub label: String,
    /// The document as text that can be changed and tried: extended JSON, without the sync's own stamp.
    pub text: String,
    /// The text stands for the very document. Else something in it has no text, and the trial may come out otherwise.
    pub exact: bool,
}

/// What the rules have against one field of a document that they were tried on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RefusedField {
    /// The field and the rules' words.
    pub failure: RulesFailure,
    /// What the document holds there; null: nothing.
    pub value: Option<Leaf>,
}

/// What the rules make of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "outcome")]
pub enum RulesAnswer {
    /// It would be saved as it is.
    Unchanged,
    /// It would be saved otherwise.
    Changed {
        /// Every field as it comes, and second as it would be saved.
        rows: Vec<Row>,
        /// There are more rows than are sent.
        truncated: bool,
    },
    /// It would not be saved.
    Refused {
        /// Why.
        kind: ProblemKind,
        /// Field by field, as far as the rules name any.
        fields: Vec<RefusedField>,
        /// The rules' own words, the engine's around them in English.
        reason: String,
    },
}

impl From<Side> for sync_core::place::Side {
    fn from(side: Side) -> sync_core::place::Side {
        match side {
            Side::Local => sync_core::place::Side::Local,
            Side::Atlas => sync_core::place::Side::Atlas,
        }
    }
}
