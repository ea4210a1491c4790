//! What a window shows of Bomba's rules and tries them on: real models, a real rules file, and nothing is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bson::{Document, doc};
use integration_tests::built::checkout;
use integration_tests::eventually;
use integration_tests::witness::Witness;
use integration_tests::world::{Pc, REST, World};
use sync_api::app::App;
use sync_api::secrets::Secrets;
use sync_api::settings::Given;
use sync_api::wire::{
    Change, FailureKind, ProblemKind, Row, RulesAnswer, RulesFrom, RulesView, Side, State,
};
use tempfile::TempDir;

use crate::folder::Folder;

/// The application on a PC whose rules lie there, in sync.
async fn app(pc: &Pc, home: &Path, models: Option<&Path>, file: Option<&Path>) -> App {
    let given = Given {
        environment: BTreeMap::from([("BOMBA_STATE_DIR".into(), home.join("state").into())]),
        ..Given::default()
    };
    let settings = home.join("settings.toml");
    let secrets = Secrets::in_file(&settings);
    let app = App::start(given, settings, secrets).await.unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let change = Change {
        local_uri: Some(pc.config.local_uri.expose().to_owned()),
        atlas_uri: Some(pc.config.atlas_uri.expose().to_owned()),
        database: Some(pc.config.database.clone()),
        models_folder: models.map(text),
        rules_file: file.map(text),
        ..Change::default()
    };
    app.set_up(&change, &BTreeMap::new()).await.unwrap();
    in_sync(&app).await;
    app
}

async fn in_sync(app: &App) {
    eventually(REST, "in sync", async || {
        let status = app.status().borrow().clone();
        match status.state {
            State::Synced => Ok(()),
            _ => Err(format!("{status:#?}")),
        }
    })
    .await;
}

/// The differing rows as `path: first -> second`.
fn changes(answer: &RulesAnswer) -> Vec<String> {
    let RulesAnswer::Changed { rows, .. } = answer else {
        panic!("{answer:?}");
    };
    let text = |leaf: &Option<sync_api::wire::Leaf>| {
        leaf.as_ref()
            .map_or("-".to_owned(), |leaf| leaf.text.clone())
    };
    let said = |row: &Row| {
        format!(
            "{}: {} -> {}",
            row.path.join("."),
            text(&row.first),
            text(&row.second)
        )
    };
    rows.iter().filter(|row| row.differs).map(said).collect()
}

/// Kind, and `path = value: message` for each field.
fn refusal(answer: &RulesAnswer) -> (ProblemKind, Vec<String>) {
    let RulesAnswer::Refused { kind, fields, .. } = answer else {
        panic!("{answer:?}");
    };
    let fields = fields.iter().map(|field| {
        let value = field.value.as_ref().map_or("-", |leaf| &*leaf.text);
        format!(
            "{} = {value}: {}",
            field.failure.path, field.failure.message
        )
    });
    (*kind, fields.collect())
}

fn lists(view: &RulesView) -> Vec<(&str, RulesFrom)> {
    let lists = view.collections.iter();
    lists.map(|row| (&*row.name, row.from)).collect()
}

fn problems(view: &RulesView) -> Vec<(RulesFrom, Option<&str>, &str)> {
    let problems = view.problems.iter();
    problems
        .map(|problem| (problem.from, problem.about.as_deref(), &*problem.text))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lists_with_rules_are_told_with_their_source_and_what_cannot_be_used() {
    let world = World::new::<1>("window_lists").await;
    let home = TempDir::new().unwrap();
    let folder = Folder::of_bills("");
    fs::write(folder.path().join("other.cjs"), "require('./nothing')").unwrap();
    let file = home.path().join("rules.json");
    let rules = r#"{
        "bills": { "set": { "seen": true } },
        "logs": { "set": { "seen": true } },
        "notes": { "set": { "seen": { "$nonsense": 1 } } }
    }"#;
    fs::write(&file, rules).unwrap();
    let app = app(
        &world.pcs[0],
        home.path(),
        Some(&folder.path()),
        Some(&file),
    )
    .await;
    let view = app.rules().await.unwrap();
    assert_eq!(
        lists(&view),
        [
            ("bills", RulesFrom::Models),
            ("logs", RulesFrom::File),
            ("notes", RulesFrom::File)
        ]
    );
    let told = problems(&view);
    let [
        (RulesFrom::Models, Some("other.cjs"), first),
        (RulesFrom::File, Some("notes"), second),
    ] = &told[..]
    else {
        panic!("{told:?}");
    };
    assert!(
        first.contains("nothing") && second.contains("$nonsense"),
        "{told:?}"
    );
    let failure = app.try_rules("notes", r#"{ "_id": 1 }"#).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::RulesFailing, "{failure}");

    // Nothing of either can be used.
    fs::write(&file, "{").unwrap();
    fs::remove_file(folder.path().join("other.cjs")).unwrap();
    fs::write(folder.path().join("bill.cjs"), "throw new Error('no till')").unwrap();
    let view = app.rules().await.unwrap();
    assert_eq!(lists(&view), []);
    let told = problems(&view);
    let [
        (RulesFrom::Models, None, first),
        (RulesFrom::File, None, second),
    ] = &told[..]
    else {
        panic!("{told:?}");
    };
    assert!(
        first.contains("no till") && second.contains("rules.json"),
        "{told:?}"
    );
    let failure = app.try_rules("bills", r#"{ "_id": 1 }"#).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::RulesFailing);
    assert!(failure.text.contains("no till"), "{failure}");
    app.stop().await.unwrap();
}

fn bill(number: &str, price: i32) -> Document {
    doc! {
        "_id": bson::oid::ObjectId::new(), "number": number, "paid": 0,
        "items": [{ "_id": bson::oid::ObjectId::new(), "product": bson::oid::ObjectId::new(),
            "name": { "ar": "شاي", "en": "Tea" }, "quantity": 2, "price": price }],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_tried_on_the_shops_own_models_and_nothing_is_written() {
    let world = World::new::<1>("window_models").await;
    let pc = &world.pcs[0];
    let bills = [bill("A-000001", 250), bill("A-000002", 500)];
    pc.collection("bills").insert_many(&bills).await.unwrap();
    let home = TempDir::new().unwrap();
    let app = app(pc, home.path(), Some(&checkout().join("shop/models")), None).await;
    let mut witnesses = [
        Witness::of(&pc.local).await.unwrap(),
        Witness::of(&world.atlas).await.unwrap(),
    ];

    let newest = app.rules_sample("bills", Side::Local, None).await.unwrap();
    assert_eq!((&*newest.label, newest.exact), ("A-000002", true));
    assert!(!newest.text.contains("_syncMeta"), "{}", newest.text);
    let answer = app.try_rules("bills", &newest.text).await.unwrap();
    assert_eq!(
        changes(&answer),
        ["total: - -> 1000", "status: - -> open", "__v: - -> 0"]
    );
    let number = Some(" A-000001 ");
    let first = app
        .rules_sample("bills", Side::Atlas, number)
        .await
        .unwrap();
    assert_eq!(first.label, "A-000001");

    // Complete already.
    let mut value: serde_json::Value = serde_json::from_str(&first.text).unwrap();
    value["total"] = 500.into();
    value["status"] = "open".into();
    value["__v"] = 0.into();
    let answer = app.try_rules("bills", &value.to_string()).await.unwrap();
    assert_eq!(answer, RulesAnswer::Unchanged);

    // Changed into something that the models forbid.
    value["number"] = serde_json::Value::Null;
    value["items"][0]["quantity"] = 0.into();
    value["paid"] = (-5).into();
    let answer = app.try_rules("bills", &value.to_string()).await.unwrap();
    let (kind, fields) = refusal(&answer);
    assert_eq!(kind, ProblemKind::RulesRefused);
    let said = fields.iter().map(|field| field.split(": ").next().unwrap());
    let said: Vec<&str> = said.collect();
    assert_eq!(said, ["items.0.quantity = 0", "number = ", "paid = -5"]);
    assert!(
        fields[0].ends_with("a bill has at least one of each item"),
        "{fields:?}"
    );

    for witness in &mut witnesses {
        let mut writes = witness.writes().await.unwrap();
        // Positions, and the row that says that this PC lives.
        writes.retain(|write| !["_sync_metadata", "_sync_devices"].contains(&&*write.collection));
        assert!(writes.is_empty(), "{writes:?}");
    }
    assert!(app.problems().await.unwrap().is_empty());

    let unheard = app.rules_sample("bills", Side::Local, Some("A-000003"));
    assert_eq!(unheard.await.unwrap_err().kind, FailureKind::Gone);
    for text in ["{ \"_id\": 1", "{ \"paid\": 1 }"] {
        let failure = app.try_rules("bills", text).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::BadValue, "{text}: {failure}");
    }
    pc.link.cut().await;
    let away = app.rules_sample("bills", Side::Atlas, None).await;
    assert_eq!(away.unwrap_err().kind, FailureKind::AtlasAway);
    app.try_rules("bills", &newest.text).await.unwrap();
    app.stop().await.unwrap();
}

/// Whether a process runs the models of this folder.
fn is_running(folder: &Path) -> bool {
    let folder = folder.to_str().unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| fs::read(process.path().join("cmdline")).ok())
        .any(|line| String::from_utf8_lossy(&line).contains(folder))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_meets_what_this_pc_holds_harms_nothing_and_ends_its_process() {
    let folder = Folder::of_bills(
        "schema.pre('save', async function () {\n\
         if (this._id === 13) await mongoose.connection.collection('bills').deleteMany({});\n\
         if (this._id === 14) while (true) {}\n\
         if (this._id === 15) throw new Error('at ' + mongoose.connection._connectionString);\n\
         this.status = this.isNew ? 'new' : this.isModified('paid') ? 'paid' : 'same'; });",
    );
    let world = World::new::<1>("window_existing").await;
    let pc = &world.pcs[0];
    let here = pc.collection("bills");
    let held = doc! { "_id": 1, "total": 10, "paid": 0, "status": "same", "__v": 0 };
    here.insert_one(&held).await.unwrap();
    let home = TempDir::new().unwrap();
    let app = app(pc, home.path(), Some(&folder.path()), None).await;
    let tried = async |text: &str| app.try_rules("bills", text).await.unwrap();

    let text = app.rules_sample("bills", Side::Local, Some("١")).await;
    let text = text.unwrap().text;
    // What this PC holds already is tried as if it were new.
    assert_eq!(changes(&tried(&text).await), ["status: same -> new"]);
    let paid = text.replace("\"paid\": 0", "\"paid\": 10");
    assert_eq!(changes(&tried(&paid).await), ["status: same -> paid"]);
    let other = text.replace("\"total\": 10", "\"total\": 11");
    assert_eq!(tried(&other).await, RulesAnswer::Unchanged);

    for (id, words) in [(13, "wrote to `bills`"), (14, "in time"), (15, "at ***")] {
        let answer = tried(&format!("{{ \"_id\": {id} }}")).await;
        let RulesAnswer::Refused { kind, reason, .. } = &answer else {
            panic!("{answer:?}");
        };
        assert_eq!(*kind, ProblemKind::RulesFailed);
        assert!(reason.contains(words), "{reason}");
    }
    let mut found = here.find_one(doc! {}).await.unwrap().unwrap();
    found.remove("_syncMeta");
    assert_eq!(found, held);
    eventually(
        REST,
        "no process that runs the models",
        async || match is_running(&folder.path()) {
            false => Ok(()),
            true => Err("it still runs".to_owned()),
        },
    )
    .await;
    app.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_tried_on_the_rules_of_a_file() {
    let world = World::new::<1>("window_file").await;
    let home = TempDir::new().unwrap();
    let file = home.path().join("rules.json");
    let rules = r#"{ "bills": {
        "set": { "total": { "$sum": "$items.price" } },
        "validate": { "required": ["number"], "properties": { "total": { "minimum": 0 } } }
    }, "counts": { "set": { "count": { "$add": ["$count", 1] } } } }"#;
    fs::write(&file, rules).unwrap();
    let app = app(&world.pcs[0], home.path(), None, Some(&file)).await;
    let tried = async |list: &str, text: &str| app.try_rules(list, text).await.unwrap();

    let answer = tried(
        "bills",
        r#"{ "_id": 1, "number": 7, "items": [{ "price": 3 }] }"#,
    )
    .await;
    assert_eq!(changes(&answer), ["total: - -> 3"]);
    let answer = tried("bills", r#"{ "_id": 1, "number": 7, "total": 0 }"#).await;
    assert_eq!(answer, RulesAnswer::Unchanged);
    let answer = tried(
        "bills",
        r#"{ "_id": 1, "items": [{ "price": -3 }], "total": 1 }"#,
    )
    .await;
    let fields = ["number = -: ", "total = 1: "].map(str::to_owned).to_vec();
    assert_eq!(refusal(&answer), (ProblemKind::RulesRefused, fields));
    let answer = tried("counts", r#"{ "_id": 1, "count": 1 }"#).await;
    let fields = vec!["count = 1: ".to_owned()];
    assert_eq!(refusal(&answer), (ProblemKind::RulesUnsettled, fields));
    let answer = tried("counts", r#"{ "_id": 1, "count": "x" }"#).await;
    assert_eq!(refusal(&answer), (ProblemKind::RulesFailed, Vec::new()));
    // A list without rules.
    assert_eq!(
        tried("logs", r#"{ "_id": 1 }"#).await,
        RulesAnswer::Unchanged
    );
    app.stop().await.unwrap();
}

/// What the rules have against a record that came from Atlas is kept field by field.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_set_aside_tells_its_fields_and_the_rules_words() {
    let folder = Folder::of_bills(
        "schema.path('paid').min(0, 'paid: not below zero; ask the owner');\n\
         schema.path('status').required(true);",
    );
    let world = World::new::<1>("window_aside").await;
    let home = TempDir::new().unwrap();
    let app = app(&world.pcs[0], home.path(), Some(&folder.path()), None).await;
    let bad = doc! { "_id": 1, "paid": -1 };
    world.on_atlas("bills").insert_one(bad).await.unwrap();
    let problem = eventually(REST, "a problem", async || {
        let problems = app.problems().await.unwrap();
        problems.into_iter().next().ok_or("none")
    })
    .await;
    assert_eq!(problem.kind, ProblemKind::RulesRefused);
    let failures = problem.failures.iter();
    let failures: Vec<_> = failures
        .map(|failure| (&*failure.path, &*failure.message))
        .collect();
    assert_eq!(
        failures,
        [
            ("paid", "paid: not below zero; ask the owner"),
            ("status", "Path `status` is required.")
        ]
    );
    app.stop().await.unwrap();
}
