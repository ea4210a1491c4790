//! `verify`: both sides compared in full, and the answer as an exit code.

use bson::Bson;
use serde::Serialize;
use sync_api::logging;
use sync_api::settings::Settings;
use sync_engine::verify::{self, Report};

use crate::failure::{Failure, Outcome};
use crate::terminal::{self, Form};

/// More than anyone reads on a terminal; the JSON form has more.
const SHOWN_MAX: usize = 50;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    verdict: &'static str,
    documents: u64,
    different: u64,
    differences: Vec<ToldDifference<'a>>,
    could_not_tell: u64,
    finished_at: String,
}

#[derive(Serialize)]
struct ToldDifference<'a> {
    collection: &'a str,
    id: &'a Bson,
    why: &'a str,
}

/// Exit code 0: identical; 1: different; 2: could not tell.
pub(crate) async fn verify(
    settings: &Settings,
    collection: Option<&str>,
    form: Form,
) -> Result<Outcome, Failure> {
    logging::to_terminal(settings)?;
    let report = verify::verify(&settings.engine_config()?, collection)
        .await
        .map_err(Failure::Verify)?;
    match form {
        Form::Json => terminal::say_json(&told(&report))?,
        Form::Words => terminal::say(&words(&report))?,
    }
    Ok(outcome(&report))
}

fn outcome(report: &Report) -> Outcome {
    match (report.different, report.could_not_tell) {
        (0, 0) => Outcome::Fine,
        (0, _) => Outcome::CannotTell,
        (_, _) => Outcome::Wrong,
    }
}

fn told(report: &Report) -> Told<'_> {
    let differences = report.differences.iter().map(|difference| ToldDifference {
        collection: &difference.collection,
        id: &difference.id,
        why: difference.why,
    });
    Told {
        verdict: match outcome(report) {
            Outcome::Fine => "identical",
            Outcome::Wrong => "different",
            Outcome::CannotTell => "couldNotTell",
        },
        documents: report.documents,
        different: report.different,
        differences: differences.collect(),
        could_not_tell: report.could_not_tell,
        finished_at: terminal::value(&Bson::DateTime(report.finished_at)),
    }
}

fn words(report: &Report) -> String {
    let Report {
        documents,
        different,
        differences,
        could_not_tell,
        finished_at,
    } = report;
    let finished_at = terminal::value(&Bson::DateTime(*finished_at));
    let head = match outcome(report) {
        Outcome::Fine => "identical",
        Outcome::Wrong => "different",
        Outcome::CannotTell => "could not tell",
    };
    let mut parts = vec![format!(
        "{head}: {documents} documents, {different} differences, at {finished_at}"
    )];
    if *could_not_tell > 0 {
        parts.push(format!(
            "{could_not_tell} documents kept changing, or are damaged, and could not be compared; ask again"
        ));
    }
    if *different > 0 {
        let rows = differences.iter().take(SHOWN_MAX);
        let rows = rows.map(|row| {
            [
                row.collection.clone(),
                terminal::value(&row.id),
                row.why.to_owned(),
            ]
        });
        parts.push(terminal::table(["COLLECTION", "ID", "WHAT DIFFERS"], rows));
    }
    let shown = differences.len().min(SHOWN_MAX) as u64;
    if *different > shown {
        let more = different - shown;
        parts.push(format!(
            "and {more} more; --json tells the first ten thousand"
        ));
    }
    parts.join("\n")
}
