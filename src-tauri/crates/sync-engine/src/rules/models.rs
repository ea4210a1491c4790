//! The shop's Mongoose models: one host at a time, started again when it fails, and the document found that makes it
//! fail.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex as StdMutex};
use std::time::{Duration, Instant};

use bson::RawDocumentBuf;
use serde::de::IgnoredAny;
use sync_core::backoff::Backoff;
use tokio::sync::{Mutex, Notify};

use super::ejson::{document_in, text_of};
use super::host::{Given, Host, HostFailure, Local, Verdict};
use super::objection::{Failure, Objection};
use super::secrets::Secrets;
use super::{Incoming, Ruling, Unready};
use crate::config::{ConnectionString, EngineConfig, ModelsConfig};
use crate::portions::Bounds;
use crate::reconcile::rand_chance;

/// Documents handed over at a time: so many that a round trip is cheap, and so few that one that hangs is found soon.
const BATCH_MAX: Bounds = Bounds {
    items: 250,
    bytes: 4 * 1024 * 1024,
};

/// A larger one would keep the others waiting for too long, and Node's memory is bounded.
const DOCUMENT_BYTES_MAX: usize = 6 * 1024 * 1024;

/// Waits between starts that fail.
const STARTS: Backoff = Backoff {
    interval: Duration::from_secs(1),
    attempts_max: 1,
};

/// So many documents that break the host one after the other: it is the model, and no document is to blame.
const BREAKS_MAX: usize = 3;

#[derive(Debug)]
pub(super) struct Models {
    config: ModelsConfig,
    local: ConnectionString,
    database: String,
    /// Of the last host that came up: what has no model need not wait for the next one.
    collections: StdMutex<Option<BTreeSet<String>>>,
    stand: Mutex<Stand>,
    changed: Notify,
    secrets: Arc<Secrets>,
}

#[derive(Debug, Default)]
struct Stand {
    host: Option<Host>,
    failed: Option<Failed>,
}

/// Hosts that failed in a row.
#[derive(Debug)]
struct Failed {
    times: u32,
    again_at: Instant,
    reason: String,
}

impl Models {
    pub(super) fn new(models: ModelsConfig, config: &EngineConfig) -> Models {
        Models {
            config: models,
            local: config.local_uri.clone(),
            database: config.database.clone(),
            collections: StdMutex::default(),
            stand: Mutex::default(),
            changed: Notify::new(),
            secrets: Arc::new(Secrets::of(&config.local_uri)),
        }
    }

    /// The files have changed: who waits for the old host waits no longer, and the next document meets a new one.
    pub(super) async fn restart(&self) {
        self.changed.notify_waiters();
        *self.stand.lock().await = Stand::default();
        *self.collections.lock().expect("no holder panics") = None;
    }

    /// `None`: the collection has no model.
    pub(super) async fn judge(
        &self,
        collection: &str,
        incoming: &[Incoming],
    ) -> Result<Option<Vec<Ruling>>, Unready> {
        if !self.may_have_a_model(collection) {
            return Ok(None);
        }
        let mut rulings = vec![Ruling::AsItIs; incoming.len()];
        let mut sayable = Vec::with_capacity(incoming.len());
        for (at, document) in incoming.iter().enumerate() {
            match given(document) {
                Ok(given) => sayable.push((at, given)),
                Err(objection) => rulings[at] = Ruling::Refused(objection),
            }
        }
        let (places, given): (Vec<usize>, Vec<Given>) = sayable.into_iter().unzip();
        let mut parts = BATCH_MAX.portions(given.iter().map(Given::text_bytes));
        parts.reverse();
        let mut breaks = 0;
        while let Some(part) = parts.pop() {
            let asked = tokio::select! {
                asked = self.ask(collection, &given[part.clone()]) => asked?,
                () = self.changed.notified() => return Err(Unready::now("the rules have changed")),
            };
            match asked {
                Ok(None) => return Ok(None),
                Ok(Some(verdicts)) => {
                    breaks = 0;
                    for (at, verdict) in places[part].iter().zip(verdicts) {
                        rulings[*at] = ruling(verdict, &self.secrets);
                    }
                }
                // One by one: the document that did it costs one more wait, and no other is blamed.
                Err(_) if part.len() > 1 => parts.extend(part.rev().map(|at| at..at + 1)),
                Err(failure) => {
                    breaks += 1;
                    if breaks >= BREAKS_MAX {
                        return Err(self.broken(&failure).await);
                    }
                    let objection = Objection::broke_down(&failure);
                    rulings[places[part.start]] = Ruling::Refused(objection);
                }
            }
        }
        Ok(Some(rulings))
    }

    pub(super) fn may_have_a_model(&self, collection: &str) -> bool {
        let known = self.collections.lock().expect("no holder panics");
        known
            .as_ref()
            .is_none_or(|known| known.contains(collection))
    }

    /// One batch. A host that does not answer it in full is never spoken to again.
    async fn ask(
        &self,
        collection: &str,
        documents: &[Given],
    ) -> Result<Result<Option<Vec<Verdict>>, HostFailure>, Unready> {
        let mut stand = self.stand.lock().await;
        let mut host = match stand.host.take() {
            Some(host) => host,
            None => self.start(&mut stand).await?,
        };
        let answer = host.ask(collection, documents).await;
        match &answer {
            Ok(_) => {
                stand.host = Some(host);
                stand.failed = None;
            }
            Err(failure) => {
                tracing::warn!(%failure, collection, documents = documents.len(), "the process that runs Bomba's models has to be started again");
            }
        }
        Ok(answer)
    }

    async fn start(&self, stand: &mut Stand) -> Result<Host, Unready> {
        if let Some(failed) = &stand.failed
            && let Some(wait) = failed.again_at.checked_duration_since(Instant::now())
        {
            return Err(Unready {
                reason: failed.reason.clone(),
                wait,
            });
        }
        let to_local = Local {
            uri: &self.local,
            database: &self.database,
            secrets: &self.secrets,
        };
        match Host::start(&self.config, to_local).await {
            Ok(host) => {
                let collections = host.loaded.collections.clone();
                *self.collections.lock().expect("no holder panics") = Some(collections);
                Ok(host)
            }
            Err(failure) => Err(stand.fail(format!("Bomba's models cannot be run: {failure}"))),
        }
    }

    async fn broken(&self, failure: &HostFailure) -> Unready {
        let mut stand = self.stand.lock().await;
        stand.host = None;
        stand.fail(format!(
            "Bomba's models break down on one document after the other, the last time because {failure}"
        ))
    }
}

impl Stand {
    fn fail(&mut self, reason: String) -> Unready {
        let times = self.failed.as_ref().map_or(0, |failed| failed.times) + 1;
        let wait = STARTS.wait(times, rand_chance());
        self.failed = Some(Failed {
            times,
            again_at: Instant::now() + wait,
            reason: reason.clone(),
        });
        Unready { reason, wait }
    }
}

fn given(incoming: &Incoming) -> Result<Given, Objection> {
    let existing = incoming.existing.as_ref();
    let bytes = |document: &RawDocumentBuf| document.as_bytes().len();
    if bytes(&incoming.document) + existing.map_or(0, bytes) > DOCUMENT_BYTES_MAX {
        return Err(Objection::too_large());
    }
    let text = |document: &RawDocumentBuf| text_of(document).ok_or_else(Objection::unfit);
    Ok(Given {
        incoming: text(&incoming.document)?,
        existing: existing.map(text).transpose()?,
    })
}

/// What the shop's code says may quote what it was given.
fn ruling(verdict: Verdict, secrets: &Secrets) -> Ruling {
    let hidden = |failure: Failure| Failure {
        path: secrets.hide(&failure.path),
        message: secrets.hide(&failure.message),
    };
    match verdict {
        Verdict::Unchanged(IgnoredAny) => Ruling::AsItIs,
        Verdict::Document(value) => match document_in(&value) {
            Some(computed) => Ruling::Computed(computed),
            None => Ruling::Refused(Objection::unfit()),
        },
        Verdict::Invalid(failures) => {
            Ruling::Refused(Objection::refused(failures.into_iter().map(hidden)))
        }
        Verdict::Threw(message) => Ruling::Refused(Objection::failed(&secrets.hide(&message))),
        Verdict::Unsettled(paths) => {
            let paths = paths.iter().map(|path| secrets.hide(path));
            Ruling::Refused(Objection::unsettled(paths))
        }
    }
}
