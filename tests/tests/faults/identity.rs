//! Two PCs with one identity: a disk was copied.

use bson::{Document, doc};
use integration_tests::eventually;
use integration_tests::mongod::{Mongod, Options};
use integration_tests::world::Pc;
use sync_engine::names::METADATA;

use crate::heard::heard;
use crate::site::{DATABASE, SOON, Site, rows};

/// A second PC whose database is a copy of the first one's.
async fn copied(site: &Site, server: &Mongod) -> Pc {
    let pc = Pc::new(server, &site.atlas, "PC 2", DATABASE).await;
    for name in [METADATA, "bills"] {
        let documents = rows(&site.pc().local, name).await;
        pc.collection(name).insert_many(documents).await.unwrap();
    }
    pc
}

/// Bills made on both PCs and on Atlas while nobody knows yet who is who.
async fn sell(site: &Site, mark: &str) {
    for (name, pc) in site.world.pcs.iter().enumerate() {
        let bill = doc! { "_id": format!("{mark} {name}") };
        pc.collection("bills").insert_one(bill).await.unwrap();
        let set = doc! { "$set": { "sold": mark } };
        pc.collection("bills")
            .update_one(doc! { "_id": name as i32 }, set)
            .await
            .unwrap();
    }
}

async fn until_apart(site: &Site) {
    let ids = || {
        site.world
            .pcs
            .iter()
            .map(|pc| pc.status().instance_id)
            .collect::<Vec<_>>()
    };
    eventually(SOON, "two identities", async || {
        let ids = ids();
        if ids[0] != ids[1] && !ids.contains(&String::new()) {
            Ok(())
        } else {
            Err(format!("{ids:?}"))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_an_earlier_day_takes_a_new_identity_at_once() {
    let mut site = Site::new().await;
    let server = Mongod::start(Options::replica_set()).await.unwrap();
    let bills: Vec<Document> = (0..5).map(|id| doc! { "_id": id }).collect();
    site.here("bills").insert_many(bills).await.unwrap();
    site.world.start().await;
    let copy = copied(&site, &server).await;
    let before = site.pc().status().instance_id;
    site.while_stopped(async |_| ()).await;
    site.pc()
        .reaches("its row on Atlas", |status| status.atlas.connected)
        .await;
    site.world.pcs.push(copy);
    site.world.pcs[1].start().await;
    sell(&site, "early").await;
    until_apart(&site).await;
    assert_eq!(
        site.pc().status().instance_id,
        before,
        "the first keeps its name"
    );
    assert!(heard("another PC lives under this instance ID"));
    site.world.converge().await;
    sell(&site, "late").await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_running_pc_is_told_apart_and_nothing_is_lost_meanwhile() {
    let mut site = Site::new().await;
    let server = Mongod::start(Options::replica_set()).await.unwrap();
    let bills: Vec<Document> = (0..5).map(|id| doc! { "_id": id }).collect();
    site.here("bills").insert_many(bills).await.unwrap();
    site.world.start().await;
    let copy = copied(&site, &server).await;
    site.world.pcs.push(copy);
    site.world.pcs[1].start().await;
    site.world.pcs[1]
        .reaches("both streams", |status| status.atlas.connected)
        .await;
    sell(&site, "early").await;
    until_apart(&site).await;
    assert!(heard("another PC lives under this instance ID"));
    site.world.converge().await;
    sell(&site, "late").await;
    site.world.converge().await;
}
