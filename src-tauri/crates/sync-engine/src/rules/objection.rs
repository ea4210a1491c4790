//! Why the rules will not have a document: a kind, the paths they name, and words for a person.

use serde::Deserialize;

/// Paths of a document that are named to a person; more of them say no more.
const FAILURES_MAX: usize = 10;

/// A name that is longer is none that a person gave, and a record has no room for it.
const PATH_CHARACTERS_MAX: usize = 200;

/// What the rules have against a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// Which way they object.
    pub kind: ObjectionKind,
    /// The same in words, what the rules themselves say included.
    pub reason: String,
    /// What they have against single paths, at most ten of them; empty where they name none.
    pub failures: Vec<Failure>,
}

/// What the rules have against one path of a document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Failure {
    /// The path as the rules name it, such as `items.0.price`.
    pub path: String,
    /// Their own words; empty where they have none.
    pub message: String,
}

/// Which way the rules object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectionKind {
    /// They do not allow the document.
    Refused,
    /// They failed or broke down on it.
    Failed,
    /// They change their own result each time they are run.
    Unsettled,
    /// They cannot be shown it without changing it.
    Unfit,
    /// It is too large for them.
    TooLarge,
}

impl ObjectionKind {
    /// All of them.
    pub const ALL: [ObjectionKind; 5] = [
        ObjectionKind::Refused,
        ObjectionKind::Failed,
        ObjectionKind::Unsettled,
        ObjectionKind::Unfit,
        ObjectionKind::TooLarge,
    ];

    /// The word for it in stored records.
    pub fn name(self) -> &'static str {
        match self {
            ObjectionKind::Refused => "refused",
            ObjectionKind::Failed => "failed",
            ObjectionKind::Unsettled => "unsettled",
            ObjectionKind::Unfit => "unfit",
            ObjectionKind::TooLarge => "too-large",
        }
    }

    /// The kind of a word.
    pub fn named(word: &str) -> Option<ObjectionKind> {
        let mut all = ObjectionKind::ALL.into_iter();
        all.find(|kind| kind.name() == word)
    }
}

impl Objection {
    pub(super) fn refused(failures: impl IntoIterator<Item = Failure>) -> Objection {
        let failures = cut(failures.into_iter());
        let said = failures.iter().map(Failure::said).collect::<Vec<_>>();
        let said = match said.is_empty() {
            true => String::new(),
            false => format!(": {}", said.join("; ")),
        };
        Objection {
            kind: ObjectionKind::Refused,
            reason: format!("Bomba's rules do not allow it{said}"),
            failures,
        }
    }

    /// Rules that change their own result would change the document for ever.
    pub(super) fn unsettled(paths: impl IntoIterator<Item = String>) -> Objection {
        let failures = cut(paths.into_iter().map(wordless));
        let paths: Vec<&str> = failures.iter().map(|failure| &*failure.path).collect();
        let paths = paths.join(", ");
        Objection {
            kind: ObjectionKind::Unsettled,
            reason: format!("Bomba's rules change it again each time they are run, at: {paths}"),
            failures,
        }
    }

    pub(super) fn failed(why: &dyn std::fmt::Display) -> Objection {
        let reason = format!("Bomba's rules failed on it: {why}");
        Objection::of(ObjectionKind::Failed, reason)
    }

    pub(super) fn broke_down(why: &dyn std::fmt::Display) -> Objection {
        let reason = format!("Bomba's rules broke down on it: {why}");
        Objection::of(ObjectionKind::Failed, reason)
    }

    /// Under another key it would be another document.
    pub(super) fn another_key() -> Objection {
        let reason = "Bomba's rules give it another _id".to_owned();
        Objection::of(ObjectionKind::Failed, reason)
    }

    pub(super) fn unfit() -> Objection {
        let reason = "it holds something that Bomba's rules cannot be shown without changing it";
        Objection::of(ObjectionKind::Unfit, reason.to_owned())
    }

    pub(super) fn too_large() -> Objection {
        let reason = "it is too large for Bomba's rules to be run on it".to_owned();
        Objection::of(ObjectionKind::TooLarge, reason)
    }

    fn of(kind: ObjectionKind, reason: String) -> Objection {
        Objection {
            kind,
            reason,
            failures: Vec::new(),
        }
    }
}

impl Failure {
    fn said(&self) -> String {
        let Failure { path, message } = self;
        match message.is_empty() {
            true => path.clone(),
            false => format!("{path}: {message}"),
        }
    }
}

fn cut(failures: impl Iterator<Item = Failure>) -> Vec<Failure> {
    let cut = |failure: Failure| Failure {
        path: failure.path.chars().take(PATH_CHARACTERS_MAX).collect(),
        ..failure
    };
    failures.take(FAILURES_MAX).map(cut).collect()
}

/// A path that is named and no more.
pub(super) fn wordless(path: String) -> Failure {
    Failure {
        path,
        message: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_names_its_paths_in_words_and_as_they_are() {
        let named = |path: &str, message: &str| Failure {
            path: path.to_owned(),
            message: message.to_owned(),
        };
        let total = named("total", "too much; ask: the owner");
        let objection = Objection::refused([total.clone(), wordless("paid".to_owned())]);
        assert_eq!(
            objection.reason,
            "Bomba's rules do not allow it: total: too much; ask: the owner; paid"
        );
        assert_eq!(objection.failures, [total, named("paid", "")]);
        let unnamed = Objection::refused([]);
        assert_eq!(unnamed.reason, "Bomba's rules do not allow it");
    }

    #[test]
    fn no_more_paths_are_named_than_a_person_reads() {
        let many = || (0..50).map(|path| format!("f{path}"));
        for objection in [
            Objection::refused(many().map(wordless)),
            Objection::unsettled(many()),
        ] {
            assert_eq!(objection.failures.len(), FAILURES_MAX);
            assert!(!objection.reason.contains("f10"), "{}", objection.reason);
        }
        let endless = Objection::unsettled([String::from("س").repeat(9_000)]);
        assert_eq!(endless.failures[0].path, "س".repeat(PATH_CHARACTERS_MAX));
    }

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        for kind in ObjectionKind::ALL {
            assert_eq!(ObjectionKind::named(kind.name()), Some(kind));
        }
        assert_eq!(ObjectionKind::named("of-the-future"), None);
    }
}
