//! `bomba-syncd verify`: its three answers, given by the program itself.

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use bson::{Document, doc};
use integration_tests::daemon::Daemon;
use integration_tests::eventually;
use integration_tests::mongod::{Mongod, Options};
use mongodb::{Collection, Database};
use serde_json::Value;

use crate::site::{DATABASE, SOON, many};

/// Two databases that nobody syncs, and a program that compares them.
struct Pair {
    here: Database,
    there: Database,
    daemon: Daemon,
    _servers: [Mongod; 2],
}

impl Pair {
    async fn new() -> Pair {
        let start = || Mongod::start(Options::replica_set());
        let (local, atlas) = tokio::try_join!(start(), start()).unwrap();
        let (here, there) = (local.uri(), atlas.uri());
        let arguments = ["--local", &here, "--atlas", &there, "--database", DATABASE];
        let daemon = Daemon::prepare(arguments).await.unwrap();
        Pair {
            here: local.client().await.unwrap().database(DATABASE),
            there: atlas.client().await.unwrap().database(DATABASE),
            daemon,
            _servers: [local, atlas],
        }
    }

    fn bills(&self) -> [Collection<Document>; 2] {
        [&self.here, &self.there].map(|database| database.collection("bills"))
    }

    /// Runs `verify`, and meanwhile something else until that is over.
    async fn verify(&self, arguments: &[&str], meanwhile: impl Future<Output = ()>) -> Output {
        let mut command = self.daemon.command("verify");
        command.args(arguments);
        let verifying = tokio::task::spawn_blocking(move || command.output().unwrap());
        tokio::select! {
            output = verifying => output.unwrap(),
            () = async { meanwhile.await; std::future::pending().await } => unreachable!("it never ends"),
        }
    }
}

async fn passes(time: Duration) {
    let since = Instant::now();
    eventually(SOON, "time to pass", async || {
        if since.elapsed() > time {
            Ok(())
        } else {
            Err("not yet")
        }
    })
    .await;
}

fn told(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_says_identical_different_or_that_it_could_not_tell() {
    let pair = Pair::new().await;
    let [here, there] = pair.bills();
    for bills in [&here, &there] {
        bills.insert_many(many(1500, 10)).await.unwrap();
    }
    let output = pair.verify(&[], async {}).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("identical: 1500 documents"));

    // A write that is seconds late is no difference.
    let set = |value: &str| doc! { "$set": { "late": value } };
    here.update_one(doc! { "_id": 7 }, set("a")).await.unwrap();
    let late = async {
        passes(Duration::from_millis(2500)).await;
        there.update_one(doc! { "_id": 7 }, set("a")).await.unwrap();
    };
    let output = pair.verify(&["--json"], late).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(told(&output)["verdict"], "identical");

    // One that never holds still is not judged.
    let moving = async {
        for number in 0_i64.. {
            let turn = doc! { "$set": { "turn": number } };
            here.update_one(doc! { "_id": 8 }, turn).await.unwrap();
        }
    };
    let output = pair.verify(&["--json"], moving).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let report = told(&output);
    assert_eq!(report["verdict"], "couldNotTell");
    assert_eq!(report["couldNotTell"], 1);
    assert_eq!(report["differences"], Value::Array(Vec::new()));

    // One that does is different.
    there.delete_one(doc! { "_id": 9 }).await.unwrap();
    let began = Instant::now();
    let output = pair
        .verify(&["--json", "--collection", "bills"], async {})
        .await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        began.elapsed() > Duration::from_secs(3),
        "no alarm in haste"
    );
    let report = told(&output);
    assert_eq!(
        (&report["verdict"], &report["different"]),
        (&"different".into(), &2.into())
    );
    let whys: Vec<&str> = report["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|difference| difference["why"].as_str().unwrap())
        .collect();
    assert!(
        whys.contains(&"only on Local") && whys.contains(&"the contents differ"),
        "{whys:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_does_not_call_a_collection_identical_that_is_not_there() {
    let pair = Pair::new().await;
    pair.bills()[0].insert_one(doc! { "_id": 1 }).await.unwrap();
    let capped = pair.here.create_collection("log").capped(true).size(4096);
    capped.await.unwrap();
    // One that is capped on the other side only takes no part either.
    pair.here
        .collection("diary")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let capped = pair.there.create_collection("diary").capped(true);
    capped.size(4096).await.unwrap();
    for (name, why) in [
        ("bilsl", "no collection"),
        ("log", "capped"),
        ("diary", "capped"),
    ] {
        let output = pair.verify(&["--collection", name], async {}).await;
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(
            words.contains("could not tell") && words.contains(why) && words.contains(name),
            "{words}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_looks_at_large_documents_a_few_at_a_time() {
    let pair = Pair::new().await;
    let [here, there] = pair.bills();
    for id in 0..60_i32 {
        let bill = |mark: &str| doc! { "_id": id, "mark": mark, "pad": "x".repeat(4 << 20) };
        here.insert_one(bill("here")).await.unwrap();
        if id % 2 == 0 {
            there.insert_one(bill("there")).await.unwrap();
        }
    }
    let mut command = pair.daemon.command("verify");
    let mut process = command
        .arg("--json")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = eventually(SOON, "the answer", async || {
        peak = peak.max(resident_bytes(process.id()));
        process.try_wait().unwrap().ok_or("it still compares")
    })
    .await;
    assert_eq!(status.code(), Some(1));
    let report: Value = serde_json::from_reader(process.stdout.take().unwrap()).unwrap();
    assert_eq!(report["different"], 60);
    assert!(peak < RESIDENT_MAX, "{peak} bytes, of 360 MiB that differ");
}

const RESIDENT_MAX: u64 = 200 << 20;

fn resident_bytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_calls_no_difference_wrong_that_is_meant() {
    let mut pair = Pair::new().await;
    let [here, there] = pair.bills();
    here.insert_many(many(3, 10)).await.unwrap();
    there.insert_many(many(5, 10)).await.unwrap();
    for bills in [&pair.here, &pair.there] {
        let notes = bills.collection("notes");
        notes.insert_many(many(2, 10)).await.unwrap();
    }
    let told = async |pair: &Pair, arguments: &[&str]| {
        let output = pair.verify(arguments, async {}).await;
        let words = [&*output.stdout, &*output.stderr].concat();
        let words = String::from_utf8(words).unwrap();
        (output.status.code().unwrap(), words)
    };
    let bills = ["--collection", "bills"];
    assert_eq!(told(&pair, &[]).await.0, 1, "all of it goes both ways");

    pair.daemon = pair
        .daemon
        .variable("BOMBA_COLLECTION_MODES", "bills=upload-only");
    let (code, words) = told(&pair, &[]).await;
    assert!(
        code == 0 && words.contains("identical: 2 documents"),
        "{words}"
    );
    let (code, words) = told(&pair, &bills).await;
    assert!(code == 2 && words.contains("one direction only"), "{words}");

    let modes = "bills=upload-only,notes=off";
    pair.daemon = pair.daemon.variable("BOMBA_COLLECTION_MODES", modes);
    let (code, words) = told(&pair, &[]).await;
    assert!(code == 2 && words.contains("could not tell"), "{words}");

    pair.daemon = pair
        .daemon
        .variable("BOMBA_COLLECTION_MODES", "")
        .variable("BIDIRECTIONAL_SYNC_ENABLED", "false");
    for arguments in [&[][..], &["--json"], &bills] {
        let (code, words) = told(&pair, arguments).await;
        assert!(
            code == 2 && words.contains("could not tell") && words.contains("one direction only"),
            "{words}"
        );
    }
}
