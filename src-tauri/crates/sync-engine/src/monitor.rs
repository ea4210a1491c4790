//! What each direction did: counts of finished work, never of events read, and the same numbers for Prometheus.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use sync_core::place::{Direction, Side};

use crate::clock::wall_ms;
use crate::status::DirectionStatus;

/// The rate shown is that of about this long.
const RATE_WINDOW: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ByDirection(Direction);

impl EncodeLabelSet for ByDirection {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        ("direction", self.0.name()).encode(encoder.encode_label())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct BySide(Side);

impl EncodeLabelSet for BySide {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        ("side", self.0.name()).encode(encoder.encode_label())
    }
}

use prometheus_client::encoding::EncodeLabel as _;

/// What became of one change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finished {
    pub(crate) bytes: usize,
    pub(crate) took: Duration,
    pub(crate) conflict: bool,
}

/// All counters of one engine.
#[derive(Debug)]
pub(crate) struct Monitor {
    registry: Registry,
    read: Family<ByDirection, Counter>,
    applied: Family<ByDirection, Counter>,
    failed: Family<ByDirection, Counter>,
    conflicts: Family<ByDirection, Counter>,
    bytes: Family<ByDirection, Counter>,
    pending: Family<ByDirection, Gauge>,
    oldest: Family<ByDirection, Gauge>,
    durations: Family<ByDirection, Histogram>,
    echoes: Family<BySide, Counter>,
    reconnects: Family<BySide, Counter>,
    fences: Family<BySide, Counter>,
    resolution_failures: Counter,
    quarantined: Gauge,
    rates: Mutex<[Rate; 2]>,
    /// Milliseconds since 1970 by this PC's clock; 0: nothing yet.
    last_change: AtomicI64,
}

#[derive(Clone, Copy, Debug)]
struct Rate {
    since: Instant,
    applied_then: u64,
    per_second: f64,
    busy: Duration,
}

impl Monitor {
    pub(crate) fn new() -> Monitor {
        let rate = Rate {
            since: Instant::now(),
            applied_then: 0,
            per_second: 0.0,
            busy: Duration::ZERO,
        };
        let mut monitor = Monitor {
            registry: Registry::with_prefix("bomba_sync"),
            read: Family::default(),
            applied: Family::default(),
            failed: Family::default(),
            conflicts: Family::default(),
            bytes: Family::default(),
            pending: Family::default(),
            oldest: Family::default(),
            durations: Family::new_with_constructor(|| {
                Histogram::new(exponential_buckets(0.001, 2.0, 16))
            }),
            echoes: Family::default(),
            reconnects: Family::default(),
            fences: Family::default(),
            resolution_failures: Counter::default(),
            quarantined: Gauge::default(),
            rates: Mutex::new([rate; 2]),
            last_change: AtomicI64::new(0),
        };
        monitor.register();
        monitor.begin_all_series();
        monitor
    }

    /// A series that is not there before its first event cannot be told from one that is not counted.
    fn begin_all_series(&self) {
        for direction in Direction::BOTH {
            let label = ByDirection(direction);
            for counter in [
                &self.read,
                &self.applied,
                &self.failed,
                &self.conflicts,
                &self.bytes,
            ] {
                drop(counter.get_or_create(&label));
            }
            for gauge in [&self.pending, &self.oldest] {
                drop(gauge.get_or_create(&label));
            }
            drop(self.durations.get_or_create(&label));
        }
        for side in Side::BOTH {
            for counter in [&self.echoes, &self.reconnects, &self.fences] {
                drop(counter.get_or_create(&BySide(side)));
            }
        }
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "read",
            "Change events read, echoes not counted",
            self.read.clone(),
        );
        registry.register(
            "applied",
            "Changes written to the target",
            self.applied.clone(),
        );
        registry.register(
            "failed",
            "Changes that could not be applied",
            self.failed.clone(),
        );
        registry.register("conflicts", "Conflicts settled", self.conflicts.clone());
        registry.register(
            "applied_bytes",
            "Document bytes written to the target",
            self.bytes.clone(),
        );
        registry.register("pending", "Keys waiting", self.pending.clone());
        registry.register(
            "oldest_pending_milliseconds",
            "Age of the oldest waiting key",
            self.oldest.clone(),
        );
        registry.register(
            "apply_duration_seconds",
            "From looking to the finished write",
            self.durations.clone(),
        );
        registry.register(
            "echoes_dropped",
            "Events of our own writes",
            self.echoes.clone(),
        );
        registry.register(
            "reconnects",
            "Streams opened again after they were lost",
            self.reconnects.clone(),
        );
        registry.register("fences", "Fences passed", self.fences.clone());
        registry.register(
            "resolution_failures",
            "Conflicts that no time could settle, so that Atlas won",
            self.resolution_failures.clone(),
        );
        registry.register("quarantined", "Changes set aside", self.quarantined.clone());
    }

    pub(crate) fn read(&self, direction: Direction) {
        self.read.get_or_create(&ByDirection(direction)).inc();
    }

    pub(crate) fn applied(&self, direction: Direction, finished: Finished) {
        let label = ByDirection(direction);
        self.applied.get_or_create(&label).inc();
        self.bytes
            .get_or_create(&label)
            .inc_by(finished.bytes as u64);
        self.durations
            .get_or_create(&label)
            .observe(finished.took.as_secs_f64());
        if finished.conflict {
            self.conflict(direction);
        }
        self.rates.lock().expect("no holder panics")[index(direction)].busy += finished.took;
        self.last_change.store(wall_ms(), Ordering::Relaxed);
    }

    /// A conflict was settled in favour of the source of `direction`, or of its target, and nothing was written.
    pub(crate) fn conflict(&self, direction: Direction) {
        self.conflicts.get_or_create(&ByDirection(direction)).inc();
    }

    /// A conflict was left to Atlas, because there was nothing to compare.
    pub(crate) fn resolution_failed(&self) {
        self.resolution_failures.inc();
    }

    /// When a change was last written to either side.
    pub(crate) fn last_change_ms(&self) -> Option<i64> {
        Some(self.last_change.load(Ordering::Relaxed)).filter(|at| *at > 0)
    }

    pub(crate) fn failed(&self, direction: Direction) {
        self.failed.get_or_create(&ByDirection(direction)).inc();
    }

    pub(crate) fn echo(&self, side: Side) {
        self.echoes.get_or_create(&BySide(side)).inc();
    }

    pub(crate) fn reconnected(&self, side: Side) {
        self.reconnects.get_or_create(&BySide(side)).inc();
    }

    pub(crate) fn fenced(&self, side: Side) {
        self.fences.get_or_create(&BySide(side)).inc();
    }

    pub(crate) fn quarantined(&self, count: u64) {
        self.quarantined
            .set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// A picture of one direction; `pending` and `oldest_ms` come from the inbox.
    pub(crate) fn direction(
        &self,
        direction: Direction,
        pending: u64,
        oldest_ms: u64,
    ) -> DirectionStatus {
        let label = ByDirection(direction);
        self.pending
            .get_or_create(&label)
            .set(i64::try_from(pending).unwrap_or(i64::MAX));
        self.oldest
            .get_or_create(&label)
            .set(i64::try_from(oldest_ms).unwrap_or(i64::MAX));
        let successful = self.applied.get_or_create(&label).get();
        let failed = self.failed.get_or_create(&label).get();
        let mut rates = self.rates.lock().expect("no holder panics");
        let rate = &mut rates[index(direction)];
        let elapsed = rate.since.elapsed();
        if elapsed >= RATE_WINDOW {
            rate.per_second = (successful - rate.applied_then) as f64 / elapsed.as_secs_f64();
            (rate.since, rate.applied_then) = (Instant::now(), successful);
        }
        let recent = (successful - rate.applied_then) as f64 / elapsed.as_secs_f64().max(1.0);
        DirectionStatus {
            processed: successful + failed,
            successful,
            failed,
            conflicts: self.conflicts.get_or_create(&label).get(),
            pending,
            oldest_pending_ms: oldest_ms,
            avg_process_time_ms: rate.busy.as_secs_f64() * 1000.0 / successful.max(1) as f64,
            per_second: rate.per_second.max(recent),
            paused: false,
        }
    }

    /// All metrics in the OpenMetrics text format, which Prometheus reads.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        encode(&mut text, &self.registry).expect("a String takes any text");
        text
    }
}

fn index(direction: Direction) -> usize {
    match direction.source {
        Side::Local => 0,
        Side::Atlas => 1,
    }
}
