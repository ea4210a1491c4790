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

/// What to add to this PC's clock to get Atlas', and how far from the truth that may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offset {
    pub(crate) ms: i64,
    pub(crate) error_ms: u64,
}

/// The clocks of one engine.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    offset: Mutex<Option<Offset>>,
}

impl Clock {
    pub(crate) fn new() -> Clock {
        Clock {
            started: Instant::now(),
            offset: Mutex::new(None),
        }
    }

    /// Milliseconds since the engine was made; never goes back.
    pub(crate) fn steady_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn offset(&self) -> Option<Offset> {
        *self.offset.lock().expect("no holder panics")
    }

    /// What to add to this PC's clock to get Atlas'.
    pub(crate) fn offset_ms(&self) -> Option<i64> {
        self.offset().map(|offset| offset.ms)
    }

    /// Atlas' clock, as well as it is known.
    pub(crate) fn now(&self) -> EventTime {
        EventTime(wall_ms().saturating_add(self.offset_ms().unwrap_or_default()))
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
        *self.offset.lock().expect("no holder panics") = Some(offset);
    }

    /// Measures the offset anew. The known one stays where both may be true: an event that is read again must get the
    /// time it had before.
    pub(crate) async fn measure(&self, atlas: &Replica) -> Result<Offset, EngineError> {
        let mut best: Option<Offset> = None;
        for _ in 0..MEASUREMENTS {
            let (before, sent) = (Instant::now(), wall_ms());
            let hello = atlas.hello().await?;
            let half_trip = u64::try_from(before.elapsed().as_millis() / 2).unwrap_or_default();
            let theirs = hello
                .get_datetime("localTime")
                .map_err(|_| EngineError::reply(Side::Atlas, "localTime"))?;
            let ours = sent.saturating_add_unsigned(half_trip);
            let measured = Offset {
                ms: theirs.timestamp_millis().saturating_sub(ours),
                error_ms: half_trip.saturating_add(GRAIN_MS),
            };
            if best.is_none_or(|best| measured.error_ms < best.error_ms) {
                best = Some(measured);
            }
        }
        let measured = best.ok_or_else(|| EngineError::reply(Side::Atlas, "localTime"))?;
        let mut offset = self.offset.lock().expect("no holder panics");
        let settled = settled(*offset, measured);
        *offset = Some(settled);
        Ok(settled)
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
}
