//! Unordered writes in as few raw commands as fit.

use std::borrow::Cow;

use bson::raw::{RawArrayBuf, RawDocument, RawDocumentBuf, cstr};
use mongodb::Database;

use super::PumpError;

/// Writes per command.
const WRITES_MAX: usize = 1_000;

/// A command is a document itself and holds at most 16 MB; one write alone may
/// be larger than this.
const COMMAND_BYTES_MAX: usize = 12 * 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Insert,
    Update,
    Delete,
}

/// Sends `writes`, each in the form its kind of command wants.
pub(super) async fn write(
    target: &Database,
    collection: &str,
    kind: Kind,
    writes: &[Cow<'_, RawDocument>],
) -> Result<(), PumpError> {
    let mut batch = RawArrayBuf::new();
    let (mut count, mut bytes) = (0, 0);
    for write in writes {
        let size = write.as_bytes().len();
        if count == WRITES_MAX || (count > 0 && bytes + size > COMMAND_BYTES_MAX) {
            send(target, collection, kind, &batch).await?;
            batch = RawArrayBuf::new();
            (count, bytes) = (0, 0);
        }
        batch.push(write.as_ref());
        count += 1;
        bytes += size;
    }
    if count > 0 {
        send(target, collection, kind, &batch).await?;
    }
    Ok(())
}

async fn send(
    target: &Database,
    collection: &str,
    kind: Kind,
    batch: &RawArrayBuf,
) -> Result<(), PumpError> {
    let (command, field) = match kind {
        Kind::Insert => (cstr!("insert"), cstr!("documents")),
        Kind::Update => (cstr!("update"), cstr!("updates")),
        Kind::Delete => (cstr!("delete"), cstr!("deletes")),
    };
    let mut body = RawDocumentBuf::new();
    body.append(command, collection);
    body.append(cstr!("ordered"), false);
    body.append(field, batch);
    let reply = target.run_raw_command(body).await?;
    match reply.get_array("writeErrors") {
        Ok(errors) => Err(PumpError::Write(format!("{errors:?}"))),
        Err(_) => Ok(()),
    }
}
