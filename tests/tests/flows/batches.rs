//! Events asked of the streams one at a time.

use bson::{Document, doc};
use futures_util::TryStreamExt;
use integration_tests::world::World;
use mongodb::Database;

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_bring_one_event_at_a_time_bring_them_all() {
    let mut world = World::new::<1>("one").await;
    world.pcs[0].config.stream_batch_size = 1;
    world.start().await;
    let databases = [&world.pcs[0].local, &world.atlas];
    for database in databases {
        // Only these are noted, for there is little room.
        let noted = doc! {
            "op": "getmore", "appName": "bomba-sync", "nreturned": { "$gt": 0 },
            "ns": format!("{}.$cmd.aggregate", database.name()),
        };
        let note = doc! { "profile": 1, "filter": noted };
        database.run_command(note).await.unwrap();
    }
    for (number, database) in databases.iter().enumerate() {
        let bills = (0..40).map(|id| doc! { "_id": format!("{number} {id}") });
        let place = database.collection::<Document>("bills");
        place.insert_many(bills).await.unwrap();
        let some = doc! { "_id": { "$regex": format!("^{number} .$") } };
        place.delete_many(some).await.unwrap();
    }
    world.rest().await;
    for database in databases {
        let off = doc! { "profile": 0 };
        database.run_command(off).await.unwrap();
        let bills = database.collection::<Document>("bills");
        assert_eq!(bills.count_documents(doc! {}).await.unwrap(), 60);
        let answers = events_an_answer(database).await;
        assert!(
            answers.len() >= 40 && answers.iter().all(|events| *events <= 1),
            "{answers:?}"
        );
    }
}

/// How many events each answer to the engine's stream held, as the server noted it; answers without any left out.
async fn events_an_answer(database: &Database) -> Vec<i32> {
    let noted = database.collection::<Document>("system.profile");
    let noted = noted.find(doc! {}).await.unwrap();
    let noted: Vec<Document> = noted.try_collect().await.unwrap();
    noted
        .iter()
        .map(|answer| answer.get_i32("nreturned").unwrap())
        .collect()
}
