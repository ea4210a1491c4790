//! `quarantine`: the changes that could not be applied.

use bson::Document;
use sync_api::settings::Settings;
use sync_engine::access::Access;
use sync_engine::quarantine::{self, short_id};

use crate::cli::QuarantineCommand;
use crate::commands::access;
use crate::commands::conflicts::about;
use crate::failure::{Failure, Outcome};
use crate::terminal::{self, Form};

pub(crate) async fn quarantine(
    settings: &Settings,
    command: QuarantineCommand,
) -> Result<Outcome, Failure> {
    let access = access(settings).await?;
    match command {
        QuarantineCommand::List(args) => list(&access, args.form()).await,
        QuarantineCommand::Retry(args) => retry(&access, args.id.as_deref(), args.form()).await,
        QuarantineCommand::Discard(args) => discard(&access, &args.id, args.form()).await,
    }
}

async fn list(access: &Access, form: Form) -> Result<Outcome, Failure> {
    let records = quarantine::list(access).await?;
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

async fn retry(access: &Access, id: Option<&str>, form: Form) -> Result<Outcome, Failure> {
    let count = match id {
        Some(id) => quarantine::retry(access, Some(&find(access, id).await?)).await?,
        None => quarantine::retry(access, None).await?,
    };
    match form {
        Form::Json => terminal::say_json(&serde_json::json!({ "retried": count }))?,
        Form::Words => terminal::say(&format!(
            "{count} to be tried again by the running bomba-syncd, or when one starts"
        ))?,
    }
    Ok(Outcome::Fine)
}

async fn discard(access: &Access, id: &str, form: Form) -> Result<Outcome, Failure> {
    if !quarantine::discard(access, &find(access, id).await?).await? {
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

async fn find(access: &Access, id: &str) -> Result<Document, Failure> {
    quarantine::find(access, id)
        .await?
        .ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Failure {
    Failure::UnknownId {
        what: "change that was set aside",
        id: id.to_owned(),
    }
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
    use bson::{Bson, doc};

    use super::*;

    fn record(id: impl Into<Bson>) -> Document {
        doc! {
            "_id": { "collection": "bills", "id": id.into() }, "direction": "local_to_atlas", "code": 121,
            "reason": "validation", "attempts": 3,
        }
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
