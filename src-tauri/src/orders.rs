//! What a person orders from the tray, without a window.

use std::sync::Arc;

use sync_api::app::App;
use sync_api::wire::Failure;
use tauri::async_runtime::spawn;
use tauri::{AppHandle, Manager, Runtime};

use crate::face::is_paused;

/// Pauses both directions, or lets both go on where one is paused.
pub(crate) fn pause_or_go_on<R: Runtime>(app: &AppHandle<R>) {
    give(app, |app| async move {
        let paused = is_paused(&app.status().borrow());
        app.pause(None, !paused).await
    });
}

pub(crate) fn sync_now<R: Runtime>(app: &AppHandle<R>) {
    give(app, |app| async move { app.sync_now().await });
}

/// The menu has no place for an answer: a failure shows itself as the state.
fn give<R: Runtime, F>(app: &AppHandle<R>, order: impl FnOnce(Arc<App>) -> F)
where
    F: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let Some(backend) = app.try_state::<Arc<App>>() else {
        return;
    };
    let ordered = order(backend.inner().clone());
    spawn(async move {
        if let Err(failure) = ordered.await {
            tracing::warn!(%failure, "an order from the tray could not be carried out");
        }
    });
}
