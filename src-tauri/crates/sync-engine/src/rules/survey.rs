//! Which collections have rules, and what of the rules cannot be used.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::Unready;
use super::declared::tried;
use super::host::{Host, HostFailure, Loaded, Local};
use super::secrets::Secrets;
use crate::access::Access;
use crate::config::{EngineConfig, ModelsConfig};
use crate::error::EngineError;
use crate::replica::Replica;

/// The rules as their files are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Bomba's models; `None`: no folder is named.
    pub models: Option<Source>,
    /// The rules file, for collections that have no model; `None`: no file is named.
    pub file: Option<Source>,
}

/// What one place with rules holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The collections it has rules for.
    pub collections: BTreeSet<String>,
    /// What of it cannot be used.
    pub problems: Vec<Problem>,
}

/// Something that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file of the folder, or the collection of the rules file; `None`: nothing can be used.
    pub about: Option<String>,
    /// Why.
    pub reason: String,
}

impl Source {
    fn unusable(reason: String) -> Source {
        let problem = Problem {
            about: None,
            reason,
        };
        Source {
            collections: BTreeSet::new(),
            problems: vec![problem],
        }
    }
}

/// Loads the models and works every rule of the file out once, on no document. No document is read or written.
///
/// # Errors
/// Local cannot be reached.
pub async fn survey(access: &Access) -> Result<Survey, EngineError> {
    access.local().hello().await?;
    let config = access.config();
    let (models, file) = tokio::join!(
        async {
            match &config.models {
                Some(models) => Some(of_models(models, config).await),
                None => None,
            }
        },
        async {
            match &config.rules_file {
                Some(file) => Some(of_file(file, access.local()).await),
                None => None,
            }
        }
    );
    Ok(Survey { models, file })
}

async fn of_models(models: &ModelsConfig, config: &EngineConfig) -> Source {
    match load(models, config).await {
        Ok(Loaded {
            collections,
            problems,
            ..
        }) => Source {
            collections,
            problems: problems
                .into_iter()
                .map(|problem| Problem {
                    about: Some(problem.file).filter(|file| !file.is_empty()),
                    reason: problem.message,
                })
                .collect(),
        },
        Err(failure) => Source::unusable(failure.to_string()),
    }
}

/// Loads the models once, in a process that has ended when this returns.
pub(super) async fn load(
    models: &ModelsConfig,
    config: &EngineConfig,
) -> Result<Loaded, HostFailure> {
    let secrets = Arc::new(Secrets::of(&config.local_uri));
    let local = Local {
        uri: &config.local_uri,
        database: &config.database,
        secrets: &secrets,
    };
    let host = Host::start(models, local).await?;
    Ok(host.loaded)
}

async fn of_file(file: &Path, local: &Replica) -> Source {
    let rules = match tried(file, local).await {
        Ok(rules) => rules,
        Err(Unready { reason, .. }) => return Source::unusable(reason),
    };
    let mut source = Source::default();
    for (collection, wrong) in rules {
        source.problems.extend(wrong.map(|wrong| Problem {
            about: Some(collection.clone()),
            reason: wrong.reason,
        }));
        source.collections.insert(collection);
    }
    source
}
