//! Settings as people get them right and wrong. No message may hold what was typed: it may be a password.

mod file;

use std::ffi::OsString;
use std::path::Path;

use sync_core::resolve::Strategy as ConflictStrategy;
use sync_engine::config::{CollectionMode, ConnectionString};

use super::value::Value;
use super::*;

const GOOD_URI: &str = "mongodb://shop:hunter2@localhost:27017/?replicaSet=rs0";

fn given(
    flags: &[(&'static str, &str)],
    environment: &[(&str, &str)],
    file: &str,
) -> (tempfile::TempDir, Given) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, file).unwrap();
    let given = Given {
        flags: flags
            .iter()
            .map(|(name, text)| (*name, OsString::from(text)))
            .collect(),
        environment: environment
            .iter()
            .map(|(name, text)| (OsString::from(name), OsString::from(text)))
            .collect(),
        file: Some(path),
    };
    (folder, given)
}

fn gather(
    flags: &[(&'static str, &str)],
    environment: &[(&str, &str)],
    file: &str,
) -> Result<Settings, SettingsError> {
    let (_folder, given) = given(flags, environment, file);
    Settings::gather(&given)
}

#[test]
fn a_flag_overrules_the_environment_which_overrules_the_file_which_overrules_the_default() {
    let file = "database = \"from_file\"\nlisten = \"127.0.0.1:3\"\nvault_retention_days = 7\n";
    let environment = [
        ("BOMBA_DATABASE", "from_environment"),
        ("BOMBA_LISTEN", "127.0.0.1:2"),
    ];
    let settings = gather(&[("--database", "from_flag")], &environment, file).unwrap();
    assert_eq!(settings.database.value.unwrap().as_str(), "from_flag");
    assert_eq!(settings.database.source, Source::Flag);
    assert_eq!(settings.listen.value.get().port(), 2);
    assert_eq!(settings.listen.source, Source::Environment);
    assert_eq!(
        (
            settings.vault_retention_days.value.get(),
            settings.vault_retention_days.source
        ),
        (7, Source::File)
    );
    assert_eq!(settings.bidirectional_sync_enabled.source, Source::Default);
}

#[test]
fn the_sample_of_the_design_document_is_the_default() {
    let sample = [
        ("BIDIRECTIONAL_SYNC_ENABLED", "true"),
        ("ATLAS_CHANGE_STREAM_BATCH_SIZE", "100"),
        ("BIDIRECTIONAL_EXCLUDED_COLLECTIONS", "sessions,logs"),
        ("CONFLICT_RESOLUTION_STRATEGY", "last-write-wins"),
        ("ORIGIN_TRACKING_CLEANUP_INTERVAL", "60000"),
        ("CHANGE_STREAM_RECONNECT_INTERVAL", "5000"),
        ("CHANGE_STREAM_MAX_RECONNECT_ATTEMPTS", "10"),
    ];
    let connection = [
        ("--local", GOOD_URI),
        ("--atlas", GOOD_URI),
        ("--database", "bomba"),
    ];
    let spoken = gather(&connection, &sample, "").unwrap();
    let silent = gather(&connection, &[], "").unwrap();
    assert_eq!(
        spoken
            .sources()
            .iter()
            .filter(|(_, source)| *source == Source::Environment)
            .count(),
        sample.len()
    );
    assert_eq!(
        format!("{:?}", spoken.engine_config().unwrap()),
        format!("{:?}", silent.engine_config().unwrap())
    );
}

#[test]
fn every_variable_reaches_the_engine() {
    let environment = [
        ("BOMBA_LOCAL_URI", GOOD_URI),
        ("BOMBA_ATLAS_URI", "mongodb://atlas.example:27017"),
        ("BOMBA_DATABASE", "bomba"),
        ("BOMBA_DEVICE_NAME", "الكاشير ١"),
        ("BIDIRECTIONAL_SYNC_ENABLED", "false"),
        ("ATLAS_CHANGE_STREAM_BATCH_SIZE", "7"),
        ("BIDIRECTIONAL_EXCLUDED_COLLECTIONS", "carts, drafts"),
        ("CONFLICT_RESOLUTION_STRATEGY", "atlas-wins"),
        ("ORIGIN_TRACKING_CLEANUP_INTERVAL", "1000"),
        ("CHANGE_STREAM_RECONNECT_INTERVAL", "250"),
        ("CHANGE_STREAM_MAX_RECONNECT_ATTEMPTS", "3"),
        ("BOMBA_VAULT_RETENTION_DAYS", "30"),
        ("BOMBA_MODELS_FOLDER", "/shop/models"),
        ("BOMBA_NODE", "/opt/node"),
        ("BOMBA_RULES_FILE", "/shop/rules.json"),
    ];
    let config = gather(&[], &environment, "")
        .unwrap()
        .engine_config()
        .unwrap();
    assert_eq!(config.local_uri.expose(), GOOD_URI);
    assert_eq!(config.atlas_uri.expose(), "mongodb://atlas.example:27017");
    assert_eq!(
        (config.database.as_str(), config.device_name.as_str()),
        ("bomba", "الكاشير ١")
    );
    assert!(!config.bidirectional);
    assert_eq!(config.stream_batch_size, 7);
    assert_eq!(config.mode("carts"), CollectionMode::UploadOnly);
    assert_eq!(config.mode("drafts"), CollectionMode::UploadOnly);
    // One way for all of them; which ones are named is another matter.
    assert_eq!(config.mode("sessions"), CollectionMode::UploadOnly);
    assert!(config.modes.contains_key("carts") && !config.modes.contains_key("sessions"));
    assert_eq!(config.strategy, ConflictStrategy::AtlasWins);
    assert_eq!(config.origin_cleanup_interval, Duration::from_secs(1));
    assert_eq!(config.reconnect_interval, Duration::from_millis(250));
    assert_eq!(config.reconnect_attempts_max, 3);
    assert_eq!(config.vault_retention, Duration::from_secs(30 * 24 * 3600));
    let models = config.models.unwrap();
    assert_eq!(
        (models.folder.as_path(), models.node.as_path()),
        (Path::new("/shop/models"), Path::new("/opt/node"))
    );
    assert_eq!(
        config.rules_file.as_deref(),
        Some(Path::new("/shop/rules.json"))
    );
}

#[test]
fn a_bad_value_is_named_where_it_was_given_and_not_repeated() {
    let variables = [
        "BOMBA_LOCAL_URI",
        "BOMBA_ATLAS_URI",
        "BOMBA_DATABASE",
        "BOMBA_LISTEN",
        "BIDIRECTIONAL_SYNC_ENABLED",
        "ATLAS_CHANGE_STREAM_BATCH_SIZE",
        "BOMBA_COLLECTION_MODES",
        "CONFLICT_RESOLUTION_STRATEGY",
        "ORIGIN_TRACKING_CLEANUP_INTERVAL",
        "CHANGE_STREAM_RECONNECT_INTERVAL",
        "CHANGE_STREAM_MAX_RECONNECT_ATTEMPTS",
        "BOMBA_VAULT_RETENTION_DAYS",
        "BOMBA_LOG",
    ];
    for variable in variables {
        let error = gather(&[], &[(variable, "hunter2 $")], "")
            .unwrap_err()
            .to_string();
        assert_named(&error, variable);
        let key = variable.to_lowercase().replace("bomba_", "");
        let error = gather(&[], &[], &format!("{key} = [[\"hunter2 $\"]]\n"))
            .unwrap_err()
            .to_string();
        assert_named(&error, &format!("settings.toml: {key}: "));
    }
    for flag in ["--local", "--atlas", "--database", "--listen"] {
        assert_named(
            &gather(&[(flag, "hunter2 $")], &[], "")
                .unwrap_err()
                .to_string(),
            flag,
        );
    }
}

#[test]
fn a_bad_value_is_found_even_where_a_higher_layer_hides_it() {
    let file = "atlas_change_stream_batch_size = 0\n";
    let error = gather(&[], &[("ATLAS_CHANGE_STREAM_BATCH_SIZE", "100")], file)
        .unwrap_err()
        .to_string();
    assert_named(&error, "atlas_change_stream_batch_size");
}

#[test]
fn what_the_settings_file_must_not_hold_is_named_by_key_or_line() {
    for (file, named) in [
        ("databse = \"hunter2\"\n", "unknown key databse"),
        (
            "database = \"bomba\"\nlocal_uri = mongodb://hunter2\n",
            "line 2",
        ),
        ("database = \"a\"\ndatabase = \"hunter2\"\n", "line 2"),
        (
            "\n\n[collection_modes]\nbills = \"hunter2\"\n",
            "collection_modes",
        ),
        (
            "bidirectional_sync_enabled = \"hunter2\"\n",
            "bidirectional_sync_enabled",
        ),
    ] {
        assert_named(&gather(&[], &[], file).unwrap_err().to_string(), named);
    }
    let missing = Given {
        file: Some("/nowhere/bomba.toml".into()),
        ..Given::default()
    };
    assert_named(
        &Settings::gather(&missing).unwrap_err().to_string(),
        "/nowhere/bomba.toml",
    );
}

#[test]
fn a_bad_connection_string_is_described_without_its_text() {
    for (uri, words) in [
        ("", "begins with"),
        ("localhost:27017", "begins with"),
        ("http://shop:hunter2@localhost", "begins with"),
        ("mongodb://", "names no server"),
        ("mongodb://shop:hunter2@", "names no server"),
        (
            "mongodb://shop:hunt@er2@localhost",
            "percent-encoded|must be written",
        ),
        ("mongodb://shop:hunter2:x@localhost", "must be written"),
        ("mongodb://shop:hunter2/x@localhost", "percent-encoded"),
        ("mongodb://shop:hunter2?x@localhost", "percent-encoded"),
        ("mongodb://shop:hunter2@localhost:port", "percent-encoded"),
        (
            "mongodb://shop:hunter2@localhost/?tls=hunter2",
            "option tls ",
        ),
        (
            "mongodb://shop:hunter2@localhost/?hunter2=1",
            "not a MongoDB connection string",
        ),
        (
            "mongodb://shop:hunter2@localhost/?tls=true&tlsCAFile=/nope/hunter2",
            "tlsCAFile names a file that cannot be read",
        ),
        (
            "mongodb+srv://shop:hunter2@a.example.net/?tlsCAFile=/dev/null",
            "tlsCAFile names a file that is not in PEM",
        ),
        (
            "mongodb://shop:hunter2@localhost/?tlsCertificateKeyFile=/nope",
            "tlsCertificateKeyFile names a file",
        ),
        ("mongodb+srv://shop:hunter2@a.example:27017", "no port"),
        ("mongodb://shop:hunter2@local host", "a space"),
        ("mongodb://shop:hunter2@localhost\n", "a line break"),
    ] {
        let error = ConnectionString::from_text(uri).expect_err(uri).to_string();
        assert!(
            words.split('|').any(|words| error.contains(words)),
            "{uri}: {error}"
        );
        assert!(
            !error.contains("hunter2") && !error.contains('\n'),
            "{uri}: {error}"
        );
    }
    for uri in [
        GOOD_URI,
        "mongodb://a,b:27018/bomba",
        "mongodb+srv://shop:hunter2@cluster0.example.net/?w=majority",
    ] {
        ConnectionString::from_text(uri).expect(uri);
    }
}

#[test]
fn what_was_not_given_anywhere_is_named_with_all_its_names() {
    let error = gather(&[], &[], "")
        .unwrap()
        .engine_config()
        .unwrap_err()
        .to_string();
    for name in ["local_uri", "--local", "BOMBA_LOCAL_URI"] {
        assert_named(&error, name);
    }
}

#[test]
fn settings_print_no_password() {
    let settings = gather(&[("--local", GOOD_URI)], &[], "").unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn the_list_of_excluded_collections_and_a_collection_s_own_mode_agree() {
    let connection = [
        ("--local", GOOD_URI),
        ("--atlas", GOOD_URI),
        ("--database", "bomba"),
    ];
    let file = "bidirectional_excluded_collections = [\"logs\"]\n[collection_modes]\nlogs = \"both-ways\"\ncarts = \"off\"\n";
    let of_file = gather(&connection, &[], file)
        .unwrap()
        .engine_config()
        .unwrap();
    assert_eq!(
        (of_file.mode("logs"), of_file.mode("carts")),
        (CollectionMode::BothWays, CollectionMode::Off)
    );
    let environment = [("BIDIRECTIONAL_EXCLUDED_COLLECTIONS", "logs,carts")];
    let overruled = gather(&connection, &environment, file)
        .unwrap()
        .engine_config()
        .unwrap();
    assert_eq!(
        (overruled.mode("logs"), overruled.mode("carts")),
        (CollectionMode::UploadOnly, CollectionMode::Off)
    );
    let none = gather(
        &connection,
        &[("BIDIRECTIONAL_EXCLUDED_COLLECTIONS", "")],
        "",
    )
    .unwrap();
    assert!(none.engine_config().unwrap().modes.is_empty());
}

#[test]
fn each_local_database_has_a_state_folder_of_its_own_without_credentials_in_its_name() {
    let folder = |uri: &str, database: &str| {
        let flags = [("--local", uri), ("--database", database)];
        let path = gather(&flags, &[], "").unwrap().state_dir().unwrap();
        path.file_name().unwrap().to_str().unwrap().to_owned()
    };
    let one = folder(GOOD_URI, "bomba");
    assert!(
        one.starts_with("localhost-27017-bomba-") && !one.contains("hunter2"),
        "{one}"
    );
    assert_eq!(
        one,
        folder("mongodb://localhost/?replicaSet=rs0&w=1", "bomba")
    );
    assert_ne!(one, folder("mongodb://localhost:27018", "bomba"));
    assert_ne!(one, folder(GOOD_URI, "bomba2"));
    assert_ne!(folder(GOOD_URI, "متجر"), folder(GOOD_URI, "مخزن"));
    let named = gather(&[], &[("BOMBA_STATE_DIR", "/srv/bomba")], "").unwrap();
    assert_eq!(named.state_dir().unwrap(), Path::new("/srv/bomba"));
}

fn assert_named(error: &str, name: &str) {
    assert!(error.contains(name), "{name} is not named in: {error}");
    assert!(!error.contains('\n'), "more than one line: {error}");
    assert!(!error.contains("hunter2"), "the value is repeated: {error}");
}
