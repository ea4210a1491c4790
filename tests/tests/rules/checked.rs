//! What `check` says of the rules.

use std::fs;
use std::path::PathBuf;

use integration_tests::world::World;
use sync_engine::check::{Finding, Severity, check};
use sync_engine::config::ModelsConfig;

use crate::folder::{Folder, models};

async fn about_rules(world: &World) -> Vec<Finding> {
    let mut findings = check(&world.pcs[0].config).await;
    findings.retain(|finding| finding.side.is_none());
    findings
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_can_be_run_are_listed_and_others_are_a_problem() {
    let mut world = World::new::<1>("checked").await;
    assert_eq!(about_rules(&world).await, []);
    let folder = Folder::of_bills("");
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("rules.json");
    fs::write(&file, r#"{ "logs": { "set": { "seen": true } } }"#).unwrap();
    world.pcs[0].config.models = models(&folder.path());
    world.pcs[0].config.rules_file = Some(file.clone());
    let [on_models, on_file] = &about_rules(&world).await[..] else {
        panic!("one finding each");
    };
    assert_eq!(
        (on_models.severity, on_file.severity),
        (Severity::Ok, Severity::Ok)
    );
    assert!(
        on_models.text.ends_with("models for bills"),
        "{on_models:?}"
    );
    assert_eq!(on_file.text, "rules for logs");

    // A file that cannot be loaded beside one that can.
    fs::write(folder.path().join("other.cjs"), "require('./nothing')").unwrap();
    fs::write(
        &file,
        r#"{ "logs": { "set": { "seen": { "$nonsense": 1 } } } }"#,
    )
    .unwrap();
    let findings = about_rules(&world).await;
    assert_eq!(findings[0].answer, "models-partly");
    assert!(
        findings[0].remedy.as_ref().unwrap().contains("other.cjs"),
        "{findings:?}"
    );
    assert_eq!(findings[1].severity, Severity::Problem);
    assert!(
        findings[1].text.contains("logs") && findings[1].text.contains("$nonsense"),
        "{findings:?}"
    );

    world.pcs[0].config.models = Some(ModelsConfig {
        folder: folder.path(),
        node: PathBuf::from("no-such-node"),
    });
    let findings = about_rules(&world).await;
    assert_eq!(findings[0].severity, Severity::Problem);
    assert!(findings[0].text.contains("Node.js"), "{findings:?}");
}
