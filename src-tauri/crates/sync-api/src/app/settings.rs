//! The settings as the window shows, tries and changes them.

use std::path::{Path, PathBuf};

use sync_engine::{check, discover};

use super::collections::fixed;
use super::rule_files::are_there;
use super::{App, State};
use crate::secrets::{Secrets, SecretsError};
use crate::settings::{Layer, Setting, Settings, SettingsError, Source};
use crate::wire::{
    self, Change, Failure, FailureKind, Field, Finding, LocalFound, Mode, SettingsView, Trial,
    Verdict,
};

/// The settings file and the connection strings kept elsewhere, as one layer.
pub(super) async fn read(file: &Path, secrets: &Secrets) -> Result<Layer, Failure> {
    let mut saved = Layer::load_if_present(file)?;
    let kept = secrets.load().await?;
    saved.local_uri = saved.local_uri.or(kept.local_uri.map(Some));
    saved.atlas_uri = saved.atlas_uri.or(kept.atlas_uri.map(Some));
    Ok(saved)
}

pub(super) fn is_set_up(settings: &Settings) -> bool {
    settings.local_uri.value.is_some()
        && settings.atlas_uri.value.is_some()
        && settings.database.value.is_some()
}

impl App {
    /// The settings in force.
    pub async fn settings(&self) -> SettingsView {
        self.look_at(&*self.state.read().await)
    }

    /// Changes settings, at once and for good. What concerns the engine has it start again.
    ///
    /// # Errors
    /// A value is wrong, a place is not there, an environment variable decides, or the settings cannot be saved.
    pub async fn change_settings(&self, change: &Change) -> Result<SettingsView, Failure> {
        are_there(change).await?;
        let mut state = self.state.write().await;
        let saved = changed(&state, change)?;
        self.save(&mut state, saved).await?;
        Ok(self.look_at(&state))
    }

    /// The end of the guided start: everything is saved, and the engine starts.
    ///
    /// # Errors
    /// As [`App::change_settings`].
    pub async fn set_up(
        &self,
        change: &Change,
        modes: &std::collections::BTreeMap<String, Mode>,
    ) -> Result<SettingsView, Failure> {
        are_there(change).await?;
        let mut state = self.state.write().await;
        let mut saved = changed(&state, change)?;
        let own = saved.collection_modes.get_or_insert_default();
        let chosen = modes
            .iter()
            .map(|(name, mode)| (name.clone(), (*mode).into()));
        own.0.extend(chosen);
        self.save(&mut state, saved).await?;
        Ok(self.look_at(&state))
    }

    /// Checks connections, saved or not, and tells what is in the way.
    ///
    /// # Errors
    /// A connection string or the database's name is wrong or missing.
    pub async fn test_connections(&self, trial: &Trial) -> Result<Verdict, Failure> {
        let config = self.tried(trial).await?.engine_config()?;
        let findings: Vec<Finding> = check::check(&config)
            .await
            .iter()
            .map(Finding::from)
            .collect();
        let works = !findings
            .iter()
            .any(|finding| finding.severity == wire::Severity::Problem);
        Ok(Verdict { works, findings })
    }

    /// The MongoDB servers that answer on this machine.
    pub async fn find_local(&self) -> Vec<LocalFound> {
        let found = discover::on_this_pc(&discover::PORTS).await;
        let told = found.into_iter().map(|found| LocalFound {
            address: found.address,
            databases: found.databases,
            replica_set: found.replica_set,
            needs_password: found.needs_password,
        });
        told.collect()
    }

    /// The settings with connections that are only tried.
    pub(super) async fn tried(&self, trial: &Trial) -> Result<Settings, Failure> {
        let state = self.state.read().await;
        let change = Change {
            local_uri: trial.local_uri.clone(),
            atlas_uri: trial.atlas_uri.clone(),
            database: trial.database.clone(),
            ..Change::default()
        };
        let saved = changed(&state, &change)?;
        Ok(Settings::layered(&self.given, saved)?)
    }

    /// Saves, and has the engine go on with what is saved.
    pub(super) async fn save(&self, state: &mut State, saved: Layer) -> Result<(), Failure> {
        let settings = Settings::layered(&self.given, saved.clone())?;
        self.secrets
            .save(
                saved.local_uri.as_ref().and_then(Option::as_ref),
                saved.atlas_uri.as_ref().and_then(Option::as_ref),
            )
            .await?;
        let file = Layer {
            local_uri: None,
            atlas_uri: None,
            ..saved.clone()
        };
        file.save(self.settings_file())?;
        let again = needs_restart(&state.settings, &settings) || state.work.is_none();
        (state.saved, state.settings) = (saved, settings);
        self.publish(state);
        if again && is_set_up(&state.settings) {
            self.restart(state).await?;
        }
        Ok(())
    }

    async fn restart(&self, state: &mut State) -> Result<(), Failure> {
        let paused = {
            let status = self.status.borrow();
            [status.local_to_atlas.paused, status.atlas_to_local.paused]
        };
        if let Some(work) = state.work.take() {
            work.end().await?;
        }
        self.begin(state).await?;
        if let Some(work) = &state.work {
            let engine = work.station.engine();
            let directions = sync_core::place::Direction::BOTH.into_iter().zip(paused);
            directions
                .filter(|(_, paused)| *paused)
                .for_each(|(direction, _)| engine.pause(direction));
        }
        Ok(())
    }

    pub(super) fn publish(&self, state: &State) {
        self.view.send_replace(Some(self.look_at(state)));
    }

    fn look_at(&self, state: &State) -> SettingsView {
        let s = &state.settings;
        let logs = s.app_logs().unwrap_or_default();
        SettingsView {
            set_up: is_set_up(s),
            local_servers: field(&s.local_uri, "local_uri", |uri| {
                uri.as_ref().map(crate::settings::servers)
            }),
            atlas_servers: field(&s.atlas_uri, "atlas_uri", |uri| {
                uri.as_ref().map(crate::settings::servers)
            }),
            database: field(&s.database, "database", |name| {
                name.as_ref().map(|name| name.as_str().to_owned())
            }),
            models_folder: field(&s.models_folder, "models_folder", place),
            rules_file: field(&s.rules_file, "rules_file", place),
            node_program: field(&s.node_program, "node_program", |program| told(program)),
            device_name: field(&s.device_name, "device_name", |name| {
                name.as_str().to_owned()
            }),
            bidirectional: field(
                &s.bidirectional_sync_enabled,
                "bidirectional_sync_enabled",
                |on| *on,
            ),
            strategy: field(
                &s.conflict_resolution_strategy,
                "conflict_resolution_strategy",
                |strategy| (*strategy).into(),
            ),
            batch_size: field(
                &s.atlas_change_stream_batch_size,
                "atlas_change_stream_batch_size",
                |n| n.get(),
            ),
            origin_cleanup_ms: field(
                &s.origin_tracking_cleanup_interval,
                "origin_tracking_cleanup_interval",
                |n| n.get(),
            ),
            reconnect_interval_ms: field(
                &s.change_stream_reconnect_interval,
                "change_stream_reconnect_interval",
                |n| n.get(),
            ),
            reconnect_attempts_max: field(
                &s.change_stream_max_reconnect_attempts,
                "change_stream_max_reconnect_attempts",
                |n| n.get(),
            ),
            vault_retention_days: field(&s.vault_retention_days, "vault_retention_days", |n| {
                n.get()
            }),
            notify_conflicts: field(&s.notify_conflicts, "notify_conflicts", |on| *on),
            notify_attention: field(&s.notify_attention, "notify_attention", |on| *on),
            notify_back_online: field(&s.notify_back_online, "notify_back_online", |on| *on),
            start_at_login: field(&s.start_at_login, "start_at_login", |on| *on),
            language: field(&s.language, "language", |language| *language),
            theme: field(&s.theme, "theme", |theme| *theme),
            secrets: self.secrets.place(),
            file: told(self.settings_file()),
            logs: told(&logs),
        }
    }
}

fn place(path: &Option<PathBuf>) -> Option<String> {
    path.as_deref().map(told)
}

fn told(path: &Path) -> String {
    path.display().to_string()
}

fn field<T, U>(setting: &Setting<T>, key: &str, told: impl FnOnce(&T) -> U) -> Field<U> {
    Field {
        value: told(&setting.value),
        source: match setting.source {
            Source::Flag => wire::Source::Flag,
            Source::Environment => wire::Source::Environment,
            Source::File => wire::Source::File,
            Source::Default => wire::Source::Default,
        },
        variable: Settings::variable(key).to_owned(),
    }
}

/// What is saved, with a change made to it. A key that a flag or the environment decides cannot be changed.
fn changed(state: &State, change: &Change) -> Result<Layer, Failure> {
    let mut saved = state.saved.clone();
    for key in saved.change(change)? {
        if let Some(variable) = state.settings.fixed_by(key) {
            return Err(fixed(variable));
        }
    }
    Ok(saved)
}

/// Whether the engine has to start again. Modes are changed while it runs; the window's own settings do not concern it.
fn needs_restart(before: &Settings, after: &Settings) -> bool {
    let for_engine = |settings: &Settings| {
        let config = settings.engine_config().ok()?;
        Some(format!(
            "{:?}{:?}{:?}{}",
            sync_engine::config::EngineConfig {
                modes: std::collections::BTreeMap::new(),
                ..config
            },
            settings
                .local_uri
                .value
                .as_ref()
                .map(|uri| uri.expose().to_owned()),
            settings
                .atlas_uri
                .value
                .as_ref()
                .map(|uri| uri.expose().to_owned()),
            settings.log.value.as_str(),
        ))
    };
    for_engine(before) != for_engine(after)
}

impl From<SecretsError> for Failure {
    fn from(error: SecretsError) -> Failure {
        Failure::storage(&error)
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Failure {
        let kind = match &error {
            SettingsError::BadValue { .. }
            | SettingsError::UnknownKey { .. }
            | SettingsError::BadLine { .. } => FailureKind::BadValue,
            SettingsError::Missing { .. } => FailureKind::NotSetUp,
            SettingsError::NoFile { .. } | SettingsError::Io { .. } | SettingsError::NoHome => {
                FailureKind::Storage
            }
        };
        let field = match &error {
            SettingsError::Missing { key, .. } => Some((*key).to_owned()),
            _ => None,
        };
        Failure {
            kind,
            field,
            text: error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_starts_again_for_bomba_s_rules_and_not_for_the_look_of_the_window() {
        let of = |change: Change| {
            let connections = Change {
                local_uri: Some("mongodb://127.0.0.1:1".to_owned()),
                atlas_uri: Some("mongodb://127.0.0.1:2".to_owned()),
                database: Some("bomba".to_owned()),
                models_folder: Some("/shop/models".to_owned()),
                ..Change::default()
            };
            let mut layer = Layer::default();
            layer.change(&connections).unwrap();
            layer.change(&change).unwrap();
            Settings::layered(&crate::settings::Given::default(), layer).unwrap()
        };
        let before = of(Change::default());
        let text = |text: &str| Some(text.to_owned());
        for change in [
            Change {
                models_folder: text("/shop/others"),
                ..Change::default()
            },
            Change {
                models_folder: text(""),
                ..Change::default()
            },
            Change {
                rules_file: text("/shop/rules.json"),
                ..Change::default()
            },
            Change {
                node_program: text("/opt/node"),
                ..Change::default()
            },
        ] {
            assert!(needs_restart(&before, &of(change)));
        }
        let dark = Change {
            theme: Some(wire::Theme::Dark),
            ..Change::default()
        };
        assert!(!needs_restart(&before, &of(dark)));
    }
}
