//! The shop's Mongoose models: one host at a time, started again when it fails, and the document found that makes it
//! fail.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use sync_core::backoff::Backoff;
use tokio::sync::Mutex;

use super::ejson::{document_in, text_of};
use super::host::{Given, Host, HostFailure, Verdict};
use super::{Incoming, Ruling, Unready};
use crate::config::{ConnectionString, EngineConfig, ModelsConfig};
use crate::reconcile::rand_chance;

/// Documents handed over at a time: so many that a round trip is cheap, and so few that one that hangs is found soon.
const BATCH_DOCUMENTS_MAX: usize = 250;
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Waits between starts that fail.
const STARTS: Backoff = Backoff {
    interval: Duration::from_secs(1),
    attempts_max: 1,
};

/// Paths of a document that are named to a person; more of them say no more.
const PATHS_MAX: usize = 10;

#[derive(Debug)]
pub(super) struct Models {
    config: ModelsConfig,
    local: ConnectionString,
    database: String,
    stand: Mutex<Stand>,
}

#[derive(Debug, Default)]
struct Stand {
    host: Option<Host>,
    /// Of the last host that came up: what has no model need not wait for the next one.
    collections: Option<BTreeSet<String>>,
    failed: Option<Failed>,
}

/// Starts that failed in a row.
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
            stand: Mutex::default(),
        }
    }

    /// The files have changed: the next document meets a new host.
    pub(super) async fn restart(&self) {
        *self.stand.lock().await = Stand::default();
    }

    /// `None`: the collection has no model.
    pub(super) async fn judge(
        &self,
        collection: &str,
        incoming: &[Incoming],
    ) -> Result<Option<Vec<Ruling>>, Unready> {
        let mut stand = self.stand.lock().await;
        if stand.collections.is_none() {
            self.host(&mut stand).await?;
        }
        let known = stand.collections.as_ref();
        if known.is_some_and(|known| !known.contains(collection)) {
            return Ok(None);
        }
        let mut rulings = vec![Ruling::AsItIs; incoming.len()];
        let mut sayable = Vec::with_capacity(incoming.len());
        for (at, document) in incoming.iter().enumerate() {
            match given(document) {
                Some(given) => sayable.push((at, given)),
                None => rulings[at] = unsayable(),
            }
        }
        let (places, given): (Vec<usize>, Vec<Given>) = sayable.into_iter().unzip();
        let mut parts = parts(&given);
        while let Some(part) = parts.pop() {
            let documents = &given[part.clone()];
            let host = self.host(&mut stand).await?;
            match host.ask(collection, documents).await {
                Ok(None) => return Ok(None),
                Ok(Some(verdicts)) => {
                    for (at, verdict) in places[part].iter().zip(verdicts) {
                        rulings[*at] = ruling(verdict);
                    }
                }
                Err(failure) => {
                    stand.host = None;
                    tracing::warn!(%failure, collection, documents = documents.len(), "the process that runs Bomba's models has to be started again");
                    match part.len() {
                        1 => rulings[places[part.start]] = broke(&failure),
                        // One by one: the document that did it costs one more wait, and no other is blamed.
                        _ => parts.extend(part.rev().map(|at| at..at + 1)),
                    }
                }
            }
        }
        Ok(Some(rulings))
    }

    async fn host<'a>(&self, stand: &'a mut Stand) -> Result<&'a mut Host, Unready> {
        let host = match stand.host.take() {
            Some(host) => host,
            None => self.start(stand).await?,
        };
        Ok(stand.host.insert(host))
    }

    async fn start(&self, stand: &mut Stand) -> Result<Host, Unready> {
        if let Some(failed) = &stand.failed
            && Instant::now() < failed.again_at
        {
            return Err(Unready::because(&failed.reason));
        }
        match Host::start(&self.config, &self.local, &self.database).await {
            Ok(host) => {
                stand.failed = None;
                stand.collections = Some(host.collections.clone());
                Ok(host)
            }
            Err(failure) => {
                let times = stand.failed.as_ref().map_or(0, |failed| failed.times) + 1;
                let reason = format!("Bomba's models cannot be run: {failure}");
                stand.failed = Some(Failed {
                    times,
                    again_at: Instant::now() + STARTS.wait(times, rand_chance()),
                    reason: reason.clone(),
                });
                Err(Unready { reason })
            }
        }
    }
}

fn given(incoming: &Incoming) -> Option<Given> {
    let existing = match &incoming.existing {
        Some(existing) => Some(text_of(existing)?),
        None => None,
    };
    Some(Given {
        incoming: text_of(&incoming.document)?,
        existing,
    })
}

/// Batches of documents, last first.
fn parts(given: &[Given]) -> Vec<Range<usize>> {
    let bytes = |given: &Given| {
        let existing = given.existing.as_ref().map_or(0, |text| text.get().len());
        given.incoming.get().len() + existing
    };
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut size = 0;
    for (at, given) in given.iter().enumerate() {
        size += bytes(given);
        match parts.last_mut() {
            Some(part) if part.len() < BATCH_DOCUMENTS_MAX && size <= BATCH_BYTES_MAX => {
                part.end = at + 1;
            }
            _ => {
                size = bytes(given);
                parts.push(at..at + 1);
            }
        }
    }
    parts.reverse();
    parts
}

fn ruling(verdict: Verdict) -> Ruling {
    match verdict {
        Verdict::Unchanged(IgnoredAny) => Ruling::AsItIs,
        Verdict::Document(value) => document_in(&value).map_or_else(unsayable, Ruling::Computed),
        Verdict::Invalid(failures) => {
            let failures = failures.iter().take(PATHS_MAX);
            let named = failures.map(|failure| format!("{}: {}", failure.path, failure.message));
            let named: Vec<String> = named.collect();
            Ruling::Refused(format!(
                "Bomba's rules do not allow it: {}",
                named.join("; ")
            ))
        }
        Verdict::Threw(message) => {
            Ruling::Refused(format!("Bomba's rules failed on it: {message}"))
        }
        Verdict::Unsettled(paths) => Ruling::Refused(unsettled(&paths)),
    }
}

/// Rules that change their own result would change the document for ever.
pub(super) fn unsettled(paths: &[String]) -> String {
    let paths = paths.iter().take(PATHS_MAX).map(String::as_str);
    let paths: Vec<&str> = paths.collect();
    format!(
        "Bomba's rules change it again each time they are run, at: {}",
        paths.join(", ")
    )
}

fn unsayable() -> Ruling {
    Ruling::Refused(
        "it holds something that Bomba's rules cannot be shown without changing it".to_owned(),
    )
}

fn broke(failure: &HostFailure) -> Ruling {
    Ruling::Refused(format!("Bomba's rules broke down on it: {failure}"))
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn document(bytes: usize) -> Given {
        let text = format!("\"{}\"", "x".repeat(bytes - 2));
        Given {
            incoming: RawValue::from_string(text).unwrap(),
            existing: None,
        }
    }

    #[test]
    fn batches_are_bounded_by_count_and_by_bytes_and_leave_nobody_out() {
        let small: Vec<Given> = (0..600).map(|_| document(10)).collect();
        assert_eq!(parts(&small), [500..600, 250..500, 0..250]);
        let large: Vec<Given> = [1, 3, 2, 9, 1].map(|mb| document(mb * 1024 * 1024)).into();
        assert_eq!(parts(&large), [4..5, 3..4, 2..3, 0..2]);
        assert!(parts(&[]).is_empty());
    }
}
