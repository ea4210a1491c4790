//! The real application on a screen of its own, used as shop staff would: set up, watched, a conflict settled, a list
//! switched, another language chosen. Real MongoDB servers stand behind it.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]
#![allow(
    clippy::too_many_lines,
    reason = "what a person does is one story: before, during and after"
)]

mod demo;
mod login;
mod tray;

use std::path::PathBuf;

use bson::{Document, doc};
use integration_tests::desktop::{Desktop, Login};
use integration_tests::eventually;
use integration_tests::world::World;
use mongodb::Collection;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(90);

/// Waits until the application has ended well, by itself.
async fn has_ended(login: &mut Login, patience: Duration) {
    let ended = eventually(patience, "the end", async || {
        login.ended().unwrap().ok_or("it still runs")
    });
    let status = ended.await;
    assert!(status.success(), "{status}");
}

/// Waits until a document is there.
async fn becomes(collection: &Collection<Document>, filter: Document) {
    eventually(SOON, &filter.to_string(), async || {
        match collection.count_documents(filter.clone()).await {
            Ok(0) => Err("it is not there".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    })
    .await;
}

/// What both directions say they have copied.
fn counted(page: &str) -> u64 {
    let number = |rest: &str| {
        let digits = rest.trim_start();
        let end = digits.find(|letter: char| !letter.is_ascii_digit())?;
        digits[..end].parse::<u64>().ok()
    };
    page.split("Copied").skip(1).filter_map(number).sum()
}

/// Pictures are kept beside the build, for people to look at.
fn pictures() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("window");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_run_to_a_settled_conflict() {
    let world = World::new::<2>("window").await;
    let pc = &world.pcs[0];
    let (here, there) = (pc.collection("bills"), world.on_atlas("bills"));
    let bills = (1..=20).map(|id| doc! { "_id": id, "number": format!("B-{id}"), "total": id });
    here.insert_many(bills.collect::<Vec<_>>()).await.unwrap();
    let note = doc! { "_id": 1, "text": "first" };
    world.on_atlas("notes").insert_one(note).await.unwrap();

    let desktop = Desktop::start("en_US.UTF-8").await.unwrap();
    let window = desktop.open(&[]).await.unwrap();
    window.shows("Welcome to Bomba Sync").await;
    window.picture(&pictures().join("welcome.png")).await;
    window.click("Next").await;
    window.choose("Another one: enter its address").await;
    window
        .fill(
            "Address of the database on this PC",
            pc.config.local_uri.expose(),
        )
        .await;
    window.click("Next").await;
    window
        .fill("Address of the cloud", pc.config.atlas_uri.expose())
        .await;
    window
        .fill("Name of the database", &pc.config.database)
        .await;
    window.click("Next").await;
    window.shows("Test again").await;
    window.click("Next").await;
    window.shows("bills").await;
    window.picture(&pictures().join("lists.png")).await;
    window.click("Start copying").await;
    window.shows("This PC and the cloud are the same").await;
    becomes(
        &there,
        doc! { "number": "B-20", "_syncMeta": { "$exists": true } },
    )
    .await;
    becomes(&pc.collection("notes"), doc! { "_id": 1 }).await;
    window.click("Open Bomba Sync").await;
    window.shows("Everything is up to date").await;

    // A change of the shop is seen in the counters.
    let before = counted(&window.text().await);
    here.insert_one(doc! { "_id": 21, "number": "B-21", "total": 21 })
        .await
        .unwrap();
    becomes(&there, doc! { "_id": 21 }).await;
    window
        .reaches("a count of one more", |page| counted(page) > before)
        .await;
    window.picture(&pictures().join("overview.png")).await;

    // Two people change one bill while the PC is away: one version wins, the other is taken back by clicking.
    pc.link.cut().await;
    window.shows("Offline").await;
    here.update_one(doc! { "_id": 1 }, doc! { "$set": { "total": "here" } })
        .await
        .unwrap();
    integration_tests::let_time_pass().await;
    there
        .update_one(doc! { "_id": 1 }, doc! { "$set": { "total": "there" } })
        .await
        .unwrap();
    pc.link.mend().await;
    becomes(&here, doc! { "_id": 1, "total": "there" }).await;
    window.click("Conflicts").await;
    window.shows("B-1").await;
    window.picture(&pictures().join("conflicts.png")).await;
    window.click("Use the other version").await;
    window.picture(&pictures().join("confirm.png")).await;
    window.click_in_dialog("Use the other version").await;
    becomes(&here, doc! { "_id": 1, "total": "here" }).await;
    becomes(&there, doc! { "_id": 1, "total": "here" }).await;

    // A list that only goes up takes nothing down.
    window.click("Lists").await;
    window.click_in_row("notes", "Only to the cloud").await;
    eventually(SOON, "the choice to be saved", async || {
        let saved = std::fs::read_to_string(desktop.settings_file()).unwrap_or_default();
        if saved.contains("upload-only") {
            Ok(())
        } else {
            Err(saved)
        }
    })
    .await;
    world
        .on_atlas("notes")
        .insert_one(doc! { "_id": 2 })
        .await
        .unwrap();
    there.insert_one(doc! { "_id": "after it" }).await.unwrap();
    becomes(&here, doc! { "_id": "after it" }).await;
    let notes = pc
        .collection("notes")
        .count_documents(doc! { "_id": 2 })
        .await;
    assert_eq!(notes.unwrap(), 0, "an excluded list was downloaded");
    window.picture(&pictures().join("collections.png")).await;

    // Arabic, at once and from right to left.
    window.click("Settings").await;
    window.pick("Language", "ar").await;
    window.shows("الإعدادات").await;
    assert_eq!(window.attribute("dir").await.as_deref(), Some("rtl"));
    window.picture(&pictures().join("settings-ar.png")).await;
    let saved = std::fs::read_to_string(desktop.settings_file()).unwrap();
    assert!(
        !saved.contains("mongodb://"),
        "a connection string lies open: {saved}"
    );
    window.close().await;
}
