//! The loop that keeps tray, window, notifications and the start at login as the application says things are.
//!
//! It wakes when the engine has a new picture, at most four times a second; when a setting was changed; a few times a
//! minute, since "2 min ago" grows older by itself; and while there is no tray, to look for one.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sync_api::app::App;
use sync_api::wire::{SettingsView, Status};
use tauri::{AppHandle, Emitter, Runtime};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep_until};

use crate::face::Face;
use crate::notices::{Memory, News, weigh};
use crate::toast::Toasts;
use crate::tray::Tray;
use crate::words::{Tongue, Words};
use crate::{autostart, window};

/// A sentence that counts minutes is never wrong by more than this.
const GROWS_OLDER: Duration = Duration::from_secs(15);

/// What the loop holds.
#[derive(Debug)]
struct Following<R: Runtime> {
    app: AppHandle<R>,
    tray: Tray<R>,
    words: Words,
    toasts: Toasts,
    memory: Memory,
    view: Option<SettingsView>,
    conflicts: (u32, u32, u32),
}

/// Never ends: it goes with the process.
pub(crate) async fn follow<R: Runtime>(
    app: AppHandle<R>,
    backend: Arc<App>,
    tray: Tray<R>,
    words: Words,
) {
    let (mut statuses, mut views) = (backend.status(), backend.view());
    let mut following = Following {
        app,
        tray,
        words,
        toasts: Toasts::default(),
        memory: Memory::default(),
        view: None,
        conflicts: (0, 0, 0),
    };
    following.settings(&mut views);
    let mut tick = interval(GROWS_OLDER);
    // After a sleep of the PC one look is enough.
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // Not marked as seen: the window was perhaps told of an older one.
        let status = statuses.borrow().clone();
        following.look(&status);
        let again = following.tray.again();
        tokio::select! {
            Ok(()) = statuses.changed() => following.picture(&statuses.borrow().clone()),
            Ok(()) = views.changed() => following.settings(&mut views),
            _ = tick.tick() => {}
            () = sleep_until(again.unwrap_or_else(tokio::time::Instant::now)), if again.is_some() => {
                following.tray.appear();
            }
        }
    }
}

impl<R: Runtime> Following<R> {
    /// What time alone changes as well.
    fn look(&mut self, status: &Status) {
        let set_up = self.view.as_ref().is_some_and(|view| view.set_up);
        self.tray
            .show(Face::of(status, set_up, now_ms(), &self.words));
        let (memory, news) = weigh(&self.memory, status, set_up, Instant::now());
        self.memory = memory;
        news.into_iter()
            .filter(|news| self.is_worth_it(*news))
            .for_each(|news| {
                self.toasts.show(&self.app, news, &self.words);
            });
    }

    /// Whoever has the window before them sees a conflict come, and brings one back by "undo".
    fn is_worth_it(&self, news: News) -> bool {
        let is_wanted = self.view.as_ref().is_some_and(|view| news.is_wanted(view));
        let is_seen = matches!(news, News::Conflicts(_))
            && window::get(&self.app).is_some_and(|window| window.is_focused().unwrap_or_default());
        is_wanted && !is_seen
    }

    fn picture(&mut self, status: &Status) {
        self.tell("status", status);
        let conflicts = (
            status.conflicts_open,
            status.local_to_atlas.conflicts,
            status.atlas_to_local.conflicts,
        );
        if std::mem::replace(&mut self.conflicts, conflicts) != conflicts {
            self.tell("conflicts", &());
        }
    }

    fn settings(&mut self, views: &mut watch::Receiver<Option<SettingsView>>) {
        let Some(view) = views.borrow_and_update().clone() else {
            return;
        };
        let tongue = Tongue::spoken(view.language.value);
        if tongue != self.words.tongue() {
            self.words = Words::new(tongue);
        }
        autostart::follow(&self.app, self.view.as_ref(), &view);
        self.tell("settings", &view);
        self.view = Some(view);
    }

    fn tell<T: serde::Serialize + Clone>(&self, event: &str, payload: &T) {
        if let Some(window) = window::get(&self.app)
            && let Err(error) = window.emit(event, payload)
        {
            tracing::warn!(%error, event, "the window was not told");
        }
    }
}

/// Milliseconds since 1970 by this PC's clock.
pub(crate) fn now_ms() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_millis() as f64
}
