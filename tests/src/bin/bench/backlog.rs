//! A daemon whose Atlas is away while changes pile up on its PC: its memory has to stay where it is.

use std::time::Instant;

use integration_tests::link::Link;

use crate::failure::Failure;
use crate::rig::{Rig, daemon_synced, fill, holds, start_daemon};
use crate::row::{Row, megabytes, per_second, progress};

const CHANGES: usize = 500_000;

/// How often the memory is looked at while the changes are made.
const SAMPLES: usize = 50;

/// From the time that a tenth of the changes wait until all of them do, memory may grow by this.
const GROWTH_BYTES_MAX: u64 = 10_000_000;

pub(crate) async fn measure(rig: &Rig) -> Result<Vec<Row>, Failure> {
    let count = rig.scaled(CHANGES);
    let scene = rig.scene().await?;
    let servers = &rig.servers;
    let link = Link::to(servers.atlas.address()).await?;
    let atlas = servers.atlas.uri_through(&link);
    let daemon = start_daemon(&servers.pcs[0].uri(), &atlas, &scene.name).await?;
    let before = daemon.resident_bytes()?;

    link.cut().await;
    progress(&format!("Atlas is away, making {count} changes"));
    let mut samples = Vec::new();
    let mut failed = None;
    fill(&scene.pcs[0], count, |done| {
        if done >= (samples.len() + 1) * count / SAMPLES {
            match daemon.resident_bytes() {
                Ok(bytes) => samples.push(bytes),
                Err(failure) => failed = Some(failure),
            }
        }
    })
    .await?;
    if let Some(failure) = failed {
        return Err(failure.into());
    }
    samples.push(daemon.resident_bytes()?);
    let early = samples[samples.len() / 10];
    let most = samples.iter().copied().max().unwrap_or_default();
    let growth = most.saturating_sub(early);

    link.mend().await;
    progress("Atlas is back");
    let since = Instant::now();
    let drained = holds(&scene.atlas, count).await? - since;
    daemon_synced(&daemon).await;
    let after = daemon.resident_bytes()?;
    drop(daemon);
    scene.clear().await?;

    let seen = [before, early, most].map(megabytes).join(", ");
    Ok(vec![
        Row::note(
            format!("Atlas away, {count} changes wait: memory before, at a tenth, at most"),
            seen,
        )
        .with_target("grows under 10 MB", growth < GROWTH_BYTES_MAX),
        Row::note(
            "Atlas back: changes carried",
            per_second(count as f64 / drained.as_secs_f64()),
        ),
        Row::note("the same, memory at rest afterwards", megabytes(after)),
    ])
}
