//! Bills from one PC to the other by way of Atlas: two engines, beside two chained raw pumps.

use std::time::Instant;

use bson::RawDocumentBuf;
use integration_tests::pump::Pump;
use integration_tests::shop::Shop;

use crate::failure::Failure;
use crate::rig::{COLLECTION, FILL_DOCUMENTS, Rig, Scene, bills, holds, synced};
use crate::row::{Row, per_second, progress};

const BILLS: usize = 20_000;

/// Pump and engine take turns, so that a machine that slows down slows both.
const ROUNDS: usize = 3;

const SHARE_OF_PUMP: f64 = 0.5;

pub(crate) async fn measure(rig: &Rig) -> Result<Vec<Row>, Failure> {
    let bills = bills(&mut Shop::new(1, "A"), rig.scaled(BILLS))?;
    let (mut pumped, mut synced) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        pumped.push(by_pump(rig, &bills).await?);
        synced.push(by_engine(rig, &bills).await?);
        progress(&format!(
            "propagation, round {round}: engine {}, pump {}",
            per_second(synced[round - 1]),
            per_second(pumped[round - 1])
        ));
    }
    let measure = format!("{} bills, PC 1 -> Atlas -> PC 2", bills.len());
    Ok(vec![Row::rates(
        measure,
        median(synced),
        median(pumped),
        SHARE_OF_PUMP,
    )])
}

async fn by_pump(rig: &Rig, bills: &[RawDocumentBuf]) -> Result<f64, Failure> {
    let scene = rig.scene().await?;
    let up = Pump::start(&scene.pcs[0], &scene.atlas).await?;
    let down = Pump::start(&scene.atlas, &scene.pcs[1]).await?;
    let rate = run(&scene, bills).await?;
    up.stop().await?;
    down.stop().await?;
    scene.clear().await?;
    Ok(rate)
}

async fn by_engine(rig: &Rig, bills: &[RawDocumentBuf]) -> Result<f64, Failure> {
    let scene = rig.scene().await?;
    let engines = [scene.engine(0).await?, scene.engine(1).await?];
    for engine in &engines {
        synced(engine).await;
    }
    let rate = run(&scene, bills).await?;
    for engine in engines {
        engine.stop().await?;
    }
    scene.clear().await?;
    Ok(rate)
}

/// Documents per second, from the first insert on one PC until the other holds the last.
async fn run(scene: &Scene<'_>, bills: &[RawDocumentBuf]) -> Result<f64, Failure> {
    let source = scene.pcs[0].collection::<RawDocumentBuf>(COLLECTION);
    let since = Instant::now();
    for bills in bills.chunks(FILL_DOCUMENTS) {
        source.insert_many(bills).await?;
    }
    let arrived = holds(&scene.pcs[1], bills.len()).await?;
    Ok(bills.len() as f64 / (arrived - since).as_secs_f64())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
