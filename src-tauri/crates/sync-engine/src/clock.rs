//! Time: a steady clock for ages, and the measured distance of this PC's clock from Atlas'.

use std::sync::Mutex;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use sync_core::place::Side;
use sync_core::revision::EventTime;

use crate::error::EngineError;
use crate::replica::Replica;

/// Round trips measured; the shortest one tells most.
const MEASUREMENTS: usize = 5;
/// Both clocks are read in whole milliseconds.
const GRAIN_MS: u64 = 2;

/// A step of the wall clock that the steady clock did not make is a jump: somebody set the clock, or the PC slept.
const JUMP_MS: u64 = 1000;

/// What to add to this PC's clock to get Atlas', and how far from the truth that may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offset {
    pub(crate) ms: i64,
    pub(crate) error_ms: u64,
}

/// Both clocks of this PC at one moment.
#[derive(Clone, Copy, Debug)]
struct Reading {
    steady_ms: u64,
    wall_ms: i64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    offset: Option<Offset>,
    /// When it was measured last.
    measured: Option<Reading>,
}

/// The clocks of one engine.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    known: Mutex<Known>,
}

impl Clock {
    pub(crate) fn new() -> Clock {
        Clock {
            started: Instant::now(),
            known: Mutex::default(),
        }
    }

    /// Milliseconds since the engine was made; never goes back.
    pub(crate) fn steady_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn offset(&self) -> Option<Offset> {
        self.known.lock().expect("no holder panics").offset
    }

    /// What to add to this PC's clock to get Atlas'.
    pub(crate) fn offset_ms(&self) -> Option<i64> {
        self.offset().map(|offset| offset.ms)
    }

    /// Atlas' clock, as well as it is known.
    pub(crate) fn now(&self) -> EventTime {
        EventTime(wall_ms().saturating_add(self.offset_ms().unwrap_or_default()))
    }

    /// What the clock of `side` shows.
    pub(crate) fn of(&self, side: Side) -> EventTime {
        match side {
            Side::Local => EventTime(wall_ms()),
            Side::Atlas => self.now(),
        }
    }

    /// The time of an event of `side`, brought to Atlas' clock and never in its future.
    pub(crate) fn corrected(&self, side: Side, time: EventTime) -> EventTime {
        match side {
            Side::Local => EventTime(time.0.saturating_add(self.offset_ms().unwrap_or_default()))
                .min(self.now()),
            Side::Atlas => time,
        }
    }

    /// The offset that an earlier run of this PC measured.
    pub(crate) fn restore(&self, offset: Offset) {
        self.known.lock().expect("no holder panics").offset = Some(offset);
    }

    /// Whether this PC's clock was set since the offset was measured, so that it says nothing any more.
    pub(crate) fn has_jumped(&self) -> bool {
        self.has_jumped_by(self.read())
    }

    fn has_jumped_by(&self, now: Reading) -> bool {
        let known = self.known.lock().expect("no holder panics");
        known.measured.is_some_and(|then| {
            let steady = i64::try_from(now.steady_ms.saturating_sub(then.steady_ms));
            let wall = now.wall_ms.saturating_sub(then.wall_ms);
            wall.abs_diff(steady.unwrap_or(i64::MAX)) > JUMP_MS
        })
    }

    fn read(&self) -> Reading {
        Reading {
            steady_ms: self.steady_ms(),
            wall_ms: wall_ms(),
        }
    }

    /// Measures the offset anew. The known one stays where both may be true: an event that is read again must get the
    /// time it had before.
    pub(crate) async fn measure(&self, atlas: &Replica) -> Result<Offset, EngineError> {
        let mut best: Option<(Offset, Reading)> = None;
        for _ in 0..MEASUREMENTS {
            let (before, sent) = (Instant::now(), self.read());
            let hello = atlas.hello().await?;
            let half_trip = u64::try_from(before.elapsed().as_millis() / 2).unwrap_or_default();
            let theirs = hello
                .get_datetime("localTime")
                .map_err(|_| EngineError::reply(Side::Atlas, "localTime"))?;
            let ours = sent.wall_ms.saturating_add_unsigned(half_trip);
            let measured = Offset {
                ms: theirs.timestamp_millis().saturating_sub(ours),
                error_ms: half_trip.saturating_add(GRAIN_MS),
            };
            if best.is_none_or(|(best, _)| measured.error_ms < best.error_ms) {
                best = Some((measured, sent));
            }
        }
        let (measured, at) = best.ok_or_else(|| EngineError::reply(Side::Atlas, "localTime"))?;
        Ok(self.learn(measured, at))
    }

    fn learn(&self, measured: Offset, at: Reading) -> Offset {
        let mut known = self.known.lock().expect("no holder panics");
        let settled = settled(known.offset, measured);
        *known = Known {
            offset: Some(settled),
            measured: Some(at),
        };
        settled
    }
}

/// The known offset, unless it and the measured one cannot both be true.
fn settled(known: Option<Offset>, measured: Offset) -> Offset {
    let agrees = |known: &Offset| {
        known.ms.abs_diff(measured.ms) <= known.error_ms.saturating_add(measured.error_ms)
    };
    known.filter(agrees).unwrap_or(measured)
}

/// This PC's clock, in milliseconds since the epoch.
pub(crate) fn wall_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_stays_until_it_is_surely_another() {
        let offset = |ms, error_ms| Offset { ms, error_ms };
        let known = offset(700, 4);
        assert_eq!(settled(None, offset(700, 10)), offset(700, 10));
        assert_eq!(settled(Some(known), offset(714, 10)), known);
        assert_eq!(settled(Some(known), offset(686, 10)), known);
        assert_eq!(settled(Some(known), offset(715, 10)), offset(715, 10));
        assert_eq!(
            settled(Some(offset(700, 14)), offset(714, 0)),
            offset(700, 14)
        );
        let far = offset(i64::MAX, 0);
        assert_eq!(settled(Some(offset(i64::MIN, 0)), far), far);
    }

    #[test]
    fn times_of_this_pc_are_brought_to_atlas_clock_and_never_into_its_future() {
        let offset = |ms| Offset { ms, error_ms: 5 };
        for (offset, side, time, expected) in [
            (None, Side::Local, 1_000, 1_000),
            (None, Side::Atlas, 1_000, 1_000),
            (Some(offset(700)), Side::Local, 1_000, 1_700),
            (Some(offset(-700)), Side::Local, 1_000, 300),
            (Some(offset(700)), Side::Atlas, 1_000, 1_000),
            (Some(offset(-700)), Side::Atlas, i64::MAX, i64::MAX),
            (Some(offset(i64::MIN)), Side::Local, -1, i64::MIN),
        ] {
            let clock = Clock::new();
            offset.into_iter().for_each(|offset| clock.restore(offset));
            let corrected = clock.corrected(side, EventTime(time));
            assert_eq!(corrected, EventTime(expected), "{offset:?} {side} {time}");
        }
        for (ms, time) in [
            (0, i64::MAX),
            (3_600_000, i64::MAX),
            (-3_600_000, i64::MAX - 1),
        ] {
            let clock = Clock::new();
            clock.restore(offset(ms));
            let before = clock.now();
            let corrected = clock.corrected(Side::Local, EventTime(time));
            assert!(
                (before..=clock.now()).contains(&corrected),
                "{ms}: {corrected:?}"
            );
            let soon = EventTime(wall_ms() + 60_000);
            assert!(clock.corrected(Side::Local, soon) <= clock.now(), "{ms}");
        }
    }

    #[test]
    fn a_clock_that_was_set_is_noticed_until_the_offset_is_measured_anew() {
        let clock = Clock::new();
        let at = |steady_ms, wall_ms| Reading { steady_ms, wall_ms };
        let offset = |ms| Offset { ms, error_ms: 5 };
        clock.restore(offset(40));
        assert!(!clock.has_jumped_by(at(0, 0)), "nothing was measured yet");
        clock.learn(offset(43), at(1_000, 5_000_000));
        assert_eq!(clock.offset(), Some(offset(40)), "both may be true");
        for (steady, wall, jumped) in [
            (31_000, 5_030_000, false),
            (31_000, 5_031_000, false),
            (31_000, 5_031_001, true),
            (31_000, 5_028_999, true),
            (31_000, -7_000_000_000, true),
            (31_000, i64::MAX, true),
        ] {
            assert_eq!(clock.has_jumped_by(at(steady, wall)), jumped, "{wall}");
        }
        clock.learn(offset(-3_600_000), at(32_000, 8_631_000));
        assert_eq!(clock.offset(), Some(offset(-3_600_000)));
        assert!(!clock.has_jumped_by(at(33_000, 8_632_000)));
    }
}
