//! Each direction can be stopped on its own, and loses nothing by it.

use bson::{Document, doc};
use integration_tests::eventually;
use integration_tests::world::{Pc, REST, World};
use mongodb::Collection;
use sync_core::place::{Direction, Side};
use sync_engine::status::{DirectionStatus, State, Status};

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_upload_keeps_what_is_done_here_and_lets_the_rest_in() {
    pause_and_resume(Direction::UPLOAD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_download_keeps_what_is_done_there_and_lets_the_rest_out() {
    pause_and_resume(Direction::DOWNLOAD).await;
}

async fn pause_and_resume(direction: Direction) {
    let world = World::started::<1>("pause").await;
    let pc = &world.pcs[0];
    let bills = |side: Side| match side {
        Side::Local => pc.collection("bills"),
        Side::Atlas => world.on_atlas("bills"),
    };
    let (source, target) = (bills(direction.source), bills(direction.target()));
    for id in ["edited", "deleted"] {
        source.insert_one(doc! { "_id": id }).await.unwrap();
    }
    world.converge().await;

    pc.engine().pause(direction);
    pc.reaches("paused", |status| shown(status, direction).paused)
        .await;
    source.insert_one(doc! { "_id": "new" }).await.unwrap();
    let edit = doc! { "$set": { "total": 1 } };
    source
        .update_one(doc! { "_id": "edited" }, edit)
        .await
        .unwrap();
    source.delete_one(doc! { "_id": "deleted" }).await.unwrap();
    target.insert_one(doc! { "_id": "back" }).await.unwrap();
    arrives(&source, "back").await;
    let status = pc
        .reaches("three to wait", |status| {
            shown(status, direction).pending == 3
        })
        .await;
    assert_eq!(status.state, State::Paused);
    assert_eq!(ids(&target).await, ["back", "deleted", "edited"]);

    resume(pc, direction).await;
    world.converge().await;
    assert_eq!(ids(&target).await, ["back", "edited", "new"]);
}

async fn resume(pc: &Pc, direction: Direction) {
    pc.engine().resume(direction);
    pc.reaches("to go on", |status| !shown(status, direction).paused)
        .await;
}

fn shown(status: &Status, direction: Direction) -> &DirectionStatus {
    match direction.source {
        Side::Local => &status.local_to_atlas,
        Side::Atlas => &status.atlas_to_local,
    }
}

async fn arrives(place: &Collection<Document>, id: &str) {
    eventually(REST, id, async || {
        match place.find_one(doc! { "_id": id }).await {
            Ok(Some(_)) => Ok(()),
            seen => Err(format!("{seen:?}")),
        }
    })
    .await;
}

async fn ids(place: &Collection<Document>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut cursor = place.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap();
    while cursor.advance().await.unwrap() {
        ids.push(cursor.current().get_str("_id").unwrap().to_owned());
    }
    ids
}
