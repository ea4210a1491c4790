//! `status`: what the running daemon says of itself.

use sync_api::logging;
use sync_api::settings::Settings;
use sync_api::wire;
use sync_engine::config::CollectionMode;

use crate::daemon::Daemon;
use crate::failure::{Failure, Outcome};
use crate::terminal::{self, Form};

pub(crate) async fn status(settings: &Settings, form: Form) -> Result<Outcome, Failure> {
    logging::to_terminal(settings)?;
    let daemon = Daemon::find(settings)?;
    let status = daemon.status().await?;
    match form {
        Form::Json => terminal::say_json(&status)?,
        Form::Words => terminal::say(&words(&status))?,
    }
    Ok(Outcome::Fine)
}

/// The whole picture on one screen.
fn words(status: &wire::Status) -> String {
    let mut parts = vec![
        terminal::table(["STATE", state(status.state)], sides(status)),
        terminal::table(
            [
                "DIRECTION",
                "DONE",
                "WAITING",
                "OLDEST",
                "FAILED",
                "CONFLICTS",
                "PER SECOND",
            ],
            [
                direction("this PC to Atlas", &status.local_to_atlas),
                direction("Atlas to this PC", &status.atlas_to_local),
            ],
        ),
    ];
    if !status.collections.is_empty() {
        let rows = status.collections.iter().map(collection);
        parts.push(terminal::table(["COLLECTION", "MODE", "NOTE"], rows));
    }
    if status.quarantined > 0 || status.conflicts_open > 0 {
        let (aside, open) = (status.quarantined, status.conflicts_open);
        parts.push(format!(
            "{aside} changes set aside, {open} conflicts nobody has looked at"
        ));
    }
    let notices = status
        .notices
        .iter()
        .map(|notice| format!("! {}", notice.text));
    parts.extend(notices);
    parts.join("\n\n")
}

fn state(state: wire::State) -> &'static str {
    match state {
        wire::State::Synced => "synced",
        wire::State::Syncing => "syncing",
        wire::State::Offline => "offline",
        wire::State::Paused => "paused",
        wire::State::Attention => "needs attention",
    }
}

fn sides(status: &wire::Status) -> [[String; 2]; 2] {
    let side = |connected: bool, error: Option<&String>| match (connected, error) {
        (true, _) => "connected".to_owned(),
        (false, Some(error)) => format!("not connected: {error}"),
        (false, None) => "not connected".to_owned(),
    };
    let mut atlas = side(status.atlas.connected, status.atlas.last_error.as_ref());
    if let Some(offset) = status.atlas.clock_offset_ms {
        atlas.push_str(&format!(", its clock {offset:+} ms from this PC's"));
    }
    [
        [
            "this PC".to_owned(),
            side(status.local.connected, status.local.last_error.as_ref()),
        ],
        ["Atlas".to_owned(), atlas],
    ]
}

fn direction(name: &str, direction: &wire::Direction) -> [String; 7] {
    let paused = if direction.paused { " (paused)" } else { "" };
    [
        format!("{name}{paused}"),
        direction.successful.to_string(),
        direction.pending.to_string(),
        age(direction.oldest_pending_ms),
        direction.failed.to_string(),
        direction.conflicts.to_string(),
        format!("{:.1}", direction.per_second),
    ]
}

fn age(ms: u32) -> String {
    match ms {
        0 => "-".to_owned(),
        1..1_000 => format!("{ms} ms"),
        1_000..120_000 => format!("{} s", ms / 1_000),
        120_000..7_200_000 => format!("{} min", ms / 60_000),
        _ => format!("{} h", ms / 3_600_000),
    }
}

fn collection(collection: &wire::Collection) -> [String; 3] {
    let note = match (&collection.not_synced, &collection.compare) {
        (Some(why), _) => format!("not synced: {why}"),
        (None, Some(compare)) => comparing(compare),
        (None, None) => String::new(),
    };
    [
        collection.name.clone(),
        CollectionMode::from(collection.mode).name().to_owned(),
        note,
    ]
}

/// How far a full compare is, in words.
pub(super) fn comparing(compare: &wire::Compare) -> String {
    let left = compare
        .remaining_s
        .map_or(String::new(), |left| format!(", {left:.0} s left"));
    format!(
        "comparing {} of {} documents, {:.0} a second{left}",
        compare.done, compare.total, compare.per_second
    )
}

#[cfg(test)]
mod tests {
    use sync_engine::config::CollectionMode;
    use sync_engine::status::{CollectionStatus, CompareProgress, Notice, State, Status};

    use super::*;

    #[test]
    fn the_screen_says_what_waits_and_what_to_do() {
        let mut seen = Status {
            state: State::Attention,
            quarantined: 2,
            ..Status::default()
        };
        seen.local_to_atlas.pending = 17;
        seen.local_to_atlas.oldest_pending_ms = 125_000;
        seen.local_to_atlas.paused = true;
        seen.atlas.last_error = Some("no answer".to_owned());
        seen.notices.push(Notice {
            about: None,
            count: None,
            kind: "dropped",
            text: "bills was dropped on Atlas".to_owned(),
        });
        seen.collections.push(CollectionStatus {
            name: "bills".to_owned(),
            mode: CollectionMode::UploadOnly,
            not_synced: None,
            compare: Some(CompareProgress {
                done: 5,
                total: 10,
                per_second: 1.0,
            }),
        });
        let screen = words(&wire::Status::from(&seen));
        for part in [
            "needs attention",
            "this PC to Atlas (paused)",
            "17",
            "2 min",
            "not connected: no answer",
            "upload-only",
            "comparing 5 of 10 documents, 1 a second, 5 s left",
            "2 changes set aside",
            "! bills was dropped on Atlas",
        ] {
            assert!(screen.contains(part), "{part} is missing in:\n{screen}");
        }
    }
}
