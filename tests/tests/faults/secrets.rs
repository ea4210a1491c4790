//! A daemon that is given passwords and led through failures never shows one.

use bson::doc;
use integration_tests::daemon::Daemon;
use integration_tests::link::Link;
use integration_tests::mongod::{Mongod, Options};
use sync_api::wire::State;

use crate::site::DATABASE;

const PASSWORD: &str = "c3dvcmRmaXNo-and-more";

async fn shows_no_secret(daemon: &Daemon) {
    let mut texts = vec![daemon.output()];
    if let (Ok(status), Ok(metrics)) = (daemon.status_text().await, daemon.metrics().await) {
        texts.extend([status, metrics]);
    }
    for text in texts {
        assert!(!text.contains(PASSWORD), "{text}");
        assert!(!text.contains("mongodb://"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_failure_makes_a_daemon_tell_a_password() {
    let auth = || Options::replica_set().with_auth();
    let (mut local, atlas) =
        tokio::try_join!(Mongod::start(auth()), Mongod::start(auth())).unwrap();
    for server in [&local, &atlas] {
        let role = doc! { "role": "readWrite", "db": DATABASE };
        server
            .create_user("shop", PASSWORD, vec![role])
            .await
            .unwrap();
    }
    let line = Link::to(atlas.address()).await.unwrap();
    let through = atlas
        .uri_as("shop", PASSWORD)
        .replace(&atlas.address().to_string(), &line.address().to_string());
    let short = "&serverSelectionTimeoutMS=500";
    let uris = [
        format!("{}{short}", local.uri_as("shop", PASSWORD)),
        format!("{through}{short}"),
    ];
    let arguments = [
        "--local",
        &uris[0],
        "--atlas",
        &uris[1],
        "--database",
        DATABASE,
    ];
    let mut daemon = Daemon::prepare(arguments)
        .await
        .unwrap()
        .variable("BOMBA_LOG", "trace")
        .variable("CHANGE_STREAM_RECONNECT_INTERVAL", "50")
        .variable("CHANGE_STREAM_MAX_RECONNECT_ATTEMPTS", "2");
    daemon.launch().unwrap();
    daemon.ready().await;
    daemon
        .reaches("sync", |status| status.state == State::Synced)
        .await;
    shows_no_secret(&daemon).await;

    line.cut().await;
    daemon
        .reaches("a lost line", |status| status.state == State::Attention)
        .await;
    shows_no_secret(&daemon).await;
    line.mend().await;
    daemon
        .reaches("sync again", |status| status.state == State::Synced)
        .await;

    local.kill();
    daemon
        .reaches("a lost server", |status| !status.local.connected)
        .await;
    shows_no_secret(&daemon).await;
    local.restart().await.unwrap();
    daemon
        .reaches("its return", |status| status.local.connected)
        .await;

    let admin = atlas.client().await.unwrap().database("admin");
    admin
        .run_command(doc! { "updateUser": "shop", "pwd": "changed" })
        .await
        .unwrap();
    line.reset().await;
    daemon
        .reaches("a refused password", |status| {
            status
                .notices
                .iter()
                .any(|notice| notice.kind == "unauthorized")
        })
        .await;
    shows_no_secret(&daemon).await;

    for words in [
        &["check"][..],
        &["check", "--json"],
        &["verify"],
        &["status"],
        &["status", "--json"],
        &["conflicts", "list"],
        &["conflicts", "show", "no-such-id"],
        &["quarantine", "list", "--json"],
        &["quarantine", "retry"],
        &["run"],
    ] {
        let output = daemon.answer(words).await.unwrap();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told);
        assert!(!told.is_empty(), "{words:?}");
        assert!(
            !told.contains(PASSWORD) && !told.contains("mongodb://"),
            "{words:?}: {told}"
        );
    }
    assert!(daemon.stop().await.unwrap().success());
    shows_no_secret(&daemon).await;
}
