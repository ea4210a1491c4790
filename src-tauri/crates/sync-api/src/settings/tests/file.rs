//! The settings file: what is saved comes back, and anything else in its place is named.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sync_core::resolve::Strategy as ConflictStrategy;
use sync_engine::config::{CollectionMode, ConnectionString};

use super::super::value::Value;
use super::super::*;
use super::GOOD_URI;

#[cfg(unix)]
#[test]
fn a_saved_file_is_its_owner_s_alone_and_sorted() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new").join("settings.toml");
    let layer = gather_layer(
        "listen = \"[::1]:8\"\ndatabase = \"bomba\"\n[collection_modes]\nb = \"off\"\na = \"off\"\n",
    );
    layer.save(&path).unwrap();
    layer.save(&path).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        "database = \"bomba\"\nlisten = \"[::1]:8\"\n\n[collection_modes]\na = \"off\"\nb = \"off\"\n"
    );
    assert_eq!(
        std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
        1,
        "a temporary file was left behind"
    );
}

fn gather_layer(text: &str) -> Layer {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, text).unwrap();
    Layer::load(&path).unwrap()
}

prop_compose! {
    fn any_layer()(
        local_uri in proptest::option::of(Just(Some(ConnectionString::new(GOOD_URI)))),
        database in proptest::option::of("[a-zA-Z0-9_-]{1,60}"),
        state_dir in proptest::option::of("[^\0]{1,40}"),
        port in proptest::option::of(any::<u16>()),
        device_name in proptest::option::of("\\PC{1,100}"),
        enabled in proptest::option::of(any::<bool>()),
        batch in proptest::option::of(any::<u32>()),
        excluded in proptest::option::of(proptest::collection::vec("[^\0]{1,20}", 0..4)),
        modes in proptest::option::of(proptest::collection::btree_map("[^\0]{1,20}", 0..3_usize, 0..4)),
        strategy in proptest::option::of(0..3_usize),
    ) -> Layer {
        const MODES: [CollectionMode; 3] =
            [CollectionMode::BothWays, CollectionMode::UploadOnly, CollectionMode::Off];
        let named = |modes: BTreeMap<String, usize>| modes.into_iter().map(|(name, mode)| (name, MODES[mode])).collect();
        Layer {
            local_uri,
            database: database.and_then(|name| DatabaseName::from_text(&name).ok()).map(Some),
            state_dir: state_dir.map(|dir| Some(dir.into())),
            listen: port.map(|port| LoopbackAddress::from_text(&format!("127.0.0.1:{port}")).unwrap()),
            device_name: device_name.and_then(|name| Text::from_text(&name).ok()),
            bidirectional_sync_enabled: enabled,
            atlas_change_stream_batch_size: batch.map(Whole::new),
            bidirectional_excluded_collections: excluded.map(CollectionNames),
            collection_modes: modes.map(|modes| CollectionModes(named(modes))),
            conflict_resolution_strategy: strategy.map(|strategy| ConflictStrategy::ALL[strategy]),
            ..Layer::default()
        }
    }
}

proptest! {
    #[test]
    fn settings_come_back_from_the_file_as_they_were_saved(layer in any_layer()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        layer.save(&path).unwrap();
        prop_assert_eq!(Layer::load(&path).unwrap(), layer);
    }

    #[test]
    fn any_bytes_as_a_settings_file_are_read_or_named_by_key_or_line(bytes in any::<Vec<u8>>()) {
        named_or_read(&bytes)?;
    }

    #[test]
    fn any_text_close_to_a_settings_file_is_read_or_named_by_key_or_line(
        text in "((database|listen|log|x|\"\\PC{0,3}\") ?= ?(1|\"\\PC{0,9}\"|\\[\\]|\\PC{0,4})\n?){0,4}"
    ) {
        named_or_read(text.as_bytes())?;
    }
}

fn named_or_read(bytes: &[u8]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, bytes).unwrap();
    match Layer::load(&path) {
        Ok(_) => {}
        Err(SettingsError::UnknownKey { key, .. }) => {
            prop_assert!(
                std::str::from_utf8(bytes).unwrap().contains(&key)
                    || key.is_empty()
                    || bytes.contains(&b'\\')
            );
        }
        Err(SettingsError::BadLine { line, .. }) => {
            prop_assert!(
                (1..=bytes.iter().filter(|byte| **byte == b'\n').count() + 1).contains(&line)
            );
        }
        Err(SettingsError::BadValue {
            name: Name::Key { key, .. },
            ..
        }) => {
            prop_assert!(std::str::from_utf8(bytes).unwrap().contains(key));
        }
        Err(other) => prop_assert!(false, "names neither key nor line: {other}"),
    }
    Ok(())
}
