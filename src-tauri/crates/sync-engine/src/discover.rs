//! Finding the MongoDB of this PC, so that nobody has to know its address.

use std::time::Duration;

use bson::doc;
use mongodb::Client;
use mongodb::error::ErrorKind;
use mongodb::options::{ClientOptions, ServerAddress};

/// A MongoDB that answers on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its connection string, without a user.
    pub address: String,
    /// Its databases, the server's own left out; empty where it asks for a password first.
    pub databases: Vec<String>,
    /// It is part of a replica set.
    pub replica_set: bool,
    /// It wants a user name and a password.
    pub needs_password: bool,
}

/// The usual port, and those that people take next to it.
pub const PORTS: [u16; 3] = [27017, 27018, 27019];

/// What listens on this machine answers at once.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// Asks each port of this machine.
pub async fn on_this_pc(ports: &[u16]) -> Vec<Found> {
    let asked = ports.iter().map(|port| ask(*port));
    let answers = futures_util::future::join_all(asked).await;
    answers.into_iter().flatten().collect()
}

async fn ask(port: u16) -> Option<Found> {
    let options = ClientOptions::builder()
        .hosts(vec![ServerAddress::Tcp {
            host: "127.0.0.1".to_owned(),
            port: Some(port),
        }])
        .direct_connection(true)
        .server_selection_timeout(ANSWER_MAX)
        .connect_timeout(ANSWER_MAX)
        .build();
    let client = Client::with_options(options).ok()?;
    let admin = client.database("admin");
    let hello = admin.run_command(doc! { "hello": 1 });
    let hello = tokio::time::timeout(ANSWER_MAX, hello.into_future())
        .await
        .ok()?
        .ok()?;
    let listed = tokio::time::timeout(ANSWER_MAX, client.list_database_names().into_future()).await;
    let (databases, needs_password) = match listed {
        Ok(Ok(names)) => {
            let own = |name: &String| !["admin", "local", "config"].contains(&name.as_str());
            (names.into_iter().filter(own).collect(), false)
        }
        Ok(Err(error)) => (Vec::new(), matches!(*error.kind, ErrorKind::Command(_))),
        Err(_elapsed) => (Vec::new(), false),
    };
    Some(Found {
        address: format!("mongodb://127.0.0.1:{port}/?directConnection=true"),
        databases,
        replica_set: hello.get_str("setName").is_ok(),
        needs_password,
    })
}
