//! Where Bomba's rules lie, chosen in the window: saved, refused where nothing is there, fixed by the environment.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use sync_api::app::App;
use sync_api::secrets::Secrets;
use sync_api::settings::{Given, Layer};
use sync_api::wire::{Change, FailureKind, Source};
use tempfile::TempDir;

async fn app(home: &Path, environment: &[(&str, &str)]) -> App {
    let environment: BTreeMap<OsString, OsString> = environment
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let given = Given {
        environment,
        ..Given::default()
    };
    let file = home.join("settings.toml");
    let secrets = Secrets::in_file(&file);
    App::start(given, file, secrets).await.unwrap()
}

/// A home with a folder and two files in it; the path of each as a person types it.
fn home() -> (TempDir, [String; 3]) {
    let home = TempDir::new().unwrap();
    std::fs::create_dir(home.path().join("models")).unwrap();
    std::fs::write(home.path().join("rules.json"), "{}").unwrap();
    std::fs::write(home.path().join("node"), "").unwrap();
    let typed = ["models", "rules.json", "node"].map(|name| {
        let path = home.path().join(name);
        path.to_str().unwrap().to_owned()
    });
    (home, typed)
}

fn models(folder: &str) -> Change {
    Change {
        models_folder: Some(folder.to_owned()),
        ..Change::default()
    }
}

#[tokio::test]
async fn places_are_saved_and_given_up_again() {
    let (home, [folder, file, node]) = home();
    let app = app(home.path(), &[]).await;
    let before = app.settings().await;
    assert_eq!(before.models_folder.value, None);
    assert_eq!(before.node_program.value, "node");
    let change = Change {
        models_folder: Some(format!(" \"{folder}\" ")),
        rules_file: Some(file.clone()),
        node_program: Some(node.clone()),
        ..Change::default()
    };
    let view = app.change_settings(&change).await.unwrap();
    assert_eq!(view.models_folder.value.as_ref(), Some(&folder));
    assert_eq!(view.models_folder.source, Source::File);
    assert_eq!(view.models_folder.variable, "BOMBA_MODELS_FOLDER");
    assert_eq!(view.rules_file.value.as_ref(), Some(&file));
    assert_eq!(view.node_program.value, node);
    let saved = Layer::load(&home.path().join("settings.toml")).unwrap();
    assert_eq!(saved.models_folder, Some(Some(folder.into())));
    assert_eq!(saved.rules_file, Some(Some(file.into())));

    let none = Change {
        rules_file: Some(String::new()),
        node_program: Some("node".to_owned()),
        ..models(" ")
    };
    let view = app.change_settings(&none).await.unwrap();
    assert_eq!(
        (view.models_folder.value, view.rules_file.value),
        (None, None)
    );
    let saved = Layer::load(&home.path().join("settings.toml")).unwrap();
    assert_eq!((saved.models_folder, saved.rules_file), (None, None));
}

#[tokio::test]
async fn a_place_that_is_not_there_is_named_and_nothing_is_saved() {
    let (home, [folder, file, _node]) = home();
    let app = app(home.path(), &[]).await;
    let gone = format!("{folder}/gone");
    let rules = |file: &str| Change {
        rules_file: Some(file.to_owned()),
        theme: Some(sync_api::wire::Theme::Dark),
        ..Change::default()
    };
    let node = |program: &str| Change {
        node_program: Some(program.to_owned()),
        ..Change::default()
    };
    for (change, key) in [
        (models(&gone), "models_folder"),
        (models(&file), "models_folder"),
        // A folder of the place where the program happens to run.
        (models("src"), "models_folder"),
        (rules(&gone), "rules_file"),
        (rules(&folder), "rules_file"),
        (rules("Cargo.toml"), "rules_file"),
        (node(&gone), "node_program"),
        (node(&folder), "node_program"),
        (node("src/lib.rs"), "node_program"),
    ] {
        let failure = app.change_settings(&change).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NoSuchPlace, "{failure}");
        assert_eq!(failure.field.as_deref(), Some(key));
    }
    let empty = app.change_settings(&node("")).await.unwrap_err();
    assert_eq!(empty.kind, FailureKind::BadValue);
    assert!(!home.path().join("settings.toml").exists());
}

#[tokio::test]
async fn what_the_environment_decides_is_shown_and_stays() {
    let (home, [folder, ..]) = home();
    let environment = [
        ("BOMBA_MODELS_FOLDER", "/elsewhere"),
        ("BOMBA_RULES_FILE", "/elsewhere.json"),
        ("BOMBA_NODE", "/opt/node"),
    ];
    let app = app(home.path(), &environment).await;
    let view = app.settings().await;
    assert_eq!(view.models_folder.source, Source::Environment);
    assert_eq!(view.models_folder.value.as_deref(), Some("/elsewhere"));
    assert_eq!(view.rules_file.source, Source::Environment);
    assert_eq!(view.node_program.source, Source::Environment);
    let failure = app.change_settings(&models(&folder)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Fixed);
    assert_eq!(failure.field.as_deref(), Some("BOMBA_MODELS_FOLDER"));
}
