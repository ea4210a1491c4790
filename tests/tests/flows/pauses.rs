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

/// Comparisons that wait for the pause to end are no reason for the others to wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_sync_beside_a_pause_brings_every_list_up() {
    let mut world = World::new::<1>("pause_first_sync").await;
    let names = ["a", "b", "c", "d", "e"];
    for name in names {
        let here = world.pcs[0].collection(name);
        here.insert_one(doc! { "_id": "here" }).await.unwrap();
        let there = world.on_atlas(name);
        there.insert_one(doc! { "_id": "there" }).await.unwrap();
    }
    world.pcs[0].start().await;
    world.pcs[0].engine().pause(Direction::DOWNLOAD);
    for name in names {
        arrives(&world.on_atlas(name), "here").await;
    }
    for name in names {
        assert_eq!(ids(&world.pcs[0].collection(name)).await, ["here"]);
    }
    world.pcs[0].engine().resume(Direction::DOWNLOAD);
    world.converge().await;
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
    let waited = shown(&status, direction).oldest_pending_ms;
    pc.reaches("the oldest to grow older", |status| {
        shown(status, direction).oldest_pending_ms > waited + 500
    })
    .await;

    resume(pc, direction).await;
    world.converge().await;
    assert_eq!(ids(&target).await, ["back", "edited", "new"]);
    let status = pc.status();
    let done = shown(&status, direction);
    assert_eq!((done.pending, done.oldest_pending_ms), (0, 0));
    // What waited is not counted in.
    let took_ms = done.avg_process_time_ms;
    assert!(took_ms > 0.0 && took_ms < 500.0, "{took_ms}");
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

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paused_is_paused_after_a_restart_until_it_is_resumed() {
    for direction in Direction::BOTH {
        let mut world = World::started::<1>("paused").await;
        let name = direction.name();
        let (here, there) = (world.pcs[0].collection(name), world.on_atlas(name));
        let (source, target) = match direction.source {
            Side::Local => (here, there),
            Side::Atlas => (there, here),
        };
        world.pcs[0].engine().pause(direction);
        restart(&mut world).await;
        let pc = &world.pcs[0];
        source
            .insert_one(doc! { "_id": "kept back" })
            .await
            .unwrap();
        target.insert_one(doc! { "_id": "let in" }).await.unwrap();
        arrives(&source, "let in").await;
        let status = pc
            .reaches("one to wait", |status| {
                shown(status, direction).pending == 1
            })
            .await;
        assert_eq!(status.state, State::Paused);
        let back = Direction::into(direction.source);
        assert!(shown(&status, direction).paused && !shown(&status, back).paused);
        assert_eq!(ids(&target).await, ["let in"]);

        resume(pc, direction).await;
        world.converge().await;
        restart(&mut world).await;
        world.converge().await;
        assert_eq!(ids(&target).await, ["kept back", "let in"]);
    }
}

async fn restart(world: &mut World) {
    world.stop().await;
    world.pcs[0].start().await;
    world.pcs[0]
        .reaches("both sides", |status| {
            status.local.connected && status.atlas.connected
        })
        .await;
}
