//! The rules tried on a document that a person chose. What they say of it is told, and nothing is written.

use bson::RawDocumentBuf;
use sync_core::document::{content_of, key_of};
use sync_core::place::Side;
use thiserror::Error;

use super::{Incoming, Ruling, Sources};
use crate::access::Access;
use crate::error::EngineError;
use crate::replica::askable;

/// What a trial came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The document as the rules met it: without the sync's own stamp.
    pub document: RawDocumentBuf,
    /// What they say of it.
    pub ruling: Ruling,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum TrialError {
    /// Local cannot be reached, or it is no document.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The rules cannot be run.
    #[error("{0}")]
    Unready(String),
}

/// Has the rules look at a document as if it came from Atlas now, onto what this PC holds. They are loaded for this, by
/// a process of their own that ends with it.
///
/// # Errors
/// Local cannot be reached, the document has no usable `_id`, or the rules cannot be run.
pub async fn try_on(
    access: &Access,
    collection: &str,
    document: &RawDocumentBuf,
) -> Result<Trial, TrialError> {
    let document = content_of(document).map_err(EngineError::malformed(Side::Local))?;
    let incoming = Incoming {
        existing: existing(access, collection, &document).await?,
        document,
    };
    let sources = Sources::new(access.config());
    let rulings = sources
        .judge(access.local(), collection, std::slice::from_ref(&incoming))
        .await;
    let mut rulings = rulings.map_err(|unready| TrialError::Unready(unready.reason))?;
    let ruling = rulings.pop().unwrap_or(Ruling::AsItIs);
    Ok(Trial {
        document: incoming.document,
        ruling,
    })
}

/// What Local holds under the same key. A copy that is the same stands for none: nothing would be written over it, and
/// rules that look only at what changes would see nothing.
async fn existing(
    access: &Access,
    collection: &str,
    document: &RawDocumentBuf,
) -> Result<Option<RawDocumentBuf>, EngineError> {
    let malformed = EngineError::malformed(Side::Local);
    let key = key_of(document).map_err(&malformed)?;
    askable(&key).map_err(&malformed)?;
    let keys = std::slice::from_ref(&key);
    let found = access.local().find(collection, keys, usize::MAX).await?;
    let Some(held) = found.documents.get(&key) else {
        return Ok(None);
    };
    let held = content_of(held).map_err(&malformed)?;
    Ok((held != *document).then_some(held))
}
