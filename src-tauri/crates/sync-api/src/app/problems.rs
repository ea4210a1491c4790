//! The changes that were set aside: listed, tried again, given up, written to a file.

mod ruled;

use std::path::PathBuf;

use bson::{Bson, Document};
use sync_engine::quarantine::{self, short_id};

use super::App;
use super::bundle::downloads;
use super::fields::leaf;
use crate::wire::{Failure, FailureKind, Problem, ProblemKind, WhichWay};

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
    let (kind, fields) = match code {
        0 => ruled::read(&reason).unwrap_or_else(|| (kind(code, &reason), Vec::new())),
        _ => (kind(code, &reason), Vec::new()),
    };
    Problem {
        id: short_id(record),
        collection: about.get_str("collection").unwrap_or_default().to_owned(),
        document: leaf(about.get("id").unwrap_or(&Bson::Null)).text,
        direction: match record.get_str("direction") {
            Ok("atlas_to_local") => WhichWay::Download,
            _ => WhichWay::Upload,
        },
        kind,
        fields,
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
        0 => ProblemKind::Malformed,
        _ => ProblemKind::Other,
    }
}

#[cfg(test)]
mod tests {
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
}
