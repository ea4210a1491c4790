//! The versions that lost, as the window lists and shows them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One kept version, without its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The record's ID.
    pub id: String,
    /// The collection of the document.
    pub collection: String,
    /// What people call the document: the labelled field's text, else its `_id`.
    pub label: String,
    /// When it was found.
    pub detected_at: f64,
    /// The PC that found it.
    pub detected_by: String,
    /// `edited-on-both-sides`, `deleted-later`, `deleted-unseen`, `dead` or `rolled-back`.
    pub reason: String,
    /// `last-write-wins`, `atlas-wins` or `local-wins`.
    pub strategy: String,
    /// The PC whose version won: its name, "atlas" for one written directly there, null where that is not known.
    pub winner: Option<String>,
    /// When the winner was written.
    pub winner_at: Option<f64>,
    /// The PC whose version lost.
    pub loser: Option<String>,
    /// When the loser was written.
    pub loser_at: Option<f64>,
    /// A time was missing and had to be assumed.
    pub caution: bool,
    /// A person has dealt with it.
    pub seen: bool,
}

/// Which conflicts are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConflictFilter {
    /// Those nobody has dealt with.
    #[default]
    Open,
    /// All that are kept.
    All,
}

/// A look into the list of conflicts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConflictQuery {
    /// Open ones or all.
    pub filter: ConflictFilter,
    /// Only this collection.
    #[ts(optional)]
    pub collection: Option<String>,
    /// Only those with this text in label, collection or PC, in any case of letters; empty: no condition.
    pub search: String,
    /// How many to leave out from the newest on.
    pub offset: u32,
    /// How many at most, from 1 to 500.
    pub limit: u32,
}

/// A part of the list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConflictPage {
    /// How many there are that fit the query.
    pub total: u32,
    /// How many of all nobody has dealt with.
    pub open: u32,
    /// The collections that have any, for a filter.
    pub collections: Vec<String>,
    /// The part asked for.
    pub rows: Vec<Conflict>,
}

/// Both versions, field by field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConflictDetail {
    /// The record.
    pub conflict: Conflict,
    /// The winner's content is not kept beside the loser's: it was deleted, or the two were too large together.
    pub winner_missing: bool,
    /// Every field of either version, nested ones on rows of their own, in the order of the winner, which is the first.
    pub rows: Vec<Row>,
    /// There are more rows than are sent.
    pub truncated: bool,
}

/// One field of two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The names on the way to the field; places in a list count from 1.
    pub path: Vec<String>,
    /// In the first version: the one that won, or a document as it comes.
    pub first: Option<Leaf>,
    /// In the second: the one that lost, or the document as it would be saved.
    pub second: Option<Leaf>,
    /// They are not the same.
    pub differs: bool,
}

/// A value, to be shown as text and never as markup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Leaf {
    /// How to show it.
    pub kind: LeafKind,
    /// Dates in ISO 8601, numbers with a decimal point, at most 500 characters.
    pub text: String,
}

/// What kind of value a leaf is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LeafKind {
    /// A text.
    Text,
    /// A number of any type.
    Number,
    /// A moment.
    Date,
    /// `true` or `false`.
    Flag,
    /// Nothing there: null, an empty document or list.
    Empty,
    /// Anything else.
    Other,
}
