//! The throughput of the last minutes, for the chart. A window that is opened later finds it all the same.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sync_engine::Engine;

use crate::wire::Sample;

/// Ten minutes, which is as much as a chart of a card's width can show.
const SAMPLES_MAX: usize = 600;
const EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Samples {
    taken: VecDeque<Sample>,
}

impl Samples {
    pub(super) fn all(&self) -> Vec<Sample> {
        self.taken.iter().copied().collect()
    }

    fn add(&mut self, sample: Sample) {
        if self.taken.len() == SAMPLES_MAX {
            self.taken.pop_front();
        }
        self.taken.push_back(sample);
    }
}

/// Takes a sample a second, until it is aborted.
pub(super) async fn take(engine: Engine, samples: Arc<Mutex<Samples>>) {
    let counts = || {
        let status = engine.status();
        let status = status.borrow();
        (
            status.local_to_atlas.successful,
            status.atlas_to_local.successful,
        )
    };
    let mut before = counts();
    let mut tick = tokio::time::interval(EVERY);
    tick.tick().await;
    loop {
        tick.tick().await;
        let now = counts();
        let grown =
            |now: u64, before: u64| u32::try_from(now - before.min(now)).unwrap_or(u32::MAX);
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let sample = Sample {
            at: since.as_millis() as f64,
            up: grown(now.0, before.0),
            down: grown(now.1, before.1),
        };
        samples.lock().expect("no holder panics").add(sample);
        before = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_ten_minutes_are_kept() {
        let mut samples = Samples::default();
        (0..SAMPLES_MAX + 5).for_each(|second| {
            samples.add(Sample {
                at: second as f64,
                up: 0,
                down: 0,
            });
        });
        let kept = samples.all();
        assert_eq!(kept.len(), SAMPLES_MAX);
        assert_eq!(kept.first().map(|sample| sample.at), Some(5.0));
    }
}
