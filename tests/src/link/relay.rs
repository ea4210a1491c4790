//! One connection of a link: both directions, at the pace that is set.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::Counters;

const CHUNK_BYTES: usize = 16 * 1024;

/// What may be on its way in one direction: with `CHUNK_BYTES`, 1 MiB.
const CHUNKS_UNDERWAY_MAX: usize = 64;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    pub(super) held: bool,
    pub(super) delay: Duration,
    /// Each way; `None` is as fast as it goes.
    pub(super) bytes_per_second: Option<u32>,
}

/// Bytes that the client is to find in the place of others, once.
#[derive(Debug)]
pub(super) struct Forgery {
    pub(super) genuine: Vec<u8>,
    /// As long as the genuine ones, so that every length around them stays true.
    pub(super) forged: Vec<u8>,
}

/// What all relays of a link share.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    pub(super) counters: Arc<Counters>,
    pub(super) forgeries: Arc<Mutex<Vec<Forgery>>>,
    /// What the server's clock seems to be ahead of what it is.
    pub(super) clock_ahead_ms: Arc<AtomicI64>,
}

/// Carries bytes until both ends have closed, one of them fails, or a reset.
pub(super) async fn run(
    mut client: TcpStream,
    target: SocketAddr,
    pace: watch::Receiver<Pace>,
    mut resets: watch::Receiver<()>,
    shared: Shared,
) {
    // A target that refuses is seen by the client as a closed connection.
    let Ok(mut server) = TcpStream::connect(target).await else {
        return;
    };
    for stream in [&client, &server] {
        // On failure the bytes only travel in larger lumps.
        drop(stream.set_nodelay(true));
    }
    let was_reset = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let counters = &shared.counters;
        let there = carry(
            from_client,
            to_server,
            pace.clone(),
            &counters.to_target,
            None,
        );
        let from_target = &counters.from_target;
        let back = carry(from_server, to_client, pace, from_target, Some(&shared));
        tokio::select! {
            // An error of one end closes the other: that is what links do.
            _ = async { tokio::try_join!(there, back) } => false,
            _ = resets.changed() => true,
        }
    };
    if was_reset {
        for stream in [&client, &server] {
            // On failure the peer sees a plain close, which also ends it.
            drop(stream.set_zero_linger());
        }
    }
}

/// Reading and writing are two steps with a queue between them, so that a delay
/// does not also limit the rate.
async fn carry(
    mut reader: ReadHalf<'_>,
    mut writer: WriteHalf<'_>,
    pace: watch::Receiver<Pace>,
    delivered: &AtomicU64,
    forged_by: Option<&Shared>,
) -> io::Result<()> {
    let (underway, mut arriving) = mpsc::channel::<(Instant, Vec<u8>)>(CHUNKS_UNDERWAY_MAX);
    let read_pace = pace.clone();
    let read = async move {
        loop {
            let mut chunk = vec![0; CHUNK_BYTES];
            let length = reader.read(&mut chunk).await?;
            chunk.truncate(length);
            if let Some(shared) = forged_by {
                forge(&mut chunk, &shared.forgeries);
                set_clock(&mut chunk, shared.clock_ahead_ms.load(Ordering::Relaxed));
            }
            let due = Instant::now() + read_pace.borrow().delay;
            if length == 0 || underway.send((due, chunk)).await.is_err() {
                return Ok(());
            }
        }
    };
    let mut write_pace = pace;
    let write = async move {
        let mut free_at = Instant::now();
        while let Some((due, chunk)) = arriving.recv().await {
            sleep_until(due.max(free_at)).await;
            released(&mut write_pace).await;
            writer.write_all(&chunk).await?;
            delivered.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            if let Some(rate) = write_pace.borrow().bytes_per_second {
                let takes = Duration::from_secs_f64(chunk.len() as f64 / f64::from(rate.max(1)));
                free_at = free_at.max(Instant::now()) + takes;
            }
        }
        // A close is held back with the bytes before it.
        released(&mut write_pace).await;
        writer.shutdown().await
    };
    tokio::try_join!(read, write).map(|_: ((), ())| ())
}

/// What stands across the border of two chunks is not found.
fn forge(chunk: &mut [u8], forgeries: &Mutex<Vec<Forgery>>) {
    let mut waiting = forgeries.lock().expect("no holder panics");
    waiting.retain(|Forgery { genuine, forged }| {
        let start = find(chunk, genuine);
        if let Some(start) = start {
            chunk[start..start + forged.len()].copy_from_slice(forged);
        }
        start.is_none()
    });
}

/// The `localTime` of a server's `hello`, if there is one.
fn set_clock(chunk: &mut [u8], ahead_ms: i64) {
    const NAME: &[u8] = b"\x09localTime\0";
    let Some(start) = find(chunk, NAME).filter(|_| ahead_ms != 0) else {
        return;
    };
    if let Some(time) = chunk[start + NAME.len()..].first_chunk_mut() {
        *time = i64::from_le_bytes(*time)
            .saturating_add(ahead_ms)
            .to_le_bytes();
    }
}

fn find(chunk: &[u8], wanted: &[u8]) -> Option<usize> {
    chunk
        .windows(wanted.len())
        .position(|window| window == wanted)
}

async fn released(pace: &mut watch::Receiver<Pace>) {
    if pace.wait_for(|pace| !pace.held).await.is_err() {
        // The link is gone; its keeper is about to drop this relay.
        std::future::pending::<()>().await;
    }
}
