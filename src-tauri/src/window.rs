//! The one window: made when it is asked for, and gone with its web view when it is closed.

use std::sync::{Arc, Mutex};

use sync_api::app::App;
use sync_api::wire::{Page, Theme};
use tauri::async_runtime::spawn_blocking;
use tauri::{
    AppHandle, Emitter, Manager, Runtime, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
};

pub(crate) const TITLE: &str = "Bomba Sync";
const LABEL: &str = "main";

/// A session without a language has the locale "C", which WebKit hands on as it is and no formatter takes.
const LANGUAGE: &str = r#"
try {
    new Intl.NumberFormat(navigator.language);
} catch {
    Object.defineProperty(navigator, "language", { value: "en" });
    Object.defineProperty(navigator, "languages", { value: ["en"] });
}
"#;

/// Which page is wanted, and whether one is. The window asks when it has loaded.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    asked: Mutex<Option<Page>>,
    /// Held while a window is made, so that two clicks make one.
    making: Mutex<()>,
}

impl Desk {
    /// A person who starts the program wants to see it; a login does not.
    pub(crate) fn new(hidden: bool) -> Desk {
        Desk {
            asked: Mutex::new((!hidden).then_some(Page::Overview)),
            making: Mutex::default(),
        }
    }

    /// The page asked for last.
    pub(crate) fn page(&self) -> Page {
        let asked = *self.asked.lock().expect("no holder panics");
        asked.unwrap_or(Page::Overview)
    }

    fn ask(&self, page: Page) {
        *self.asked.lock().expect("no holder panics") = Some(page);
    }

    fn is_asked(&self) -> bool {
        self.asked.lock().expect("no holder panics").is_some()
    }
}

/// The window, while there is one.
pub(crate) fn get<R: Runtime>(app: &AppHandle<R>) -> Option<WebviewWindow<R>> {
    app.get_webview_window(LABEL)
}

/// Shows a page, in the window that is there or in a new one. Before there is anything to show it is kept in mind.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>, page: Page) {
    app.state::<Desk>().ask(page);
    if app.try_state::<Arc<App>>().is_some() {
        come(app, page);
    }
}

/// What can be shown is there now.
pub(crate) fn ready<R: Runtime>(app: &AppHandle<R>) {
    let desk = app.state::<Desk>();
    if desk.is_asked() {
        come(app, desk.page());
    }
}

/// Never on the thread that asks: on Windows the main thread has to be free while a web view is made.
fn come<R: Runtime>(app: &AppHandle<R>, page: Page) {
    let app = app.clone();
    spawn_blocking(move || {
        if let Err(error) = show_or_make(&app, page) {
            tracing::error!(%error, "the window cannot be shown");
        }
    });
}

fn show_or_make<R: Runtime>(app: &AppHandle<R>, page: Page) -> tauri::Result<()> {
    let desk = app.state::<Desk>();
    let _making = desk.making.lock().expect("no holder panics");
    match get(app) {
        Some(window) => {
            window.emit("page", page)?;
            window.unminimize()?;
            window.show()?;
            window.set_focus()
        }
        None => make(app),
    }
}

fn make<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title(TITLE)
        .inner_size(1000.0, 680.0)
        .min_inner_size(720.0, 480.0)
        .theme(frame(app))
        .initialization_script(LANGUAGE)
        .on_navigation(is_ours)
        .build()?;
    Ok(())
}

/// The frame is the system's, and must not be light around a dark page.
fn frame<R: Runtime>(app: &AppHandle<R>) -> Option<tauri::Theme> {
    let backend = app.try_state::<Arc<App>>()?;
    let theme = backend.view().borrow().as_ref()?.theme.value;
    match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

/// Nothing leads out of the window's own files.
fn is_ours(url: &Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost") || tauri::is_dev()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_asks_for_no_window_and_a_person_for_the_overview() {
        assert!(!Desk::new(true).is_asked());
        let desk = Desk::new(false);
        assert!(desk.is_asked());
        assert_eq!(desk.page(), Page::Overview);
        desk.ask(Page::Conflicts);
        assert_eq!(desk.page(), Page::Conflicts);
    }
}
