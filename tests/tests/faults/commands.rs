//! Each of the daemon's commands against real servers: what it says in words and in JSON, and its exit code.

mod records;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use bson::doc;
use integration_tests::daemon::Daemon;
use serde_json::{Value, json};
use sync_api::wire::{State, Status};

use crate::site::{Site, becomes};

/// What a command that ended told.
struct Told {
    words: String,
    complaint: String,
}

impl Told {
    fn json(&self) -> Value {
        serde_json::from_str(&self.words).unwrap_or_else(|error| panic!("{error}: {}", self.words))
    }

    /// The only row of a JSON list.
    fn only(&self) -> Value {
        let told = self.json();
        let rows = told.as_array().unwrap();
        assert_eq!(rows.len(), 1, "{told}");
        rows[0].clone()
    }
}

/// Runs a command, which must end with this exit code.
async fn ask(daemon: &Daemon, words: &[&str], code: i32) -> Told {
    let output = daemon.answer(words).await.unwrap();
    let told = Told {
        words: String::from_utf8(output.stdout).unwrap(),
        complaint: String::from_utf8(output.stderr).unwrap(),
    };
    let (said, complaint) = (&told.words, &told.complaint);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{words:?}: {said}{complaint}"
    );
    told
}

fn is_synced(status: &Status) -> bool {
    status.state == State::Synced
}

/// A daemon that runs and is in sync.
async fn running(site: &Site) -> Daemon {
    let daemon = Daemon::started(site.pc()).await.unwrap();
    daemon.reaches("sync", is_synced).await;
    daemon
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_whether_anything_is_in_the_way() {
    let site = Site::new().await;
    let daemon = Daemon::of(site.pc()).await.unwrap();
    let fine = ask(&daemon, &["check"], 0).await;
    assert!(
        fine.words.contains("ok       atlas: MongoDB "),
        "{}",
        fine.words
    );
    let fine = ask(&daemon, &["check", "--json"], 0).await.json();
    let found = |side: &str, kind: &str| {
        let mut findings = fine.as_array().unwrap().iter();
        let finding = findings.find(|finding| finding["side"] == side && finding["kind"] == kind);
        finding.map(|finding| finding["severity"].clone())
    };
    for kind in ["reachable", "replica-set", "version", "rights"] {
        for side in ["local", "atlas"] {
            assert_eq!(found(side, kind), Some(json!("ok")), "{side} {kind} {fine}");
        }
    }
    assert_eq!(found("atlas", "clock"), Some(json!("ok")), "{fine}");

    site.pc().link.cut().await;
    let away = ask(&daemon, &["check"], 1).await;
    let problem = away
        .words
        .lines()
        .position(|line| line.starts_with("problem  atlas: "));
    let problem = problem.unwrap_or_else(|| panic!("{}", away.words));
    let remedy = away.words.lines().nth(problem + 1).unwrap();
    assert!(
        remedy.contains("-> ") && remedy.contains("internet"),
        "{remedy}"
    );
    let away = ask(&daemon, &["check", "--json"], 1).await.json();
    let problems: Vec<&Value> = away
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] == "problem")
        .collect();
    assert_eq!(problems.len(), 1, "{away}");
    assert_eq!(
        (&problems[0]["kind"], &problems[0]["side"]),
        (&json!("reachable"), &json!("atlas"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn status_is_that_of_the_daemon_that_runs() {
    let site = Site::new().await;
    let stopped = Daemon::of(site.pc()).await.unwrap();
    for words in [&["status"][..], &["status", "--json"]] {
        let none = ask(&stopped, words, 1).await;
        assert!(
            none.complaint.contains("no bomba-syncd is running"),
            "{}",
            none.complaint
        );
    }
    let mut daemon = running(&site).await;
    let told = ask(&daemon, &["status"], 0).await;
    for part in ["synced", "this PC to Atlas", "connected"] {
        assert!(
            told.words.contains(part),
            "{part} is missing in:\n{}",
            told.words
        );
    }
    let told = ask(&daemon, &["status", "--json"], 0).await.json();
    assert_eq!(told["state"], "synced");
    assert_eq!(told["localToAtlas"]["pending"], 0);
    assert!(daemon.stop().await.unwrap().success());
    ask(&daemon, &["status"], 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn resync_works_with_and_without_a_daemon_and_knows_what_there_is() {
    let site = Site::new().await;
    site.here("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let ring = site.pc().local.create_collection("ring");
    ring.capped(true).size(4096).await.unwrap();
    let mut daemon = Daemon::of(site.pc())
        .await
        .unwrap()
        .variable("BIDIRECTIONAL_EXCLUDED_COLLECTIONS", "logs")
        .variable("BOMBA_COLLECTION_MODES", "drafts=off");
    site.there("bills")
        .insert_one(doc! { "_id": 2 })
        .await
        .unwrap();
    for words in [&["resync"][..], &["resync", "--collection", "bills"]] {
        assert_eq!(ask(&daemon, words, 0).await.words, "resync finished\n");
        for bills in [site.here("bills"), site.there("bills")] {
            assert_eq!(bills.count_documents(doc! {}).await.unwrap(), 2);
        }
    }
    refuses_wrong_names(&daemon).await;

    daemon.launch().unwrap();
    daemon.ready().await;
    daemon.reaches("sync", is_synced).await;
    for words in [&["resync"][..], &["resync", "--collection", "bills"]] {
        assert_eq!(ask(&daemon, words, 0).await.words, "resync finished\n");
    }
    refuses_wrong_names(&daemon).await;
    assert!(daemon.stop().await.unwrap().success());
}

async fn refuses_wrong_names(daemon: &Daemon) {
    for (name, why) in [
        ("bilsl", "no collection"),
        ("ring", "capped"),
        ("drafts", "switched off"),
    ] {
        let told = ask(daemon, &["resync", "--collection", name], 1).await;
        assert_eq!(told.words, "");
        let complaint = told.complaint;
        assert!(
            complaint.contains(why) && complaint.contains(name),
            "{complaint}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn run_listens_where_it_is_told_runs_once_and_ends_with_ctrl_c() {
    let site = Site::new().await;
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address: SocketAddr = free.local_addr().unwrap();
    drop(free);
    let mut daemon = Daemon::of(site.pc()).await.unwrap().listening_on(address);
    daemon.launch().unwrap();
    daemon.ready().await;
    assert_eq!(daemon.address().unwrap(), address);
    daemon.reaches("sync", is_synced).await;

    let second = ask(&daemon, &["run"], 1).await;
    assert!(
        second.complaint.contains("another Bomba Sync is at work"),
        "{}",
        second.complaint
    );
    assert_eq!(second.complaint.lines().count(), 1, "{}", second.complaint);
    assert_eq!(
        daemon.address().unwrap(),
        address,
        "the first is still found"
    );
    site.here("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    becomes(&site.there("bills"), doc! { "_id": 1 }, |_| true).await;

    assert_eq!(daemon.interrupt().await.unwrap().code(), Some(0));
    ask(&daemon, &["status"], 1).await;
}
