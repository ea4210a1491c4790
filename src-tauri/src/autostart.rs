//! The start at login, which follows the setting.

use sync_api::wire::SettingsView;
use tauri::{AppHandle, Runtime};
use tauri_plugin_autostart::ManagerExt;

/// Follows a change of the settings; `before` is `None` at the start.
pub(crate) fn follow<R: Runtime>(
    app: &AppHandle<R>,
    before: Option<&SettingsView>,
    view: &SettingsView,
) {
    let Some(wanted) = wanted(before.map(both), both(view)) else {
        return;
    };
    let entry = app.autolaunch();
    let changed = entry.is_enabled().and_then(|is| match (wanted, is) {
        (true, false) => entry.enable(),
        (false, true) => entry.disable(),
        (true, true) | (false, false) => Ok(()),
    });
    if let Err(error) = changed {
        tracing::warn!(%error, wanted, "the start at login cannot be changed");
    }
}

fn both(view: &SettingsView) -> (bool, bool) {
    (view.set_up, view.start_at_login.value)
}

/// Whether there is to be an entry, `None` to leave things alone. A program that was only looked at does not put itself
/// into the login. On Windows a start does not either: whoever took the entry out in the Task Manager meant it.
fn wanted(before: Option<(bool, bool)>, (set_up, at_login): (bool, bool)) -> Option<bool> {
    let is_news = match before {
        Some(before) => before != (set_up, at_login),
        None => !cfg!(windows),
    };
    (set_up && is_news).then_some(at_login)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_set_up_and_news_touches_the_login() {
        let cases = [
            (None, (false, true), None),
            (None, (true, true), (!cfg!(windows)).then_some(true)),
            (None, (true, false), (!cfg!(windows)).then_some(false)),
            (Some((false, true)), (true, true), Some(true)),
            (Some((true, true)), (true, true), None),
            (Some((true, true)), (true, false), Some(false)),
            (Some((true, false)), (true, true), Some(true)),
        ];
        for (before, after, expected) in cases {
            assert_eq!(wanted(before, after), expected, "{before:?} {after:?}");
        }
    }
}
