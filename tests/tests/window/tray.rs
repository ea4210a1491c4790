//! The tray and the notifications, as a panel sees them over the session's bus.

use std::time::Duration;

use bson::doc;
use integration_tests::desktop::{Icon, Login};
use integration_tests::world::{Pc, World};
use integration_tests::{eventually, let_time_pass};

use super::{SOON, becomes, has_ended};

/// A person who quits does not wait longer.
const QUIT_MAX: Duration = Duration::from_secs(5);

/// Logs in on a PC that is set up.
async fn log_in(pc: &Pc) -> Login {
    let settings = [
        ("BOMBA_LOCAL_URI", pc.config.local_uri.expose().to_owned()),
        ("BOMBA_ATLAS_URI", pc.config.atlas_uri.expose().to_owned()),
        ("BOMBA_DATABASE", pc.config.database.clone()),
        ("CHANGE_STREAM_RECONNECT_INTERVAL", "200".to_owned()),
    ];
    let login = Login::start("en_US.UTF-8", &["--hidden"], &settings);
    login.await.unwrap()
}

fn differ(icons: &[&Icon]) {
    for (at, icon) in icons.iter().enumerate() {
        assert!(!icon.pictures.is_empty());
        let same = icons[..at].iter().find(|one| one.pictures == icon.pictures);
        assert!(same.is_none(), "{} / {same:?}", icon.tooltip);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_tells_how_things_stand_and_does_what_its_menu_says() {
    let world = World::new::<1>("tray").await;
    let pc = &world.pcs[0];
    let (here, there) = (pc.collection("bills"), world.on_atlas("bills"));
    here.insert_one(doc! { "_id": 1, "total": 1 })
        .await
        .unwrap();
    let mut login = log_in(pc).await;
    let panel = &login.panel;
    let synced = panel
        .says("in sync", |tooltip| tooltip.starts_with("In sync"))
        .await;
    assert_eq!(login.window().unwrap(), None);
    let labels: Vec<String> = panel
        .menu()
        .await
        .into_iter()
        .map(|line| line.label)
        .collect();
    let wanted = [
        "Open Bomba Sync",
        "Everything is up to date",
        "Pause",
        "Sync now",
        "Conflicts",
        "Lists",
        "Settings",
        "Quit",
    ];
    assert_eq!(labels, wanted);
    let state = panel
        .menu()
        .await
        .into_iter()
        .find(|line| line.label == wanted[1]);
    assert!(
        !state.unwrap().enabled,
        "how things stand is nothing to click"
    );

    panel.choose("Pause").await;
    let paused = panel
        .says("paused", |tooltip| tooltip.starts_with("Paused"))
        .await;
    here.insert_one(doc! { "_id": "in the pause" })
        .await
        .unwrap();
    panel.choose("Resume").await;
    becomes(&there, doc! { "_id": "in the pause" }).await;
    panel
        .says("in sync again", |tooltip| {
            tooltip == "In sync. Last change just now"
        })
        .await;

    // Off the net two bills are rung up, and one is changed on both sides.
    pc.link.cut().await;
    panel
        .says("offline", |tooltip| tooltip.starts_with("Offline"))
        .await;
    here.insert_one(doc! { "_id": "offline" }).await.unwrap();
    let set = |total: &str| doc! { "$set": { "total": total } };
    here.update_one(doc! { "_id": 1 }, set("here"))
        .await
        .unwrap();
    let offline = panel
        .says("what waits", |tooltip| {
            tooltip == "Offline. 2 changes are only on this PC"
        })
        .await;
    differ(&[&synced, &paused, &offline]);
    let_time_pass().await;
    there
        .update_one(doc! { "_id": 1 }, set("there"))
        .await
        .unwrap();
    pc.link.mend().await;
    let notice = panel.notice("A record was changed on two PCs").await;
    assert!(notice.body.starts_with("1 record"), "{}", notice.body);
    eventually(SOON, "the count in the menu", async || {
        let menu = panel.menu().await;
        match menu.iter().any(|line| line.label == "Conflicts (1)") {
            true => Ok(()),
            false => Err(format!("{menu:?}")),
        }
    })
    .await;
    assert_eq!(login.window().unwrap(), None);
    panel.click(&notice).await.unwrap();
    eventually(SOON, "the window", async || {
        login.window().unwrap().ok_or("there is none")
    })
    .await;
    // Routine was no reason to interrupt anybody.
    assert_eq!(panel.notices().len(), 1, "{:?}", panel.notices());

    panel.choose("Quit").await;
    has_ended(&mut login, QUIT_MAX).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_speaks_arabic_where_the_desktop_does() {
    let login = Login::start("ar_EG.UTF-8", &["--hidden"], &[]);
    let login = login.await.unwrap();
    let panel = &login.panel;
    let arabic = |text: &str| {
        text.chars()
            .any(|letter| ('\u{600}'..='\u{6ff}').contains(&letter))
    };
    panel.says("an Arabic sentence", arabic).await;
    // Not set up yet: there is nothing to pause.
    let menu = eventually(SOON, "three lines to choose", async || {
        let menu = panel.menu().await;
        match menu.iter().filter(|line| line.enabled).count() {
            3 => Ok(menu),
            _ => Err(format!("{menu:?}")),
        }
    })
    .await;
    assert_eq!(menu.len(), 8);
    assert!(menu.iter().all(|line| arabic(&line.label)), "{menu:?}");
}
