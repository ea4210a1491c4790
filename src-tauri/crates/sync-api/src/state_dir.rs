//! The directory a running daemon is found by: its lock, its log, and where and with which word it can be asked.
//!
//! The lock is what tells whether a daemon runs, since a killed one leaves its address behind and another program
//! may have that port by now.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

const LOCK: &str = "lock";
const ADDRESS: &str = "running.json";

/// Someone who asks whether a daemon runs holds the lock for a moment; a start waits this long for them.
const ASKING_MAX: Duration = Duration::from_secs(1);

/// Why a state directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateDirError {
    /// The system does not let us.
    #[error("the state directory {dir} cannot be used: {source}", dir = dir.display())]
    Unusable {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another engine works with it.
    #[error("another Bomba Sync is at work with the state directory {dir}", dir = dir.display())]
    AlreadyRunning {
        /// The directory.
        dir: PathBuf,
    },
}

/// How a running daemon is asked. The token stands for the right to give orders: whoever can read this file may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Where it listens, on this machine only.
    pub address: SocketAddr,
    /// The word that lets orders be given.
    pub token: String,
}

/// A state directory that is ours until this is dropped.
#[derive(Debug)]
pub struct StateDir {
    dir: PathBuf,
    _lock: File,
}

impl StateDir {
    /// Makes the directory if it is missing, and takes it. Fails when another process has it.
    pub fn take(dir: &Path) -> Result<StateDir, StateDirError> {
        let unusable = |source| StateDirError::Unusable {
            dir: dir.to_owned(),
            source,
        };
        create(dir).map_err(unusable)?;
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(dir.join(LOCK))
            .map_err(unusable)?;
        let deadline = Instant::now() + ASKING_MAX;
        loop {
            match lock.try_lock() {
                Ok(()) => {
                    return Ok(StateDir {
                        dir: dir.to_owned(),
                        _lock: lock,
                    });
                }
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StateDirError::AlreadyRunning {
                        dir: dir.to_owned(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(unusable(error)),
            }
        }
    }

    /// The folder of its log.
    pub fn logs(&self) -> PathBuf {
        self.dir.join("logs")
    }

    /// Lets others find this daemon.
    pub fn announce(&self, running: &Running) -> Result<(), StateDirError> {
        let unusable = |source| StateDirError::Unusable {
            dir: self.dir.clone(),
            source,
        };
        // A temporary file is made for its owner only, and stays so under its new name.
        let mut file = tempfile::NamedTempFile::new_in(&self.dir).map_err(unusable)?;
        let text = serde_json::to_vec(running).map_err(|error| unusable(error.into()))?;
        file.write_all(&text).map_err(unusable)?;
        file.persist(self.dir.join(ADDRESS))
            .map_err(|error| unusable(error.error))?;
        Ok(())
    }

    /// Takes the announcement back.
    pub fn withdraw(&self) -> Result<(), StateDirError> {
        match fs::remove_file(self.dir.join(ADDRESS)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(StateDirError::Unusable {
                    dir: self.dir.clone(),
                    source,
                })
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// The daemon that runs with this state directory, if one does and has got as far as to be asked.
pub fn running(dir: &Path) -> Result<Option<Running>, StateDirError> {
    let unusable = |source| StateDirError::Unusable {
        dir: dir.to_owned(),
        source,
    };
    let Some(lock) = present(File::open(dir.join(LOCK))).map_err(unusable)? else {
        return Ok(None);
    };
    match lock.try_lock_shared() {
        Ok(()) => return Ok(None),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(unusable(error)),
    }
    let Some(text) = present(fs::read(dir.join(ADDRESS))).map_err(unusable)? else {
        return Ok(None);
    };
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| unusable(error.into()))
}

/// Every daemon that runs under a directory of state directories.
pub fn all_running(base: &Path) -> Result<Vec<Running>, StateDirError> {
    let unusable = |source| StateDirError::Unusable {
        dir: base.to_owned(),
        source,
    };
    let Some(entries) = present(fs::read_dir(base)).map_err(unusable)? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in entries {
        found.extend(running(&entry.map_err(unusable)?.path())?);
    }
    Ok(found)
}

fn present<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error)
            if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn create(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

#[cfg(not(unix))]
fn create(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn someone() -> Running {
        Running {
            address: "127.0.0.1:7017".parse().expect("an address"),
            token: "word".to_owned(),
        }
    }

    #[test]
    fn a_state_directory_is_one_daemon_s_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("state");
        let first = StateDir::take(&dir).unwrap();
        assert!(matches!(
            StateDir::take(&dir),
            Err(StateDirError::AlreadyRunning { .. })
        ));
        drop(first);
        StateDir::take(&dir).unwrap();
    }

    #[test]
    fn a_daemon_is_found_while_it_runs_and_not_by_what_a_dead_one_left() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("state");
        assert_eq!(running(&dir).unwrap(), None);
        let state = StateDir::take(&dir).unwrap();
        assert_eq!(
            running(&dir).unwrap(),
            None,
            "it has not said where it listens"
        );
        state.announce(&someone()).unwrap();
        assert_eq!(running(&dir).unwrap(), Some(someone()));
        assert_eq!(all_running(folder.path()).unwrap(), [someone()]);
        drop(state);
        assert_eq!(running(&dir).unwrap(), None);
        assert_eq!(all_running(folder.path()).unwrap(), []);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_token() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("state");
        let state = StateDir::take(&dir).unwrap();
        state.announce(&someone()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&dir), mode(&dir.join(ADDRESS))), (0o700, 0o600));
        state.withdraw().unwrap();
        assert!(!dir.join(ADDRESS).exists());
    }
}
