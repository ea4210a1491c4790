//! The tasks of one run: started together, watched together, and ended in an order in which nothing is lost.

use std::sync::Arc;
use std::time::Duration;

use sync_core::place::Side;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::connect::{Ended, Start, keep_listening, keep_opening};
use crate::error::EngineError;
use crate::full_compare::compare;
use crate::housekeeping::keep_house;
use crate::positions::Stored;
use crate::reconcile::reconcile;
use crate::run::Run;
use crate::status::Status;

/// How long a task may take to end. There are two such waits, so a stop stays well within the promised five seconds.
const STOP_WAIT: Duration = Duration::from_millis(1500);

/// Runs until the engine stops or something ends the run. `earlier` are the nonces of this PC's runs before;
/// `closed` is why Atlas could not even be opened.
pub(super) async fn run_together(
    run: &Arc<Run>,
    stored: [Option<Stored>; 2],
    earlier: Vec<Uuid>,
    closed: Option<EngineError>,
    status: watch::Sender<Status>,
) -> Ended {
    let [local, atlas] = stored;
    let mut house = Task::spawn("housekeeping", keep_house(run.clone(), status));
    let mut reconciling = Task::spawn("reconcile", reconcile(run.clone()));
    let mut comparing = Task::spawn("compare", compare(run.clone()));
    let listen = |side, stored, earlier| {
        let start = Start { stored, earlier };
        Task::spawn("listener", keep_listening(run.clone(), side, start))
    };
    let mut here = listen(Side::Local, local, earlier.clone());
    let mut there = match closed {
        None => listen(Side::Atlas, atlas, earlier),
        Some(error) => Task::spawn("opener", keep_opening(run.clone(), error)),
    };
    let ended = tokio::select! {
        biased;
        () = run.stopping() => Ended::Stopping,
        () = run.identity_taken() => Ended::IdentityTaken,
        ended = here.over() => ended.unwrap_or(Ended::Broken),
        ended = there.over() => ended.unwrap_or(Ended::Broken),
        // These end when they are told to, or break down.
        _ = reconciling.over() => Ended::Broken,
        _ = comparing.over() => Ended::Broken,
        _ = house.over() => Ended::Broken,
    };
    run.stop.cancel();
    let (reconciled, compared) = tokio::join!(reconciling.end(), comparing.end());
    here.handle.abort();
    there.handle.abort();
    // Last, so that it saves what the others settled.
    run.closing.cancel();
    let saved = match house.end().await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the last positions could not be saved");
            false
        }
        Err(Unfinished) => false,
    };
    match ended {
        Ended::Stopping if !saved => Ended::Unsaved,
        Ended::Stopping if reconciled.is_err() || compared.is_err() => Ended::CutOff,
        other => other,
    }
}

/// A task that broke down or had to be cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unfinished;

/// A task of the run.
#[derive(Debug)]
struct Task<T> {
    name: &'static str,
    handle: JoinHandle<T>,
    is_over: bool,
}

impl<T: Send + 'static> Task<T> {
    fn spawn(name: &'static str, work: impl Future<Output = T> + Send + 'static) -> Task<T> {
        Task {
            name,
            handle: tokio::spawn(work),
            is_over: false,
        }
    }

    /// Waits until it is over.
    async fn over(&mut self) -> Result<T, Unfinished> {
        let joined = (&mut self.handle).await;
        self.is_over = true;
        joined.map_err(|broken| {
            tracing::error!(task = self.name, %broken, "a task broke down");
            Unfinished
        })
    }

    /// Gives it a while to end, and cuts it off then.
    async fn end(mut self) -> Result<T, Unfinished> {
        if self.is_over {
            return Err(Unfinished);
        }
        let ended = tokio::time::timeout(STOP_WAIT, self.over()).await;
        ended.unwrap_or_else(|_elapsed| {
            tracing::warn!(
                task = self.name,
                "a task did not end in time and is cut off"
            );
            self.handle.abort();
            Err(Unfinished)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_breaks_down_is_over_and_not_waited_for_again() {
        let mut task = Task::spawn("test", async { panic!("on purpose") });
        assert_eq!(task.over().await, Err::<(), _>(Unfinished));
        assert_eq!(task.end().await, Err(Unfinished));
    }

    #[tokio::test]
    async fn a_task_that_does_not_end_is_cut_off() {
        let endless = Task::spawn("test", std::future::pending::<()>());
        assert_eq!(endless.end().await, Err(Unfinished));
        let quick = Task::spawn("test", async { 7 });
        assert_eq!(quick.end().await, Ok(7));
    }
}
