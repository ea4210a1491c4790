//! The icon in the system's tray. It comes when it can: a desktop without a tray, or whose panel starts later, keeps
//! nobody from syncing.

use std::time::Duration;

use sync_api::wire::Page;
use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Runtime, include_image};
use tokio::time::Instant;

use crate::face::{Face, Icon, Item};
use crate::{orders, quit, window};

const ID: &str = "bomba-sync";

/// A panel that starts with the session is there after a few seconds.
const TRY_AGAIN_FIRST: Duration = Duration::from_secs(1);

/// A person may start a panel at any time; asking costs one message on the session's bus.
const TRY_AGAIN_MAX: Duration = Duration::from_secs(30);

pub(crate) struct Tray<R: Runtime> {
    app: AppHandle<R>,
    menu: Menu<R>,
    items: Vec<MenuItem<R>>,
    /// `None`: there is no tray to be in.
    icon: Option<TrayIcon<R>>,
    shown: Face,
    wait: Duration,
    again: Instant,
}

impl<R: Runtime> std::fmt::Debug for Tray<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tray")
            .field("shown", &self.shown)
            .finish_non_exhaustive()
    }
}

impl<R: Runtime> Tray<R> {
    /// # Errors
    /// The system makes no menu. That there is no tray is no error.
    pub(crate) fn new(app: &AppHandle<R>, face: Face) -> tauri::Result<Tray<R>> {
        let lines = Item::ALL.into_iter().zip(&face.lines);
        let items = lines
            .map(|(item, line)| {
                MenuItem::with_id(app, item.id(), &line.text, line.enabled, None::<&str>)
            })
            .collect::<tauri::Result<Vec<_>>>()?;
        let mut tray = Tray {
            app: app.clone(),
            menu: menu(app, &items)?,
            items,
            icon: None,
            shown: face,
            wait: TRY_AGAIN_FIRST,
            again: Instant::now(),
        };
        tray.appear();
        Ok(tray)
    }

    /// When [`Tray::appear`] is worth another try. `None`: it is there.
    pub(crate) fn again(&self) -> Option<Instant> {
        self.icon.is_none().then_some(self.again)
    }

    /// Tries to get into the tray.
    pub(crate) fn appear(&mut self) {
        let builder = TrayIconBuilder::with_id(ID)
            .menu(&self.menu)
            .icon(picture(self.shown.icon))
            .tooltip(&self.shown.tooltip)
            .show_menu_on_left_click(false);
        // Elsewhere it would stand beside the icon.
        #[cfg(target_os = "linux")]
        let builder = builder.title(window::TITLE);
        match builder.build(&self.app) {
            Ok(icon) => {
                tracing::info!("in the tray");
                self.icon = Some(icon);
            }
            Err(error) => {
                tracing::debug!(%error, "no tray to be in yet");
                self.again = Instant::now() + self.wait;
                self.wait = (self.wait * 2).min(TRY_AGAIN_MAX);
            }
        }
    }

    /// Shows it, and touches only what differs from what is shown.
    pub(crate) fn show(&mut self, face: Face) {
        if face == self.shown {
            return;
        }
        let shown = std::mem::replace(&mut self.shown, face);
        if let Err(error) = self.change(&shown) {
            tracing::warn!(%error, "the tray shows something older");
        }
    }

    fn change(&self, before: &Face) -> tauri::Result<()> {
        let lines = before.lines.iter().zip(&self.shown.lines);
        for (item, (old, new)) in self.items.iter().zip(lines) {
            if old.text != new.text {
                item.set_text(&new.text)?;
            }
            if old.enabled != new.enabled {
                item.set_enabled(new.enabled)?;
            }
        }
        let Some(icon) = &self.icon else {
            return Ok(());
        };
        if before.icon != self.shown.icon {
            icon.set_icon(Some(picture(self.shown.icon)))?;
        }
        if before.tooltip != self.shown.tooltip {
            icon.set_tooltip(Some(&self.shown.tooltip))?;
        }
        Ok(())
    }
}

/// A line of the menu was chosen.
pub(crate) fn chosen<R: Runtime>(app: &AppHandle<R>, event: MenuEvent) {
    match Item::of(event.id().as_ref()) {
        Some(Item::Open) => window::open(app, Page::Overview),
        Some(Item::Conflicts) => window::open(app, Page::Conflicts),
        Some(Item::Collections) => window::open(app, Page::Collections),
        Some(Item::Settings) => window::open(app, Page::Settings),
        Some(Item::Pause) => orders::pause_or_go_on(app),
        Some(Item::SyncNow) => orders::sync_now(app),
        Some(Item::Quit) => quit::quit(app),
        Some(Item::State) | None => {}
    }
}

/// The icon itself was clicked.
pub(crate) fn clicked<R: Runtime>(app: &AppHandle<R>, event: TrayIconEvent) {
    if let TrayIconEvent::Click {
        button: MouseButton::Left,
        button_state: MouseButtonState::Up,
        ..
    } = event
    {
        window::open(app, Page::Overview);
    }
}

fn menu<R: Runtime>(app: &AppHandle<R>, items: &[MenuItem<R>]) -> tauri::Result<Menu<R>> {
    let menu = Menu::new(app)?;
    for (item, line) in Item::ALL.into_iter().zip(items) {
        if item.begins_a_group() {
            menu.append(&PredefinedMenuItem::separator(app)?)?;
        }
        menu.append(line as &dyn IsMenuItem<R>)?;
    }
    Ok(menu)
}

fn picture(icon: Icon) -> Image<'static> {
    match icon {
        Icon::Synced => include_image!("../icons/tray/synced.png"),
        Icon::Syncing => include_image!("../icons/tray/syncing.png"),
        Icon::Offline => include_image!("../icons/tray/offline.png"),
        Icon::Paused => include_image!("../icons/tray/paused.png"),
        Icon::Attention => include_image!("../icons/tray/attention.png"),
    }
}
