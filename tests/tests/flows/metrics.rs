//! What a running program tells Prometheus.

use bson::{Document, RawDocumentBuf, doc};
use integration_tests::daemon::Daemon;
use integration_tests::diff::same;
use integration_tests::eventually;
use integration_tests::world::{Pc, REST, World};
use mongodb::Collection;
use sync_api::wire::{Direction, State, Status};
use sync_core::place::Side;

const DIRECTIONS: [&str; 2] = ["local_to_atlas", "atlas_to_local"];
const BY_DIRECTION: [&str; 8] = [
    "read_total",
    "applied_total",
    "failed_total",
    "conflicts_total",
    "applied_bytes_total",
    "pending",
    "oldest_pending_milliseconds",
    "apply_duration_seconds_count",
];
const BY_SIDE: [&str; 3] = ["echoes_dropped_total", "reconnects_total", "fences_total"];
const ALONE: [&str; 2] = ["quarantined", "resolution_failures_total"];

/// One answer of `GET /metrics`.
struct Metrics(String);

impl Metrics {
    async fn of(daemon: &Daemon) -> Metrics {
        Metrics(daemon.metrics().await.unwrap())
    }

    /// The number behind a series; `None` where there is no such series.
    fn find(&self, series: &str) -> Option<u64> {
        let number = |line: &str| {
            let (name, number) = line.rsplit_once(' ')?;
            (name.strip_prefix("bomba_sync_")? == series).then(|| number.parse().unwrap())
        };
        self.0.lines().find_map(number)
    }

    fn of_direction(&self, name: &str, direction: &str) -> u64 {
        let series = format!("{name}{{direction=\"{direction}\"}}");
        let found = self.find(&series);
        found.unwrap_or_else(|| panic!("no {series} in:\n{}", self.0))
    }

    fn of_both_sides(&self, name: &str) -> u64 {
        let of = |side| {
            let series = format!("{name}{{side=\"{side}\"}}");
            let found = self.find(&series);
            found.unwrap_or_else(|| panic!("no {series} in:\n{}", self.0))
        };
        of("local") + of("atlas")
    }
}

fn shown<'a>(status: &'a Status, direction: &str) -> &'a Direction {
    match direction {
        "local_to_atlas" => &status.local_to_atlas,
        _ => &status.atlas_to_local,
    }
}

/// Waits until both sides are the same and the status says so.
async fn comes_to_rest(daemon: &Daemon, pc: &Pc, world: &World) {
    eventually(REST, "both sides to be the same", async || {
        same(&pc.local, &world.atlas).await
    })
    .await;
    daemon
        .reaches("sync", |status| status.state == State::Synced)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_series_is_there_from_the_start_and_tells_what_the_status_tells() {
    let world = World::new::<1>("told").await;
    let pc = &world.pcs[0];
    let mut daemon = Daemon::started(pc).await.unwrap();
    let first = Metrics::of(&daemon).await;
    for direction in DIRECTIONS {
        for name in BY_DIRECTION {
            assert_eq!(first.of_direction(name, direction), 0, "{name}");
        }
    }
    for name in BY_SIDE {
        first.of_both_sides(name);
    }
    for name in ALONE {
        assert_eq!(first.find(name), Some(0), "{name} in:\n{}", first.0);
    }
    daemon
        .reaches("sync", |status| status.state == State::Synced)
        .await;

    let bills = (0..6).map(|id| doc! { "_id": id, "total": 1 });
    pc.collection("bills").insert_many(bills).await.unwrap();
    let payments = (0..4).map(|id| doc! { "_id": id, "total": 1 });
    let there = world.on_atlas("payments");
    there.insert_many(payments).await.unwrap();
    comes_to_rest(&daemon, pc, &world).await;
    let paid = doc! { "$set": { "paid": true } };
    pc.collection("payments")
        .update_one(doc! { "_id": 1 }, paid)
        .await
        .unwrap();
    there.delete_one(doc! { "_id": 2 }).await.unwrap();
    comes_to_rest(&daemon, pc, &world).await;
    let applied = eventually(REST, "what was written to be counted", async || {
        let metrics = Metrics::of(&daemon).await;
        let status = daemon.status().await.unwrap();
        let applied = DIRECTIONS.map(|direction| metrics.of_direction("applied_total", direction));
        let shown = DIRECTIONS.map(|direction| u64::from(shown(&status, direction).successful));
        let echoes = metrics.of_both_sides("echoes_dropped_total");
        if applied == [7, 5] && shown == applied && echoes > 0 {
            Ok(metrics)
        } else {
            Err(format!("{shown:?}, {}", metrics.0))
        }
    })
    .await;
    for direction in DIRECTIONS {
        let count = |name| applied.of_direction(name, direction);
        assert_eq!(
            count("apply_duration_seconds_count"),
            count("applied_total")
        );
        assert!(count("read_total") > 0 && count("applied_bytes_total") > 0);
        assert_eq!(count("pending"), 0);
    }
    assert!(applied.of_both_sides("fences_total") > 0);
    what_waits_and_what_is_set_aside_is_told(&daemon, &world).await;
    assert!(daemon.stop().await.unwrap().success());
}

async fn what_waits_and_what_is_set_aside_is_told(daemon: &Daemon, world: &World) {
    let pc = &world.pcs[0];
    pc.link.cut().await;
    let bills = (10..13).map(|id| doc! { "_id": id });
    pc.collection("bills").insert_many(bills).await.unwrap();
    let waiting = daemon
        .reaches("three to wait, for a while", |status| {
            status.local_to_atlas.pending == 3 && status.local_to_atlas.oldest_pending_ms > 1_000
        })
        .await;
    let metrics = Metrics::of(daemon).await;
    assert_eq!(metrics.of_direction("pending", "local_to_atlas"), 3);
    let oldest = metrics.of_direction("oldest_pending_milliseconds", "local_to_atlas");
    assert!(
        oldest >= u64::from(waiting.local_to_atlas.oldest_pending_ms),
        "{oldest}"
    );
    assert_eq!(metrics.of_both_sides("reconnects_total"), 0);
    pc.link.mend().await;
    comes_to_rest(daemon, pc, world).await;
    let metrics = Metrics::of(daemon).await;
    assert_eq!(metrics.of_direction("pending", "local_to_atlas"), 0);
    assert_eq!(metrics.of_both_sides("reconnects_total"), 1);

    let strict = world.atlas.create_collection("strict");
    strict.validator(doc! { "never": "this" }).await.unwrap();
    pc.collection("strict")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    daemon
        .reaches("one set aside", |status| status.quarantined == 1)
        .await;
    let metrics = Metrics::of(daemon).await;
    assert_eq!(metrics.find("quarantined"), Some(1));
    assert_eq!(metrics.of_direction("failed_total", "local_to_atlas"), 1);
    let lift = doc! { "collMod": "strict", "validator": {} };
    world.atlas.run_command(lift).await.unwrap();
    let retried = daemon.answer(&["quarantine", "retry"]).await.unwrap();
    assert!(retried.status.success(), "{retried:?}");
    daemon
        .reaches("none set aside", |status| status.quarantined == 0)
        .await;
    assert_eq!(Metrics::of(daemon).await.find("quarantined"), Some(0));
    comes_to_rest(daemon, pc, world).await;
}

/// As large as the document is now, not as large as the one that it took the place of.
#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_counted_are_those_that_were_written() {
    let world = World::started::<1>("bytes").await;
    let pc = &world.pcs[0];
    for direction in sync_core::place::Direction::BOTH {
        let name = direction.name();
        let (here, there) = (pc.collection(name), world.on_atlas(name));
        let (source, target) = match direction.source {
            Side::Local => (here, there),
            Side::Atlas => (there, here),
        };
        source
            .insert_one(doc! { "_id": 1, "pad": "x" })
            .await
            .unwrap();
        world.converge().await;
        let mut counted = grown(pc, direction, 0).await;
        for length in [9_000, 3] {
            let new = doc! { "_id": 1, "pad": "y".repeat(length) };
            source.replace_one(doc! { "_id": 1 }, new).await.unwrap();
            world.converge().await;
            let now = grown(pc, direction, counted).await;
            let told = format!("{direction}, {length}");
            assert_eq!(now - counted, bytes(&target).await, "{told}");
            counted = now;
        }
    }
}

/// A write is counted a moment after it is seen.
async fn grown(pc: &Pc, direction: sync_core::place::Direction, before: u64) -> u64 {
    eventually(REST, "more bytes", async || {
        let now = pc.counted("applied_bytes", direction);
        if now > before { Ok(now) } else { Err(now) }
    })
    .await
}

async fn bytes(place: &Collection<Document>) -> u64 {
    let raw = place.clone_with_type::<RawDocumentBuf>();
    let document = raw.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
    document.as_bytes().len() as u64
}
