//! The commands as the window calls them, with the rights it really has, and without a screen.

use serde_json::{Value, json};
use sync_api::secrets::Secrets;
use sync_api::settings::Given;
use tauri::async_runtime::block_on;
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{Manager, WebviewWindow, WebviewWindowBuilder};

use super::*;

/// A program that was never set up, with its window open.
struct Program {
    app: tauri::App<MockRuntime>,
    window: WebviewWindow<MockRuntime>,
    folder: tempfile::TempDir,
}

impl Program {
    fn start() -> Program {
        Program::with_window("main")
    }

    fn with_window(label: &str) -> Program {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        let secrets = Secrets::in_file(&file);
        let backend = block_on(App::start(Given::default(), file, secrets)).unwrap();
        let app = mock_builder()
            .manage(Arc::new(backend))
            .manage(Desk::new(false))
            .manage(Written::default())
            .invoke_handler(all())
            .build(tauri::generate_context!())
            .unwrap();
        let window = WebviewWindowBuilder::new(&app, label, tauri::WebviewUrl::default())
            .build()
            .unwrap();
        Program {
            app,
            window,
            folder,
        }
    }

    fn call(&self, name: &str, arguments: Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: name.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: self.window.url().unwrap(),
            body: InvokeBody::Json(arguments),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.window, request).map(|body| body.deserialize().unwrap())
    }
}

#[test]
fn the_window_may_call_every_command_and_no_other() {
    let rights = include_str!("../../permissions/window.toml");
    let mut listed: Vec<&str> = rights
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","))
        .collect();
    let mut known = NAMES.to_vec();
    listed.sort_unstable();
    known.sort_unstable();
    assert_eq!(listed, known);
    let refused = Program::start().call(
        "plugin:event|emit",
        json!({ "event": "status", "payload": null }),
    );
    assert!(refused.unwrap_err().to_string().contains("not allowed"));
}

#[test]
fn another_window_may_call_nothing() {
    let stranger = Program::with_window("stranger");
    let refused = stranger.call("settings", json!({})).unwrap_err();
    assert!(refused.to_string().contains("not allowed"), "{refused}");
}

#[test]
fn the_settings_have_the_shape_the_window_knows() {
    let view = Program::start().call("settings", json!({})).unwrap();
    assert_eq!(view["setUp"], json!(false));
    assert_eq!(
        view["database"],
        json!({ "value": null, "source": "default", "variable": "BOMBA_DATABASE" })
    );
    assert_eq!(view["strategy"]["value"], json!("last-write-wins"));
    assert_eq!(view["secrets"], json!("file"));
}

#[test]
fn a_setting_is_changed_and_saved() {
    let program = Program::start();
    let view = program
        .call(
            "change_settings",
            json!({ "change": { "language": "ar", "batchSize": 50 } }),
        )
        .unwrap();
    assert_eq!(view["language"]["value"], json!("ar"));
    assert_eq!(
        view["batchSize"],
        json!({ "value": 50, "source": "file", "variable": "ATLAS_CHANGE_STREAM_BATCH_SIZE" })
    );
    let saved = std::fs::read_to_string(program.folder.path().join("settings.toml")).unwrap();
    assert!(saved.contains("language = \"ar\""), "{saved}");
}

#[test]
fn a_wrong_value_is_a_failure_with_a_kind() {
    let failure = Program::start().call("change_settings", json!({ "change": { "batchSize": 0 } }));
    assert_eq!(failure.unwrap_err()["kind"], json!("bad-value"));
}

#[test]
fn what_needs_an_engine_says_that_nothing_is_set_up() {
    let program = Program::start();
    let cases = [
        ("pause", json!({ "way": null, "paused": true })),
        ("sync_now", json!({})),
        ("collections", json!({})),
        (
            "conflicts",
            json!({ "query": { "filter": "open", "search": "", "offset": 0, "limit": 10 } }),
        ),
        ("problems", json!({})),
        ("held_deletions", json!({})),
        (
            "apply_deletions",
            json!({ "collection": "bills", "direction": "upload" }),
        ),
        ("devices", json!({})),
        ("rules", json!({})),
        (
            "rules_sample",
            json!({ "name": "bills", "side": "atlas", "called": null }),
        ),
        (
            "try_rules",
            json!({ "name": "bills", "text": "{ \"_id\": 1 }" }),
        ),
    ];
    for (name, arguments) in cases {
        let failure = program.call(name, arguments).unwrap_err();
        assert_eq!(failure["kind"], json!("not-set-up"), "{name}: {failure}");
    }
    assert_eq!(
        program.call("status", json!({})).unwrap()["state"],
        json!("syncing")
    );
    assert_eq!(program.call("samples", json!({})).unwrap(), json!([]));
}

#[test]
fn only_files_this_program_wrote_are_shown() {
    let program = Program::start();
    let refused = program
        .call("reveal", json!({ "path": "/etc/passwd" }))
        .unwrap_err();
    assert_eq!(refused["kind"], json!("other"));
    let gone = program.folder.path().join("gone.zip");
    let noted = program.app.state::<Written>().note(gone);
    let missing = program
        .call("reveal", json!({ "path": noted }))
        .unwrap_err();
    assert_eq!(missing["kind"], json!("gone"));
}

#[test]
fn the_window_learns_which_page_it_was_opened_for() {
    let program = Program::start();
    assert_eq!(
        program.call("first_page", json!({})).unwrap(),
        json!("overview")
    );
    crate::window::open(program.app.handle(), Page::Conflicts);
    assert_eq!(
        program.call("first_page", json!({})).unwrap(),
        json!("conflicts")
    );
}
