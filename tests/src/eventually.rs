//! Waiting for a condition instead of sleeping.

use std::fmt::Display;
use std::time::{Duration, Instant, SystemTime};

use tokio::time::{MissedTickBehavior, interval, timeout_at};

const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Looks until `look` returns `Ok`, and returns what it found. `Err` is what
/// was seen instead.
///
/// # Panics
/// When `deadline` has passed, with `what` was waited for and what was seen
/// last.
pub async fn eventually<T, Seen: Display>(
    deadline: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<T, Seen>,
) -> T {
    let since = Instant::now();
    let end = (since + deadline).into();
    let mut tick = interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_seen = None;
    loop {
        tick.tick().await;
        match timeout_at(end, look()).await {
            Ok(Ok(found)) => return found,
            Ok(Err(seen)) if since.elapsed() < deadline => last_seen = Some(seen),
            Ok(Err(seen)) => panic!("waited {deadline:?} for {what}; last seen:\n{seen}"),
            Err(_) => match last_seen {
                Some(seen) => panic!("waited {deadline:?} for {what}; last seen:\n{seen}"),
                None => panic!("waited {deadline:?} for {what}; the first look never ended"),
            },
        }
    }
}

/// Looks until `look` says yes. `false` when it did not before the deadline.
pub(crate) async fn within(deadline: Duration, mut look: impl AsyncFnMut() -> bool) -> bool {
    let mut tick = interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let looks = async {
        loop {
            tick.tick().await;
            if look().await {
                return;
            }
        }
    };
    tokio::time::timeout(deadline, looks).await.is_ok()
}

/// Further apart than what the measured distance of two clocks may be wrong by.
const APART: Duration = Duration::from_millis(250);

/// What is written after it is later than what was written before, on every clock.
pub async fn let_time_pass() {
    let since = SystemTime::now();
    eventually(APART * 20, "the clock to go on", async || {
        match since.elapsed() {
            Ok(passed) if passed > APART => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn returns_what_it_waited_for() {
        let mut looks = 0;
        let found = eventually(Duration::from_secs(5), "three looks", async || {
            looks += 1;
            if looks == 3 {
                Ok("three")
            } else {
                Err(format!("{looks} looks"))
            }
        })
        .await;
        assert_eq!(found, "three");
    }

    #[tokio::test]
    #[should_panic(expected = "last seen:\nstill raining")]
    async fn says_what_it_saw_last() {
        let rain = async || Err::<(), _>("still raining");
        eventually(Duration::from_millis(50), "sun", rain).await;
    }

    #[tokio::test]
    #[should_panic(expected = "the first look never ended")]
    async fn a_look_that_hangs_is_not_waited_for() {
        let hang = async || std::future::pending::<Result<(), &str>>().await;
        eventually(Duration::from_millis(50), "anything", hang).await;
    }
}
