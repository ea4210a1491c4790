//! Models that do what no model should: the document they do it to is set aside, and the sync goes on.

use bson::doc;
use integration_tests::daemon::Daemon;
use integration_tests::world::{REST, World};
use integration_tests::{eventually, let_time_pass};
use sync_engine::status::State;

use crate::folder::{Folder, arrives, notice, reason, world_with};

/// What a hook does to bill 13, and what is said of that bill.
const DEEDS: [(&str, &str); 9] = [
    ("while (true) {}", "did not finish in time"),
    ("process.exit(3)", "process.exit"),
    ("process.abort()", "process.abort"),
    ("process.kill(process.pid, 9)", "process.kill"),
    ("throw new Error('no till')", "no till"),
    ("await new Promise(() => {})", "did not finish within"),
    (
        "const kept = []; for (;;) kept.push(Buffer.alloc(16 * 1024 * 1024, 1))",
        "broke down",
    ),
    (
        "const kept = []; for (;;) kept.push(new Array(1e6).fill({}))",
        "broke down",
    ),
    (
        "await mongoose.connection.collection('bills').deleteMany({})",
        "a hook wrote to `bills`",
    ),
];

async fn unharmed(deed: &str, said: &str) {
    let hook =
        format!("schema.pre('save', async function () {{ if (this._id === 13) {{ {deed} }} }});");
    let folder = Folder::of_bills(&hook);
    let world = world_with(&folder.path(), "hostile").await;
    let bills = (0..40).map(|id| doc! { "_id": id, "total": id });
    world.on_atlas("bills").insert_many(bills).await.unwrap();
    let reason = reason(&world.pcs[0], 13).await;
    assert!(reason.contains(said), "{deed}: {reason}");
    let here = world.pcs[0].collection("bills");
    world.pcs[0]
        .reaches("everything else", |status| {
            status.quarantined == 1 && status.state != State::Syncing
        })
        .await;
    let others = here.count_documents(doc! { "_id": { "$ne": 13 } }).await;
    assert_eq!(others.unwrap(), 39, "{deed}");
    let bad = here.find_one(doc! { "_id": 13 }).await.unwrap();
    assert!(bad.is_none(), "{deed}: {bad:?}");
    // Both ways, as before.
    here.insert_one(doc! { "_id": 100, "total": 1 })
        .await
        .unwrap();
    arrives(&world.on_atlas("bills"), doc! { "_id": 100 }).await;
    let after = doc! { "_id": 101, "total": 1 };
    world.on_atlas("bills").insert_one(after).await.unwrap();
    arrives(&here, doc! { "_id": 101 }).await;
    assert_eq!(
        world
            .on_atlas("bills")
            .count_documents(doc! {})
            .await
            .unwrap(),
        42,
        "{deed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_runs_for_ever_exits_throws_or_hangs_harms_one_document() {
    for deeds in DEEDS.chunks(3) {
        let all = deeds.iter().map(|(deed, said)| unharmed(deed, said));
        futures_util::future::join_all(all).await;
    }
}

/// What a model prints is no answer, however much it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_prints_harms_nothing() {
    let folder = Folder::of_bills(
        "schema.pre('save', function () { console.log('x'.repeat(1e6)); process.stdout.write('{\"id\":1}\\n'); });",
    );
    let world = world_with(&folder.path(), "prints").await;
    let bills = (0..20).map(|id| doc! { "_id": id });
    world.on_atlas("bills").insert_many(bills).await.unwrap();
    world.settle().await;
    let here = world.pcs[0].collection("bills");
    assert_eq!(here.count_documents(doc! {}).await.unwrap(), 20);
    assert_eq!(world.pcs[0].status().quarantined, 0);
}

/// Until the models can be loaded, what they have to see waits, and everything else goes on.
#[tokio::test(flavor = "multi_thread")]
async fn models_that_cannot_be_loaded_are_told_of_and_what_needs_them_waits() {
    let folder = Folder::of_bills("this is no JavaScript");
    let mut world = World::new::<1>("unloadable").await;
    world.pcs[0].config.models = crate::folder::models(&folder.path());
    world.start().await;
    let bill = doc! { "_id": 1, "total": 5 };
    world.on_atlas("bills").insert_one(bill).await.unwrap();
    notice(&world).await;
    assert_ne!(world.pcs[0].status().state, State::Synced);
    let here = world.pcs[0].collection("bills");
    here.insert_one(doc! { "_id": 2, "total": 5 })
        .await
        .unwrap();
    arrives(&world.on_atlas("bills"), doc! { "_id": 2 }).await;
    let_time_pass().await;
    assert!(here.find_one(doc! { "_id": 1 }).await.unwrap().is_none());

    folder.write("schema.pre('save', function () { this.status = 'seen'; });");
    arrives(&here, doc! { "_id": 1, "status": "seen" }).await;
    world.pcs[0]
        .reaches("no notice", |status| {
            status.notices.is_empty() && status.state == State::Synced
        })
        .await;
}

/// No document is to blame, and everything that needs no model goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_hangs_on_every_document_is_told_of_and_blames_none() {
    let folder = Folder::of_bills("schema.pre('save', function () { while (true) {} });");
    let world = world_with(&folder.path(), "all_hang").await;
    let (here, there) = (world.pcs[0].collection("bills"), world.on_atlas("bills"));
    let bills = (0..8).map(|id| doc! { "_id": id, "total": id });
    there.insert_many(bills).await.unwrap();
    here.insert_one(doc! { "_id": 100, "total": 1 })
        .await
        .unwrap();
    arrives(&there, doc! { "_id": 100 }).await;
    world
        .on_atlas("products")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    arrives(&world.pcs[0].collection("products"), doc! { "_id": 1 }).await;
    let said = notice(&world).await;
    assert!(said.contains("one document after the other"), "{said}");
    assert_eq!(world.pcs[0].status().quarantined, 0);

    folder.write("");
    for id in 0..8 {
        arrives(&here, doc! { "_id": id }).await;
    }
    world.pcs[0]
        .reaches("no notice", |status| status.notices.is_empty())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn models_that_take_all_memory_while_they_load_are_ended() {
    let folder =
        Folder::of_bills("const kept = []; for (;;) kept.push(Buffer.alloc(16 * 1024 * 1024, 1));");
    let mut world = World::new::<1>("memory").await;
    world.pcs[0].config.models = crate::folder::models(&folder.path());
    world.start().await;
    world
        .on_atlas("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let said = notice(&world).await;
    assert!(said.contains("of memory"), "{said}");
}

/// The models are told how to reach this PC's MongoDB, and nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_models_say_names_no_connection_string() {
    let folder = Folder::of_bills(
        "schema.pre('save', function () { throw new Error('at ' + mongoose.connection._connectionString); });",
    );
    let world = world_with(&folder.path(), "secret").await;
    world
        .on_atlas("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let said = reason(&world.pcs[0], 1).await;
    assert!(said.ends_with("at ***"), "{said}");
}

/// No model host is left on the PC, not even one whose hook never comes back.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_killed_takes_a_hook_in_an_endless_loop_with_it() {
    let sign = tempfile::tempdir().unwrap();
    let sign = sign.path().join("looping");
    let hook = format!(
        "schema.pre('save', function () {{ require('fs').writeFileSync({sign:?}, ''); while (true) {{}} }});"
    );
    let folder = Folder::of_bills(&hook);
    let world = World::new::<1>("killed").await;
    let models = folder.path();
    let mut daemon = Daemon::of(&world.pcs[0])
        .await
        .unwrap()
        .variable("BOMBA_MODELS_FOLDER", models.to_str().unwrap());
    daemon.launch().unwrap();
    daemon.ready().await;
    let bill = doc! { "_id": 1, "total": 1 };
    world.on_atlas("bills").insert_one(bill).await.unwrap();
    eventually(REST, "the hook to run", async || {
        sign.exists().then_some(()).ok_or_else(|| daemon.output())
    })
    .await;
    let family = daemon.family().unwrap();
    assert!(family.count() > 1, "the model host is a process of its own");
    daemon.kill();
    eventually(REST, "the model host to end", async || {
        let left = family.count();
        (left == 0).then_some(()).ok_or(format!("{left} left"))
    })
    .await;
}
