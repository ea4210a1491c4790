//! Servers that cannot be synced as they are, or will not let this PC in: said clearly, and never with a password.

use bson::doc;
use integration_tests::mongod::{Mongod, Options};
use sync_core::place::Side;
use sync_engine::Trouble;
use sync_engine::check::{Finding, Severity, check};
use sync_engine::config::{ConnectionString, EngineConfig};
use sync_engine::status::State;

use crate::heard::log;
use crate::site::{DATABASE, Site, many};

const PASSWORD: &str = "Zm9vYmFyLXNlY3JldA";

fn uri(text: impl std::fmt::Display) -> ConnectionString {
    ConnectionString::new(format!("{text}&serverSelectionTimeoutMS=1500"))
}

async fn problems(config: &EngineConfig) -> Vec<Finding> {
    let mut findings = check(config).await;
    findings.retain(|finding| finding.severity == Severity::Problem);
    findings
}

fn assert_silent_about(secret: &str, texts: &[String]) {
    for text in texts {
        assert!(
            !text.contains(secret) && !text.contains("mongodb://"),
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atlas_that_stands_alone_is_named_as_such_with_what_to_do() {
    let mut site = Site::with(Options::replica_set(), Options::standalone()).await;
    let found = problems(&site.pc().config).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].kind, found[0].side),
        ("replica-set", Some(Side::Atlas))
    );
    assert!(found[0].text.contains("standalone"));
    assert!(found[0].remedy.as_ref().unwrap().contains("replSetName"));

    site.pc_mut().start().await;
    let status = site
        .pc()
        .reaches("attention", |status| status.state == State::Attention)
        .await;
    let error = status.atlas.last_error.unwrap();
    assert!(
        error.contains("not a replica set member") && error.contains("check"),
        "{error}"
    );
    let notice = site.notice("standalone").await;
    assert!(notice.contains("check"), "{notice}");
    assert_eq!(
        site.there("_sync_devices")
            .count_documents(doc! {})
            .await
            .unwrap(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_set_that_was_never_initiated_is_named_as_such_and_used_once_it_is() {
    let mut site = Site::with(Options::not_initiated(), Options::replica_set()).await;
    let found = problems(&site.pc().config).await;
    let set = found
        .iter()
        .find(|finding| finding.kind == "replica-set")
        .unwrap();
    assert!(set.text.contains("never initiated"), "{set:?}");
    assert!(set.remedy.as_ref().unwrap().contains("rs.initiate()"));

    site.pc_mut().start().await;
    site.pc()
        .reaches("attention", |status| status.state == State::Attention)
        .await;
    let member = doc! { "_id": 0, "host": site.local.address().to_string() };
    let config = doc! { "_id": "rs0", "members": [member] };
    let admin = site.local.client().await.unwrap().database("admin");
    admin
        .run_command(doc! { "replSetInitiate": config })
        .await
        .unwrap();
    site.pc()
        .reaches("sync", |status| status.state == State::Synced)
        .await;
    site.here("bills").insert_many(many(3, 10)).await.unwrap();
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_said_without_showing_it_and_a_right_one_needs_no_more_than_read_and_write()
 {
    let auth = || Options::replica_set().with_auth();
    let mut site = Site::with(auth(), auth()).await;
    let role = || vec![doc! { "role": "readWrite", "db": DATABASE }];
    for server in [&site.local, &site.atlas] {
        server.create_user("shop", PASSWORD, role()).await.unwrap();
    }
    let wrong = format!("wrong-{PASSWORD}");
    let right = [
        site.local.uri_as("shop", PASSWORD),
        site.atlas.uri_as("shop", PASSWORD),
    ];

    site.pc_mut().config.local_uri = uri(&right[0]);
    site.pc_mut().config.atlas_uri = uri(site.atlas.uri_as("shop", &wrong));
    let found = problems(&site.pc().config).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].kind, found[0].side),
        ("rights", Some(Side::Atlas))
    );
    site.pc_mut().start().await;
    let notice = site.notice("unauthorized").await;
    let texts = [
        notice,
        format!("{found:?}"),
        format!("{:?}", site.pc().status()),
        log(),
    ];
    assert_silent_about(PASSWORD, &texts);
    assert!(!format!("{:?}", site.pc().config).contains(PASSWORD));
    site.world.stop().await;

    site.pc_mut().config.local_uri = uri(site.local.uri_as("shop", &wrong));
    site.pc_mut().config.atlas_uri = uri(&right[1]);
    site.pc_mut().start().await;
    let notice = site.notice("unauthorized").await;
    assert_silent_about(
        PASSWORD,
        &[notice, format!("{:?}", site.pc().status()), log()],
    );
    site.world.stop().await;

    site.pc_mut().config.local_uri = uri(&right[0]);
    assert_eq!(problems(&site.pc().config).await, []);
    site.here("bills").insert_many(many(10, 10)).await.unwrap();
    site.world.start().await;
    site.there("bills")
        .delete_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.here("bills")
        .delete_one(doc! { "_id": 2 })
        .await
        .unwrap();
    site.there("bills")
        .update_one(doc! { "_id": 3 }, doc! { "$set": { "paid": true } })
        .await
        .unwrap();
    site.world.converge().await;
    assert_eq!(
        site.here("bills").count_documents(doc! {}).await.unwrap(),
        8
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_may_only_read_is_told_what_he_lacks() {
    let mut site = Site::with(Options::replica_set(), Options::replica_set().with_auth()).await;
    let role = vec![doc! { "role": "read", "db": DATABASE }];
    site.atlas
        .create_user("reader", PASSWORD, role)
        .await
        .unwrap();
    site.pc_mut().config.atlas_uri = uri(site.atlas.uri_as("reader", PASSWORD));
    let found = problems(&site.pc().config).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].kind, found[0].side),
        ("rights", Some(Side::Atlas))
    );
    assert!(found[0].remedy.as_ref().unwrap().contains("readWrite"));
    site.pc_mut().start().await;
    let notice = site.notice("unauthorized").await;
    assert_silent_about(PASSWORD, &[notice, log()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_spoken_with_an_atlas_of_a_private_authority_and_with_no_other() {
    let options = Options::replica_set().with_tls().with_auth();
    let mut site = Site::with(Options::replica_set(), options).await;
    let stranger = Mongod::start(Options::replica_set().with_tls())
        .await
        .unwrap();
    let right = site.atlas.uri();
    let theirs = stranger.ca_file().display().to_string();
    let wrong = right.replace(&site.atlas.ca_file().display().to_string(), &theirs);
    site.pc_mut().config.atlas_uri = uri(wrong);
    let found = problems(&site.pc().config).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].kind, found[0].side),
        ("reachable", Some(Side::Atlas))
    );
    assert!(found[0].text.contains("certificate"), "{}", found[0].text);
    site.here("bills").insert_many(many(10, 10)).await.unwrap();
    site.pc_mut().start().await;
    let status = site
        .pc()
        .reaches("the refusal", |status| status.atlas.last_error.is_some())
        .await;
    assert!(!status.atlas.connected);
    site.world.stop().await;
    assert_eq!(
        site.there("bills").count_documents(doc! {}).await.unwrap(),
        0
    );

    site.pc_mut().config.atlas_uri = uri(right);
    assert_eq!(problems(&site.pc().config).await, []);
    site.world.start().await;
    site.world.converge().await;
    assert_eq!(
        site.there("bills").count_documents(doc! {}).await.unwrap(),
        10
    );
}

/// The link has Atlas say the wire version of 4.2, to the first who asks.
fn answers_like_4_2(site: &Site) {
    let says = |version: i32| [&b"\x10maxWireVersion\0"[..], &version.to_le_bytes()].concat();
    site.pc().link.forge(&says(WIRE_VERSION_6_0), &says(8));
}

const WIRE_VERSION_6_0: i32 = 17;

#[tokio::test(flavor = "multi_thread")]
async fn check_calls_a_server_too_old_that_is_too_old_for_the_driver() {
    let site = Site::new().await;
    answers_like_4_2(&site);
    let found = problems(&site.pc().config).await;
    assert!(site.pc().link.is_forged());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].kind, found[0].answer), ("version", "too-old"));
    assert_eq!(found[0].side, Some(Side::Atlas));
    assert!(found[0].text.contains("too old"), "{}", found[0].text);
    assert!(found[0].remedy.as_ref().unwrap().contains("5.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_calls_a_server_too_old_until_it_is_updated() {
    let mut site = Site::new().await;
    answers_like_4_2(&site);
    site.here("bills").insert_many(many(3, 10)).await.unwrap();
    site.pc_mut().start().await;
    let notice = site.notice("too-old").await;
    assert!(
        notice.contains("atlas") && notice.contains("too old"),
        "{notice}"
    );
    let atlas = site.pc().status().atlas;
    assert_eq!(atlas.trouble, Some(Trouble::TooOld));
    assert!(!atlas.connected);
    // The next look finds it updated.
    site.pc()
        .reaches("sync", |status| status.state == State::Synced)
        .await;
    assert!(site.pc().status().notices.is_empty());
    site.world.converge().await;
}
