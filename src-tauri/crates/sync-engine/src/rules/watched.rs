//! Notices that the files of the rules were changed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

/// A file that is saved changes several times; the rules are read when that has calmed down.
const CALM: Duration = Duration::from_millis(500);

/// What is watched, for as long as this lives.
#[derive(Debug)]
pub(super) struct Watched {
    changed: Arc<Notify>,
    _watcher: Option<RecommendedWatcher>,
}

impl Watched {
    pub(super) fn new(folder: Option<&Path>, file: Option<&Path>) -> Watched {
        let changed = Arc::new(Notify::new());
        let mut places: Vec<(PathBuf, RecursiveMode)> = Vec::new();
        places.extend(folder.map(|folder| (folder.to_owned(), RecursiveMode::Recursive)));
        // An editor may put a new file in the place of the old one: the folder tells of both.
        let beside = file.and_then(Path::parent).map(|beside| match beside {
            here if here.as_os_str().is_empty() => Path::new("."),
            there => there,
        });
        places.extend(beside.map(|beside| (beside.to_owned(), RecursiveMode::NonRecursive)));
        let watcher = (!places.is_empty()).then(|| watch(&changed, file, &places));
        let watcher = watcher.and_then(|watcher| {
            let unwatched = |error| tracing::warn!(%error, "changes of Bomba's rules are noticed only at the next start");
            watcher.map_err(unwatched).ok()
        });
        Watched {
            changed,
            _watcher: watcher,
        }
    }

    /// Ends when the files have changed, and are at rest again.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
        while tokio::time::timeout(CALM, self.changed.notified())
            .await
            .is_ok()
        {}
    }
}

fn watch(
    changed: &Arc<Notify>,
    file: Option<&Path>,
    places: &[(PathBuf, RecursiveMode)],
) -> notify::Result<RecommendedWatcher> {
    let (changed, file) = (changed.clone(), file.map(Path::to_owned));
    let folder = places
        .iter()
        .find(|(_, mode)| *mode == RecursiveMode::Recursive)
        .map(|(folder, _)| folder.clone());
    let concerns = move |path: &Path| {
        file.as_deref()
            .is_some_and(|file| file.file_name() == path.file_name())
            || folder
                .as_deref()
                .is_some_and(|folder| path.starts_with(folder) && is_code(path))
    };
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let is_change = !matches!(event.kind, EventKind::Access(_));
        if is_change && event.paths.iter().any(|path| concerns(path)) {
            changed.notify_one();
        }
    })?;
    for (place, mode) in places {
        watcher.watch(place, *mode)?;
    }
    Ok(watcher)
}

/// A folder of models may hold logs and packages as well, which change all the time.
fn is_code(path: &Path) -> bool {
    let packages = path
        .components()
        .any(|part| part.as_os_str() == "node_modules");
    let extension = path.extension().and_then(|extension| extension.to_str());
    !packages && matches!(extension, None | Some("js" | "cjs" | "mjs" | "json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_what_lies_beside_it() {
        for path in [
            "models/bill.js",
            "models/sub/a.cjs",
            "models/b.mjs",
            "models/c.json",
            "models/sub",
        ] {
            assert!(is_code(Path::new(path)), "{path}");
        }
        for path in ["models/app.log", "models/node_modules/mongoose/index.js"] {
            assert!(!is_code(Path::new(path)), "{path}");
        }
    }
}
