//! Notifications on the screen. None of them may hold anything up: each is shown, and waited for, on a thread of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;

use notify_rust::{Notification, NotificationResponse};
use tauri::{AppHandle, Runtime};

use crate::notices::News;
use crate::window;
use crate::words::Words;

/// Those a click is waited for, by where it leads. One of its kind at a time: a desktop that never tells that one has
/// gone would else cost a thread a minute.
type Waiting = Arc<Mutex<HashMap<&'static str, u32>>>;

/// Shows notifications.
#[derive(Debug, Default)]
pub(crate) struct Toasts {
    waiting: Waiting,
}

impl Toasts {
    pub(crate) fn show<R: Runtime>(&self, app: &AppHandle<R>, news: News, words: &Words) {
        let (kind, title, body) = match news {
            News::Conflicts(count) => (
                "conflicts",
                words.say("notify-conflicts-title"),
                words.say_with("notify-conflicts-body", "count", count),
            ),
            News::Attention => (
                "attention",
                words.say("notify-attention-title"),
                words.say("notify-attention-body"),
            ),
            News::BackOnline(count) => (
                "back-online",
                words.say("notify-back-title"),
                words.say_with("notify-back-body", "count", count),
            ),
        };
        let mut notification = plain(&title, &body);
        let open = words.say("notify-open");
        // "default" is a click on the notification itself; not every desktop shows buttons.
        notification.action("default", &open).action("open", &open);
        let waiting = self.waiting.clone();
        let (app, page) = (app.clone(), news.page());
        let told = move || {
            let clicked = show_and_wait(notification, kind, &waiting);
            if clicked {
                window::open(&app, page);
            }
        };
        if let Err(error) = thread::Builder::new().name(kind.to_owned()).spawn(told) {
            tracing::warn!(%error, "no thread for a notification");
        }
    }
}

/// Says a line that ends the program, and waits until it is on the screen.
pub(crate) fn say_the_last_word(line: &str) {
    if let Err(error) = plain(window::TITLE, line).show() {
        tracing::debug!(%error, "no notification");
    }
}

fn plain(title: &str, body: &str) -> Notification {
    let mut notification = Notification::new();
    notification
        .appname(window::TITLE)
        .summary(title)
        .body(body)
        .icon("bomba-sync");
    #[cfg(target_os = "linux")]
    notification.hint(notify_rust::Hint::DesktopEntry("bomba-sync".to_owned()));
    notification
}

/// Whether it was clicked. One that is still on the screen is replaced by a newer of its kind, and whoever waits for
/// the old one hears of the click.
fn show_and_wait(mut notification: Notification, kind: &'static str, waiting: &Waiting) -> bool {
    let earlier = waiting.lock().expect("no holder panics").get(kind).copied();
    if let Some(id) = earlier {
        notification.id(id);
    }
    let shown = match notification.show() {
        Ok(shown) => shown,
        Err(error) => {
            tracing::warn!(%error, kind, "a notification cannot be shown");
            return false;
        }
    };
    if earlier.is_some() {
        return false;
    }
    waiting
        .lock()
        .expect("no holder panics")
        .insert(kind, id(&shown));
    let mut clicked = false;
    let waited = shown.wait_for_response(|response: &NotificationResponse| {
        clicked = matches!(
            response,
            NotificationResponse::Default | NotificationResponse::Action(_)
        );
    });
    waiting.lock().expect("no holder panics").remove(kind);
    if let Err(error) = waited {
        tracing::debug!(%error, kind, "no answer to a notification");
    }
    clicked
}

#[cfg(target_os = "linux")]
fn id(shown: &notify_rust::NotificationHandle) -> u32 {
    shown.id()
}

/// Only Linux numbers them.
#[cfg(not(target_os = "linux"))]
fn id(_: &notify_rust::NotificationHandle) -> u32 {
    0
}
