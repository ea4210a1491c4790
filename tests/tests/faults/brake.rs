//! Mass deletion waits for a person, whatever else happens meanwhile, and his word counts on every PC.

use bson::{Document, doc};
use integration_tests::eventually;
use integration_tests::mongod::Options;
use integration_tests::place::Till;
use integration_tests::world::{Pc, World};
use mongodb::{Collection, IndexModel};
use sync_core::brake::DELETIONS_MIN;
use sync_core::place::Direction;
use sync_engine::brake::{Held, apply, list, restore};
use sync_engine::names::{CONFLICTS, QUARANTINE};
use sync_engine::status::{Notice, State, Status};

use crate::site::{SOON, Site, becomes, many, rows};

const BILLS: i32 = 150;

/// What a shop has.
fn as_in_a_shop(world: &mut World) {
    for pc in &mut world.pcs {
        pc.config.deletions_min = DELETIONS_MIN;
    }
}

async fn has(bills: &Collection<Document>, count: u64) {
    let name = bills.namespace();
    eventually(SOON, &format!("{count} in {name}"), async || {
        match bills.count_documents(doc! {}).await {
            Ok(found) if found == count => Ok(()),
            found => Err(format!("{found:?}")),
        }
    })
    .await;
}

/// How many are asked about.
fn asks(status: &Status) -> Option<u64> {
    let mut notices = status.notices.iter();
    let about = |notice: &&Notice| notice.about.as_deref() == Some("bills");
    let notice = notices.find(|notice| notice.kind == "mass-deletion" && about(notice))?;
    notice.count
}

/// Waits until the deletion of these bills is asked about, and nothing else waits. The first few may have gone through.
async fn asked(pc: &Pc, deleted: u64) -> Held {
    let all_but_few = deleted - DELETIONS_MIN / 4..=deleted;
    let status = pc
        .reaches("a question", |status| {
            asks(status).is_some_and(|count| all_but_few.contains(&count))
                && status.local_to_atlas.pending + status.atlas_to_local.pending == 0
        })
        .await;
    assert_eq!((status.state, status.quarantined), (State::Attention, 0));
    let mut held = list(&pc.access().await).await.unwrap();
    assert_eq!(held.len(), 1, "{held:?}");
    assert!(all_but_few.contains(&held[0].count), "{held:?}");
    held.remove(0)
}

async fn at_peace(pc: &Pc) {
    pc.reaches("peace", |status| status.state == State::Synced)
        .await;
    assert_eq!(list(&pc.access().await).await.unwrap(), []);
    assert_eq!(rows(&pc.local, QUARANTINE).await, [] as [Document; 0]);
}

async fn site_with_bills() -> Site {
    let mut site = Site::new().await;
    as_in_a_shop(&mut site.world);
    site.here("bills")
        .insert_many(many(BILLS, 10))
        .await
        .unwrap();
    site.world.start().await;
    site.world.converge().await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_deleted_here_by_mistake_are_put_back() {
    let mut site = site_with_bills().await;
    let (here, there) = (site.here("bills"), site.there("bills"));
    here.delete_many(doc! { "_id": { "$lt": 120 } })
        .await
        .unwrap();
    let held = asked(site.pc(), 120).await;
    assert_eq!(held.direction, Direction::UPLOAD);
    has(&there, 30 + held.count).await;
    // It goes on with everything else, and asks after a restart as before.
    here.insert_one(doc! { "_id": 1000 }).await.unwrap();
    becomes(&there, doc! { "_id": 1000 }, |_| true).await;
    site.while_stopped(async |_| ()).await;
    let again = asked(site.pc(), 120).await;
    assert_eq!(again, held);
    has(&there, 31 + held.count).await;

    let access = site.pc().access().await;
    let put_back = restore(&access, "bills", Direction::UPLOAD).await.unwrap();
    assert_eq!(put_back, held.count);
    has(&here, 31 + held.count).await;
    at_peace(site.pc()).await;
    site.world.converge().await;
    assert_eq!(rows(&site.world.atlas, CONFLICTS).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_deleted_here_on_purpose_are_deleted_everywhere_when_somebody_says_so() {
    let mut world = World::new::<2>("brake").await;
    as_in_a_shop(&mut world);
    world.start().await;
    let here = world.pcs[0].collection("bills");
    here.insert_many(many(BILLS, 10)).await.unwrap();
    world.rest().await;
    here.delete_many(doc! {}).await.unwrap();
    let held = asked(&world.pcs[0], 150).await;
    let edited = world.pcs[1].collection("bills");
    has(&edited, held.count).await;
    // What somebody changes meanwhile is no deletion any more.
    let edit = doc! { "$set": { "pad": "changed" } };
    edited.update_one(doc! {}, edit).await.unwrap();
    becomes(&here, doc! { "pad": "changed" }, |_| true).await;

    let access = world.pcs[0].access().await;
    let approved = apply(&access, "bills", Direction::UPLOAD).await.unwrap();
    assert_eq!(approved, held.count - 1);
    // The other PC does not ask again.
    has(&edited, 1).await;
    for pc in &world.pcs {
        at_peace(pc).await;
    }
    world.converge().await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_deleted_on_atlas_stay_here_until_somebody_has_decided() {
    let site = site_with_bills().await;
    let (here, there) = (site.here("bills"), site.there("bills"));
    there.delete_many(doc! {}).await.unwrap();
    let held = asked(site.pc(), 150).await;
    assert_eq!(held.direction, Direction::DOWNLOAD);
    has(&here, held.count).await;
    let access = site.pc().access().await;
    let put_back = restore(&access, "bills", Direction::DOWNLOAD)
        .await
        .unwrap();
    assert_eq!(put_back, held.count);
    has(&there, held.count).await;
    at_peace(site.pc()).await;
    site.world.converge().await;

    there.delete_many(doc! {}).await.unwrap();
    asked(site.pc(), held.count).await;
    apply(&access, "bills", Direction::DOWNLOAD).await.unwrap();
    has(&here, 0).await;
    at_peace(site.pc()).await;
    site.world.converge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_itself_lets_expire_needs_no_word() {
    let site = site_with_bills().await;
    let options = mongodb::options::IndexOptions::builder();
    let expires = options.expire_after(std::time::Duration::from_secs(3600));
    let index = IndexModel::builder().keys(doc! { "expiresAt": 1 });
    let index = index.options(expires.build()).build();
    site.here("bills").create_index(index).await.unwrap();
    site.here("bills").delete_many(doc! {}).await.unwrap();
    has(&site.there("bills"), 0).await;
    at_peace(site.pc()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_mongodb_stands_alone_it_is_asked_and_answered_as_well() {
    let mut site = Site::with(Options::standalone(), Options::replica_set()).await;
    as_in_a_shop(&mut site.world);
    let till = Till::open(&site.local.uri(), &site.pc().local);
    let bills = till.place(site.here("bills"));
    for bill in many(BILLS, 10) {
        bills.insert(bill).await.unwrap();
    }
    site.world.start().await;
    site.world.converge().await;
    for id in 0..120 {
        bills.delete(&id.into()).await;
    }
    // Those that came before it was noticed are gone.
    let pc = site.pc();
    let status = pc
        .reaches("a question", |status| {
            status.notices.iter().any(|notice| notice.count > Some(0))
                && status.local_to_atlas.pending == 0
        })
        .await;
    assert_eq!(status.state, State::Attention);
    let access = pc.access().await;
    let held = list(&access).await.unwrap().remove(0);
    let put_back = restore(&access, "bills", Direction::UPLOAD).await.unwrap();
    assert_eq!(put_back, held.count);
    at_peace(pc).await;
    site.world.converge().await;
    has(&site.there("bills"), 30 + held.count).await;
}
