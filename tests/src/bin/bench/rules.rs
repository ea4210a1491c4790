//! Bills that come from Atlas through the shop's own Mongoose models, beside the same bills without any rules.

use std::path::PathBuf;
use std::time::Instant;

use bson::{Document, doc};
use integration_tests::built::checkout;
use integration_tests::eventually;
use integration_tests::shop::Shop;
use sync_engine::config::ModelsConfig;

use crate::failure::Failure;
use crate::rig::{COLLECTION, DEADLINE, FILL_DOCUMENTS, Rig, Scene, holds, synced};
use crate::row::{Row, per_second, progress};

const BILLS: usize = 20_000;

/// A model with a validator and two hooks is to let so many through in a second.
const PER_SECOND_MIN: f64 = 3_000.0;

pub(crate) async fn measure(rig: &Rig) -> Result<Vec<Row>, Failure> {
    let count = rig.scaled(BILLS);
    let models = || {
        Some(ModelsConfig {
            folder: checkout().join("shop/models"),
            node: PathBuf::from("node"),
        })
    };
    let bare = come(rig, count, None).await?;
    let ruled = come(rig, count, models()).await?;
    let row = |what: &str, ruled: f64, bare: f64| Row {
        raw: Some(per_second(bare)),
        ratio: Some(ruled / bare),
        ..Row::note(
            format!("{count} bills from Atlas through the models, {what} (raw: without)"),
            per_second(ruled),
        )
        .with_target("at least 3000/s", ruled >= PER_SECOND_MIN)
    };
    Ok(vec![
        row("new: total and status are computed", ruled.new, bare.new),
        row("each paid: its status follows", ruled.paid, bare.paid),
    ])
}

/// Bills per second.
struct Rates {
    new: f64,
    paid: f64,
}

async fn come(rig: &Rig, count: usize, models: Option<ModelsConfig>) -> Result<Rates, Failure> {
    let what = if models.is_some() { "with" } else { "without" };
    let scene = rig.scene().await?;
    let mut config = scene.config(0);
    config.models = models;
    let engine = sync_engine::Engine::start(config).await?;
    synced(&engine).await;
    // The models are loaded for the first document.
    let mut shop = Shop::new(1, "A");
    insert(&scene, &mut shop, 1).await?;
    holds(&scene.pcs[0], 1).await?;

    let since = Instant::now();
    insert(&scene, &mut shop, count).await?;
    let new = holds(&scene.pcs[0], count + 1).await? - since;
    synced(&engine).await;

    let since = Instant::now();
    let there = scene.atlas.collection::<Document>(COLLECTION);
    let pay = vec![doc! { "$set": { "paid": { "$add": ["$paid", 1_000_000] } } }];
    there.update_many(doc! {}, pay).await?;
    let here = scene.pcs[0].collection::<Document>(COLLECTION);
    let wanted = (count + 1) as u64;
    let paid = eventually(DEADLINE, "all bills to be paid", async || {
        match here
            .count_documents(doc! { "paid": { "$gte": 1_000_000 } })
            .await
        {
            Ok(found) if found < wanted => Err(format!("{found} of {wanted}")),
            counted => Ok(counted),
        }
    });
    paid.await?;
    let paid = since.elapsed();
    engine.stop().await?;
    scene.clear().await?;
    let rates = Rates {
        new: count as f64 / new.as_secs_f64(),
        paid: count as f64 / paid.as_secs_f64(),
    };
    let (new, paid) = (per_second(rates.new), per_second(rates.paid));
    progress(&format!("{what} models: {new} new, {paid} changed"));
    Ok(rates)
}

/// Bills that somebody makes on Atlas itself, without what the models compute.
async fn insert(scene: &Scene<'_>, shop: &mut Shop, count: usize) -> Result<(), Failure> {
    let there = scene.atlas.collection::<Document>(COLLECTION);
    let mut left = count;
    while left > 0 {
        let bills = (0..left.min(FILL_DOCUMENTS)).map(|_| {
            let mut bill = shop.bill();
            bill.remove("total");
            bill.remove("status");
            bill
        });
        let bills: Vec<Document> = bills.collect();
        left -= bills.len();
        there.insert_many(bills).await?;
    }
    Ok(())
}
