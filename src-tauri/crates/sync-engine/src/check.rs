//! Is everything there that syncing needs? One finding a question, and for each problem what to do about it.

use bson::{Document, doc};
use mongodb::error::ErrorKind;
use sync_core::place::Side;

use crate::clock::{Clock, Offset};
use crate::config::EngineConfig;
use crate::error::{EngineError, Trouble, answered};
use crate::names::{DEVICES, METADATA};
use crate::queue;
use crate::replica::{Feed, Replica};
use crate::rules;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Works, but deserves a look.
    Warning,
    /// Syncing cannot work like this.
    Problem,
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable word: "reachable", "replica-set", "version", "rights", "clock", "models", "rules-file".
    pub kind: &'static str,
    /// A stable word for the answer, such as "ok", "password" or "not-initiated".
    pub answer: &'static str,
    /// The side it is about.
    pub side: Option<Side>,
    /// How bad it is.
    pub severity: Severity,
    /// What was found.
    pub text: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// Older ones do not take every document: field names that begin with `$` are stored since this version.
const VERSION_MIN: (u32, u32) = (5, 0);
const CLOCK_OFFSET_MAX_MS: u64 = 60_000;

/// Checks both sides.
pub async fn check(config: &EngineConfig) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut local = None;
    for (side, uri) in [
        (Side::Local, &config.local_uri),
        (Side::Atlas, &config.atlas_uri),
    ] {
        let replica = match Replica::open(side, uri, &config.database).await {
            Ok(replica) => replica,
            Err(error) => {
                findings.push(unreachable(side, &error));
                continue;
            }
        };
        match replica.hello().await {
            Ok(hello) => {
                check_side(&replica, &hello, &mut findings).await;
                local = local.or((side == Side::Local).then_some(replica));
            }
            Err(error) => findings.push(unreachable(side, &error)),
        }
    }
    findings.extend(rules::check(config, local.as_ref()).await);
    findings
}

fn finding(kind: &'static str, side: Side, severity: Severity, text: impl Into<String>) -> Finding {
    Finding {
        kind,
        answer: "ok",
        side: Some(side),
        severity,
        text: text.into(),
        remedy: None,
    }
}

impl Finding {
    fn answer(self, answer: &'static str) -> Finding {
        Finding { answer, ..self }
    }

    fn remedy(self, remedy: impl Into<String>) -> Finding {
        Finding {
            remedy: Some(remedy.into()),
            ..self
        }
    }
}

fn unreachable(side: Side, error: &EngineError) -> Finding {
    let is_auth = matches!(error, EngineError::Server { source, .. }
        if matches!(*source.kind, ErrorKind::Authentication { .. }));
    if is_auth {
        return finding(
            "rights",
            side,
            Severity::Problem,
            "the user name or password is not accepted",
        )
        .answer("password")
        .remedy("check the user and password in the connection string");
    }
    if error.trouble() == Trouble::TooOld {
        return too_old(side, "its MongoDB is too old to speak with".to_owned());
    }
    let text = format!("cannot be reached: {error}");
    let remedy = match side {
        Side::Local => "start MongoDB on this PC, and check the address and port",
        Side::Atlas => {
            "check the internet connection, the address, and that Atlas' network access list has this PC"
        }
    };
    finding("reachable", side, Severity::Problem, text)
        .answer(error.trouble().name())
        .remedy(remedy)
}

async fn check_side(replica: &Replica, hello: &Document, findings: &mut Vec<Finding>) {
    let side = replica.side;
    findings.push(finding("reachable", side, Severity::Ok, "reachable"));
    findings.push(replica_set(replica, hello).await);
    findings.push(version(replica).await);
    // Where changes do not come from anywhere nothing can be written or followed, whatever the user may.
    if replica.feed().await.is_ok() {
        findings.push(rights(replica).await);
    }
    if side == Side::Atlas {
        findings.push(clock(replica).await);
    }
}

async fn replica_set(replica: &Replica, hello: &Document) -> Finding {
    let side = replica.side;
    if let Ok(name) = hello.get_str("setName") {
        return finding(
            "replica-set",
            side,
            Severity::Ok,
            format!("replica set {name}: changes come by change stream"),
        );
    }
    if Feed::of(side, hello).is_ok() {
        return stands_alone(replica).await;
    }
    let admin = replica.client.database("admin");
    let status = answered(
        side,
        admin
            .run_command(doc! { "replSetGetStatus": 1 })
            .into_future(),
    )
    .await;
    const NOT_YET_INITIALIZED: i32 = 94;
    if status.is_err_and(|error| error.code() == Some(NOT_YET_INITIALIZED)) {
        return finding(
            "replica-set",
            side,
            Severity::Problem,
            "started as a replica set that was never initiated",
        )
        .answer("not-initiated")
        .remedy("run rs.initiate() once in the MongoDB shell");
    }
    finding(
        "replica-set",
        side,
        Severity::Problem,
        "a standalone server: it has no change streams",
    )
    .answer("standalone")
    .remedy(MAKE_A_SET)
}

const MAKE_A_SET: &str = "add `replication: { replSetName: rs0 }` to mongod.conf, restart MongoDB, and run rs.initiate() once in its shell";

/// A Local without change streams is kept in step if Bomba notes what it writes.
async fn stands_alone(local: &Replica) -> Finding {
    let of = |severity, text: String| finding("replica-set", local.side, severity, text);
    match queue::middleware(local).await {
        Ok(Some(mark)) => {
            let seen = mark.get_datetime("seen").ok();
            let seen = seen.and_then(|seen| seen.try_to_rfc3339_string().ok());
            let seen = seen.unwrap_or_else(|| "a time unknown".to_owned());
            of(
                Severity::Ok,
                format!("a standalone server: changes come from Bomba's sync middleware, last connected at {seen}"),
            )
        }
        Ok(None) => of(
            Severity::Problem,
            "a standalone server, and Bomba has not connected to it with the sync middleware: what it deletes is not noticed, and other changes late".to_owned(),
        )
        .answer("standalone")
        .remedy(format!(
            "{MAKE_A_SET}; or add the sync middleware to Bomba, as the README shows, and start Bomba"
        )),
        Err(error) => of(Severity::Problem, format!("a standalone server: {error}"))
            .answer(error.trouble().name()),
    }
}

async fn version(replica: &Replica) -> Finding {
    let side = replica.side;
    let info = answered(
        side,
        replica
            .database
            .run_command(doc! { "buildInfo": 1 })
            .into_future(),
    )
    .await;
    let Ok(info) = info else {
        return finding(
            "version",
            side,
            Severity::Warning,
            "the server does not tell its version",
        )
        .answer("unknown");
    };
    let text = info.get_str("version").unwrap_or("?").to_owned();
    let mut parts = text
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or_default());
    let version = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    if version < VERSION_MIN {
        return too_old(side, format!("MongoDB {text} is too old"));
    }
    finding("version", side, Severity::Ok, format!("MongoDB {text}"))
}

fn too_old(side: Side, text: String) -> Finding {
    let (major, minor) = VERSION_MIN;
    finding("version", side, Severity::Problem, text)
        .answer("too-old")
        .remedy(format!("upgrade to MongoDB {major}.{minor} or newer"))
}

async fn rights(replica: &Replica) -> Finding {
    let side = replica.side;
    let own = match side {
        Side::Local => METADATA,
        Side::Atlas => DEVICES,
    };
    let probe = doc! { "_id": "check" };
    let collection = replica.own(own);
    let write = collection
        .update_one(
            probe.clone(),
            doc! { "$set": { "at": bson::DateTime::now() } },
        )
        .upsert(true);
    let tried = async {
        answered(side, write.into_future()).await?;
        answered(side, collection.delete_one(probe).into_future()).await?;
        if !replica.has_queue() {
            answered(side, replica.database.watch().into_future()).await?;
        }
        Ok::<_, EngineError>(())
    };
    match tried.await {
        Ok(()) => finding(
            "rights",
            side,
            Severity::Ok,
            "may read, write and follow changes",
        ),
        Err(error) => finding(
            "rights",
            side,
            Severity::Problem,
            format!("lacks a right: {error}"),
        )
        .answer(error.trouble().name())
        .remedy("give the user the role readWrite on this database"),
    }
}

async fn clock(atlas: &Replica) -> Finding {
    let side = Side::Atlas;
    match Clock::new().measure(atlas).await {
        Ok(Offset { ms, .. }) if ms.unsigned_abs() <= CLOCK_OFFSET_MAX_MS => finding(
            "clock",
            side,
            Severity::Ok,
            format!("this PC's clock agrees to {ms} ms"),
        ),
        Ok(Offset { ms, .. }) => finding(
            "clock",
            side,
            Severity::Warning,
            format!("this PC's clock is off by {ms} ms"),
        )
        .answer("clock-off")
        .remedy("switch on automatic time in the operating system's settings"),
        Err(error) => finding(
            "clock",
            side,
            Severity::Warning,
            format!("could not be compared: {error}"),
        )
        .answer("unknown"),
    }
}
