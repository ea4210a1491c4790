//! Documents made to break a sync program: carried over unchanged or set aside with the reason, never executed.

use bson::{Document, RawArrayBuf, RawDocumentBuf, doc, rawdoc};
use integration_tests::any_bson::hostile_documents;
use integration_tests::diff::content;
use mongodb::{Collection, Database};
use sync_engine::names::QUARANTINE;

use crate::site::{Site, becomes, rows};

fn raw(database: &Database) -> Collection<RawDocumentBuf> {
    database.collection("hostile")
}

/// Whether `target` holds the document as it was written, byte for byte.
async fn arrived(target: &Database, document: &RawDocumentBuf) -> bool {
    let id = document.get("_id").unwrap().unwrap();
    let id: bson::Bson = id.try_into().unwrap();
    let found = raw(target).find_one(doc! { "_id": id }).await.unwrap();
    found.is_some_and(|found| content(&found).unwrap() == content(document).unwrap())
}

/// Why a document was set aside, if it was.
fn reason<'a>(records: &'a [Document], id: &str) -> Option<&'a str> {
    let record = records.iter().find(|record| {
        record
            .get_document("_id")
            .is_ok_and(|about| about.get_str("id").is_ok_and(|about| about == id))
    });
    record.map(|record| record.get_str("reason").unwrap())
}

async fn travel(site: &Site, source: &Database, target: &Database) {
    let bystander = doc! { "_id": "bystander", "a": 1, "b": 2 };
    source
        .collection::<Document>("hostile")
        .insert_one(&bystander)
        .await
        .unwrap();
    let documents = hostile_documents();
    for (name, document) in &documents {
        raw(source)
            .insert_one(document)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    source
        .collection("bills")
        .insert_one(doc! { "_id": "after" })
        .await
        .unwrap();
    becomes(&target.collection("bills"), doc! { "_id": "after" }, |_| {
        true
    })
    .await;
    for (name, document) in &documents {
        let id = document.get_str("_id").unwrap();
        integration_tests::eventually(crate::site::SOON, name, async || {
            let records = rows(&site.pc().local, QUARANTINE).await;
            match (arrived(target, document).await, reason(&records, id)) {
                (true, _) => Ok(()),
                (false, Some(reason)) if !reason.is_empty() => Ok(()),
                (false, _) => Err(format!("{records:#?}\n{}", crate::heard::log())),
            }
        })
        .await;
        let records = rows(&site.pc().local, QUARANTINE).await;
        let aside = reason(&records, id);
        assert_eq!(
            aside.is_some(),
            *name == "16 MB minus a byte",
            "{name}: {aside:?}"
        );
        assert!(
            arrived(source, document).await,
            "{name}: the original was touched"
        );
    }
    let hostile = target.collection::<Document>("hostile");
    let found = hostile.find_one(doc! { "_id": "bystander" }).await.unwrap();
    let mut found = found.unwrap();
    found.remove("_syncMeta");
    assert_eq!(
        found, bystander,
        "no operator inside a document was executed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_document_made_here_is_carried_unchanged_or_set_aside() {
    let site = Site::started().await;
    travel(&site, &site.pc().local, &site.world.atlas).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_document_made_on_atlas_is_carried_unchanged_or_set_aside() {
    let site = Site::started().await;
    travel(&site, &site.world.atlas, &site.pc().local).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_documents_there_from_the_start_do_not_stop_the_first_compare() {
    let mut site = Site::new().await;
    for (_, document) in hostile_documents() {
        raw(&site.pc().local).insert_one(&document).await.unwrap();
    }
    for database in [&site.pc().local, &site.world.atlas] {
        raw(database)
            .insert_one(broken_name("on both"))
            .await
            .unwrap();
    }
    raw(&site.world.atlas)
        .insert_one(broken_name("there"))
        .await
        .unwrap();
    site.here("other")
        .insert_one(doc! { "_id": "after" })
        .await
        .unwrap();
    site.pc_mut().start().await;
    becomes(&site.there("other"), doc! { "_id": "after" }, |_| true).await;
    let documents = hostile_documents();
    for (name, document) in documents
        .iter()
        .filter(|(name, _)| *name != "16 MB minus a byte")
    {
        integration_tests::eventually(crate::site::SOON, name, async || {
            match arrived(&site.world.atlas, document).await {
                true => Ok(()),
                false => Err(crate::heard::log()),
            }
        })
        .await;
    }
    site.notice("quarantine").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_name_that_is_not_text_is_set_aside_and_the_rest_goes_on() {
    let site = Site::started().await;
    raw(&site.pc().local)
        .insert_one(broken_name("here"))
        .await
        .unwrap();
    raw(&site.world.atlas)
        .insert_one(broken_name("there"))
        .await
        .unwrap();
    for number in 0..20 {
        site.here("hostile")
            .insert_one(doc! { "_id": number })
            .await
            .unwrap();
        site.there("hostile")
            .insert_one(doc! { "_id": 100 + number })
            .await
            .unwrap();
    }
    becomes(&site.there("hostile"), doc! { "_id": 19 }, |_| true).await;
    becomes(&site.here("hostile"), doc! { "_id": 119 }, |_| true).await;
    for record in crate::site::rows_when(&site.pc().local, QUARANTINE, 2).await {
        let reason = record.get_str("reason").unwrap();
        assert!(reason.contains("not valid BSON"), "{reason}");
    }
    // Leaving it behind is possible: the documents are only compared by their bytes.
    for (database, id) in [(&site.pc().local, "here"), (&site.world.atlas, "there")] {
        database
            .collection::<Document>("hostile")
            .delete_one(doc! { "_id": id })
            .await
            .unwrap();
    }
    site.world.converge().await;
}

/// `{ _id: <id>, "\xff": 1 }`: no driver writes such a name, but a server keeps it.
fn broken_name(id: &str) -> RawDocumentBuf {
    let mut bytes = doc! { "_id": id, "?": 1 }.to_vec().unwrap();
    let place = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[place] = 0xFF;
    RawDocumentBuf::from_bytes(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_not_text_is_set_aside_and_the_rest_goes_on() {
    set_aside_for_its_id(&broken(doc! { "_id": "?" })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_is_one_with_such_text_inside_its_id() {
    set_aside_for_its_id(&broken(doc! { "_id": { "shop": "?", "at": 1 } })).await;
}

async fn set_aside_for_its_id(document: &RawDocumentBuf) {
    let mut site = Site::new().await;
    insert_as_it_is(&site.pc().local, document).await;
    site.here("hostile")
        .insert_one(doc! { "_id": "early" })
        .await
        .unwrap();
    site.pc_mut().start().await;
    becomes(&site.there("hostile"), doc! { "_id": "early" }, |_| true).await;
    crate::site::rows_when(&site.pc().local, QUARANTINE, 1).await;

    insert_as_it_is(&site.world.atlas, document).await;
    site.there("hostile")
        .insert_one(doc! { "_id": "late" })
        .await
        .unwrap();
    becomes(&site.here("hostile"), doc! { "_id": "late" }, |_| true).await;
    let records = crate::site::rows_when(&site.pc().local, QUARANTINE, 1).await;
    let reason = records[0].get_str("reason").unwrap();
    assert!(reason.contains("_id"), "{reason}");

    // The record names it, so the next run knows of it as well.
    site.while_stopped(async |_| ()).await;
    site.notice("quarantine").await;
    site.there("hostile")
        .delete_one(doc! { "_id": "late" })
        .await
        .unwrap();
    integration_tests::eventually(crate::site::SOON, "the deletion", async || {
        match site
            .here("hostile")
            .count_documents(doc! { "_id": "late" })
            .await
            .unwrap()
        {
            0 => Ok(()),
            left => Err(left),
        }
    })
    .await;
    assert_eq!(site.pc().status().quarantined, 1);
}

/// The driver's own insert reads the `_id` first.
async fn insert_as_it_is(database: &Database, document: &RawDocumentBuf) {
    let mut documents = RawArrayBuf::new();
    documents.push(&**document);
    let command = rawdoc! { "insert": "hostile", "documents": documents };
    database.run_raw_command(command).await.unwrap();
}

/// The document with a byte that is no text in place of the question mark.
fn broken(document: Document) -> RawDocumentBuf {
    let mut bytes = document.to_vec().unwrap();
    let place = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[place] = 0xFF;
    RawDocumentBuf::from_bytes(bytes).unwrap()
}
