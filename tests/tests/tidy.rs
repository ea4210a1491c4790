//! The rules of the house that no compiler knows, read from the files
//! themselves.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

#[path = "tidy/rules.rs"]
mod rules;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use rules::{
    LINES_MAX, Rule, banner, empty_name, impure_core, left_undone, no_head, second_bridge,
    sleeping_test, stringly_error, titles, too_long,
};

const TOP_LEVEL: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "src-tauri",
    "ui",
    "tests",
    "icons",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
];

const OWN_FILES: [&str; 2] = ["tests/tests/tidy.rs", "tests/tests/tidy/rules.rs"];

/// The variables of the owner's document; sync-api reads them all.
const OWNERS_VARIABLES: [&str; 7] = [
    "BIDIRECTIONAL_SYNC_ENABLED",
    "ATLAS_CHANGE_STREAM_BATCH_SIZE",
    "BIDIRECTIONAL_EXCLUDED_COLLECTIONS",
    "CONFLICT_RESOLUTION_STRATEGY",
    "ORIGIN_TRACKING_CLEANUP_INTERVAL",
    "CHANGE_STREAM_RECONNECT_INTERVAL",
    "CHANGE_STREAM_MAX_RECONNECT_ATTEMPTS",
];

/// The properties of the owner's document, as it numbers them.
const PROPERTIES: std::ops::RangeInclusive<u32> = 1..=8;

/// The rules that make the algorithm exact, as the design numbers them.
const NUMBERED_RULES: std::ops::RangeInclusive<u32> = 1..=7;

#[test]
fn no_file_is_longer_than_400_lines() {
    check(&["rs", "ts", "svelte"], too_long);
}

#[test]
fn every_rust_file_opens_with_what_it_is() {
    check(&["rs"], no_head);
}

#[test]
fn no_name_says_nothing() {
    check(&["rs", "ts", "svelte"], empty_name);
}

#[test]
fn no_test_is_ignored_and_nothing_is_left_to_do() {
    check(&["rs"], left_undone);
}

#[test]
fn tests_wait_for_conditions_and_never_sleep() {
    check(&["rs"], sleeping_test);
}

#[test]
fn errors_are_types_and_not_strings() {
    check(&["rs"], stringly_error);
}

#[test]
fn comments_are_no_banners() {
    check(&["rs", "ts"], banner);
}

#[test]
fn the_core_reads_no_clock_and_no_environment() {
    check(&["rs"], impure_core);
}

#[test]
fn one_file_of_the_window_talks_to_tauri() {
    check(&["ts", "svelte"], second_bridge);
}

#[test]
fn every_markdown_file_has_one_title() {
    check(&["md"], titles);
}

#[test]
fn the_top_level_holds_what_it_must_and_nothing_else() {
    let entries = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let strangers: Vec<String> = entries
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| {
            let expected = TOP_LEVEL.contains(&name.as_str());
            // `target` is what cargo makes without a cache folder; git ignores it.
            !(expected || name.starts_with('.') || name == "target")
        })
        .collect();
    assert!(strangers.is_empty(), "not at the top level: {strangers:?}");
}

#[test]
fn every_variable_of_the_owners_document_is_read() {
    let api = sources_under("src-tauri/crates/sync-api/src");
    let unread: Vec<&str> = OWNERS_VARIABLES
        .into_iter()
        .filter(|name| !api.contains(&format!("\"{name}\"")))
        .collect();
    assert!(unread.is_empty(), "sync-api does not read {unread:?}");
}

#[test]
fn every_setting_is_in_the_readme() {
    let table =
        fs::read_to_string(root().join("src-tauri/crates/sync-api/src/settings/layer.rs")).unwrap();
    let quoted = table.split('"').skip(1).step_by(2);
    let variables: Vec<&str> = quoted
        .filter(|text| text.contains('_') && text.to_uppercase() == **text)
        .collect();
    assert!(variables.len() >= 20, "{variables:?}");
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let untold: Vec<&&str> = variables
        .iter()
        .filter(|name| !readme.contains(&format!("`{name}`")))
        .collect();
    assert!(untold.is_empty(), "README does not tell of {untold:?}");
}

#[test]
fn every_property_of_the_owners_document_is_tagged_in_a_test() {
    let properties = sources_under("tests/tests/properties");
    let untagged: Vec<u32> = PROPERTIES
        .filter(|number| {
            let tag = format!("/// Feature: bidirectional-sync, Property {number}: *For any* ");
            properties.matches(&tag).count() != 1
        })
        .collect();
    assert!(
        untagged.is_empty(),
        "no single test is tagged with the properties {untagged:?}"
    );
}

#[test]
fn every_numbered_rule_of_the_design_has_its_test() {
    let core = sources_under("src-tauri/crates/sync-core");
    let untested: Vec<u32> = NUMBERED_RULES
        .filter(|rule| !core.contains(&format!("fn rule_{rule}_")))
        .collect();
    assert!(
        untested.is_empty(),
        "sync-core has no test `rule_N_...` for the rules {untested:?}"
    );
}

#[test]
fn the_rules_see_what_they_forbid() {
    let seen = |rule: Rule, path: &str, text: &str| rule(Path::new(path), text).is_some();
    assert!(seen(too_long, "a.rs", &"line\n".repeat(LINES_MAX + 1)));
    assert!(!seen(too_long, "a.rs", &"line\n".repeat(LINES_MAX)));
    assert!(seen(no_head, "a.rs", "use std::fs;\n//! late"));
    assert!(seen(empty_name, "src/change_manager.rs", ""));
    assert!(seen(empty_name, "src/types.rs", ""));
    assert!(seen(empty_name, "a.rs", "pub struct SyncService {"));
    assert!(seen(empty_name, "a.ts", "export class UrlUtils {"));
    assert!(!seen(
        empty_name,
        "src/utility_bill.rs",
        "struct Manageress; type Utilities = u8;"
    ));
    assert!(seen(left_undone, "a.rs", "#[ignore = \"slow\"]"));
    assert!(seen(left_undone, "a.rs", "    todo!()"));
    assert!(seen(
        sleeping_test,
        "tests/tests/a.rs",
        "tokio::time::sleep(SECOND).await"
    ));
    assert!(!seen(
        sleeping_test,
        "src-tauri/a.rs",
        "tokio::time::sleep(SECOND).await"
    ));
    assert!(seen(
        stringly_error,
        "a.rs",
        "fn f() -> Result<Vec<u8>, String> {"
    ));
    assert!(!seen(
        stringly_error,
        "a.rs",
        "fn f() -> Result<HashMap<u8, String>, Error> {"
    ));
    assert!(seen(banner, "a.rs", "    // ---- helpers ----"));
    assert!(seen(
        impure_core,
        "src-tauri/crates/sync-core/src/a.rs",
        "let t = Instant::now();"
    ));
    assert!(seen(
        second_bridge,
        "ui/src/App.svelte",
        "import x from '@tauri-apps/api'"
    ));
    assert!(!seen(
        second_bridge,
        "ui/src/lib/ipc.ts",
        "import x from '@tauri-apps/api'"
    ));
    assert!(seen(titles, "a.md", "# One\n\n# Two\n"));
    assert!(seen(titles, "a.md", "## None\n"));
    assert!(!seen(titles, "a.md", "# One\n```\n# a comment\n```\n"));
}

/// Applies a rule to every file with one of the extensions, except to these two,
/// which spell out what they forbid.
fn check(extensions: &[&str], rule: Rule) {
    let broken: Vec<String> = files()
        .into_iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|found| extensions.iter().any(|wanted| found == *wanted))
                && !OWN_FILES.iter().any(|own| path == Path::new(own))
        })
        .filter_map(|path| {
            let text = fs::read_to_string(root().join(&path)).unwrap_or_default();
            rule(&path, &text).map(|wrong| format!("{}: {}", path.display(), wrong.trim()))
        })
        .collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

fn sources_under(folder: &str) -> String {
    let files = files();
    let inside = files.iter().filter(|path| path.starts_with(folder));
    inside
        .map(|path| fs::read_to_string(root().join(path)).unwrap_or_default())
        .collect()
}

/// All files of the checkout but those that tools make, relative to the root.
fn files() -> BTreeSet<PathBuf> {
    const MADE_BY_TOOLS: [&str; 6] = [".git", "target", "node_modules", "dist", "gen", "bindings"];
    let mut found = BTreeSet::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default();
            if path.is_dir() {
                let made = MADE_BY_TOOLS.iter().any(|tool| name == *tool);
                folders.extend((!made).then_some(path));
            } else if let Ok(relative) = path.strip_prefix(root()) {
                found.insert(relative.to_owned());
            }
        }
    }
    found
}

fn root() -> PathBuf {
    // Asked at run time: a build folder that serves several checkouts may hold the path of another.
    Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"))
        .parent()
        .expect("tests/ is in the root")
        .to_owned()
}
