//! The process that runs the shop's Mongoose models. It is started here, spoken to line by line as its own
//! `protocol.mjs` says, and killed when it is silent, takes too much memory, or is no longer needed.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use include_dir::{Dir, include_dir};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
use tempfile::TempDir;
use thiserror::Error;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio_util::codec::{FramedRead, LinesCodec};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::objection::Failure;
use super::secrets::Secrets;
use crate::config::{ConnectionString, ModelsConfig};

/// The program; `host.mjs` is what Node starts.
static PROGRAM: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../bomba/host");
const ENTRY: &str = include_str!("../../../../bomba/host.mjs");

/// How long Node and the shop's models may take to load.
const START_MAX: Duration = Duration::from_secs(30);
/// How long a batch may take, beside what each of its documents may.
const BATCH_MAX: Duration = Duration::from_secs(2);
/// What each document may take on top: a host that does 100 a second still works.
const DOCUMENT_MAX: Duration = Duration::from_millis(20);
/// What a megabyte of text may take on top: it is read, run twice and written.
const MEGABYTE_MAX: Duration = Duration::from_secs(4);
/// How long one document may wait for its hooks; the host itself sees to it.
const HOOKS_MAX: Duration = Duration::from_secs(2);

/// The heap of the models, in MB.
const HEAP_MB: u32 = 256;
/// All its memory: buffers lie outside of the heap.
const MEMORY_BYTES_MAX: u64 = 640 * 1024 * 1024;
const MEMORY_LOOK: Duration = Duration::from_millis(200);

/// A line of an answer; a document of 16 MB may take a multiple of that as text.
const LINE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// A line that a model prints; the rest of it is dropped.
const PRINTED_BYTES_MAX: usize = 2_000;

/// Why a host is of no use any more.
#[derive(Debug, Error)]
pub(super) enum HostFailure {
    #[error(
        "Node.js cannot be started ({0}). Install Node.js 20 or newer, or name its program in the settings"
    )]
    NoNode(io::Error),
    #[error("the program that runs the models cannot be written to the temporary folder: {0}")]
    Unpacked(io::Error),
    #[error("{0}")]
    Refused(String),
    #[error("it did not finish in time")]
    Silent,
    #[error("it took more than {} MB of memory", MEMORY_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    #[error("it ended by itself, or wrote what no model may write")]
    Gone,
}

/// A document for the models.
#[derive(Debug, Serialize)]
pub(super) struct Given {
    pub(super) incoming: Box<RawValue>,
    pub(super) existing: Option<Box<RawValue>>,
}

impl Given {
    pub(super) fn text_bytes(&self) -> usize {
        let existing = self.existing.as_ref().map_or(0, |text| text.get().len());
        self.incoming.get().len() + existing
    }
}

/// What the models made of a document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Verdict {
    Unchanged(IgnoredAny),
    Document(serde_json::Value),
    Invalid(Vec<Failure>),
    Threw(String),
    Unsettled(Vec<String>),
}

#[derive(Serialize)]
struct Batch<'a> {
    id: u64,
    collection: &'a str,
    documents: &'a [Given],
}

#[derive(Serialize)]
struct Connect<'a> {
    uri: &'a str,
    database: &'a str,
}

/// The first lines of a host.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Opening {
    Ready(Ready),
    Failed { reason: String },
    Connected { error: Option<String> },
}

#[derive(Debug, Deserialize)]
struct Ready {
    mongoose: String,
    node: String,
    models: Vec<Model>,
    problems: Vec<Problem>,
}

#[derive(Debug, Deserialize)]
struct Model {
    collection: String,
}

/// A file of the folder that cannot be used; the name is empty where no single file is to blame.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Problem {
    pub(super) file: String,
    pub(super) message: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: u64,
    results: Option<Vec<Verdict>>,
    #[serde(default)]
    no_model: bool,
}

/// The database that the models may read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local<'a> {
    pub(super) uri: &'a ConnectionString,
    pub(super) database: &'a str,
    pub(super) secrets: &'a Arc<Secrets>,
}

/// A host that is running. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Host {
    _child: Child,
    _watched: DropGuard,
    too_large: CancellationToken,
    orders: ChildStdin,
    answers: FramedRead<ChildStdout, LinesCodec>,
    batches: u64,
    pub(super) loaded: Loaded,
    _program: TempDir,
}

/// What a host says of itself when it is ready.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) mongoose: String,
    pub(super) node: String,
    /// The collections that have a model.
    pub(super) collections: BTreeSet<String>,
    /// Files that cannot be used, and why.
    pub(super) problems: Vec<Problem>,
}

impl Host {
    /// Starts one and waits until it has loaded the models. It may read Local, for hooks that look something up there.
    pub(super) async fn start(
        models: &ModelsConfig,
        local: Local<'_>,
    ) -> Result<Host, HostFailure> {
        let program = unpack().map_err(HostFailure::Unpacked)?;
        let mut child = command(models, program.path())
            .spawn()
            .map_err(HostFailure::NoNode)?;
        let (Some(orders), Some(answers), Some(printed)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(HostFailure::Gone);
        };
        tokio::spawn(log(printed, local.secrets.clone()));
        let (ended, too_large) = (CancellationToken::new(), CancellationToken::new());
        tokio::spawn(watch_memory(child.id(), ended.clone(), too_large.clone()));
        let codec = LinesCodec::new_with_max_length(LINE_BYTES_MAX);
        let mut host = Host {
            _child: child,
            _watched: ended.drop_guard(),
            too_large,
            orders,
            answers: FramedRead::new(answers, codec),
            batches: 0,
            loaded: Loaded::default(),
            _program: program,
        };
        match tokio::time::timeout(START_MAX, host.greet(local)).await {
            Ok(Ok(())) => Ok(host),
            Ok(Err(failure)) => Err(host.why(failure)),
            Err(_elapsed) => Err(HostFailure::Silent),
        }
    }

    /// One that was ended for its memory only looks as if it had ended by itself.
    fn why(&self, failure: HostFailure) -> HostFailure {
        match failure {
            HostFailure::Gone if self.too_large.is_cancelled() => HostFailure::TooLarge,
            other => other,
        }
    }

    async fn greet(&mut self, local: Local<'_>) -> Result<(), HostFailure> {
        let ready = match self.line().await? {
            Opening::Ready(ready) => ready,
            Opening::Failed { reason } => return Err(HostFailure::Refused(reason)),
            Opening::Connected { .. } => return Err(HostFailure::Gone),
        };
        let Ready {
            mongoose,
            node,
            models,
            problems,
        } = ready;
        self.loaded = Loaded {
            mongoose,
            node,
            collections: models.into_iter().map(|model| model.collection).collect(),
            problems,
        };
        tracing::info!(loaded = ?self.loaded, "Bomba's models are loaded");
        let connect = Connect {
            uri: local.uri.expose(),
            database: local.database,
        };
        self.say(&serde_json::json!({ "connect": connect })).await?;
        match self.line().await? {
            Opening::Connected { error: None } => {}
            Opening::Connected { error: Some(error) } => {
                let error = local.secrets.hide(&error);
                tracing::warn!(error, "Bomba's models cannot read this PC's MongoDB");
            }
            Opening::Ready(_) | Opening::Failed { .. } => return Err(HostFailure::Gone),
        }
        Ok(())
    }

    /// Has the models look at documents of one collection. `None`: it has no model.
    pub(super) async fn ask(
        &mut self,
        collection: &str,
        documents: &[Given],
    ) -> Result<Option<Vec<Verdict>>, HostFailure> {
        self.batches += 1;
        let id = self.batches;
        let count = u32::try_from(documents.len()).unwrap_or(u32::MAX);
        let megabytes = documents.iter().map(Given::text_bytes).sum::<usize>() / (1024 * 1024);
        let megabytes = u32::try_from(megabytes).unwrap_or(u32::MAX);
        let in_time = BATCH_MAX + HOOKS_MAX + DOCUMENT_MAX * count + MEGABYTE_MAX * megabytes;
        let talk = async {
            let batch = Batch {
                id,
                collection,
                documents,
            };
            self.say(&batch).await?;
            self.line::<Answer>().await
        };
        let answer = match tokio::time::timeout(in_time, talk).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(failure)) => return Err(self.why(failure)),
            Err(_elapsed) => return Err(HostFailure::Silent),
        };
        match answer.results {
            None if answer.no_model && answer.id == id => Ok(None),
            Some(results) if answer.id == id && results.len() == documents.len() => {
                Ok(Some(results))
            }
            Some(_) | None => Err(HostFailure::Gone),
        }
    }

    async fn say(&mut self, order: &impl Serialize) -> Result<(), HostFailure> {
        let mut line = serde_json::to_vec(order).map_err(|_unsayable| HostFailure::Gone)?;
        line.push(b'\n');
        let gone = |_error: io::Error| HostFailure::Gone;
        self.orders.write_all(&line).await.map_err(gone)?;
        self.orders.flush().await.map_err(gone)
    }

    async fn line<T: for<'de> Deserialize<'de>>(&mut self) -> Result<T, HostFailure> {
        let line = self.answers.next().await;
        let line = line.and_then(Result::ok).ok_or(HostFailure::Gone)?;
        serde_json::from_str(&line).map_err(|_garbled| HostFailure::Gone)
    }
}

/// A new folder of the user's own with the program in it.
fn unpack() -> io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("bomba-models-").tempdir()?;
    std::fs::write(folder.path().join("host.mjs"), ENTRY)?;
    let modules = folder.path().join("host");
    std::fs::create_dir(&modules)?;
    PROGRAM.extract(&modules)?;
    Ok(folder)
}

fn command(models: &ModelsConfig, program: &Path) -> Command {
    let mut command = Command::new(&models.node);
    command
        .arg(format!("--max-old-space-size={HEAP_MB}"))
        .arg(program.join("host.mjs"))
        .arg(&models.folder)
        .arg("--document-limit-ms")
        .arg(HOOKS_MAX.as_millis().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // The addresses of both databases, with their passwords, may stand in the environment.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BOMBA_") {
            command.env_remove(name);
        }
    }
    #[cfg(windows)]
    {
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        command.creation_flags(CREATE_NO_WINDOW);
    }
    command
}

/// What the models print goes to the log. It is read to its end, whatever comes: a full pipe would stop the host.
async fn log(printed: ChildStderr, secrets: Arc<Secrets>) {
    let codec = LinesCodec::new_with_max_length(PRINTED_BYTES_MAX);
    let mut lines = FramedRead::new(printed, codec);
    let mut is_cut = false;
    loop {
        match lines.next().await {
            Some(Ok(line)) => tracing::info!(line = secrets.hide(&line), "Bomba's models say"),
            // A line that is too long, or no text; what follows it can be read again after one more question.
            Some(Err(_)) => is_cut = true,
            None if is_cut => is_cut = false,
            None => return,
        }
    }
}

/// Ends a host that takes too much: what it allocates outside of its heap no setting of Node bounds.
async fn watch_memory(pid: Option<u32>, ended: CancellationToken, too_large: CancellationToken) {
    let (Some(pid), Ok(mut system)) = (pid.map(Pid::from_u32), System::new()) else {
        return;
    };
    let mut look = tokio::time::interval(MEMORY_LOOK);
    loop {
        tokio::select! {
            _ = look.tick() => {}
            () = ended.cancelled() => return,
        }
        let kind = ProcessRefreshKind::nothing().with_memory();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, kind);
        let process = system.process(pid);
        if let Some(process) = process.filter(|process| process.memory() > MEMORY_BYTES_MAX) {
            too_large.cancel();
            process.kill();
            return;
        }
    }
}
