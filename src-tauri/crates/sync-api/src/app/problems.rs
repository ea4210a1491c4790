//! The changes that were set aside: listed, tried again, given up, written to a file.

use std::path::PathBuf;

use bson::{Bson, Document};
use sync_engine::brake;
use sync_engine::quarantine::{self, short_id};

use super::App;
use super::bundle::downloads;
use super::fields::leaf;
use crate::wire::{Failure, FailureKind, HeldDeletions, Problem, ProblemKind, WhichWay};

impl App {
    /// All changes that are set aside, oldest first.
    ///
    /// # Errors
    /// This PC's MongoDB does not answer.
    pub async fn problems(&self) -> Result<Vec<Problem>, Failure> {
        let records = quarantine::list(&self.access().await?).await?;
        Ok(records.iter().map(problem).collect())
    }

    /// Has one tried again, or all. Returns how many.
    ///
    /// # Errors
    /// There is none of this ID, or this PC's MongoDB does not answer.
    pub async fn retry_problem(&self, id: Option<&str>) -> Result<u32, Failure> {
        let access = self.access().await?;
        let record = match id {
            Some(id) => Some(quarantine::find(&access, id).await?.ok_or_else(gone)?),
            None => None,
        };
        let count = quarantine::retry(&access, record.as_ref()).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Gives one up: the document stays different on the two sides until it is edited.
    ///
    /// # Errors
    /// There is none of this ID, or this PC's MongoDB does not answer.
    pub async fn discard_problem(&self, id: &str) -> Result<(), Failure> {
        let access = self.access().await?;
        let record = quarantine::find(&access, id).await?.ok_or_else(gone)?;
        quarantine::discard(&access, &record).await?;
        Ok(())
    }

    /// Mass deletions that wait until somebody says whether they are meant.
    ///
    /// # Errors
    /// This PC's MongoDB does not answer.
    pub async fn held_deletions(&self) -> Result<Vec<HeldDeletions>, Failure> {
        let held = brake::list(&self.access().await?).await?;
        Ok(held.into_iter().map(HeldDeletions::from).collect())
    }

    /// They are meant: they are made on every PC. Returns how many wait here.
    ///
    /// # Errors
    /// A side does not answer.
    pub async fn apply_deletions(&self, collection: &str, way: WhichWay) -> Result<u32, Failure> {
        let access = self.access().await?;
        let count = brake::apply(&access, collection, way.into()).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// They are not: the documents are put back. Returns how many there are.
    ///
    /// # Errors
    /// A side does not answer.
    pub async fn restore_deletions(&self, collection: &str, way: WhichWay) -> Result<u32, Failure> {
        let access = self.access().await?;
        let count = brake::restore(&access, collection, way.into()).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Writes all of them to a file among the downloads, as JSON.
    ///
    /// # Errors
    /// This PC's MongoDB does not answer, or the disk refuses.
    pub async fn export_problems(&self) -> Result<PathBuf, Failure> {
        let problems = self.problems().await?;
        let text =
            serde_json::to_vec_pretty(&problems).map_err(|error| Failure::storage(&error))?;
        let path = downloads("bomba-sync-problems", "json")?;
        std::fs::write(&path, text).map_err(|error| Failure::storage(&error))?;
        Ok(path)
    }
}

pub(super) fn gone() -> Failure {
    Failure {
        kind: FailureKind::Gone,
        field: None,
        text: "it is not there any more".to_owned(),
    }
}

impl Failure {
    pub(super) fn storage(error: &dyn std::error::Error) -> Failure {
        Failure {
            kind: FailureKind::Storage,
            field: None,
            text: error.to_string(),
        }
    }
}

fn problem(record: &Document) -> Problem {
    let about = record.get_document("_id").cloned().unwrap_or_default();
    let time = |key| {
        record
            .get_datetime(key)
            .map_or(0.0, |at| at.timestamp_millis() as f64)
    };
    let code = record.get_i32("code").unwrap_or_default();
    let reason = record.get_str("reason").unwrap_or_default().to_owned();
    let objection = quarantine::objection(record);
    let kind = match &objection {
        Some(objection) => objection.kind.into(),
        None => kind(code, &reason),
    };
    let failures = objection.map(|objection| objection.failures);
    let failures = failures
        .unwrap_or_default()
        .iter()
        .map(Into::into)
        .collect();
    Problem {
        id: short_id(record),
        collection: about.get_str("collection").unwrap_or_default().to_owned(),
        document: leaf(about.get("id").unwrap_or(&Bson::Null)).text,
        direction: match record.get_str("direction") {
            Ok("atlas_to_local") => WhichWay::Download,
            _ => WhichWay::Upload,
        },
        kind,
        failures,
        reason,
        first_at: time("firstAt"),
        last_at: time("lastAt"),
        attempts: u32::try_from(record.get_i32("attempts").unwrap_or_default()).unwrap_or_default(),
    }
}

fn kind(code: i32, reason: &str) -> ProblemKind {
    match code {
        121 => ProblemKind::Validation,
        11000 => ProblemKind::Clash,
        10334 | 17280 | 17419 | 17420 => ProblemKind::TooLarge,
        2 | 9 | 52 | 57 => ProblemKind::IllegalField,
        0 if reason.contains("too large") => ProblemKind::TooLarge,
        0 => of_rules(reason).unwrap_or(ProblemKind::Malformed),
        _ => ProblemKind::Other,
    }
}

/// Records that an earlier version wrote say it in words alone, until they are tried again.
fn of_rules(reason: &str) -> Option<ProblemKind> {
    let by_words = [
        ("Bomba's rules do not allow it", ProblemKind::RulesRefused),
        ("Bomba's rules change it again", ProblemKind::RulesUnsettled),
        ("Bomba's rules ", ProblemKind::RulesFailed),
        (
            "it holds something that Bomba's rules",
            ProblemKind::RulesUnfit,
        ),
    ];
    let mut fitting = by_words
        .iter()
        .filter(|(words, _)| reason.starts_with(words));
    fitting.next().map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn every_reason_has_a_plain_word() {
        let told = [121, 11000, 10334, 52, 0, 5].map(|code| kind(code, ""));
        assert_eq!(
            told,
            [
                ProblemKind::Validation,
                ProblemKind::Clash,
                ProblemKind::TooLarge,
                ProblemKind::IllegalField,
                ProblemKind::Malformed,
                ProblemKind::Other,
            ]
        );
        assert_eq!(kind(0, "the document is too large"), ProblemKind::TooLarge);
    }

    #[test]
    fn what_the_rules_object_to_is_told_by_its_fields() {
        let record = doc! {
            "code": 0, "reason": "Bomba's rules do not allow it: total: too much; paid", "rules": "refused",
            "failures": [{ "path": "total", "message": "too much" }, { "path": "paid", "message": "" }],
        };
        let told = problem(&record);
        assert_eq!(told.kind, ProblemKind::RulesRefused);
        let failures = told.failures.iter();
        let failures: Vec<_> = failures
            .map(|failure| (&*failure.path, &*failure.message))
            .collect();
        assert_eq!(failures, [("total", "too much"), ("paid", "")]);
        // The words alone decide nothing where the kind is noted.
        let record = doc! { "code": 0, "reason": "it is too large", "rules": "unfit" };
        assert_eq!(problem(&record).kind, ProblemKind::RulesUnfit);
    }

    #[test]
    fn a_record_of_an_earlier_version_still_says_what_kind_it_is() {
        for (reason, kind) in [
            (
                "Bomba's rules do not allow it: total: no",
                ProblemKind::RulesRefused,
            ),
            (
                "Bomba's rules change it again each time they are run, at: count",
                ProblemKind::RulesUnsettled,
            ),
            (
                "Bomba's rules failed on it: no till",
                ProblemKind::RulesFailed,
            ),
            (
                "Bomba's rules broke down on it: it ended",
                ProblemKind::RulesFailed,
            ),
            (
                "it holds something that Bomba's rules cannot be shown without changing it",
                ProblemKind::RulesUnfit,
            ),
            ("it did not come to rest", ProblemKind::Malformed),
        ] {
            let told = problem(&doc! { "code": 0, "reason": reason });
            assert_eq!(told.kind, kind, "{reason}");
            assert_eq!((told.failures, &*told.reason), (Vec::new(), reason));
        }
    }
}
