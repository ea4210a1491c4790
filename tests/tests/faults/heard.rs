//! What the engines of this process logged so far.

use std::io;
use std::sync::{Mutex, OnceLock};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LISTENING: OnceLock<()> = OnceLock::new();

/// Logs from now on go into memory, and on to standard error when `RUST_LOG` is set.
pub(crate) fn listen() {
    LISTENING.get_or_init(|| {
        let filter = EnvFilter::try_from_default_env();
        let filter = filter.unwrap_or_else(|_| EnvFilter::new("sync_engine=info"));
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_env_filter(filter);
        subscriber.with_writer(Memory).init();
    });
}

/// Whether a line with `text` in it was logged.
pub(crate) fn heard(text: &str) -> bool {
    log().contains(text)
}

/// All that was logged.
pub(crate) fn log() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap()).into_owned()
}

#[derive(Clone, Copy)]
struct Memory;

impl io::Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        if std::env::var_os("RUST_LOG").is_some() {
            io::stderr().write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Memory {
    type Writer = Memory;

    fn make_writer(&self) -> Memory {
        Memory
    }
}
