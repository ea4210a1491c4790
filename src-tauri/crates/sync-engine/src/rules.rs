//! Bomba's own rules for what comes from Atlas: its Mongoose models, run by a process of their own, and rules that a
//! file declares, worked out by MongoDB. They see a document before it is written to Local, and nowhere else.
//!
//! A document whose content they change is no edit: the stamp's `base` keeps what Atlas holds.

mod check;
mod declared;
mod ejson;
mod host;
mod models;
mod objection;
mod secrets;
mod survey;
mod trial;
mod watched;

use std::convert::Infallible;
use std::time::Duration;

use bson::RawDocumentBuf;
use sync_core::document::key_of;
use sync_core::place::Side;
use thiserror::Error;

pub(crate) use check::check;
pub use objection::{Failure, Objection, ObjectionKind};
pub use survey::{Problem, Source, Survey, survey};
pub use trial::{Trial, TrialError, try_on};

use crate::config::EngineConfig;
use crate::names::CONFLICTS;
use crate::replica::Replica;
use crate::run::Run;
use declared::Declared;
use models::Models;
use watched::Watched;

/// How long a document waits for rules that a person has to mend. When their files change it waits no longer.
const MENDED_WITHIN: Duration = Duration::from_secs(15);

/// The kind of the notice that rules cannot be run.
pub(crate) const RULES_FAILING: &str = "rules-failing";

/// A document that is about to be written to Local, without stamps.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) document: RawDocumentBuf,
    /// What Local holds now.
    pub(crate) existing: Option<RawDocumentBuf>,
}

impl Incoming {
    fn bytes(&self) -> usize {
        self.document.as_bytes().len()
    }
}

/// What the rules say of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Ruling {
    /// It is written as it came.
    AsItIs,
    /// This is written instead. It has the same `_id`.
    Computed(RawDocumentBuf),
    /// It is not written.
    Refused(Objection),
}

/// The rules cannot be asked now. What waits for them is tried again.
#[derive(Debug, Error)]
#[error("{reason}")]
pub(crate) struct Unready {
    pub(crate) reason: String,
    /// How long it will be so at least.
    pub(crate) wait: Duration,
}

impl Unready {
    /// Until somebody mends it.
    fn because(reason: impl Into<String>) -> Unready {
        Unready {
            reason: reason.into(),
            wait: MENDED_WITHIN,
        }
    }

    /// No longer than until it is asked again.
    fn now(reason: &str) -> Unready {
        Unready {
            reason: reason.to_owned(),
            wait: Duration::ZERO,
        }
    }
}

/// All rules of one engine.
#[derive(Debug)]
pub(crate) struct Rules {
    sources: Sources,
    watched: Watched,
}

/// Where rules come from.
#[derive(Debug)]
struct Sources {
    models: Option<Models>,
    declared: Option<Declared>,
}

impl Rules {
    pub(crate) fn new(config: &EngineConfig) -> Rules {
        let models = config.models.as_ref();
        let folder = models.map(|models| models.folder.as_path());
        Rules {
            sources: Sources::new(config),
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
        let local = run.replica(Side::Local);
        let judged = tokio::select! {
            judged = self.sources.judge(local, collection, incoming) => judged,
            () = run.stopping() => return Err(Unready::now("the engine stops")),
        };
        match &judged {
            Ok(_) => run.forget(RULES_FAILING, collection),
            Err(Unready { wait, .. }) if wait.is_zero() => {}
            Err(Unready { reason, .. }) => run.notice(RULES_FAILING, collection, reason.clone()),
        }
        judged
    }

    /// Whether any rule may be about the collection.
    pub(crate) fn may_concern(&self, collection: &str) -> bool {
        self.sources.may_concern(collection)
    }
}

impl Sources {
    fn new(config: &EngineConfig) -> Sources {
        let models = config.models.clone();
        Sources {
            models: models.map(|models| Models::new(models, config)),
            declared: config.rules_file.clone().map(Declared::new),
        }
    }

    /// Models come first; a collection without one has the rules of the file.
    async fn judge(
        &self,
        local: &Replica,
        collection: &str,
        incoming: &[Incoming],
    ) -> Result<Vec<Ruling>, Unready> {
        if let Some(models) = &self.models
            && let Some(rulings) = models.judge(collection, incoming).await?
        {
            return Ok(with_their_keys(rulings, incoming));
        }
        match &self.declared {
            Some(declared) => declared.judge(local, collection, incoming).await,
            None => Ok(vec![Ruling::AsItIs; incoming.len()]),
        }
    }

    /// The engine's own collections have no rules.
    fn may_concern(&self, collection: &str) -> bool {
        let has_model = |models: &Models| models.may_have_a_model(collection);
        let may_have_any = self.declared.is_some() || self.models.as_ref().is_some_and(has_model);
        collection != CONFLICTS && may_have_any
    }
}

/// Models can give a document another `_id`; a rules file that tries is not taken.
fn with_their_keys(mut rulings: Vec<Ruling>, incoming: &[Incoming]) -> Vec<Ruling> {
    for (ruling, incoming) in rulings.iter_mut().zip(incoming) {
        if let Ruling::Computed(computed) = ruling
            && key_of(computed).ok() != key_of(&incoming.document).ok()
        {
            *ruling = Ruling::Refused(Objection::another_key());
        }
    }
    rulings
}

/// Follows the files that hold the rules: when they change, the rules are read anew and what was set aside has its turn
/// again.
pub(crate) async fn follow(run: &Run) -> Infallible {
    loop {
        run.rules.watched.changed().await;
        tracing::info!("Bomba's rules have changed");
        if let Some(models) = &run.rules.sources.models {
            models.restart().await;
        }
        if let Some(declared) = &run.rules.sources.declared {
            declared.reload().await;
        }
        run.forget_kind(RULES_FAILING);
        run.retry_set_aside();
        run.try_later(true);
    }
}
