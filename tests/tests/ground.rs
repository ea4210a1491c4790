//! The test ground tested: servers and links do what the other tests take for
//! granted.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::time::{Duration, Instant};

use bson::raw::RawDocumentBuf;
use bson::{Document, doc};
use futures_util::StreamExt;
use integration_tests::any_bson;
use integration_tests::diff::{DiffError, diff, same};
use integration_tests::eventually;
use integration_tests::link::Link;
use integration_tests::mongod::{Mongod, Options};
use integration_tests::shared;
use integration_tests::shop::{Shop, load};
use mongodb::options::ClientOptions;
use mongodb::{Client, Collection, Database};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_server_that_is_killed_or_stopped_comes_back_with_its_data() {
    let mut mongod = Mongod::start(Options::replica_set()).await.unwrap();
    let bills = |client: Client| client.database("shop").collection::<Document>("bills");
    bills(mongod.client().await.unwrap())
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let address = mongod.address();

    mongod.kill();
    mongod.restart().await.unwrap();
    let client = mongod.client().await.unwrap();
    assert_eq!(
        bills(client.clone())
            .count_documents(doc! {})
            .await
            .unwrap(),
        1
    );
    assert_eq!(mongod.address(), address);

    bills(client).insert_one(doc! { "_id": 2 }).await.unwrap();
    mongod.stop().await.unwrap();
    mongod.restart().await.unwrap();
    let client = mongod.client().await.unwrap();
    assert_eq!(bills(client).count_documents(doc! {}).await.unwrap(), 2);
}

#[tokio::test]
async fn a_standalone_and_one_that_is_not_initiated_say_so() {
    let standalone = Mongod::start(Options::standalone()).await.unwrap();
    let hello = hello(&standalone).await;
    assert!(hello.get_bool("isWritablePrimary").unwrap());
    assert!(!hello.contains_key("setName"));

    let not_initiated = Mongod::start(Options::not_initiated()).await.unwrap();
    let hello = self::hello(&not_initiated).await;
    assert!(!hello.get_bool("isWritablePrimary").unwrap());
    assert!(hello.get_bool("isreplicaset").unwrap());
}

#[tokio::test]
async fn a_server_with_passwords_lets_in_whom_it_knows_and_as_far_as_it_may() {
    let mongod = Mongod::start(Options::replica_set().with_auth())
        .await
        .unwrap();
    let role = doc! { "role": "read", "db": "shop" };
    mongod
        .create_user("reader", "secret", vec![role])
        .await
        .unwrap();
    let bills = |uri: String| async move { collection(&uri, "bills").await };

    let as_root = bills(mongod.uri()).await;
    as_root.insert_one(doc! { "_id": 1 }).await.unwrap();
    let reader = bills(mongod.uri_as("reader", "secret")).await;
    assert_eq!(reader.count_documents(doc! {}).await.unwrap(), 1);
    assert!(reader.insert_one(doc! { "_id": 2 }).await.is_err());
    let stranger = bills(mongod.uri_as("reader", "wrong")).await;
    let refused = stranger.count_documents(doc! {}).await.unwrap_err();
    assert!(refused.to_string().contains("uthentication"), "{refused}");
}

#[tokio::test]
async fn a_server_with_tls_is_trusted_through_its_authority_only() {
    let mongod = Mongod::start(Options::replica_set().with_tls().with_auth())
        .await
        .unwrap();
    let trusted = collection(&mongod.uri(), "bills").await;
    trusted.insert_one(doc! { "_id": 1 }).await.unwrap();

    let uri = mongod.uri();
    let (without_authority, _) = uri.split_once("&tlsCAFile").unwrap();
    assert!(
        collection(without_authority, "bills")
            .await
            .count_documents(doc! {})
            .await
            .is_err()
    );
    let plain = uri.replace("tls=true", "tls=false");
    let (plain, _) = plain.split_once("&tlsCAFile").unwrap();
    assert!(
        collection(plain, "bills")
            .await
            .count_documents(doc! {})
            .await
            .is_err()
    );
}

#[tokio::test]
async fn shared_servers_are_the_same_for_everybody_and_have_change_streams() {
    let [a, b] = shared::replica_sets().await;
    assert_ne!(a.address(), b.address());
    assert_eq!(shared::replica_sets::<1>().await[0].address(), a.address());

    let database = a
        .client()
        .await
        .unwrap()
        .database(&shared::database_name("streams"));
    let mut events = database.watch().await.unwrap();
    database
        .collection("bills")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let event = events.next().await.unwrap().unwrap();
    assert!(event.wall_time.is_some());
}

#[tokio::test]
async fn a_cut_link_refuses_and_a_mended_one_carries_again() {
    let (link, bills) = linked("cut").await;
    bills.insert_one(doc! { "_id": 1 }).await.unwrap();
    assert!(link.bytes_to_target() > 0 && link.bytes_from_target() > 0);
    let connections = link.connections();

    link.cut().await;
    assert!(bills.count_documents(doc! {}).await.is_err());
    assert!(
        tokio::net::TcpStream::connect(link.address())
            .await
            .is_err()
    );
    assert_eq!(link.connections(), connections);
    link.mend().await;
    eventually(SOON, "an answer", async || {
        bills.count_documents(doc! {}).await
    })
    .await;
}

#[tokio::test]
async fn a_reset_breaks_what_is_open_and_nothing_else() {
    let (link, _) = linked("reset").await;
    let mut open = tokio::net::TcpStream::connect(link.address())
        .await
        .unwrap();
    eventually(SOON, "the connection to be accepted", async || {
        match link.connections() {
            0 => Err("none"),
            _ => Ok(()),
        }
    })
    .await;

    link.reset().await;
    let broken = tokio::io::AsyncReadExt::read_u8(&mut open)
        .await
        .unwrap_err();
    assert_eq!(broken.kind(), std::io::ErrorKind::ConnectionReset);
    tokio::net::TcpStream::connect(link.address())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_held_link_keeps_the_question_and_delivers_it_when_mended() {
    let (link, bills) = linked("hold").await;
    bills.insert_one(doc! { "_id": 1 }).await.unwrap();

    link.hold();
    let before = (link.bytes_to_target(), link.bytes_from_target());
    let mut question = tokio::spawn(async move { bills.count_documents(doc! {}).await });
    let patience = Duration::from_millis(300);
    assert!(
        tokio::time::timeout(patience, &mut question).await.is_err(),
        "answered while held"
    );
    assert_eq!((link.bytes_to_target(), link.bytes_from_target()), before);
    link.mend().await;
    assert_eq!(question.await.unwrap().unwrap(), 1);
}

#[tokio::test]
async fn a_slow_link_delays_and_limits() {
    let (link, bills) = linked("slow").await;
    bills
        .insert_one(doc! { "_id": 1, "pad": "x".repeat(200_000) })
        .await
        .unwrap();

    link.slow(Duration::from_millis(100), 400_000);
    let since = Instant::now();
    bills.find_one(doc! {}).await.unwrap().unwrap();
    let took = since.elapsed();
    // There and back, and half a second of bytes.
    assert!(took >= Duration::from_millis(600), "took only {took:?}");
    assert!(took < SOON, "took {took:?}");
}

/// What the engine orders events by.
const ORDER_DIGITS: usize = 40;

#[tokio::test]
async fn the_first_bytes_of_a_token_tell_the_events_of_a_document_apart_and_sort_as_they_come() {
    let [server] = shared::replica_sets::<1>().await;
    let client = server.client().await.unwrap();
    let database = client.database(&shared::database_name("tokens"));
    let bills: Collection<Document> = database.collection("bills");
    bills.insert_one(doc! { "_id": 0 }).await.unwrap();
    let mut stream = database.watch().await.unwrap();
    let add = || doc! { "$inc": { "turn": 1 } };
    let mut session = client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    const TURNS: usize = 300;
    for _ in 0..TURNS {
        let update = bills.update_one(doc! { "_id": 0 }, add());
        update.session(&mut session).await.unwrap();
    }
    session.commit_transaction().await.unwrap();
    for _ in 0..3 {
        bills.update_one(doc! { "_id": 0 }, add()).await.unwrap();
    }
    let mut orders: Vec<String> = Vec::new();
    while orders.len() < TURNS + 3 {
        let event = tokio::time::timeout(SOON, stream.next()).await.unwrap();
        let id = bson::serialize_to_document(&event.unwrap().unwrap().id).unwrap();
        let data = id.get_str("_data").unwrap();
        orders.push(data[..ORDER_DIGITS].to_owned());
    }
    assert!(orders.is_sorted_by(|one, next| one < next), "{orders:#?}");
}

#[tokio::test]
async fn a_difference_is_found_whatever_it_is_and_the_stamp_is_none() {
    let (left, right) = two_databases("diff").await;
    load(&left, &Shop::new(1, "A").opening()).await.unwrap();
    load(&right, &Shop::new(1, "A").opening()).await.unwrap();
    assert_eq!(same(&left, &right).await.unwrap(), 5_000);

    let (bills, logs) = (
        left.collection::<Document>("bills"),
        right.collection::<Document>("logs"),
    );
    let bill = bills.find_one(doc! {}).await.unwrap().unwrap();
    let id = doc! { "_id": bill.get("_id").unwrap() };
    bills
        .update_one(
            id.clone(),
            doc! { "$set": { "_syncMeta": { "version": 2 } } },
        )
        .await
        .unwrap();
    left.collection("_sync_metadata")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    assert_eq!(same(&left, &right).await.unwrap(), 5_000);

    let retyped = doc! { "$set": { "__v": 0_i64 } };
    bills.update_one(id, retyped).await.unwrap();
    logs.delete_one(doc! {}).await.unwrap();
    right
        .collection("extra")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let found = diff(&left, &right).await.unwrap();
    let collections: Vec<&str> = found
        .differences
        .iter()
        .map(|difference| difference.collection.as_str())
        .collect();
    assert_eq!(collections, ["bills", "extra", "logs"]);
    let Err(DiffError::Different(shown)) = same(&left, &right).await else {
        panic!("same")
    };
    assert!(shown.to_string().contains("field __v: 0 | 0"), "{shown}");
}

#[tokio::test]
async fn a_server_keeps_every_bson_type_and_every_hostile_document_as_it_is() {
    let [server] = shared::replica_sets().await;
    let name = shared::database_name("types");
    let collection = server
        .client()
        .await
        .unwrap()
        .database(&name)
        .collection("any");
    let mut rng = fastrand::Rng::with_seed(1);
    let mut documents: Vec<RawDocumentBuf> = Vec::new();
    for number in 0..200 {
        let mut document = any_bson::document(&mut rng);
        document.insert("_id", number);
        documents.push(RawDocumentBuf::try_from(&document).unwrap());
    }
    documents.extend(
        any_bson::hostile_documents()
            .into_iter()
            .map(|(_, document)| document),
    );
    let types: std::collections::BTreeSet<u8> = documents.iter().flat_map(element_types).collect();
    assert_eq!(types.len(), 21, "{types:?}");

    for document in documents {
        collection.insert_one(&document).await.unwrap();
        let id = document.get("_id").unwrap().unwrap();
        let filter = doc! { "_id": bson::Bson::try_from(id).unwrap() };
        let stored: RawDocumentBuf = collection.find_one(filter).await.unwrap().unwrap();
        assert!(
            stored.as_bytes() == document.as_bytes(),
            "{document:?}\n{stored:?}"
        );
    }
}

fn element_types(document: &RawDocumentBuf) -> Vec<u8> {
    document
        .iter_elements()
        .map(|element| element.unwrap().element_type() as u8)
        .collect()
}

async fn hello(mongod: &Mongod) -> Document {
    let admin = mongod.client().await.unwrap().database("admin");
    admin.run_command(doc! { "hello": 1 }).await.unwrap()
}

/// A collection of a database of its own, on a shared server, through a link.
async fn linked(test: &str) -> (Link, Collection<Document>) {
    let [server] = shared::replica_sets().await;
    let link = Link::to(server.address()).await.unwrap();
    let client = impatient(&server.uri_through(&link)).await;
    let database = client.database(&shared::database_name(test));
    (link, database.collection("bills"))
}

async fn two_databases(test: &str) -> (Database, Database) {
    let [a, b] = shared::replica_sets().await;
    let name = shared::database_name(test);
    (
        a.client().await.unwrap().database(&name),
        b.client().await.unwrap().database(&name),
    )
}

async fn collection(uri: &str, name: &str) -> Collection<Document> {
    impatient(uri).await.database("shop").collection(name)
}

async fn impatient(uri: &str) -> Client {
    let mut options = ClientOptions::parse(uri).await.unwrap();
    options.server_selection_timeout = Some(Duration::from_secs(2));
    Client::with_options(options).unwrap()
}
