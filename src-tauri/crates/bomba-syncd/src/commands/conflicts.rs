//! `conflicts`: the versions that lost, kept in the vault.

use std::collections::{BTreeMap, BTreeSet};

use bson::{Bson, Document};
use sync_api::settings::Settings;
use sync_engine::access::Access;
use sync_engine::vault;

use crate::cli::ConflictsCommand;
use crate::commands::access;
use crate::failure::{Failure, Outcome};
use crate::terminal::{self, Form};

pub(crate) async fn conflicts(
    settings: &Settings,
    command: ConflictsCommand,
) -> Result<Outcome, Failure> {
    let access = access(settings).await?;
    match command {
        ConflictsCommand::List(args) => list(&access, args.form()).await,
        ConflictsCommand::Show(args) => show(&access, &args.id, args.form()).await,
        ConflictsCommand::Restore(args) => restore(&access, &args.id, args.form()).await,
    }
}

async fn list(access: &Access, form: Form) -> Result<Outcome, Failure> {
    let records = vault::list(access).await?;
    match form {
        Form::Json => terminal::say_json(&records)?,
        Form::Words if records.is_empty() => terminal::say("no versions are kept")?,
        Form::Words => terminal::say(&terminal::table(
            [
                "ID",
                "DETECTED",
                "COLLECTION",
                "DOCUMENT",
                "LOST ON",
                "WHY",
                "SEEN",
            ],
            records.iter().map(row),
        ))?,
    }
    Ok(Outcome::Fine)
}

async fn show(access: &Access, id: &str, form: Form) -> Result<Outcome, Failure> {
    let record = vault::show(access, id, &BTreeMap::new())
        .await?
        .ok_or_else(|| unknown(id))?;
    match form {
        Form::Json => terminal::say_json(&record)?,
        Form::Words => terminal::say(&side_by_side(&record))?,
    }
    Ok(Outcome::Fine)
}

async fn restore(access: &Access, id: &str, form: Form) -> Result<Outcome, Failure> {
    if !vault::restore(access, id).await? {
        return Err(unknown(id));
    }
    match form {
        Form::Json => terminal::say_json(&serde_json::json!({ "restored": id }))?,
        Form::Words => terminal::say("the kept version is back on this PC, as an edit made now")?,
    }
    Ok(Outcome::Fine)
}

fn unknown(id: &str) -> Failure {
    Failure::UnknownId {
        what: "kept version",
        id: id.to_owned(),
    }
}

fn row(record: &Document) -> [String; 7] {
    let [collection, document] = about(record, "document");
    [
        terminal::field(record, "_id"),
        terminal::field(record, "detectedAt"),
        collection,
        document,
        terminal::field(record, "lostOn"),
        terminal::field(record, "reason"),
        terminal::field(record, "seen"),
    ]
}

/// The collection and the `_id` of the document that a record is about.
pub(super) fn about(record: &Document, key: &str) -> [String; 2] {
    match record.get_document(key) {
        Ok(about) => [
            terminal::field(about, "collection"),
            terminal::field(about, "id"),
        ],
        Err(_) => ["?".to_owned(), "?".to_owned()],
    }
}

/// The kept version and the one that won, field by field, differing fields marked.
fn side_by_side(record: &Document) -> String {
    let [collection, document] = about(record, "document");
    let nothing = Document::new();
    let kept = record.get_document("loser").unwrap_or(&nothing);
    let winner = record.get_document("winner").unwrap_or(&nothing);
    let names: BTreeSet<&String> = kept
        .keys()
        .chain(winner.keys())
        .filter(|name| *name != "_syncMeta")
        .collect();
    let rows = names.into_iter().map(|name| {
        let mark = if kept.get(name) == winner.get(name) {
            ""
        } else {
            "*"
        };
        [
            mark.to_owned(),
            name.clone(),
            value(kept.get(name)),
            value(winner.get(name)),
        ]
    });
    let (why, strategy) = (
        terminal::field(record, "reason"),
        terminal::field(record, "strategy"),
    );
    format!(
        "{collection} {document}: {why}, decided by {strategy}\nkept:   written {}\nwinner: written {}\n\n{}",
        terminal::field(record, "loserTime"),
        terminal::field(record, "winnerTime"),
        terminal::table(["", "FIELD", "KEPT", "WINNER"], rows)
    )
}

fn value(value: Option<&Bson>) -> String {
    value.map_or_else(|| "-".to_owned(), terminal::value)
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn the_two_versions_stand_side_by_side_and_differing_fields_are_marked() {
        let record = doc! {
            "_id": "ab", "document": { "collection": "bills", "id": 7 }, "reason": "conflict",
            "strategy": "last-write-wins",
            "loser": { "_id": 7, "total": 10, "city": "Basra", "_syncMeta": { "version": 2_i64 } },
            "winner": { "_id": 7, "total": 12, "paid": true },
        };
        let shown = side_by_side(&record);
        let line = |field: &str| {
            let found = shown
                .lines()
                .find(|line| line.split_whitespace().any(|word| word == field));
            found
                .unwrap_or_else(|| panic!("{field} is missing in:\n{shown}"))
                .split_whitespace()
                .collect::<Vec<_>>()
        };
        assert!(
            shown.starts_with("bills 7: conflict, decided by last-write-wins"),
            "{shown}"
        );
        assert_eq!(line("_id"), ["_id", "7", "7"]);
        assert_eq!(line("total"), ["*", "total", "10", "12"]);
        assert_eq!(line("city"), ["*", "city", "Basra", "-"]);
        assert_eq!(line("paid"), ["*", "paid", "-", "true"]);
        assert!(!shown.contains("_syncMeta"), "{shown}");
    }
}
