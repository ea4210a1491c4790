//! Where somebody writes who knows nothing of the sync: a database itself, or the shop's own program on a PC whose
//! MongoDB stands alone.

use std::process::Stdio;
use std::sync::Arc;

use bson::{Bson, Document, doc};
use mongodb::{Collection, Database};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;

use crate::built::checkout;

/// A write that was not taken, in the server's words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

/// A collection to write to.
#[derive(Clone, Debug)]
pub struct Place {
    collection: Collection<Document>,
    till: Option<Arc<Till>>,
}

impl Place {
    /// Written to directly, as any program may.
    pub fn direct(collection: Collection<Document>) -> Place {
        Place {
            collection,
            till: None,
        }
    }

    /// The same collection, for reading.
    pub fn collection(&self) -> &Collection<Document> {
        &self.collection
    }

    /// Inserts a document.
    ///
    /// # Errors
    /// It was not taken. (The other writes panic then.)
    pub async fn insert(&self, document: Document) -> Result<(), Refused> {
        match &self.till {
            None => match self.collection.insert_one(document).await {
                Ok(_) => Ok(()),
                Err(error) => Err(Refused(error.to_string())),
            },
            Some(till) => {
                let order = doc! { "do": "insert", "document": document };
                till.write(self.collection.name(), order).await.map(drop)
            }
        }
    }

    /// Sets fields. Returns how many documents were found, as the others do.
    pub async fn update(&self, id: &Bson, set: Document) -> u64 {
        match &self.till {
            None => {
                let set = doc! { "$set": set };
                let update = self.collection.update_one(this(id), set).await;
                update.expect("an update is taken").matched_count
            }
            Some(till) => {
                let order = doc! { "do": "update", "id": id, "document": set };
                till.must_write(self.collection.name(), order).await
            }
        }
    }

    /// Replaces a document.
    pub async fn replace(&self, id: &Bson, whole: Document) -> u64 {
        match &self.till {
            None => {
                let replace = self.collection.replace_one(this(id), whole).await;
                replace.expect("a replace is taken").matched_count
            }
            Some(till) => {
                let order = doc! { "do": "replace", "id": id, "document": whole };
                till.must_write(self.collection.name(), order).await
            }
        }
    }

    /// Deletes a document.
    pub async fn delete(&self, id: &Bson) -> u64 {
        match &self.till {
            None => {
                let delete = self.collection.delete_one(this(id)).await;
                delete.expect("a delete is taken").deleted_count
            }
            Some(till) => {
                let order = doc! { "do": "delete", "id": id };
                till.must_write(self.collection.name(), order).await
            }
        }
    }
}

fn this(id: &Bson) -> Document {
    doc! { "_id": { "$eq": id } }
}

/// A program of the shop: real Mongoose, with the sync middleware.
#[derive(Debug)]
pub struct Till {
    talk: Mutex<Talk>,
    _program: Child,
}

#[derive(Debug)]
struct Talk {
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

#[derive(Deserialize)]
struct Answer {
    touched: Option<u64>,
    error: Option<String>,
}

impl Till {
    /// Opens it on the database of this PC.
    ///
    /// # Panics
    /// When Node.js or the shop's packages are not there.
    pub fn open(uri: &str, database: &Database) -> Arc<Till> {
        let shop = checkout().join("shop");
        assert!(
            shop.join("node_modules").is_dir(),
            "run `npm ci` in {}",
            shop.display()
        );
        let mut program = Command::new("node")
            .arg(shop.join("till.mjs"))
            .arg(database.name())
            .env("BOMBA_SHOP_URI", uri)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node.js is there");
        let orders = program.stdin.take().expect("it is piped");
        let answers = program.stdout.take().expect("it is piped");
        let answers = BufReader::new(answers).lines();
        Arc::new(Till {
            talk: Mutex::new(Talk { orders, answers }),
            _program: program,
        })
    }

    /// One of its collections.
    pub fn place(self: &Arc<Till>, collection: Collection<Document>) -> Place {
        Place {
            collection,
            till: Some(self.clone()),
        }
    }

    async fn must_write(&self, collection: &str, order: Document) -> u64 {
        match self.write(collection, order).await {
            Ok(touched) => touched,
            Err(refused) => panic!("a write is taken: {refused}"),
        }
    }

    async fn write(&self, collection: &str, mut order: Document) -> Result<u64, Refused> {
        order.insert("collection", collection);
        let order = order.to_vec().expect("an order is a document");
        let mut talk = self.talk.lock().await;
        talk.orders.write_all(&order).await.expect("it listens");
        let answer = talk.answers.next_line().await.expect("it answers");
        let answer = answer.expect("it does not end before the test");
        let Answer { touched, error } = serde_json::from_str(&answer).expect("it answers in JSON");
        match error {
            Some(error) => Err(Refused(error)),
            None => Ok(touched.unwrap_or_default()),
        }
    }
}
