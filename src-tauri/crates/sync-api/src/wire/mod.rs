//! What leaves the program as JSON: to whoever asks `GET /status`, and to the window. These types are a promise to
//! others: the status changes only by addition.
//!
//! Counts are `u32` and stop at its end: a window reads them as JavaScript numbers, and four billion is told from
//! "very many" by nobody. Times are `f64` milliseconds since 1970, on Atlas' clock unless said otherwise.

mod conflicts;
mod findings;
mod problems;
mod rules;
mod settings;
mod status;
mod typescript;
mod window;

pub use conflicts::{
    Conflict, ConflictDetail, ConflictFilter, ConflictPage, ConflictQuery, Leaf, LeafKind, Row,
};
pub use findings::{Finding, Severity};
pub use problems::{HeldDeletions, Problem, ProblemKind, RulesFailure};
pub use rules::{
    RefusedField, RuledCollection, RulesAnswer, RulesFrom, RulesProblem, RulesSample, RulesView,
    Side,
};
pub use settings::{
    Change, Field, Language, Secrets, SettingsView, Source, Strategy, Theme, Trial,
};
pub use status::{
    Atlas, Collection, Compare, Direction, Local, Mode, Notice, State, Status, Trouble,
};
pub use typescript::typescript;
pub use window::{
    CollectionRow, Count, Device, Failure, FailureKind, LocalFound, Page, Sample, Verdict, WhichWay,
};
