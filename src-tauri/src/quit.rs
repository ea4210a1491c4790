//! The end: the engine stops with its positions saved, then the process ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sync_api::app::App;
use sync_api::stop;
use tauri::async_runtime::spawn;
use tauri::{AppHandle, Manager, Runtime};

use crate::window;

/// A stop takes up to four seconds and must be over in five; the rest is for a request under way that holds it up.
const STOP_MAX: Duration = Duration::from_millis(4_500);

/// Whether the end has begun. A second click must not cut the first short.
#[derive(Debug, Default)]
pub(crate) struct Ending(AtomicBool);

/// Ends the program when the system asks for it.
pub(crate) async fn when_asked<R: Runtime>(app: AppHandle<R>) {
    match stop::asked() {
        Ok(asked) => {
            asked.await;
            quit(&app);
        }
        Err(error) => tracing::warn!(%error, "the program will not hear when it is asked to end"),
    }
}

/// Ends the program.
pub(crate) fn quit<R: Runtime>(app: &AppHandle<R>) {
    if app.state::<Ending>().0.swap(true, Ordering::Relaxed) {
        return;
    }
    let app = app.clone();
    spawn(async move {
        if let Some(Err(error)) = window::get(&app).map(|window| window.hide()) {
            tracing::warn!(%error, "the window stays until the end");
        }
        if let Some(backend) = app.try_state::<Arc<App>>() {
            match tokio::time::timeout(STOP_MAX, backend.stop()).await {
                Ok(Ok(())) => {}
                Ok(Err(failure)) => tracing::warn!(%failure, "the engine did not stop cleanly"),
                Err(_elapsed) => tracing::warn!("the engine did not stop in time"),
            }
        }
        app.exit(0);
    });
}
