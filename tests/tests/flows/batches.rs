//! Events asked of the streams one at a time.

use bson::{Document, doc};
use integration_tests::world::World;
use mongodb::Database;

/// Bills made and deleted on each side.
const MADE: i64 = 40;
const DELETED: i64 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_bring_one_event_at_a_time_bring_them_all() {
    let mut world = World::new::<1>("one").await;
    world.pcs[0].config.stream_batch_size = 1;
    world.start().await;
    let databases = [&world.pcs[0].local, &world.atlas];
    let before = [answers(databases[0]).await, answers(databases[1]).await];
    for (number, database) in databases.iter().enumerate() {
        let bills = (0..MADE).map(|id| doc! { "_id": format!("{number} {id}") });
        let place = database.collection::<Document>("bills");
        place.insert_many(bills).await.unwrap();
        // Those of one digit.
        let some = doc! { "_id": { "$regex": format!("^{number} .$") } };
        place.delete_many(some).await.unwrap();
    }
    world.rest().await;
    for (database, before) in databases.into_iter().zip(before) {
        let bills = database.collection::<Document>("bills");
        let count = bills.count_documents(doc! {}).await.unwrap();
        assert_eq!(count, 2 * (MADE - DELETED).unsigned_abs());
        // An answer each, where a hundred at a time would be a few.
        let answers = answers(database).await - before;
        assert!(answers >= MADE + DELETED, "{answers}");
    }
}

/// How often a cursor of this server was asked for more.
async fn answers(database: &Database) -> i64 {
    let status = database.run_command(doc! { "serverStatus": 1 }).await;
    let status = status.unwrap();
    let commands = status.get_document("metrics").unwrap();
    let commands = commands.get_document("commands").unwrap();
    let more = commands.get_document("getMore").unwrap();
    more.get_i64("total").unwrap()
}
