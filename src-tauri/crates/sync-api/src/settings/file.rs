//! The settings file on disk: TOML in, TOML out. What the keys mean is `layer`'s business.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use super::{Layer, SettingsError};

/// A settings file is a page of text; anything larger is another file given by mistake.
const BYTES_MAX: u64 = 1024 * 1024;

/// `None`: there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Layer>, SettingsError> {
    let failed = |source| SettingsError::Io {
        file: path.to_owned(),
        source,
    };
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    file.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(failed(io::Error::new(
            io::ErrorKind::InvalidData,
            "larger than 1 MiB: not a settings file",
        )));
    }
    parse(path, &bytes).map(Some)
}

pub(super) fn write(layer: &Layer, path: &Path) -> Result<(), SettingsError> {
    let failed = |source| SettingsError::Io {
        file: path.to_owned(),
        source,
    };
    let text =
        toml::to_string(&layer.to_table()).map_err(|error| failed(io::Error::other(error)))?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    // A temporary file is made for its owner only, and keeps that when it takes the settings file's name.
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    temporary.write_all(text.as_bytes()).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    temporary
        .persist(path)
        .map_err(|error| failed(error.error))?;
    Ok(())
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Layer, SettingsError> {
    let bad = |offset: usize, why| SettingsError::BadLine {
        file: path.to_owned(),
        line: line_at(bytes, offset),
        why,
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|error| bad(error.valid_up_to(), "it is not valid UTF-8"))?;
    // The parser's own message quotes the line, which may hold a password.
    let table = text.parse::<toml::Table>().map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        bad(
            offset,
            "expected key = value, with text in quotes, each key once",
        )
    })?;
    Layer::from_table(path, table)
}

fn line_at(bytes: &[u8], offset: usize) -> usize {
    bytes
        .iter()
        .take(offset)
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}
