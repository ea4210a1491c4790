//! What a daemon costs that has nothing to do: memory, and its share of a core.

use std::time::{Duration, Instant};

use tokio::time::{Instant as Deadline, interval_at};

use crate::failure::Failure;
use crate::rig::{Rig, daemon_synced, fill, holds, start_daemon};
use crate::row::{Row, megabytes, progress};

const DOCUMENTS: usize = 20_000;
const IDLE: Duration = Duration::from_secs(20);

const RESIDENT_BYTES_MAX: u64 = 60_000_000;
const SHARE_OF_CORE_MAX: f64 = 0.01;

pub(crate) async fn measure(rig: &Rig) -> Result<Vec<Row>, Failure> {
    let count = rig.scaled(DOCUMENTS);
    let scene = rig.scene().await?;
    let servers = &rig.servers;
    let daemon = start_daemon(&servers.pcs[0].uri(), &servers.atlas.uri(), &scene.name).await?;
    fill(&scene.pcs[0], count, |_| ()).await?;
    holds(&scene.atlas, count).await?;
    daemon_synced(&daemon).await;

    let idle = IDLE / u32::try_from(rig.divisor).expect("a small number");
    progress(&format!("watching an idle daemon for {} s", idle.as_secs()));
    let share = share_of_core(idle, || daemon.processor_time()).await?;
    let resident = daemon.resident_bytes()?;
    drop(daemon);
    scene.clear().await?;
    Ok(vec![
        Row::note(
            format!("daemon at rest after {count} documents, resident memory"),
            megabytes(resident),
        )
        .with_target("under 60 MB", resident < RESIDENT_BYTES_MAX),
        Row::note(
            "daemon at rest, share of a core",
            format!("{:.2} %", share * 100.0),
        )
        .with_target("under 1 %", share < SHARE_OF_CORE_MAX),
    ])
}

/// What part of a core somebody takes who has nothing to do, by the processor time he has used so far.
pub(crate) async fn share_of_core<E>(
    idle: Duration,
    used: impl Fn() -> Result<Duration, E>,
) -> Result<f64, E> {
    let (since, before) = (Instant::now(), used()?);
    pass(idle).await;
    let used = used()? - before;
    Ok(used.as_secs_f64() / since.elapsed().as_secs_f64())
}

pub(crate) async fn pass(time: Duration) {
    interval_at(Deadline::now() + time, time).tick().await;
}
