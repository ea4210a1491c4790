//! The one place that talks to the terminal: answers go to standard output, complaints to standard error.

use std::io::{self, IsTerminal, Write};

use bson::{Bson, Document};
use comfy_table::{Table, presets};
use serde::Serialize;

use crate::failure::Failure;

/// How an answer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Words,
    /// For programs.
    Json,
}

/// Prints lines for people.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    writeln!(io::stdout().lock(), "{text}").map_err(Failure::Output)
}

/// Prints one JSON value.
pub(crate) fn say_json(value: &impl Serialize) -> Result<(), Failure> {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| Failure::Output(error.into()))?;
    say(&text)
}

/// Prints one line on standard error.
pub(crate) fn complain(line: &str) {
    // Standard error is where a failure to print would be told.
    let _unheard = writeln!(io::stderr().lock(), "bomba-syncd: {line}");
}

/// Shows how far something is, on standard error: in place on a terminal, line by line elsewhere.
pub(crate) fn progress(line: &str) {
    let mut stderr = io::stderr().lock();
    // Progress nobody sees is no reason to stop the work.
    let _unseen = if stderr.is_terminal() {
        write!(stderr, "\r\x1b[K{line}").and_then(|()| stderr.flush())
    } else {
        writeln!(stderr, "{line}")
    };
}

/// Ends a line that `progress` rewrote in place.
pub(crate) fn progress_done() {
    let mut stderr = io::stderr().lock();
    if stderr.is_terminal() {
        let _unseen = writeln!(stderr);
    }
}

/// Rows under headings, in aligned columns.
pub(crate) fn table<const N: usize>(
    headings: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(headings);
    for row in rows {
        table.add_row(row);
    }
    table.trim_fmt()
}

/// A field of a record as a cell of a table.
pub(crate) fn field(record: &Document, key: &str) -> String {
    record.get(key).map_or_else(|| "-".to_owned(), value)
}

/// A value as a cell of a table: no quotes around text, no control characters, and not longer than a cell.
pub(crate) fn value(value: &Bson) -> String {
    const CHARACTERS_MAX: usize = 60;
    let text = match value {
        Bson::String(text) => text.clone(),
        Bson::ObjectId(id) => id.to_hex(),
        Bson::DateTime(time) => time
            .try_to_rfc3339_string()
            .unwrap_or_else(|_| time.to_string()),
        other => other.to_string(),
    };
    let mut cell: String = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .take(CHARACTERS_MAX + 1)
        .collect();
    if let Some((cut, _)) = cell.char_indices().nth(CHARACTERS_MAX) {
        cell.truncate(cut);
        cell.push('…');
    }
    cell
}
