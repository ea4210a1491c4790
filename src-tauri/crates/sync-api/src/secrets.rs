//! Where connection strings are kept: in the system's keychain, or, on a system without one, in a file that only its
//! owner can read.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keyring::v1::{Entry, Error as KeyringError};
use serde::{Deserialize, Serialize};
use sync_engine::config::ConnectionString;

use crate::wire;

/// The name people see in their keychain.
const SERVICE: &str = "Bomba Sync";

/// Why a connection string cannot be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The file.
    #[error("{file}: {source}", file = file.display())]
    Io {
        /// Its path.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is there, and is not ours.
    #[error("{file}: this is no file of Bomba Sync's; move it away", file = file.display())]
    Damaged {
        /// Its path.
        file: PathBuf,
    },
    /// The keychain was there a moment ago.
    #[error("the keychain does not take the connection string: {0}")]
    Keychain(String),
    /// The task that asked it died.
    #[error("the keychain could not be asked")]
    Lost,
}

/// The connection strings.
#[derive(Debug, Default)]
pub struct Kept {
    /// This PC's MongoDB.
    pub local_uri: Option<ConnectionString>,
    /// Atlas.
    pub atlas_uri: Option<ConnectionString>,
}

/// A place for them. Which one it is, is found out when it is first asked.
#[derive(Clone, Debug)]
pub struct Secrets {
    file: PathBuf,
    keychain: Arc<AtomicBool>,
}

#[derive(Default, Serialize, Deserialize)]
struct InFile {
    local_uri: Option<String>,
    atlas_uri: Option<String>,
}

impl Secrets {
    /// Those that belong to a settings file; the file is beside it.
    pub fn beside(settings: &Path) -> Secrets {
        Secrets {
            file: settings.with_file_name("connections.json"),
            keychain: Arc::new(AtomicBool::new(true)),
        }
    }

    /// The same without a keychain.
    pub fn in_file(settings: &Path) -> Secrets {
        let secrets = Secrets::beside(settings);
        secrets.keychain.store(false, Ordering::Relaxed);
        secrets
    }

    /// Where they are kept.
    pub fn place(&self) -> wire::Secrets {
        if self.keychain.load(Ordering::Relaxed) {
            wire::Secrets::Keychain
        } else {
            wire::Secrets::File
        }
    }

    /// What is kept. The keychain may ask the person for a password first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn load(&self) -> Result<Kept, SecretsError> {
        let this = self.clone();
        aside(move || {
            let file = this.read()?;
            let local = this.ask("local").or(file.local_uri);
            let atlas = this.ask("atlas").or(file.atlas_uri);
            Ok(Kept {
                local_uri: local.map(ConnectionString::new),
                atlas_uri: atlas.map(ConnectionString::new),
            })
        })
        .await
    }

    /// Keeps both.
    ///
    /// # Errors
    /// Neither the keychain nor the disk takes them.
    pub async fn save(
        &self,
        local: Option<&ConnectionString>,
        atlas: Option<&ConnectionString>,
    ) -> Result<(), SecretsError> {
        let this = self.clone();
        let expose = |uri: Option<&ConnectionString>| uri.map(|uri| uri.expose().to_owned());
        let wanted = InFile {
            local_uri: expose(local),
            atlas_uri: expose(atlas),
        };
        aside(move || {
            let both = [("local", &wanted.local_uri), ("atlas", &wanted.atlas_uri)];
            if this.keychain.load(Ordering::Relaxed) {
                for (name, value) in both {
                    this.tell(name, value.as_deref())?;
                }
            }
            // It may have shown itself to be no keychain just now.
            if this.keychain.load(Ordering::Relaxed) {
                this.write(&InFile::default())
            } else {
                this.write(&wanted)
            }
        })
        .await
    }

    fn entry(&self, name: &str) -> Result<Entry, KeyringError> {
        Entry::new(SERVICE, &format!("{}:{name}", self.file.display()))
    }

    /// `None`: nothing there, or no keychain at all.
    fn ask(&self, name: &str) -> Option<String> {
        if !self.keychain.load(Ordering::Relaxed) {
            return None;
        }
        match self.entry(name).and_then(|entry| entry.get_password()) {
            Ok(value) => Some(value),
            Err(KeyringError::NoEntry) => None,
            Err(error) => {
                self.give_up(&error);
                None
            }
        }
    }

    fn tell(&self, name: &str, value: Option<&str>) -> Result<(), SecretsError> {
        let told = self.entry(name).and_then(|entry| match value {
            Some(value) => entry.set_password(value),
            None => match entry.delete_credential() {
                Err(KeyringError::NoEntry) => Ok(()),
                done => done,
            },
        });
        match told {
            Ok(()) => Ok(()),
            Err(error @ (KeyringError::TooLong(..) | KeyringError::Invalid(..))) => {
                Err(SecretsError::Keychain(error.to_string()))
            }
            Err(error) => {
                self.give_up(&error);
                Ok(())
            }
        }
    }

    fn give_up(&self, error: &KeyringError) {
        tracing::info!(%error, "no keychain; connection strings are kept in a file of this user's");
        self.keychain.store(false, Ordering::Relaxed);
    }

    fn read(&self) -> Result<InFile, SecretsError> {
        match fs::read(&self.file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| SecretsError::Damaged {
                file: self.file.clone(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(InFile::default()),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn write(&self, kept: &InFile) -> Result<(), SecretsError> {
        if kept.local_uri.is_none() && kept.atlas_uri.is_none() {
            return match fs::remove_file(&self.file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(error)),
                Ok(()) | Err(_) => Ok(()),
            };
        }
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|error| self.failed(error))?;
        // A temporary file is made for its owner only, and keeps that under its new name.
        let write = || -> io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&serde_json::to_vec(kept)?)?;
            file.as_file().sync_all()?;
            file.persist(&self.file).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| self.failed(error))
    }

    fn failed(&self, source: io::Error) -> SecretsError {
        SecretsError::Io {
            file: self.file.clone(),
            source,
        }
    }
}

/// The keychain blocks, and may wait for a person.
async fn aside<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
) -> Result<T, SecretsError> {
    tokio::task::spawn_blocking(ask)
        .await
        .map_err(|_| SecretsError::Lost)?
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str = "mongodb://shop:hunter2@localhost/";

    #[tokio::test]
    async fn without_a_keychain_they_lie_in_a_file_only_its_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("settings.toml");
        let secrets = Secrets::in_file(&settings);
        assert!(secrets.load().await.unwrap().local_uri.is_none());
        let uri = ConnectionString::new(URI);
        secrets.save(Some(&uri), None).await.unwrap();
        let kept = Secrets::in_file(&settings).load().await.unwrap();
        assert_eq!(kept.local_uri, Some(uri));
        assert_eq!(kept.atlas_uri, None);
        assert!(!format!("{kept:?}").contains("hunter2"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&secrets.file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        secrets.save(None, None).await.unwrap();
        assert!(!secrets.file.exists());
    }

    #[tokio::test]
    async fn a_file_that_is_not_ours_is_told_and_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::in_file(&folder.path().join("settings.toml"));
        fs::write(&secrets.file, "hello").unwrap();
        assert!(matches!(
            secrets.load().await,
            Err(SecretsError::Damaged { .. })
        ));
        assert_eq!(fs::read(&secrets.file).unwrap(), b"hello");
    }
}
