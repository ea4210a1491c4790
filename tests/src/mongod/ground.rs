//! The folder a server lives in. It goes when its `Ground` goes; when a test
//! process is killed instead, the next one that makes a ground sweeps it up.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::statvfs;
use tempfile::TempDir;

const NAME_PREFIX: &str = "bomba-mongod-";

/// A few servers with a few hundred megabytes each must fit beside the rest.
const MEMORY_BYTES_MIN: u64 = 4 << 30;

/// A folder this young may not have had its lock taken yet.
const SWEEP_AGE_MIN: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Ground {
    folder: TempDir,
    /// Held as long as the process lives: the sign that the folder is in use.
    _lock: File,
}

impl Ground {
    pub(super) fn new() -> io::Result<Self> {
        let parent = parent();
        sweep(&parent)?;
        let folder = tempfile::Builder::new()
            .prefix(NAME_PREFIX)
            .tempdir_in(&parent)?;
        let lock = File::create(lock_path(folder.path()))?;
        lock.lock()?;
        fs::create_dir(folder.path().join("data"))?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The end of the server's log, for a message about a failed start.
    pub(super) fn log_tail(&self) -> String {
        const LINES: usize = 30;
        let log = fs::read(self.path("mongod.log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }
}

/// Memory when there is plenty: a majority write then costs no disk flush.
fn parent() -> PathBuf {
    let memory = Path::new("/dev/shm");
    match statvfs(memory) {
        Ok(room) if room.f_bavail * room.f_frsize >= MEMORY_BYTES_MIN => memory.to_owned(),
        _ => std::env::temp_dir(),
    }
}

fn lock_path(folder: &Path) -> PathBuf {
    folder.join("owner.lock")
}

fn sweep(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let ours = entry.file_name().to_string_lossy().starts_with(NAME_PREFIX);
        if ours && is_abandoned(&entry.path()) {
            // Another process may be sweeping the same folder.
            match fs::remove_dir_all(entry.path()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
    }
    Ok(())
}

fn is_abandoned(folder: &Path) -> bool {
    let lock = lock_path(folder);
    let made = fs::metadata(&lock).and_then(|metadata| metadata.modified());
    let old = made.is_ok_and(|made| {
        SystemTime::now()
            .duration_since(made)
            .is_ok_and(|age| age >= SWEEP_AGE_MIN)
    });
    old && File::open(&lock)
        .is_ok_and(|lock| !matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}
