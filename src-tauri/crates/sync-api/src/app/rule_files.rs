//! Whether the places typed for Bomba's rules exist on this PC. What is in them is the engine's business.

use std::path::Path;

use crate::settings::Layer;
use crate::wire::{Change, Failure, FailureKind};

/// Looks before the settings are held: a network drive takes its time to say that it is away.
///
/// # Errors
/// A place is not there, or a value is wrong.
pub(super) async fn are_there(change: &Change) -> Result<(), Failure> {
    let mut asked = Layer::default();
    asked.change(change)?;
    let looked = tokio::task::spawn_blocking(move || look(&asked));
    looked.await.map_err(|error| Failure::storage(&error))?
}

fn look(asked: &Layer) -> Result<(), Failure> {
    let folder = asked.models_folder.as_ref().and_then(Option::as_ref);
    let file = asked.rules_file.as_ref().and_then(Option::as_ref);
    let program = asked.node_program.as_ref();
    if folder.is_some_and(|folder| !(folder.is_absolute() && folder.is_dir())) {
        return Err(nowhere("models_folder", "no folder of this name"));
    }
    if file.is_some_and(|file| !(file.is_absolute() && file.is_file())) {
        return Err(nowhere("rules_file", "no file of this name"));
    }
    if program.is_some_and(|program| !is_program(program)) {
        return Err(nowhere("node_program", "no program of this name"));
    }
    Ok(())
}

/// A bare name is found by the system where it looks for programs, if at all, when the engine starts it.
fn is_program(program: &Path) -> bool {
    let is_bare = program.components().count() == 1 && !program.is_absolute();
    is_bare || (program.is_absolute() && program.is_file())
}

fn nowhere(key: &str, text: &str) -> Failure {
    Failure {
        kind: FailureKind::NoSuchPlace,
        field: Some(key.to_owned()),
        text: format!("{key}: there is {text} on this PC; give the whole path"),
    }
}
