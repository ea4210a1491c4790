//! The first copy of a large collection into an empty side, beside a raw copy of the same documents.

use std::time::Instant;

use integration_tests::pump::copy;
use mongodb::Database;

use crate::failure::Failure;
use crate::rig::{COLLECTION, Rig, Scene, fill, holds, synced};
use crate::row::{Row, per_second, progress};

const DOCUMENTS: usize = 200_000;

const SHARE_OF_COPY: f64 = 0.6;

pub(crate) async fn measure(rig: &Rig) -> Result<Vec<Row>, Failure> {
    let count = rig.scaled(DOCUMENTS);
    let scene = rig.scene().await?;
    progress(&format!("first copy: filling PC 1 with {count} documents"));
    fill(&scene.pcs[0], count, |_| ()).await?;

    let raw_up = raw(rig, &scene.pcs[0], Into::Atlas, count).await?;
    let up = by_engine(&scene, 0, &scene.atlas, count).await?;
    progress(&format!(
        "upload: {}, raw {}",
        per_second(up.arrived),
        per_second(raw_up)
    ));

    let raw_down = raw(rig, &scene.atlas, Into::Pc, count).await?;
    let down = by_engine(&scene, 1, &scene.pcs[1], count).await?;
    progress(&format!(
        "download: {}, raw {}",
        per_second(down.arrived),
        per_second(raw_down)
    ));
    scene.clear().await?;

    let rates = |what: &str, measured: &Copied, raw| {
        let measure = format!("first copy of {count} documents, {what}");
        Row::rates(measure, measured.arrived, raw, SHARE_OF_COPY)
    };
    let rest = |what: &str, measured: &Copied| {
        Row::note(
            format!("the same until all is at rest, {what}"),
            per_second(measured.at_rest),
        )
    };
    Ok(vec![
        rates("PC 1 -> empty Atlas", &up, raw_up),
        rest("PC 1 -> empty Atlas", &up),
        rates("Atlas -> empty PC 2", &down, raw_down),
        rest("Atlas -> empty PC 2", &down),
    ])
}

/// Documents per second.
struct Copied {
    /// Until the empty side holds the last one.
    arrived: f64,
    /// Until the engine says that both sides are in sync.
    at_rest: f64,
}

async fn by_engine(
    scene: &Scene<'_>,
    pc: usize,
    empty: &Database,
    count: usize,
) -> Result<Copied, Failure> {
    let since = Instant::now();
    let engine = scene.engine(pc).await?;
    let arrived = holds(empty, count).await? - since;
    synced(&engine).await;
    let at_rest = since.elapsed();
    engine.stop().await?;
    let count = count as f64;
    Ok(Copied {
        arrived: count / arrived.as_secs_f64(),
        at_rest: count / at_rest.as_secs_f64(),
    })
}

#[derive(Clone, Copy)]
enum Into {
    Atlas,
    Pc,
}

async fn raw(rig: &Rig, source: &Database, into: Into, count: usize) -> Result<f64, Failure> {
    let scene = rig.scene().await?;
    let target = match into {
        Into::Atlas => &scene.atlas,
        Into::Pc => &scene.pcs[1],
    };
    let since = Instant::now();
    copy(source, target, COLLECTION).await?;
    let rate = count as f64 / since.elapsed().as_secs_f64();
    scene.clear().await?;
    Ok(rate)
}
