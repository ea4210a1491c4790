//! One side of the sync: a database on a server, read and written in batches of raw documents.
//!
//! Everything here is mechanism; what to write is decided elsewhere. Commands are sent raw, so that a document's bytes
//! pass through unread.

mod alone;
mod delete;
mod feed;
mod kinds;
mod large;
mod read;
mod together;
mod transaction;
mod write;

use std::sync::Arc;
use std::time::Duration;

use bson::{Document, RawDocumentBuf, doc};
use mongodb::error::{Error, ErrorKind};
use mongodb::options::{ClientOptions, Compressor, ReadConcern, ServerAddress, WriteConcern};
use mongodb::{Client, Database};
use sync_core::place::Side;
use tokio::sync::OnceCell;

use crate::config::ConnectionString;
use crate::error::{EngineError, answered, confirmed};

pub(crate) use delete::{Deletion, Raise};
pub(crate) use feed::Feed;
pub(crate) use kinds::{Plain, obstacle};
pub(crate) use read::{Found, askable, parse_tombstone_id, push_key, tombstone_id};
pub(crate) use together::OwnSessions;
pub(crate) use write::{DUPLICATE_KEY, Refusal, Rewrite, Written};

/// How long the driver looks for a usable server before it reports the side as away.
const SERVER_SELECTION_WAIT: Duration = Duration::from_secs(5);

/// How long a name may take to be looked up.
const LOOKUP_WAIT: Duration = Duration::from_secs(10);

/// A name that leads nowhere, by agreement (RFC 2606).
const NOWHERE: &str = "atlas.invalid";

/// One side.
#[derive(Clone, Debug)]
pub(crate) struct Replica {
    pub(crate) side: Side,
    pub(crate) client: Client,
    pub(crate) database: Database,
    pub(crate) own_sessions: OwnSessions,
    pub(crate) plain: Plain,
    feed: Arc<OnceCell<Feed>>,
}

impl Replica {
    /// A handle on `database`; the connection itself is made when it is first used.
    ///
    /// # Errors
    /// The connection string cannot be used, or not now: the name in it cannot be looked up, or a file it names cannot
    /// be read.
    pub(crate) async fn open(
        side: Side,
        uri: &ConnectionString,
        database: &str,
    ) -> Result<Replica, EngineError> {
        let cannot = |error: Error| match &*error.kind {
            ErrorKind::DnsResolve { .. }
            | ErrorKind::Io(_)
            | ErrorKind::InvalidTlsConfig { .. } => EngineError::at(side)(error),
            // The driver's words may quote the string.
            _ => EngineError::BadUri { side },
        };
        let parsed = ClientOptions::parse(uri.expose());
        let mut options = match tokio::time::timeout(LOOKUP_WAIT, parsed).await {
            Ok(parsed) => parsed.map_err(cannot)?,
            Err(_elapsed) => return Err(EngineError::Unnamed { side }),
        };
        options
            .app_name
            .get_or_insert_with(|| "bomba-sync".to_owned());
        options
            .server_selection_timeout
            .get_or_insert(SERVER_SELECTION_WAIT);
        options.connect_timeout.get_or_insert(SERVER_SELECTION_WAIT);
        if side == Side::Atlas {
            options
                .compressors
                .get_or_insert_with(|| vec![Compressor::Zstd { level: None }, Compressor::Snappy]);
            options.read_concern = Some(ReadConcern::majority());
            options.write_concern = Some(WriteConcern::majority());
        }
        Replica::with(side, options, database).map_err(cannot)
    }

    /// Stands for a side that cannot be opened yet. Nothing ever answers.
    ///
    /// # Errors
    /// The driver cannot work at all.
    pub(crate) fn nowhere(side: Side, database: &str) -> Result<Replica, EngineError> {
        let host = NOWHERE.to_owned();
        let options = ClientOptions::builder()
            .hosts(vec![ServerAddress::Tcp { host, port: None }])
            .server_selection_timeout(SERVER_SELECTION_WAIT)
            .build();
        Replica::with(side, options, database).map_err(EngineError::at(side))
    }

    fn with(side: Side, options: ClientOptions, database: &str) -> Result<Replica, Error> {
        let client = Client::with_options(options)?;
        let database = client.database(database);
        Ok(Replica {
            side,
            client,
            database,
            own_sessions: OwnSessions::default(),
            plain: Plain::default(),
            feed: Arc::default(),
        })
    }

    /// The write concern of ordinary writes. What a run takes for written has to outlive its Local's crash: it goes on
    /// from what it has in mind. Local's journal keeps the order of all writes, so that a stored position, which need
    /// not wait for it, is never ahead of the documents it stands for.
    pub(crate) fn write_concern(&self) -> RawDocumentBuf {
        match self.side {
            Side::Local => bson::rawdoc! { "w": 1, "j": true },
            Side::Atlas => bson::rawdoc! { "w": "majority" },
        }
    }

    pub(crate) fn read_concern(&self) -> RawDocumentBuf {
        match self.side {
            Side::Local => bson::rawdoc! { "level": "local" },
            Side::Atlas => bson::rawdoc! { "level": "majority" },
        }
    }

    /// The server's view of itself.
    pub(crate) async fn hello(&self) -> Result<Document, EngineError> {
        answered(self.side, async {
            self.database.run_command(doc! { "hello": 1 }).await
        })
        .await
    }

    /// Runs a command and checks only that the server accepted it and did with it what was asked. What it has against
    /// a single document stands in the reply.
    pub(crate) async fn run(&self, command: RawDocumentBuf) -> Result<Document, EngineError> {
        let reply = answered(self.side, async {
            self.database.run_raw_command(command).await
        });
        confirmed(self.side, reply.await?)
    }

    /// A collection of the engine's own, read and written through the driver's ordinary calls.
    pub(crate) fn own(&self, name: &str) -> mongodb::Collection<Document> {
        self.database.collection(name)
    }
}
