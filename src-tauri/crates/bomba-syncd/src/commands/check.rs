//! `check`: both ends looked at, and for each problem what to do about it.

use serde::Serialize;
use sync_api::logging;
use sync_api::settings::Settings;
use sync_engine::check::{self, Finding, Severity};

use crate::failure::{Failure, Outcome};
use crate::terminal::{self, Form};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    kind: &'a str,
    side: Option<&'static str>,
    severity: &'static str,
    text: &'a str,
    remedy: Option<&'a str>,
}

/// Exit code 0: nothing is in the way; 1: something is.
pub(crate) async fn check(settings: &Settings, form: Form) -> Result<Outcome, Failure> {
    logging::to_terminal(settings)?;
    let findings = check::check(&settings.engine_config()?).await;
    match form {
        Form::Json => terminal::say_json(&findings.iter().map(told).collect::<Vec<_>>())?,
        Form::Words => terminal::say(&words(&findings))?,
    }
    let in_the_way = findings
        .iter()
        .any(|finding| finding.severity == Severity::Problem);
    Ok(if in_the_way {
        Outcome::Wrong
    } else {
        Outcome::Fine
    })
}

fn told(finding: &Finding) -> Told<'_> {
    Told {
        kind: finding.kind,
        side: finding.side.map(|side| side.name()),
        severity: severity(finding.severity),
        text: &finding.text,
        remedy: finding.remedy.as_deref(),
    }
}

fn words(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|finding| {
        let side = finding
            .side
            .map_or(String::new(), |side| format!("{side}: "));
        let remedy = finding
            .remedy
            .as_ref()
            .map_or(String::new(), |remedy| format!("\n         -> {remedy}"));
        format!(
            "{:<8} {side}{}{remedy}",
            severity(finding.severity),
            finding.text
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Ok => "ok",
        Severity::Warning => "warning",
        Severity::Problem => "problem",
    }
}
