//! `deletions`: mass deletions that were stopped until somebody says whether they are meant.

use sync_api::settings::Settings;
use sync_engine::access::Access;
use sync_engine::brake::{self, Held};

use crate::cli::DeletionsCommand;
use crate::commands::access;
use crate::failure::{Failure, Outcome};
use crate::terminal::{self, Form};

pub(crate) async fn deletions(
    settings: &Settings,
    command: DeletionsCommand,
) -> Result<Outcome, Failure> {
    let access = access(settings).await?;
    match command {
        DeletionsCommand::List(args) => list(&access, args.form()).await,
        DeletionsCommand::Apply(args) => {
            let mut count = 0;
            for held in waiting(&access, &args.collection).await? {
                count += brake::apply(&access, &held.collection, held.direction).await?;
            }
            let words = "deletions are made by the running bomba-syncd, or when one starts";
            answer(args.form(), "approved", count, words)
        }
        DeletionsCommand::Restore(args) => {
            let mut count = 0;
            for held in waiting(&access, &args.collection).await? {
                count += brake::restore(&access, &held.collection, held.direction).await?;
            }
            answer(args.form(), "putBack", count, "documents are put back")
        }
    }
}

async fn list(access: &Access, form: Form) -> Result<Outcome, Failure> {
    let all = brake::list(access).await?;
    match form {
        Form::Json => {
            let told = all.iter().map(|held| {
                bson::doc! {
                    "collection": &held.collection, "direction": held.direction.name(),
                    "count": i64::try_from(held.count).unwrap_or(i64::MAX), "since": held.since,
                }
            });
            terminal::say_json(&told.collect::<Vec<_>>())?;
        }
        Form::Words if all.is_empty() => terminal::say("no deletion waits")?,
        Form::Words => terminal::say(&terminal::table(
            ["COLLECTION", "DELETED ON", "DOCUMENTS", "SINCE"],
            all.iter().map(|held| {
                let since = held.since.try_to_rfc3339_string().unwrap_or_default();
                let side = held.direction.source.name().to_owned();
                [held.collection.clone(), side, held.count.to_string(), since]
            }),
        ))?,
    }
    Ok(Outcome::Fine)
}

async fn waiting(access: &Access, collection: &str) -> Result<Vec<Held>, Failure> {
    let mut held = brake::list(access).await?;
    held.retain(|held| held.collection == collection);
    if held.is_empty() {
        return Err(Failure::UnknownId {
            what: "collection whose deletions wait",
            id: collection.to_owned(),
        });
    }
    Ok(held)
}

fn answer(form: Form, name: &str, count: u64, words: &str) -> Result<Outcome, Failure> {
    match form {
        Form::Json => terminal::say_json(&serde_json::json!({ name: count }))?,
        Form::Words => terminal::say(&format!("{count} {words}"))?,
    }
    Ok(Outcome::Fine)
}
