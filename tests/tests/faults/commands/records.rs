//! `conflicts` and `quarantine`: the records of a running daemon, as a person at a terminal finds them.

use bson::doc;
use integration_tests::daemon::Daemon;
use integration_tests::diff::same;
use integration_tests::{eventually, let_time_pass};
use serde_json::json;

use super::{ask, is_synced, running};
use crate::site::{SOON, Site, becomes};

/// An ID that nobody has is exit code 1, whatever the form.
async fn refuses_the_id(daemon: &Daemon, command: &str, verb: &str) {
    for form in [&[][..], &["--json"]] {
        let words = [&[command, verb, "no-such-id"][..], form].concat();
        let told = ask(daemon, &words, 1).await;
        assert_eq!(told.words, "", "{words:?}");
        assert!(told.complaint.contains("no-such-id"), "{}", told.complaint);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_are_listed_shown_and_put_back() {
    let site = Site::new().await;
    let bill = doc! { "_id": 1, "total": "first" };
    site.here("bills").insert_one(bill).await.unwrap();
    let daemon = running(&site).await;
    assert_eq!(
        ask(&daemon, &["conflicts", "list"], 0).await.words,
        "no versions are kept\n"
    );
    assert_eq!(
        ask(&daemon, &["conflicts", "list", "--json"], 0)
            .await
            .json(),
        json!([])
    );
    for verb in ["show", "restore"] {
        refuses_the_id(&daemon, "conflicts", verb).await;
    }

    for (round, form) in [(1, &[][..]), (2, &["--json"])] {
        let (lost, won) = (format!("lost {round}"), format!("won {round}"));
        site.pc().link.cut().await;
        daemon
            .reaches("a lost line", |status| !status.atlas.connected)
            .await;
        let set = |total: &str| doc! { "$set": { "total": total } };
        let bills = [site.here("bills"), site.there("bills")];
        bills[0]
            .update_one(doc! { "_id": 1 }, set(&lost))
            .await
            .unwrap();
        let_time_pass().await;
        bills[1]
            .update_one(doc! { "_id": 1 }, set(&won))
            .await
            .unwrap();
        site.pc().link.mend().await;
        for bills in &bills {
            becomes(bills, doc! { "_id": 1, "total": &won }, |_| true).await;
        }
        daemon
            .reaches("an open conflict", |status| status.conflicts_open == 1)
            .await;
        let listed = ask(&daemon, &["conflicts", "list"], 0).await.words;
        assert!(
            listed.contains("COLLECTION") && listed.contains("bills"),
            "{listed}"
        );
        let listed = ask(&daemon, &["conflicts", "list", "--json"], 0)
            .await
            .json();
        // The newest comes first.
        let id = listed[0]["_id"].as_str().unwrap().to_owned();
        assert_eq!(listed.as_array().unwrap().len(), round);
        assert_eq!(listed[0]["document"]["collection"], "bills");

        let shown = ask(&daemon, &["conflicts", "show", &id], 0).await.words;
        let line = shown.lines().find(|line| line.contains("total")).unwrap();
        assert!(
            line.trim_start().starts_with('*') && line.contains(&lost) && line.contains(&won),
            "{shown}"
        );
        let shown = ask(&daemon, &["conflicts", "show", &id, "--json"], 0)
            .await
            .json();
        assert_eq!(
            (&shown["loser"]["total"], &shown["winner"]["total"]),
            (&json!(lost), &json!(won))
        );

        let told = ask(&daemon, &[&["conflicts", "restore", &id], form].concat(), 0).await;
        match form.is_empty() {
            true => assert!(told.words.contains("back on this PC"), "{}", told.words),
            false => assert_eq!(told.json(), json!({ "restored": id })),
        }
        for bills in &bills {
            becomes(bills, doc! { "_id": 1, "total": &lost }, |_| true).await;
        }
        daemon
            .reaches("no open conflict", |status| {
                status.conflicts_open == 0 && is_synced(status)
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_aside_is_listed_tried_again_and_given_up() {
    let site = Site::new().await;
    let strict = site.world.atlas.create_collection("strict");
    strict.validator(doc! { "never": "this" }).await.unwrap();
    let daemon = running(&site).await;
    assert_eq!(
        ask(&daemon, &["quarantine", "list"], 0).await.words,
        "nothing is set aside\n"
    );
    assert_eq!(
        ask(&daemon, &["quarantine", "list", "--json"], 0)
            .await
            .json(),
        json!([])
    );
    for verb in ["retry", "discard"] {
        refuses_the_id(&daemon, "quarantine", verb).await;
    }

    for form in [&[][..], &["--json"]] {
        let is_json = !form.is_empty();
        let id = if is_json { "in JSON" } else { "in words" };
        site.here("strict")
            .insert_one(doc! { "_id": id })
            .await
            .unwrap();
        daemon
            .reaches("one set aside", |status| status.quarantined == 1)
            .await;
        let listed = ask(&daemon, &["quarantine", "list"], 0).await.words;
        assert!(listed.contains("strict") && listed.contains(id), "{listed}");
        let row = ask(&daemon, &["quarantine", "list", "--json"], 0)
            .await
            .only();
        assert_eq!(
            (&row["documentId"], &row["direction"]),
            (&json!(id), &json!("local_to_atlas"))
        );
        let short = row["id"].as_str().unwrap().to_owned();

        let told = ask(
            &daemon,
            &[&["quarantine", "retry", &short], form].concat(),
            0,
        )
        .await;
        match is_json {
            true => assert_eq!(told.json(), json!({ "retried": 1 })),
            false => assert!(
                told.words.starts_with("1 to be tried again"),
                "{}",
                told.words
            ),
        }
        eventually(SOON, "another try", async || {
            let row = ask(&daemon, &["quarantine", "list", "--json"], 0)
                .await
                .only();
            if row["attempts"] == 2 {
                Ok(())
            } else {
                Err(row)
            }
        })
        .await;
        let told = ask(
            &daemon,
            &[&["quarantine", "discard", &short], form].concat(),
            0,
        )
        .await;
        match is_json {
            true => assert_eq!(told.json(), json!({ "discarded": short })),
            false => assert!(told.words.starts_with("given up"), "{}", told.words),
        }
        daemon
            .reaches("sync", |status| {
                status.quarantined == 0 && is_synced(status)
            })
            .await;
        ask(&daemon, &["quarantine", "discard", &short], 1).await;
        let there = site.there("strict").count_documents(doc! {}).await;
        assert_eq!(there.unwrap(), 0);
    }

    // What was given up is what `resync` brings together once it can be.
    let lift = doc! { "collMod": "strict", "validator": {} };
    site.world.atlas.run_command(lift).await.unwrap();
    let told = ask(&daemon, &["resync", "--collection", "strict"], 0).await;
    assert_eq!(told.words, "resync finished\n");
    same(&site.pc().local, &site.world.atlas).await.unwrap();
    let there = site.there("strict").count_documents(doc! {}).await;
    assert_eq!(there.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn mass_deletions_are_listed_and_answered_in_words_and_in_json() {
    let site = Site::new().await;
    let (here, there) = (site.here("bills"), site.there("bills"));
    let daemon = running(&site).await;
    let bills = || (0..120).map(|id| doc! { "_id": id });
    let come = async || {
        let count = there.count_documents(doc! {}).await.unwrap();
        (count == 120).then_some(()).ok_or(count)
    };
    for (form, is_json) in [(&["--json"][..], true), (&[], false)] {
        here.insert_many(bills()).await.unwrap();
        eventually(SOON, "all bills on Atlas", come).await;
        daemon.reaches("sync", is_synced).await;
        here.delete_many(doc! {}).await.unwrap();
        let question = |status: &sync_api::wire::Status| {
            let pending = status.local_to_atlas.pending;
            let asked = |notice: &sync_api::wire::Notice| {
                notice.kind == "mass-deletion" && notice.count >= Some(95)
            };
            pending == 0 && status.notices.iter().any(asked)
        };
        daemon.reaches("the question", question).await;
        let row = ask(&daemon, &["deletions", "list", "--json"], 0).await;
        let row = row.only();
        assert_eq!(
            (&row["collection"], &row["direction"]),
            (&json!("bills"), &json!("local_to_atlas"))
        );
        // The first few may have gone through.
        let count = row["count"].as_u64().unwrap();
        assert!((95..=120).contains(&count), "{row}");
        let words = ask(&daemon, &["deletions", "list"], 0).await.words;
        let named = words.contains("bills") && words.contains(&count.to_string());
        assert!(named, "{words}");
        ask(&daemon, &["deletions", "apply", "customers"], 1).await;
        let listed = ask(&daemon, &["quarantine", "list", "--json"], 0).await;
        assert_eq!(listed.json(), json!([]));

        let (answer, left) = match is_json {
            true => ("restore", count),
            false => ("apply", 0),
        };
        let words = [&["deletions", answer, "bills"], form].concat();
        let told = ask(&daemon, &words, 0).await;
        match is_json {
            true => assert_eq!(told.json(), json!({ "putBack": count })),
            false => {
                let said = format!("{count} deletions are made");
                assert!(told.words.starts_with(&said), "{}", told.words);
            }
        }
        daemon.reaches("sync", is_synced).await;
        for bills in [&here, &there] {
            assert_eq!(bills.count_documents(doc! {}).await.unwrap(), left);
        }
        let words = ask(&daemon, &["deletions", "list"], 0).await.words;
        assert_eq!(words, "no deletion waits\n");
        here.delete_many(doc! {}).await.unwrap();
        if left > 0 {
            daemon
                .reaches("the question", |status| !status.notices.is_empty())
                .await;
            ask(&daemon, &["deletions", "apply", "bills"], 0).await;
            daemon.reaches("sync", is_synced).await;
        }
    }
}
