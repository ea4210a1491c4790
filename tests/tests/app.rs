//! What a window orders, on real servers and without a window: the guided start, conflicts, collections, settings.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]
#![allow(
    clippy::too_many_lines,
    reason = "what a person does is one story: before, during and after"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use bson::{Document, doc};
use integration_tests::world::{Pc, World};
use integration_tests::{eventually, let_time_pass};
use sync_api::app::App;
use sync_api::secrets::Secrets;
use sync_api::settings::Given;
use sync_api::wire::{Change, ConflictQuery, FailureKind, Mode, Source, State, Status, Trial};
use tempfile::TempDir;

const SOON: Duration = Duration::from_secs(90);

/// An application with a home of its own, whose environment says only what is given.
async fn app(home: &Path, environment: &[(&str, &str)]) -> App {
    let state = home.join("state").into_os_string();
    let mut given: BTreeMap<OsString, OsString> =
        BTreeMap::from([("BOMBA_STATE_DIR".into(), state)]);
    let more = environment
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    given.extend(more);
    let given = Given {
        environment: given,
        ..Given::default()
    };
    let file = home.join("settings.toml");
    let secrets = Secrets::in_file(&file);
    App::start(given, file, secrets).await.unwrap()
}

/// The connections of a PC, as a person types them.
fn connections(pc: &Pc) -> Change {
    Change {
        local_uri: Some(pc.config.local_uri.expose().to_owned()),
        atlas_uri: Some(pc.config.atlas_uri.expose().to_owned()),
        database: Some(pc.config.database.clone()),
        reconnect_interval_ms: Some(100),
        ..Change::default()
    }
}

async fn reaches(app: &App, what: &str, wanted: impl Fn(&Status) -> bool) {
    eventually(SOON, what, async || {
        let status = app.status().borrow().clone();
        if wanted(&status) {
            Ok(())
        } else {
            Err(format!("{status:#?}"))
        }
    })
    .await;
}

async fn synced(app: &App) {
    reaches(app, "synced", |status| status.state == State::Synced).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guided_start_ends_in_sync_and_the_next_start_goes_on_from_there() {
    let world = World::new::<1>("app_start").await;
    let pc = &world.pcs[0];
    pc.collection("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    world
        .on_atlas("notes")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let home = TempDir::new().unwrap();
    let first = app(home.path(), &[]).await;
    assert!(!first.settings().await.set_up);
    let early = first.problems().await.unwrap_err();
    assert_eq!(early.kind, FailureKind::NotSetUp);

    let change = connections(pc);
    let trial = Trial {
        local_uri: change.local_uri.clone(),
        atlas_uri: change.atlas_uri.clone(),
        database: change.database.clone(),
    };
    let verdict = first.test_connections(&trial).await.unwrap();
    assert!(verdict.works, "{verdict:?}");
    let lists = first.preview_collections(&trial).await.unwrap();
    let counts = lists
        .iter()
        .map(|row| (&*row.name, row.local_count, row.atlas_count));
    let counts: Vec<_> = counts.collect();
    assert_eq!(
        counts,
        [("bills", Some(1), Some(0)), ("notes", Some(0), Some(1))]
    );
    let modes = BTreeMap::from([("notes".to_owned(), Mode::UploadOnly)]);
    let view = first.set_up(&change, &modes).await.unwrap();
    assert!(view.set_up);
    assert!(!format!("{view:?}").contains("mongodb://"), "{view:?}");
    synced(&first).await;
    assert_eq!(
        world
            .on_atlas("bills")
            .count_documents(doc! {})
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        pc.collection("notes")
            .count_documents(doc! {})
            .await
            .unwrap(),
        0
    );
    first.stop().await.unwrap();

    let saved = std::fs::read_to_string(home.path().join("settings.toml")).unwrap();
    assert!(!saved.contains("mongodb://"), "{saved}");
    let second = app(home.path(), &[]).await;
    assert!(second.settings().await.set_up);
    synced(&second).await;
    second.set_mode("notes", Mode::BothWays).await.unwrap();
    eventually(SOON, "the note", async || {
        match pc.collection("notes").count_documents(doc! {}).await {
            Ok(1) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    second.stop().await.unwrap();
    let saved = std::fs::read_to_string(home.path().join("settings.toml")).unwrap();
    assert!(saved.contains("both-ways"), "{saved}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_found_by_its_bill_number_settled_and_marked() {
    let world = World::new::<1>("app_conflicts").await;
    let pc = &world.pcs[0];
    let (here, there) = (pc.collection("bills"), world.on_atlas("bills"));
    let bills = (0..6).map(|id| doc! { "_id": id, "billNumber": format!("B-{id}"), "total": 1 });
    here.insert_many(bills.collect::<Vec<Document>>())
        .await
        .unwrap();
    let home = TempDir::new().unwrap();
    let app = app(home.path(), &[]).await;
    app.set_up(&connections(pc), &BTreeMap::new())
        .await
        .unwrap();
    synced(&app).await;
    pc.link.cut().await;
    reaches(&app, "offline", |status| status.state == State::Offline).await;
    let set = |total: &str| doc! { "$set": { "total": total } };
    here.update_many(doc! {}, set("here")).await.unwrap();
    let_time_pass().await;
    there.update_many(doc! {}, set("there")).await.unwrap();
    pc.link.mend().await;
    app.sync_now().await.unwrap();
    reaches(&app, "six conflicts", |status| status.conflicts_open == 6).await;

    let query = |search: &str| ConflictQuery {
        search: search.to_owned(),
        limit: 100,
        ..ConflictQuery::default()
    };
    let all = app.conflicts(&query("")).await.unwrap();
    assert_eq!(
        (all.total, all.open, all.collections),
        (6, 6, vec!["bills".to_owned()])
    );
    for hostile in ["$where", "$$ROOT", ".*", "b-9"] {
        assert_eq!(
            app.conflicts(&query(hostile)).await.unwrap().total,
            0,
            "{hostile}"
        );
    }
    let found = app.conflicts(&query("b-3")).await.unwrap();
    assert_eq!(found.rows.len(), 1);
    assert_eq!(found.rows[0].label, "B-3");
    let id = found.rows[0].id.clone();
    let detail = app.conflict(&id).await.unwrap();
    let total = detail
        .rows
        .iter()
        .find(|row| row.path == ["total"])
        .unwrap();
    assert!(total.differs);
    assert_eq!(total.first.as_ref().unwrap().text, "there");
    assert_eq!(total.second.as_ref().unwrap().text, "here");

    app.restore_conflict(&id).await.unwrap();
    for bills in [&here, &there] {
        eventually(SOON, "the other version", async || {
            let bill = bills.find_one(doc! { "_id": 3 }).await.unwrap().unwrap();
            match bill.get_str("total") {
                Ok("here") => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
    }
    assert_eq!(app.mark_conflicts(None, true).await.unwrap(), 5);
    let open = async || app.conflicts(&query("")).await.unwrap().open;
    assert_eq!(open().await, 0);
    assert_eq!(app.mark_conflicts(None, false).await.unwrap(), 5, "undone");
    assert_eq!(open().await, 5);

    app.set_label("bills", Some("_id")).await.unwrap();
    assert_eq!(app.conflict(&id).await.unwrap().conflict.label, "3");
    let bad = app.set_label("bills", Some("$where")).await.unwrap_err();
    assert_eq!(bad.kind, FailureKind::BadValue);
    app.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_environment_decides_cannot_be_changed_and_what_is_wrong_is_not_saved() {
    let home = TempDir::new().unwrap();
    let environment = [
        ("CONFLICT_RESOLUTION_STRATEGY", "atlas-wins"),
        ("BIDIRECTIONAL_EXCLUDED_COLLECTIONS", "logs"),
    ];
    let app = app(home.path(), &environment).await;
    let view = app.settings().await;
    assert_eq!(view.strategy.source, Source::Environment);
    let change = Change {
        strategy: Some(sync_api::wire::Strategy::LocalWins),
        ..Change::default()
    };
    let fixed = app.change_settings(&change).await.unwrap_err();
    assert_eq!(fixed.kind, FailureKind::Fixed);
    assert_eq!(fixed.field.as_deref(), Some("CONFLICT_RESOLUTION_STRATEGY"));
    let fixed = app.set_mode("logs", Mode::BothWays).await.unwrap_err();
    assert_eq!(
        fixed.field.as_deref(),
        Some("BIDIRECTIONAL_EXCLUDED_COLLECTIONS")
    );
    let secret = "mongodb://shop:hunter2@";
    for change in [
        Change {
            batch_size: Some(0),
            ..Change::default()
        },
        Change {
            local_uri: Some(secret.to_owned()),
            ..Change::default()
        },
        Change {
            database: Some("admin".to_owned()),
            ..Change::default()
        },
    ] {
        let wrong = app.change_settings(&change).await.unwrap_err();
        assert_eq!(wrong.kind, FailureKind::BadValue);
        assert!(!wrong.text.contains("hunter2"), "{wrong}");
    }
    assert!(!home.path().join("settings.toml").exists());
    let theme = Change {
        theme: Some(sync_api::wire::Theme::Dark),
        ..Change::default()
    };
    let view = app.change_settings(&theme).await.unwrap();
    assert_eq!(view.theme.source, Source::File);
    assert_eq!(app.view().borrow().as_ref(), Some(&view));
}
