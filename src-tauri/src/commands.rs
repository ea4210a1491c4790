//! What the window may call, each handed on to the application. Nothing is decided here but which file may be shown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use sync_api::app::App;
use sync_api::wire::{
    Change, CollectionRow, ConflictDetail, ConflictPage, ConflictQuery, Device, Failure,
    FailureKind, HeldDeletions, LocalFound, Mode, Page, Problem, RulesAnswer, RulesSample,
    RulesView, Sample, SettingsView, Side, Status, Trial, Verdict, WhichWay,
};
use tauri::async_runtime::spawn_blocking;
use tauri::ipc::Invoke;
use tauri::{Runtime, State, command};

use crate::window::Desk;

type Backend<'a> = State<'a, Arc<App>>;
type Answer<T> = Result<T, Failure>;

macro_rules! commands {
    ($($name:ident),* $(,)?) => {
        /// All of them. `permissions/window.toml` lists the same.
        pub(crate) fn all<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),*]
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

commands! {
    status, samples, devices, pause, sync_now, conflicts, conflict, restore_conflict, mark_conflicts, collections,
    preview_collections, set_mode, set_label, resync, problems, retry_problem, discard_problem, export_problems,
    held_deletions, apply_deletions, restore_deletions, settings, change_settings, test_connections, find_local, set_up, rules, rules_sample, try_rules, save_bundle,
    reveal, first_page,
}

/// The files this process wrote for the person: only those are shown in the file manager, whatever the window asks for.
#[derive(Debug, Default)]
pub(crate) struct Written(Mutex<Vec<PathBuf>>);

impl Written {
    fn note(&self, path: PathBuf) -> String {
        let text = path.display().to_string();
        self.0.lock().expect("no holder panics").push(path);
        text
    }

    fn has(&self, path: &Path) -> bool {
        let written = self.0.lock().expect("no holder panics");
        written.iter().any(|known| known == path)
    }
}

#[command]
fn status(app: Backend<'_>) -> Status {
    app.status().borrow().clone()
}

#[command]
fn samples(app: Backend<'_>) -> Vec<Sample> {
    app.samples()
}

#[command]
async fn devices(app: Backend<'_>) -> Answer<Vec<Device>> {
    app.devices().await
}

#[command]
async fn pause(app: Backend<'_>, way: Option<WhichWay>, paused: bool) -> Answer<()> {
    app.pause(way, paused).await
}

#[command]
async fn sync_now(app: Backend<'_>) -> Answer<()> {
    app.sync_now().await
}

#[command]
async fn conflicts(app: Backend<'_>, query: ConflictQuery) -> Answer<ConflictPage> {
    app.conflicts(&query).await
}

#[command]
async fn conflict(app: Backend<'_>, id: String) -> Answer<ConflictDetail> {
    app.conflict(&id).await
}

#[command]
async fn restore_conflict(app: Backend<'_>, id: String) -> Answer<()> {
    app.restore_conflict(&id).await
}

#[command]
async fn mark_conflicts(app: Backend<'_>, ids: Option<Vec<String>>, seen: bool) -> Answer<u32> {
    app.mark_conflicts(ids.as_deref(), seen).await
}

#[command]
async fn collections(app: Backend<'_>) -> Answer<Vec<CollectionRow>> {
    app.collections().await
}

#[command]
async fn preview_collections(app: Backend<'_>, trial: Trial) -> Answer<Vec<CollectionRow>> {
    app.preview_collections(&trial).await
}

#[command]
async fn set_mode(app: Backend<'_>, name: String, mode: Mode) -> Answer<()> {
    app.set_mode(&name, mode).await
}

#[command]
async fn set_label(app: Backend<'_>, name: String, field: Option<String>) -> Answer<()> {
    app.set_label(&name, field.as_deref()).await
}

#[command]
async fn resync(app: Backend<'_>, name: Option<String>) -> Answer<()> {
    app.resync(name.as_deref()).await
}

#[command]
async fn problems(app: Backend<'_>) -> Answer<Vec<Problem>> {
    app.problems().await
}

#[command]
async fn retry_problem(app: Backend<'_>, id: Option<String>) -> Answer<u32> {
    app.retry_problem(id.as_deref()).await
}

#[command]
async fn discard_problem(app: Backend<'_>, id: String) -> Answer<()> {
    app.discard_problem(&id).await
}

#[command]
async fn export_problems(app: Backend<'_>, written: State<'_, Written>) -> Answer<String> {
    Ok(written.note(app.export_problems().await?))
}

#[command]
async fn held_deletions(app: Backend<'_>) -> Answer<Vec<HeldDeletions>> {
    app.held_deletions().await
}

#[command]
async fn apply_deletions(app: Backend<'_>, collection: String, direction: WhichWay) -> Answer<u32> {
    app.apply_deletions(&collection, direction).await
}

#[command]
async fn restore_deletions(
    app: Backend<'_>,
    collection: String,
    direction: WhichWay,
) -> Answer<u32> {
    app.restore_deletions(&collection, direction).await
}

#[command]
async fn settings(app: Backend<'_>) -> Answer<SettingsView> {
    Ok(app.settings().await)
}

#[command]
async fn change_settings(app: Backend<'_>, change: Change) -> Answer<SettingsView> {
    app.change_settings(&change).await
}

#[command]
async fn test_connections(app: Backend<'_>, trial: Trial) -> Answer<Verdict> {
    app.test_connections(&trial).await
}

#[command]
async fn find_local(app: Backend<'_>) -> Answer<Vec<LocalFound>> {
    Ok(app.find_local().await)
}

#[command]
async fn set_up(
    app: Backend<'_>,
    change: Change,
    modes: BTreeMap<String, Mode>,
) -> Answer<SettingsView> {
    app.set_up(&change, &modes).await
}

#[command]
async fn rules(app: Backend<'_>) -> Answer<RulesView> {
    app.rules().await
}

#[command]
async fn rules_sample(
    app: Backend<'_>,
    name: String,
    side: Side,
    called: Option<String>,
) -> Answer<RulesSample> {
    app.rules_sample(&name, side, called.as_deref()).await
}

#[command]
async fn try_rules(app: Backend<'_>, name: String, text: String) -> Answer<RulesAnswer> {
    app.try_rules(&name, &text).await
}

#[command]
async fn save_bundle(app: Backend<'_>, written: State<'_, Written>) -> Answer<String> {
    Ok(written.note(app.save_bundle().await?))
}

#[command]
async fn reveal(written: State<'_, Written>, path: PathBuf) -> Answer<()> {
    if !written.has(&path) {
        return Err(failure(
            FailureKind::Other,
            "this program did not write that file",
        ));
    }
    if !path.exists() {
        return Err(failure(FailureKind::Gone, "the file is not there any more"));
    }
    let shown = spawn_blocking(move || tauri_plugin_opener::reveal_item_in_dir(path)).await;
    match shown {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(failure(FailureKind::Other, &error.to_string())),
        Err(error) => Err(failure(FailureKind::Other, &error.to_string())),
    }
}

#[command]
fn first_page(desk: State<'_, Desk>) -> Page {
    desk.page()
}

fn failure(kind: FailureKind, text: &str) -> Failure {
    Failure {
        kind,
        field: None,
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
