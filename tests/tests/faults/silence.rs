//! A side falls silent: what does not need it goes on, and a stop is over in time and says what it could not do.

use std::time::{Duration, Instant};

use bson::{Document, doc};
use integration_tests::daemon::STOP_MAX;
use integration_tests::eventually;
use integration_tests::link::Link;
use sync_engine::EngineError;
use sync_engine::config::ConnectionString;
use sync_engine::names::{DEVICES, METADATA};
use sync_engine::status::State;

use crate::site::{SOON, Site, becomes, told};

/// How often a PC tells Atlas that it lives.
const HEARTBEAT: Duration = Duration::from_secs(30);

async fn passes(since: Instant, time: Duration) {
    eventually(SOON, "time to pass", async || {
        if since.elapsed() > time {
            Ok(())
        } else {
            Err(format!("{:?}", since.elapsed()))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_without_an_answer_holds_nothing_up() {
    let mut site = Site::new().await;
    // The driver's own watch over connections would end the waiting sooner.
    let patient = format!(
        "{}&connectTimeoutMS=60000",
        site.pc().config.atlas_uri.expose()
    );
    site.pc_mut().config.atlas_uri = ConnectionString::new(patient);
    let began = Instant::now();
    site.world.start().await;
    // So that the heartbeat comes before the stream is given up, and waits for its answer longer than that.
    passes(began, Duration::from_secs(6)).await;
    site.pc().link.hold();
    passes(began, HEARTBEAT + Duration::from_secs(3)).await;
    let waiting = Instant::now();

    let own = site.here(METADATA);
    let row = doc! { "_id": "local-resume-token" };
    let before = own.find_one(row.clone()).await.unwrap().unwrap();
    let fence = doc! { "$set": { "fence": "moves the position on" } };
    let raise = own.update_one(doc! { "_id": "fence" }, fence).upsert(true);
    raise.await.unwrap();
    becomes(&own, row, |stored| {
        stored.get("token") != before.get("token")
    })
    .await;
    site.here("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.pc()
        .reaches("not synced", |status| status.state != State::Synced)
        .await;
    site.pc()
        .reaches("the silence", |status| !status.atlas.connected)
        .await;
    assert!(
        waiting.elapsed() < Duration::from_secs(15),
        "it took {:?}",
        waiting.elapsed()
    );
    site.pc().link.mend().await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_cuts_something_off_is_over_in_time_and_says_so() {
    let site = Site::started().await;
    site.pc().link.hold();
    site.here("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    site.pc()
        .reaches("a batch that waits for Atlas", |status| {
            status.local_to_atlas.pending == 1
        })
        .await;
    let began = Instant::now();
    let stopped = site.pc().engine().clone().stop().await;
    assert!(matches!(stopped, Err(EngineError::CutOff)), "{stopped:?}");
    assert!(began.elapsed() < STOP_MAX, "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_cannot_save_the_positions_says_so() {
    let mut site = Site::new().await;
    let line = Link::to(site.local.address()).await.unwrap();
    site.pc_mut().config.local_uri = ConnectionString::new(site.local.uri_through(&line));
    site.world.start().await;
    line.hold();
    // Seen to be read: its event comes, and the position in Atlas' stream moves on.
    let me = site.pc().status().instance_id;
    let read = site.pc().link.bytes_from_target();
    let touch = doc! { "$set": { "touched": "x".repeat(2000) } };
    let devices = site.there(DEVICES);
    devices.update_one(doc! { "_id": me }, touch).await.unwrap();
    eventually(SOON, "the event", async || {
        let now = site.pc().link.bytes_from_target();
        if now > read + 200 {
            Ok(())
        } else {
            Err(now - read)
        }
    })
    .await;
    site.pc()
        .reaches("not synced", |status| status.state != State::Synced)
        .await;
    let began = Instant::now();
    let stopped = site.pc().engine().clone().stop().await;
    assert!(matches!(stopped, Err(EngineError::Unsaved)), "{stopped:?}");
    assert!(began.elapsed() < STOP_MAX, "{:?}", began.elapsed());
}

const TEN_MINUTES_MS: i64 = 600_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_while_the_sync_runs_is_measured_again() {
    let site = Site::started().await;
    let offset = || site.pc().status().atlas.clock_offset_ms.unwrap();
    assert!(offset().abs() < 2000, "{}", offset());
    site.pc().link.set_clock_ahead(TEN_MINUTES_MS);
    let notice = site.notice("clock").await;
    assert!(notice.contains("10 minutes"), "{notice}");
    let away = offset() - TEN_MINUTES_MS;
    assert!(away.abs() < 2000, "{away}");
    let stored = doc! { "_id": "identity", "clockOffsetMs": { "$gt": TEN_MINUTES_MS - 2000 } };
    becomes(&site.here(METADATA), stored, |_: &Document| true).await;
    site.pc().link.set_clock_ahead(0);
    site.pc()
        .reaches("the right time", |status| told(status, "clock").is_none())
        .await;
    assert!(offset().abs() < 2000, "{}", offset());
}
