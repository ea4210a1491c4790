//! `quarantine`: the changes that could not be applied.

use bson::{Bson, Document};
use sync_api::settings::Settings;
use sync_engine::config::EngineConfig;
use sync_engine::quarantine;

use crate::cli::QuarantineCommand;
use crate::commands::conflicts::about;
use crate::failure::{Failure, Outcome};
use crate::logging;
use crate::terminal::{self, Form};

/// Enough that no two records of a shop share it, few enough to type.
const ID_CHARACTERS: usize = 12;

pub(crate) async fn quarantine(
    settings: &Settings,
    command: QuarantineCommand,
) -> Result<Outcome, Failure> {
    logging::to_terminal(settings)?;
    let config = settings.engine_config()?;
    match command {
        QuarantineCommand::List(args) => list(&config, args.form()).await,
        QuarantineCommand::Retry(args) => retry(&config, args.id.as_deref(), args.form()).await,
        QuarantineCommand::Discard(args) => discard(&config, &args.id, args.form()).await,
    }
}

async fn list(config: &EngineConfig, form: Form) -> Result<Outcome, Failure> {
    let records = quarantine::list(config).await?;
    match form {
        Form::Json => terminal::say_json(&records.iter().map(told).collect::<Vec<_>>())?,
        Form::Words if records.is_empty() => terminal::say("nothing is set aside")?,
        Form::Words => terminal::say(&terminal::table(
            [
                "ID",
                "SINCE",
                "DIRECTION",
                "COLLECTION",
                "DOCUMENT",
                "TRIED",
                "WHY",
            ],
            records.iter().map(row),
        ))?,
    }
    Ok(Outcome::Fine)
}

async fn retry(config: &EngineConfig, id: Option<&str>, form: Form) -> Result<Outcome, Failure> {
    let count = match id {
        Some(id) => quarantine::retry(config, Some(&find(config, id).await?)).await?,
        None => quarantine::retry(config, None).await?,
    };
    match form {
        Form::Json => terminal::say_json(&serde_json::json!({ "retried": count }))?,
        Form::Words => terminal::say(&format!(
            "{count} to be tried again by the running bomba-syncd, or when one starts"
        ))?,
    }
    Ok(Outcome::Fine)
}

async fn discard(config: &EngineConfig, id: &str, form: Form) -> Result<Outcome, Failure> {
    if !quarantine::discard(config, &find(config, id).await?).await? {
        return Err(unknown(id));
    }
    match form {
        Form::Json => terminal::say_json(&serde_json::json!({ "discarded": id }))?,
        Form::Words => terminal::say(
            "given up; the document stays different on the two sides until it is edited",
        )?,
    }
    Ok(Outcome::Fine)
}

/// The `_id` of the record that a short ID means.
async fn find(config: &EngineConfig, id: &str) -> Result<Document, Failure> {
    let records = quarantine::list(config).await?;
    let found = records.into_iter().find(|record| short_id(record) == id);
    found
        .and_then(|record| record.get_document("_id").ok().cloned())
        .ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Failure {
    Failure::UnknownId {
        what: "change that was set aside",
        id: id.to_owned(),
    }
}

/// A record's own `_id` is a document, which nobody types: a digest of it stands for it.
fn short_id(record: &Document) -> String {
    let id = record.get("_id").cloned().unwrap_or(Bson::Null);
    let bytes = bson::doc! { "_id": id }.to_vec().unwrap_or_default();
    blake3::hash(&bytes).to_hex()[..ID_CHARACTERS].to_owned()
}

fn told(record: &Document) -> Document {
    let mut told = bson::doc! { "id": short_id(record) };
    if let Ok(about) = record.get_document("_id") {
        told.insert("collection", about.get("collection").cloned());
        told.insert("documentId", about.get("id").cloned());
    }
    told.extend(record.clone().into_iter().filter(|(key, _)| key != "_id"));
    told
}

fn row(record: &Document) -> [String; 7] {
    let [collection, document] = about(record, "_id");
    [
        short_id(record),
        terminal::field(record, "firstAt"),
        terminal::field(record, "direction"),
        collection,
        document,
        terminal::field(record, "attempts"),
        terminal::field(record, "reason"),
    ]
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn record(id: impl Into<Bson>) -> Document {
        doc! {
            "_id": { "collection": "bills", "id": id.into() }, "direction": "local_to_atlas", "code": 121,
            "reason": "validation", "attempts": 3,
        }
    }

    #[test]
    fn ids_of_different_types_are_different_records() {
        let ids = [record(7_i32), record(7_i64), record(7.0), record("7")]
            .map(|record| short_id(&record));
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(id.len(), ID_CHARACTERS);
            assert!(!ids[..at].contains(id), "{ids:?}");
        }
        assert_eq!(short_id(&record(7_i32)), ids[0]);
    }

    #[test]
    fn a_record_is_told_with_the_document_it_is_about_and_the_reason() {
        let told = told(&record(7_i32));
        assert_eq!(told.get_str("collection").ok(), Some("bills"));
        assert_eq!(told.get_i32("documentId").ok(), Some(7));
        assert_eq!(told.get_str("reason").ok(), Some("validation"));
        assert!(!told.contains_key("_id"));
        let row = row(&record("n-7"));
        assert_eq!(
            row[2..],
            ["local_to_atlas", "bills", "n-7", "3", "validation"]
        );
    }
}
