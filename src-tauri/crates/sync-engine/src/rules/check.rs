//! Whether the rules can be run: what `check` says of them.

use super::declared::tried;
use super::host::Loaded;
use super::survey::load;
use crate::check::{Finding, Severity};
use crate::config::{EngineConfig, ModelsConfig};
use crate::replica::Replica;

const MODELS: &str = "models";
const RULES_FILE: &str = "rules-file";

/// Loads the models and works every rule of the file out once, on no document. `local` is this PC's MongoDB, if it
/// can be reached.
pub(crate) async fn check(config: &EngineConfig, local: Option<&Replica>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(models) = &config.models {
        findings.push(check_models(models, config).await);
    }
    if let (Some(file), Some(local)) = (&config.rules_file, local) {
        let finding = match tried(file, local).await {
            Ok(rules) => {
                let wrong: Vec<String> = rules
                    .values()
                    .flatten()
                    .map(|wrong| wrong.reason.clone())
                    .collect();
                match wrong.is_empty() {
                    true => finding(RULES_FILE, format!("rules for {}", listed(rules.keys()))),
                    false => broken(RULES_FILE, wrong.join("; ")),
                }
            }
            Err(unready) => broken(RULES_FILE, unready.reason),
        };
        findings.push(finding);
    }
    findings
}

async fn check_models(models: &ModelsConfig, config: &EngineConfig) -> Finding {
    match load(models, config).await {
        Ok(Loaded {
            mongoose,
            node,
            collections,
            problems,
        }) => {
            let text = format!(
                "Mongoose {mongoose} on Node.js {node}, models for {}",
                listed(collections.iter())
            );
            if problems.is_empty() {
                return finding(MODELS, text);
            }
            let problems: Vec<String> = problems
                .iter()
                .map(|problem| format!("{}: {}", problem.file, problem.message))
                .collect();
            Finding {
                answer: "models-partly",
                severity: Severity::Warning,
                remedy: Some(format!("look at {}", problems.join("; "))),
                ..finding(MODELS, text)
            }
        }
        Err(failure) => broken(MODELS, format!("Bomba's models cannot be run: {failure}")),
    }
}

fn listed<'a>(collections: impl Iterator<Item = &'a String>) -> String {
    let collections: Vec<&str> = collections.map(String::as_str).collect();
    match collections.is_empty() {
        true => "no collection".to_owned(),
        false => collections.join(", "),
    }
}

fn finding(kind: &'static str, text: String) -> Finding {
    Finding {
        kind,
        answer: "ok",
        side: None,
        severity: Severity::Ok,
        text,
        remedy: None,
    }
}

fn broken(kind: &'static str, text: String) -> Finding {
    Finding {
        answer: "rules-failing",
        severity: Severity::Problem,
        remedy: Some("mend what is named, or take the setting out; until then nothing comes from Atlas to collections that have rules".to_owned()),
        ..finding(kind, text)
    }
}
