//! A sighting in one line, for a replayed world.

use sync_core::revision::Author;
use sync_core::sighting::{Copy, Sighting, Tombstone};

use crate::store::token;

/// What was seen.
pub(crate) fn line(seen: &Sighting) -> String {
    let copy = |copy: &Option<Copy>| match copy {
        None => "-".to_owned(),
        Some(copy) => {
            let stamp = copy.stamp.as_ref().map(|stamp| {
                format!(
                    "{}@{} of {}",
                    token(stamp.digest),
                    stamp.revision.time.0,
                    who(stamp.revision.author)
                )
            });
            format!("{} [{}]", token(copy.content), stamp.unwrap_or_default())
        }
    };
    let tombstone = |tombstone: Option<Tombstone>| {
        tombstone.map(|tombstone| {
            format!(
                "†{} of {}",
                tombstone.revision.time.0,
                who(tombstone.revision.author)
            )
        })
    };
    format!(
        "sees {} | {} {:?} {:?} events {:?} {:?} {:?} {:?}",
        copy(&seen.local),
        copy(&seen.atlas),
        tombstone(seen.local_tombstone),
        tombstone(seen.atlas_tombstone),
        seen.local_event,
        seen.atlas_event,
        seen.fenced,
        seen.history,
    )
}

fn who(author: Author) -> String {
    match author {
        Author::Atlas => "atlas".to_owned(),
        Author::Pc(id) => format!("pc{}", id.as_u128() - 1),
    }
}
