//! A bad connection string, setting or flag: one line that names it, exit code 2, nothing written.

use std::path::Path;

use assert_cmd::Command;

const GOOD_URI: &str = "mongodb://shop:hunter2@127.0.0.1:1/?replicaSet=rs0";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        Place {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program with an environment of its own, in which everything it might write lies under one folder.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bomba-syncd"));
        command
            .env_clear()
            .env("HOME", self.path())
            .env("BOMBA_STATE_DIR", self.path().join("state"));
        command
            .current_dir(self.path())
            .args(arguments)
            .timeout(std::time::Duration::from_secs(20));
        command
    }

    fn is_empty(&self) -> bool {
        std::fs::read_dir(self.path())
            .expect("the folder is there")
            .next()
            .is_none()
    }
}

/// Runs it and checks that it refuses in one line with exit code 2, naming `named` and repeating no password.
fn refuses(mut command: Command, named: &str) {
    let output = command.output().expect("the program starts");
    let told = String::from_utf8(output.stderr).expect("it prints text");
    assert_eq!(output.status.code(), Some(2), "{named}: {told}");
    assert!(output.stdout.is_empty(), "{named}");
    assert_eq!(told.lines().count(), 1, "{named}: {told}");
    assert!(told.contains(named), "{named} is not named in: {told}");
    assert!(!told.contains("hunter2"), "a password is shown: {told}");
}

#[test]
fn bad_flags_are_named() {
    for (line, named) in [
        (
            "run --database shop --atlas GOOD --local localhost:27017",
            "--local",
        ),
        (
            "run --database shop --atlas GOOD --local mongodb://shop:hunter2:@x",
            "--local",
        ),
        (
            "run --database shop --local GOOD --atlas mongodb://shop:hunter2@",
            "--atlas",
        ),
        (
            "run --database shop --local GOOD --atlas mongodb://shop:hunter2@a.example/?tlsCAFile=/nope",
            "tlsCAFile",
        ),
        ("run --database shop --local GOOD", "--atlas"),
        (
            "run --database shop --local GOOD --atlas GOOD --listen 0.0.0.0:7017",
            "--listen",
        ),
        (
            "run --database shop --local GOOD --atlas GOOD --listen 192.168.1.2:7017",
            "--listen",
        ),
        (
            "run --database shop --local GOOD --atlas GOOD --listen 7017",
            "--listen",
        ),
        (
            "run --database shop --local GOOD --atlas GOOD --frobnicate",
            "--frobnicate",
        ),
        (
            "run --database shop --local GOOD --atlas GOOD GOOD",
            "not known",
        ),
        ("run --database a/b --local GOOD --atlas GOOD", "--database"),
        ("run --local GOOD --atlas GOOD", "--database"),
        ("check --local hunter2", "--local"),
        ("verify --atlas hunter2", "--atlas"),
        ("status --local hunter2", "--local"),
        ("resync --local hunter2", "--local"),
        ("conflicts list --local hunter2", "--local"),
        ("quarantine list --local hunter2", "--local"),
        ("synk", "synk"),
        ("", "command is missing"),
    ] {
        let place = Place::new();
        let arguments: Vec<_> = line
            .split_whitespace()
            .map(|word| if word == "GOOD" { GOOD_URI } else { word })
            .collect();
        refuses(place.command(&arguments), named);
        assert!(place.is_empty(), "{line} wrote something");
    }
}

#[test]
fn bad_variables_are_named() {
    let place = Place::new();
    for (variable, value) in [
        ("BOMBA_LOCAL_URI", "shop:hunter2@localhost"),
        (
            "BOMBA_ATLAS_URI",
            "mongodb://shop:hunter2@localhost/?tls=hunter2",
        ),
        ("BOMBA_DATABASE", "hunter2 $"),
        ("BIDIRECTIONAL_SYNC_ENABLED", "hunter2"),
        ("ATLAS_CHANGE_STREAM_BATCH_SIZE", "0"),
        ("CONFLICT_RESOLUTION_STRATEGY", "newest"),
        ("ORIGIN_TRACKING_CLEANUP_INTERVAL", "-1"),
        ("CHANGE_STREAM_RECONNECT_INTERVAL", "5s"),
        (
            "CHANGE_STREAM_MAX_RECONNECT_ATTEMPTS",
            "99999999999999999999",
        ),
        ("BOMBA_LOG", "loud"),
    ] {
        let flags = [
            "run",
            "--local",
            GOOD_URI,
            "--atlas",
            GOOD_URI,
            "--database",
            "shop",
        ];
        let mut command = place.command(&flags);
        command.env(variable, value);
        refuses(command, variable);
        assert!(place.is_empty(), "{variable} wrote something");
    }
}

#[test]
fn bad_settings_files_are_named_by_key_or_line() {
    let files = Place::new();
    for (text, named) in [
        (
            "bidirectional_sync_enabld = true\n",
            "bidirectional_sync_enabld",
        ),
        (
            "vault_retention_days = \"hunter2\"\n",
            "vault_retention_days",
        ),
        (
            "database = \"shop\"\nlocal_uri = mongodb://shop:hunter2@localhost\n",
            "line 2",
        ),
        ("atlas_uri = \"mongodb://shop:hunter2@\"\n", "atlas_uri"),
    ] {
        let file = files.path().join("settings.toml");
        std::fs::write(&file, text).unwrap();
        let place = Place::new();
        refuses(
            place.command(&["run", "--config", file.to_str().unwrap()]),
            named,
        );
        assert!(place.is_empty(), "{named} wrote something");
    }
    let place = Place::new();
    refuses(
        place.command(&["check", "--config", "no-such-file.toml"]),
        "no-such-file.toml",
    );
}

#[test]
fn help_and_version_are_answers() {
    let place = Place::new();
    for arguments in [
        &["--help"][..],
        &["help"],
        &["run", "--help"],
        &["conflicts", "--help"],
        &["--version"],
    ] {
        let output = place.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(
            !output.stdout.is_empty() && output.stderr.is_empty(),
            "{arguments:?}"
        );
    }
    let help = String::from_utf8(place.command(&["--help"]).output().unwrap().stdout).unwrap();
    for command in [
        "run",
        "check",
        "status",
        "verify",
        "resync",
        "conflicts",
        "quarantine",
    ] {
        assert!(
            help.contains(&format!("  {command} ")),
            "{command} is missing in:\n{help}"
        );
    }
    assert!(place.is_empty());
}

#[test]
fn status_says_when_none_is_running() {
    let place = Place::new();
    let output = place.command(&["status"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("no bomba-syncd is running") && told.lines().count() == 1,
        "{told}"
    );
    assert!(place.is_empty());
}
