//! How long a single bill takes from one PC to the other when nothing else happens, beside the chained pumps.

use std::time::{Duration, Instant};

use bson::{RawDocumentBuf, doc};
use hdrhistogram::Histogram;
use integration_tests::pump::Pump;
use integration_tests::shop::Shop;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::failure::Failure;
use crate::rig::{COLLECTION, DEADLINE, Rig, Scene, bills, synced};
use crate::row::{Row, progress};

const SAMPLES: usize = 200;

/// The resolution of the figures: shorter would cost the servers what is to be measured.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Between two bills everything comes to rest; an odd number, so that no timer of the engine keeps step with it.
const PAUSE: Duration = Duration::from_millis(37);

const P50_MAX: Duration = Duration::from_millis(25);
const P99_MAX: Duration = Duration::from_millis(150);

pub(crate) async fn measure(rig: &Rig) -> Result<Vec<Row>, Failure> {
    let count = rig.scaled(SAMPLES);

    let scene = rig.scene().await?;
    let up = Pump::start(&scene.pcs[0], &scene.atlas).await?;
    let down = Pump::start(&scene.atlas, &scene.pcs[1]).await?;
    let raw = sample(&scene, count).await?;
    up.stop().await?;
    down.stop().await?;
    scene.clear().await?;

    let scene = rig.scene().await?;
    let engines = [scene.engine(0).await?, scene.engine(1).await?];
    for engine in &engines {
        synced(engine).await;
    }
    let engine = sample(&scene, count).await?;
    for engine in engines {
        engine.stop().await?;
    }
    scene.clear().await?;
    progress(&format!("latency: {count} samples each"));

    let row = |name: &str, quantile: f64, target: Option<Duration>| {
        let at = |times: &Histogram<u64>| Duration::from_micros(times.value_at_quantile(quantile));
        let row = Row {
            raw: Some(shown(at(&raw))),
            ratio: Some(at(&engine).as_secs_f64() / at(&raw).as_secs_f64()),
            ..Row::note(
                format!("one insert, PC 1 -> PC 2, {name}"),
                shown(at(&engine)),
            )
        };
        match target {
            Some(max) => {
                row.with_target(&format!("under {} ms", max.as_millis()), at(&engine) < max)
            }
            None => row,
        }
    };
    Ok(vec![
        row("p50", 0.5, Some(P50_MAX)),
        row("p99", 0.99, Some(P99_MAX)),
        row("max", 1.0, None),
    ])
}

/// Times in microseconds.
async fn sample(scene: &Scene<'_>, count: usize) -> Result<Histogram<u64>, Failure> {
    let source = scene.pcs[0].collection::<RawDocumentBuf>(COLLECTION);
    let target = scene.pcs[1].collection::<RawDocumentBuf>(COLLECTION);
    let mut times = Histogram::new(3)?;
    let mut pause = interval(PAUSE);
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for bill in bills(&mut Shop::new(2, "A"), count)? {
        pause.tick().await;
        let id = bill.get_object_id("_id")?;
        let since = Instant::now();
        source.insert_one(&bill).await?;
        let arrive = async {
            while target.find_one(doc! { "_id": id }).await?.is_none() {
                look.tick().await;
            }
            Ok::<_, Failure>(since.elapsed())
        };
        let took = timeout(DEADLINE, arrive)
            .await
            .expect("a bill arrives at last")?;
        times += u64::try_from(took.as_micros()).expect("less than an age");
        pause.reset();
    }
    Ok(times)
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
