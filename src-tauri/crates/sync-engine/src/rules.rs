//! Bomba's own rules for what comes from Atlas: its Mongoose models, run by a process of their own, and rules that a
//! file declares, worked out by MongoDB. They see a document before it is written to Local, and nowhere else.
//!
//! A document whose content they change is no edit: the stamp's `base` keeps what Atlas holds.

mod declared;
mod ejson;
mod host;
mod models;
mod watched;

use std::convert::Infallible;

use bson::RawDocumentBuf;
use thiserror::Error;

use crate::config::EngineConfig;
use crate::run::Run;
use declared::Declared;
use models::Models;
use watched::Watched;

/// The kind of the notice that rules cannot be run.
pub(crate) const RULES_FAILING: &str = "rules-failing";

/// A document that is about to be written to Local, without stamps.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) document: RawDocumentBuf,
    /// What Local holds now.
    pub(crate) existing: Option<RawDocumentBuf>,
}

/// What the rules say of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ruling {
    /// It is written as it came.
    AsItIs,
    /// This is written instead.
    Computed(RawDocumentBuf),
    /// It is not written. The reason is in words for a person.
    Refused(String),
}

/// The rules cannot be asked now. What waits for them is tried again.
#[derive(Debug, Error)]
#[error("{reason}")]
pub(crate) struct Unready {
    pub(crate) reason: String,
}

impl Unready {
    fn because(reason: impl Into<String>) -> Unready {
        Unready {
            reason: reason.into(),
        }
    }
}

/// All rules of one engine.
#[derive(Debug)]
pub(crate) struct Rules {
    models: Option<Models>,
    declared: Option<Declared>,
    watched: Watched,
}

impl Rules {
    pub(crate) fn new(config: &EngineConfig) -> Rules {
        let models = config.models.as_ref();
        let folder = models.map(|models| models.folder.as_path());
        Rules {
            models: models.map(|models| Models::new(models.clone(), config)),
            declared: config.rules_file.clone().map(Declared::new),
            watched: Watched::new(folder, config.rules_file.as_deref()),
        }
    }

    /// Asks the rules about documents of one collection. The answers stand in the same order.
    pub(crate) async fn judge(
        &self,
        run: &Run,
        collection: &str,
        incoming: &[Incoming],
    ) -> Result<Vec<Ruling>, Unready> {
        let judged = tokio::select! {
            judged = self.ask(run, collection, incoming) => judged,
            () = run.stopping() => return Err(Unready::because("the engine stops")),
        };
        match &judged {
            Ok(_) => run.forget(RULES_FAILING, ""),
            Err(Unready { reason }) => run.notice(RULES_FAILING, "", reason.clone()),
        }
        judged
    }

    /// Models come first; a collection without one has the rules of the file.
    async fn ask(
        &self,
        run: &Run,
        collection: &str,
        incoming: &[Incoming],
    ) -> Result<Vec<Ruling>, Unready> {
        if let Some(models) = &self.models
            && let Some(rulings) = models.judge(collection, incoming).await?
        {
            return Ok(rulings);
        }
        match &self.declared {
            Some(declared) => declared.judge(run, collection, incoming).await,
            None => Ok(vec![Ruling::AsItIs; incoming.len()]),
        }
    }

    pub(crate) fn are_any(&self) -> bool {
        self.models.is_some() || self.declared.is_some()
    }
}

/// Follows the files that hold the rules: when they change, the rules are read anew and what was set aside has its turn
/// again.
pub(crate) async fn follow(run: &Run) -> Infallible {
    loop {
        run.rules.watched.changed().await;
        tracing::info!("Bomba's rules have changed");
        if let Some(models) = &run.rules.models {
            models.restart().await;
        }
        if let Some(declared) = &run.rules.declared {
            declared.reload().await;
        }
        run.retry_set_aside();
        run.try_later(true);
    }
}
