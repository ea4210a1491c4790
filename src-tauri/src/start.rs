//! From the command line to a running program: settings, log, tray, then the application behind them. The tray does not
//! wait for a connection, nor for a keychain that asks for its password first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use sync_api::app::App;
use sync_api::logging;
use sync_api::places;
use sync_api::secrets::Secrets;
use sync_api::settings::{Given, Layer, Settings, SettingsError};
use sync_api::wire::Page;
use tauri::async_runtime::spawn;
use tauri::{AppHandle, Manager, RunEvent, Runtime};
use tauri_plugin_window_state::StateFlags;

use crate::commands::Written;
use crate::face::Face;
use crate::quit::Ending;
use crate::refusal::{self, Refusal};
use crate::tray::Tray;
use crate::window::Desk;
use crate::words::{Tongue, Words};
use crate::{Flags, commands, follow, quit, tray, window};

const HIDDEN: &str = "--hidden";

/// Runs until it is told to end.
pub(crate) fn run(flags: Flags) -> Result<ExitCode, Refusal> {
    let file = flags.config.clone().or_else(places::settings_file);
    let file = file.ok_or(Refusal::NoFolder)?;
    let given = Given::from_process(BTreeMap::new(), None);
    let settings = Settings::layered(&given, Layer::load_if_present(&file)?)?;
    #[cfg(target_os = "linux")]
    gtk::init().map_err(|_no_display| Refusal::NoDisplay)?;
    let log = logging::to_files(&settings, &settings.app_logs()?, "bomba-sync")?;
    log_panics();
    let beside_it = window_file(&file)?;

    let tongue = Tongue::spoken(settings.language.value);
    let hidden = flags.hidden;
    let app = builder(&flags, &beside_it)
        .setup(move |app| {
            let handle = app.handle().clone();
            let words = Words::new(tongue);
            let face = Face::starting(&words);
            let tray = Tray::new(&handle, face)?;
            spawn(quit::when_asked(handle.clone()));
            spawn(behind(handle, tray, words, given, file, hidden));
            Ok(())
        })
        .build(tauri::generate_context!())?;
    let code = app.run_return(|_, event| {
        // The last window was closed; the tray goes on.
        if let RunEvent::ExitRequested {
            code: None, api, ..
        } = event
        {
            api.prevent_exit();
        }
    });
    drop(log);
    Ok(ExitCode::from(
        u8::try_from(code).unwrap_or(refusal::EXIT_CODE),
    ))
}

fn builder(flags: &Flags, window_file: &Path) -> tauri::Builder<tauri::Wry> {
    let mut at_login = vec![HIDDEN.to_owned()];
    if let Some(config) = &flags.config {
        at_login.extend(["--config".to_owned(), config.display().to_string()]);
    }
    tauri::Builder::default()
        // The first, so that a second start ends before it has touched anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            if !arguments.iter().any(|argument| argument == HIDDEN) {
                window::open(app, Page::Overview);
            }
        }))
        .plugin(
            tauri_plugin_autostart::Builder::new()
                .app_name(window::TITLE)
                .args(at_login)
                .build(),
        )
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
                .with_filename(window_file.display().to_string())
                .build(),
        )
        .manage(Desk::new(flags.hidden))
        .manage(Written::default())
        .manage(Ending::default())
        .invoke_handler(commands::all())
        .on_menu_event(tray::chosen)
        .on_tray_icon_event(tray::clicked)
}

/// Where the window's size is kept, beside the settings. A whole path, as the plugin would else choose a folder of its
/// own; and the folder is made, as the plugin would not.
fn window_file(settings: &Path) -> Result<PathBuf, Refusal> {
    let unusable = |source| SettingsError::Io {
        file: settings.to_owned(),
        source,
    };
    let file = std::path::absolute(settings).map_err(unusable)?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(unusable)?;
    }
    Ok(file.with_file_name("window.json"))
}

/// Starts the application and stays with it.
async fn behind<R: Runtime>(
    handle: AppHandle<R>,
    tray: Tray<R>,
    words: Words,
    given: Given,
    file: PathBuf,
    hidden: bool,
) {
    let secrets = Secrets::beside(&file);
    match App::start(given, file, secrets).await {
        Ok(app) => {
            let app = Arc::new(app);
            handle.manage(app.clone());
            window::ready(&handle);
            follow::follow(handle, app, tray, words).await;
        }
        Err(failure) => {
            Refusal::Application(failure).tell(hidden);
            handle.exit(refusal::EXIT_CODE.into());
        }
    }
}

/// A window has no terminal for a panic to be read in.
fn log_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(%panic, "a task died");
        usual(panic);
    }));
}
