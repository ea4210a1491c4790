//! What Bomba's rules said of a document, read back from the reason that the engine wrote down. The other half is
//! `sync-engine`'s `rules`: a reason that is worded anew there has to be read here.

use crate::wire::ProblemKind;

/// More of them say no more to a person.
const FIELDS_MAX: usize = 10;

/// A name that is longer is none that a person gave.
const FIELD_CHARACTERS_MAX: usize = 100;

const REFUSED: &str = "Bomba's rules do not allow it";
const UNSETTLED: &str = "Bomba's rules change it again each time they are run, at: ";
const FAILED: [&str; 2] = [
    "Bomba's rules failed on it",
    "Bomba's rules broke down on it",
];
const UNFIT: &str = "it holds something that Bomba's rules cannot be shown";

/// The kind, and the fields the rules name. `None`: the rules had no part in it.
pub(super) fn read(reason: &str) -> Option<(ProblemKind, Vec<String>)> {
    if let Some(said) = reason.strip_prefix(REFUSED) {
        return Some((ProblemKind::RulesRefused, wrong(said)));
    }
    if let Some(said) = reason.strip_prefix(UNSETTLED) {
        return Some((ProblemKind::RulesUnsettled, first(said.split(", "))));
    }
    if FAILED.iter().any(|words| reason.starts_with(words)) {
        return Some((ProblemKind::RulesFailed, Vec::new()));
    }
    let unfit = reason.starts_with(UNFIT);
    unfit.then_some((ProblemKind::RulesUnfit, Vec::new()))
}

/// Models give `: path: message; path: message`, rules of a file `: field, field`.
fn wrong(said: &str) -> Vec<String> {
    let Some(said) = said.strip_prefix(": ") else {
        return Vec::new();
    };
    if !said.contains(": ") {
        return first(said.split(", "));
    }
    let parts = said.split("; ").enumerate();
    first(parts.filter_map(|(place, part)| {
        let (path, _message) = part.split_once(": ")?;
        // A message may go on behind a semicolon; what has a space in it there is a sentence and no path.
        (place == 0 || !path.contains(char::is_whitespace)).then_some(path)
    }))
}

fn first<'a>(fields: impl Iterator<Item = &'a str>) -> Vec<String> {
    let named = fields.filter(|field| !field.is_empty());
    let cut = |field: &str| field.chars().take(FIELD_CHARACTERS_MAX).collect();
    named.take(FIELDS_MAX).map(cut).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_the_rules_said_is_read_back_with_the_fields_they_name() {
        use ProblemKind::{RulesFailed, RulesRefused, RulesUnfit, RulesUnsettled};
        let cases: [(&str, ProblemKind, &[&str]); 12] = [
            (
                "Bomba's rules do not allow it: total: a total is not negative; items.0.price: Path `items.0.price` is required.",
                RulesRefused,
                &["total", "items.0.price"],
            ),
            (
                "Bomba's rules do not allow it: total: too much; please ask: the owner; paid: not a number",
                RulesRefused,
                &["total", "paid"],
            ),
            (
                "Bomba's rules do not allow it: number, paid",
                RulesRefused,
                &["number", "paid"],
            ),
            (
                "Bomba's rules do not allow it: paid",
                RulesRefused,
                &["paid"],
            ),
            ("Bomba's rules do not allow it: ", RulesRefused, &[]),
            ("Bomba's rules do not allow it", RulesRefused, &[]),
            (
                "Bomba's rules change it again each time they are run, at: count, <b>total</b>",
                RulesUnsettled,
                &["count", "<b>total</b>"],
            ),
            (
                "Bomba's rules failed on it: stock: no such product",
                RulesFailed,
                &[],
            ),
            (
                "Bomba's rules failed on it: Document too large",
                RulesFailed,
                &[],
            ),
            (
                "Bomba's rules broke down on it: it did not finish in time",
                RulesFailed,
                &[],
            ),
            (
                "Bomba's rules broke down on it: it took more than 640 MB of memory",
                RulesFailed,
                &[],
            ),
            (
                "it holds something that Bomba's rules cannot be shown without changing it",
                RulesUnfit,
                &[],
            ),
        ];
        for (reason, kind, fields) in cases {
            let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
            assert_eq!(read(reason), Some((kind, fields)), "{reason}");
        }
        for other in [
            "",
            "the document is too large",
            "it is too large for Bomba's rules to be worked out",
            "Document failed validation: Bomba's rules do not allow it",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn no_more_of_the_fields_than_a_person_reads() {
        let fields: Vec<String> = (0..50).map(|field| format!("f{field}")).collect();
        let reason = format!("{REFUSED}: {}", fields.join(", "));
        assert_eq!(read(&reason).unwrap().1, fields[..FIELDS_MAX]);
        let reason = format!("{REFUSED}: {}", "س".repeat(9_000));
        assert_eq!(read(&reason).unwrap().1, ["س".repeat(FIELD_CHARACTERS_MAX)]);
    }

    /// The engine's own words, as its files hold them: a reason that is worded anew there fails here.
    #[test]
    fn the_engine_still_speaks_in_these_words() {
        // Asked at run time: a build folder that serves several checkouts may hold the path of another.
        let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
        let engine = Path::new(&crate_folder).join("../sync-engine/src/rules/models.rs");
        let text = std::fs::read_to_string(engine).unwrap();
        let words = [REFUSED, UNSETTLED, UNFIT].into_iter().chain(FAILED);
        for words in words {
            assert!(text.contains(words), "{words}");
        }
    }
}
