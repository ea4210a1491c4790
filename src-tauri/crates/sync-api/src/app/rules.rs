//! Bomba's own rules: which lists have any, and what they make of a document that a person chose. Nothing is written.

use std::time::Duration;

use bson::{Bson, Document};
use sync_core::document::content_of;
use sync_engine::EngineError;
use sync_engine::rules::{self, Objection, Problem, Ruling, Source, Trial, TrialError};
use sync_engine::vault::LABELS_LIKELY;

use super::App;
use super::document_text::{lossy, no_document, read, written};
use super::fields::{leaf, rows};
use super::problems::gone;
use crate::wire::{
    Failure, FailureKind, Leaf, RefusedField, RuledCollection, RulesAnswer, RulesFrom,
    RulesProblem, RulesSample, RulesView, Side,
};

/// Node.js and the models may take 30 s to load, and a database as long to answer; nobody waits longer at a window.
const WAIT_MAX: Duration = Duration::from_secs(60);

impl App {
    /// Which lists have rules, and what of the rules cannot be used. The models are loaded for it.
    ///
    /// # Errors
    /// This PC's MongoDB does not answer, or it takes too long.
    pub async fn rules(&self) -> Result<RulesView, Failure> {
        let access = self.access().await?;
        let found = self.in_time(async { Ok(rules::survey(&access).await?) });
        let found = found.await?;
        let mut view = RulesView::default();
        for (from, source) in [
            (RulesFrom::Models, found.models),
            (RulesFrom::File, found.file),
        ] {
            add(&mut view, from, source.unwrap_or_default());
        }
        view.collections
            .sort_by(|one, other| one.name.cmp(&other.name));
        Ok(view)
    }

    /// A document to try the rules on: the newest, or the one that people know by what is `called`.
    ///
    /// # Errors
    /// There is none, it is too large to be shown, or the side does not answer.
    pub async fn rules_sample(
        &self,
        name: &str,
        side: Side,
        called: Option<&str>,
    ) -> Result<RulesSample, Failure> {
        let chosen = self.labels().await.get(name).cloned();
        let fields = match &chosen {
            Some(field) => vec![&**field],
            None => LABELS_LIKELY.to_vec(),
        };
        let called = called.filter(|called| !called.trim().is_empty());
        let found = self.access().await?;
        let found = found.sample(side.into(), name, called, &fields).await?;
        let document = found.ok_or_else(gone)?;
        let document = content_of(&document).map_err(|error| no_document(&error.to_string()))?;
        let (text, exact) = written(&document)?;
        let shown = lossy(&document)?;
        let label = fields.iter().find_map(|field| at(&shown, field));
        let label = label.or_else(|| shown.get("_id").cloned());
        Ok(RulesSample {
            label: leaf(&label.unwrap_or(Bson::Null)).text,
            text,
            exact,
        })
    }

    /// What the rules make of a document, as if it came from Atlas now.
    ///
    /// # Errors
    /// The text is no document, the rules cannot be run, this PC's MongoDB does not answer, or it takes too long.
    pub async fn try_rules(&self, name: &str, text: &str) -> Result<RulesAnswer, Failure> {
        let document = read(text)?;
        let access = self.access().await?;
        let tried = self.in_time(async { Ok(rules::try_on(&access, name, &document).await?) });
        let Trial { document, ruling } = tried.await?;
        let shown = lossy(&document)?;
        Ok(match ruling {
            Ruling::AsItIs => RulesAnswer::Unchanged,
            Ruling::Computed(computed) => {
                let (rows, truncated) = rows(Some(&shown), Some(&lossy(&computed)?));
                // Another order of fields is no change to a person.
                let same = !truncated && rows.iter().all(|row| !row.differs);
                match same {
                    true => RulesAnswer::Unchanged,
                    false => RulesAnswer::Changed { rows, truncated },
                }
            }
            Ruling::Refused(objection) => refused(&objection, &shown),
        })
    }

    /// One at a time: each starts a process of its own.
    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let turn = async {
            let _turn = self.rules_at_work.lock().await;
            work.await
        };
        let late = |_elapsed| Failure {
            kind: FailureKind::TooSlow,
            field: None,
            text: format!("given up after {} s", WAIT_MAX.as_secs()),
        };
        tokio::time::timeout(WAIT_MAX, turn).await.map_err(late)?
    }
}

fn add(view: &mut RulesView, from: RulesFrom, source: Source) {
    for name in source.collections {
        if !view.collections.iter().any(|known| known.name == name) {
            view.collections.push(RuledCollection { name, from });
        }
    }
    let told = source.problems.into_iter();
    view.problems
        .extend(told.map(|Problem { about, reason }| RulesProblem {
            from,
            about,
            text: reason,
        }));
}

fn refused(objection: &Objection, document: &Document) -> RulesAnswer {
    let fields = objection.failures.iter().map(|failure| RefusedField {
        failure: failure.into(),
        value: held(document, &failure.path),
    });
    RulesAnswer::Refused {
        kind: objection.kind.into(),
        fields: fields.collect(),
        reason: objection.reason.clone(),
    }
}

/// What a document holds at a path; something that has parts is there and no more.
fn held(document: &Document, path: &str) -> Option<Leaf> {
    let value = at(document, path)?;
    let is_filled = match &value {
        Bson::Document(parts) => !parts.is_empty(),
        Bson::Array(items) => !items.is_empty(),
        _ => false,
    };
    Some(if is_filled {
        leaf(&Bson::from("…"))
    } else {
        leaf(&value)
    })
}

/// The value at a path with dots, which may lead into a list by place.
fn at(document: &Document, path: &str) -> Option<Bson> {
    let mut steps = path.split('.');
    let first = document.get(steps.next()?)?;
    let value = steps.try_fold(first, |value, step| match value {
        Bson::Document(parts) => parts.get(step),
        Bson::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    });
    value.cloned()
}

impl From<TrialError> for Failure {
    fn from(error: TrialError) -> Failure {
        match error {
            TrialError::Engine(EngineError::Malformed { source, .. }) => {
                no_document(&source.to_string())
            }
            TrialError::Engine(error) => error.into(),
            TrialError::Unready(text) => Failure {
                kind: FailureKind::RulesFailing,
                field: None,
                text,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn a_path_leads_into_documents_and_lists() {
        let bill = doc! { "total": -5, "items": [{ "price": 3 }], "note": {}, "paid": null };
        let text = |path: &str| held(&bill, path).map(|leaf| leaf.text);
        assert_eq!(text("total").as_deref(), Some("-5"));
        assert_eq!(text("items.0.price").as_deref(), Some("3"));
        assert_eq!(text("items").as_deref(), Some("…"));
        assert_eq!(text("note").as_deref(), Some(""));
        assert_eq!(text("paid").as_deref(), Some(""));
        for nowhere in ["", "no", "items.1.price", "items.x", "total.x"] {
            assert_eq!(text(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn a_model_counts_before_the_file() {
        let source = |names: &[&str]| Source {
            collections: names.iter().copied().map(str::to_owned).collect(),
            problems: Vec::new(),
        };
        let mut view = RulesView::default();
        add(&mut view, RulesFrom::Models, source(&["bills"]));
        add(&mut view, RulesFrom::File, source(&["bills", "logs"]));
        let told = view.collections.iter().map(|row| (&*row.name, row.from));
        let told: Vec<_> = told.collect();
        assert_eq!(
            told,
            [("bills", RulesFrom::Models), ("logs", RulesFrom::File)]
        );
    }
}
