//! The same types for the window, written out by a test into `ui/src/lib/wire.ts`.

use ts_rs::{Config, TS};

use super::*;

/// All types as one TypeScript module.
pub fn typescript() -> String {
    let config = Config::default();
    let mut text = String::from(
        "// Generated from sync-api's wire types by `cargo test -p sync-api`; not to be edited.\n",
    );
    macro_rules! declare {
        ($($type:ty),* $(,)?) => { $(
            text.push_str("\nexport ");
            text.push_str(&<$type as TS>::decl(&config));
            text.push('\n');
        )* };
    }
    declare!(
        State,
        Trouble,
        Local,
        Atlas,
        Direction,
        Mode,
        Compare,
        Collection,
        Notice,
        Status,
        WhichWay,
        Page,
        Sample,
        Device,
        CollectionRow,
        LocalFound,
        Severity,
        Finding,
        Verdict,
        Conflict,
        ConflictFilter,
        ConflictQuery,
        ConflictPage,
        LeafKind,
        Leaf,
        Row,
        ConflictDetail,
        RulesFailure,
        ProblemKind,
        Problem,
        HeldDeletions,
        RulesFrom,
        RuledCollection,
        RulesProblem,
        RulesView,
        Side,
        RulesSample,
        RefusedField,
        RulesAnswer,
        Source,
        Field<u32>,
        Strategy,
        Language,
        Theme,
        Secrets,
        SettingsView,
        Change,
        Trial,
        FailureKind,
        Failure,
    );
    text
}
