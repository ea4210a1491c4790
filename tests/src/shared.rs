//! Servers that the tests of one process share: one database per test, so that
//! a property of a hundred cases does not start a hundred servers.
//!
//! Not for tests that kill, restart or fill a server: those start their own.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::OnceCell;

use crate::mongod::{Mongod, Options};

/// Two shop PCs and an Atlas.
const SERVERS_MAX: usize = 3;

static SERVERS: [OnceCell<Mongod>; SERVERS_MAX] = [const { OnceCell::const_new() }; SERVERS_MAX];

/// The first `N` (at most 3) shared replica sets, started when first asked for.
///
/// # Panics
/// When a server does not start: no test can go on without it.
pub async fn replica_sets<const N: usize>() -> [&'static Mongod; N] {
    const { assert!(N <= SERVERS_MAX) };
    let servers = started(&SERVERS[..N], Options::replica_set()).await;
    servers.try_into().expect("as many as were asked for")
}

async fn started(cells: &'static [OnceCell<Mongod>], options: Options) -> Vec<&'static Mongod> {
    let servers = cells.iter().map(async |cell| {
        let start = async || Mongod::start(options.clone()).await;
        match cell.get_or_try_init(start).await {
            Ok(server) => server,
            Err(error) => panic!("no shared server: {error}"),
        }
    });
    futures_util::future::join_all(servers).await
}

/// Two shop PCs whose MongoDB stands alone.
static ALONE: [OnceCell<Mongod>; SERVERS_MAX - 1] =
    [const { OnceCell::const_new() }; SERVERS_MAX - 1];

/// The first `N` (at most 2) shared servers that stand alone, and an Atlas.
///
/// # Panics
/// When a server does not start: no test can go on without it.
pub async fn standalones<const N: usize>() -> ([&'static Mongod; N], &'static Mongod) {
    const { assert!(N < SERVERS_MAX) };
    let servers = started(&ALONE[..N], Options::standalone()).await;
    // The other two of those may be needed by nobody.
    let atlas = started(&SERVERS[SERVERS_MAX - 1..], Options::replica_set()).await;
    (
        servers.try_into().expect("as many as were asked for"),
        atlas[0],
    )
}

/// A database name that no other test of this process has, e.g.
/// `property_3_17`. `test` must be short: MongoDB takes 63 bytes.
pub fn database_name(test: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{test}_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
