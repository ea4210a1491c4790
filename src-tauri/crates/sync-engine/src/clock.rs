//! Time: a steady clock for ages, and the measured distance of this PC's clock from Atlas'.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use sync_core::place::Side;
use sync_core::revision::EventTime;

use crate::error::EngineError;
use crate::replica::Replica;

/// Round trips measured; the median throws out those that a busy line delayed.
const MEASUREMENTS: usize = 5;
const UNMEASURED: i64 = i64::MIN;
/// Both clocks are read in whole milliseconds.
const GRAIN_MS: u64 = 2;

/// The clocks of one engine.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    offset_ms: AtomicI64,
}

impl Clock {
    pub(crate) fn new() -> Clock {
        Clock {
            started: Instant::now(),
            offset_ms: AtomicI64::new(UNMEASURED),
        }
    }

    /// Milliseconds since the engine was made; never goes back.
    pub(crate) fn steady_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// What to add to this PC's clock to get Atlas'.
    pub(crate) fn offset_ms(&self) -> Option<i64> {
        Some(self.offset_ms.load(Ordering::Relaxed)).filter(|offset| *offset != UNMEASURED)
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
    pub(crate) fn restore(&self, offset_ms: i64) {
        self.offset_ms.store(offset_ms, Ordering::Relaxed);
    }

    /// Measures the offset anew. The known one stays where the difference may come from measuring: an event that is
    /// read again must get the time it had before.
    pub(crate) async fn measure(&self, atlas: &Replica) -> Result<i64, EngineError> {
        let mut measured = Vec::with_capacity(MEASUREMENTS);
        for _ in 0..MEASUREMENTS {
            let (sent, before) = (wall_ms(), Instant::now());
            let hello = atlas.hello().await?;
            let half_trip = u64::try_from(before.elapsed().as_millis() / 2).unwrap_or_default();
            let theirs = hello
                .get_datetime("localTime")
                .map_err(|_| EngineError::reply(Side::Atlas, "localTime"))?;
            let ours = sent.saturating_add_unsigned(half_trip);
            measured.push((theirs.timestamp_millis().saturating_sub(ours), half_trip));
        }
        measured.sort_unstable();
        let (median, half_trip) = measured[MEASUREMENTS / 2];
        let offset = settled(self.offset_ms(), median, half_trip);
        self.offset_ms.store(offset, Ordering::Relaxed);
        Ok(offset)
    }
}

/// The known offset, unless the measured one is further from it than the measurement can be wrong.
fn settled(known: Option<i64>, measured: i64, half_trip: u64) -> i64 {
    let error = half_trip.saturating_add(GRAIN_MS);
    known
        .filter(|known| known.abs_diff(measured) <= error)
        .unwrap_or(measured)
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
        assert_eq!(settled(None, 700, 10), 700);
        assert_eq!(settled(Some(700), 712, 10), 700);
        assert_eq!(settled(Some(700), 688, 10), 700);
        assert_eq!(settled(Some(700), 713, 10), 713);
        assert_eq!(settled(Some(i64::MIN), i64::MAX, 0), i64::MAX);
    }
}
