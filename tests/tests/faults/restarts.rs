//! A server dies under load, as by a power cut, and comes back.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use bson::doc;
use integration_tests::eventually;
use mongodb::Database;

use crate::site::{SOON, Site};

/// Writes until told to stop. A write that failed is made again: what was acknowledged must never be lost.
async fn load(database: &Database, name: &str, written: &AtomicI32, over: &AtomicBool) {
    let bills = database.collection::<bson::Document>("bills");
    let mut number = 0;
    while !over.load(Ordering::Relaxed) {
        let id = format!("{name}/{}", number % 200);
        let set = doc! { "$set": { "number": number, "by": name } };
        let done = bills
            .update_one(doc! { "_id": &id }, set)
            .upsert(true)
            .await;
        let done = match done {
            Ok(_) if number % 7 == 0 => bills.delete_one(doc! { "_id": id }).await.is_ok(),
            Ok(_) => true,
            Err(_) => false,
        };
        if done {
            number += 1;
            written.store(number, Ordering::Relaxed);
        }
    }
}

async fn grows(written: &AtomicI32, by: i32) {
    let before = written.load(Ordering::Relaxed);
    eventually(SOON, "more writes", async || {
        let now = written.load(Ordering::Relaxed);
        if now >= before + by {
            Ok(())
        } else {
            Err(now - before)
        }
    })
    .await;
}

async fn dies_and_comes_back(
    mut site: Site,
    victim: impl Fn(&mut Site) -> &mut integration_tests::mongod::Mongod,
) {
    let (here, there) = (AtomicI32::new(0), AtomicI32::new(0));
    let over = AtomicBool::new(false);
    let (local, atlas) = (site.pc().local.clone(), site.world.atlas.clone());
    let kills = async {
        for _ in 0..3 {
            tokio::join!(grows(&here, 150), grows(&there, 150));
            victim(&mut site).restart().await.unwrap();
        }
        tokio::join!(grows(&here, 50), grows(&there, 50));
        over.store(true, Ordering::Relaxed);
    };
    tokio::join!(
        load(&local, "here", &here, &over),
        load(&atlas, "there", &there, &over),
        kills
    );
    site.world.converge().await;
    for (name, written) in [("here", &here), ("there", &there)] {
        let last = written.load(Ordering::Relaxed) - 1;
        let id = format!("{name}/{}", last % 200);
        let found = site
            .there("bills")
            .find_one(doc! { "_id": id })
            .await
            .unwrap();
        let number = found.map(|bill| bill.get_i32("number").unwrap());
        assert_eq!(number, (last % 7 != 0).then_some(last));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_server_that_dies_under_load_comes_back_and_nothing_is_lost() {
    dies_and_comes_back(Site::started().await, |site| &mut site.local).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atlas_that_dies_under_load_comes_back_and_nothing_is_lost() {
    dies_and_comes_back(Site::started().await, |site| &mut site.atlas).await;
}
