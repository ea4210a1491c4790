//! The collections: what is in them, and how each takes part.

use std::collections::BTreeMap;

use sync_engine::access::{Access, Listed};

use super::App;
use crate::settings::{Settings, field_path};
use crate::wire::{CollectionRow, Failure, FailureKind, Mode, Status, Trial};

impl App {
    /// Every collection of either side, by name.
    ///
    /// # Errors
    /// Neither side answers.
    pub async fn collections(&self) -> Result<Vec<CollectionRow>, Failure> {
        let listed = self.access().await?.collections().await?;
        let state = self.state.read().await;
        Ok(rows(&listed, &state.settings, &self.status.borrow()))
    }

    /// The collections of connections that are only tried, with the modes they would have.
    ///
    /// # Errors
    /// A connection string is wrong, or neither side answers.
    pub async fn preview_collections(&self, trial: &Trial) -> Result<Vec<CollectionRow>, Failure> {
        let settings = self.tried(trial).await?;
        let config = settings.engine_config().map_err(Failure::from)?;
        let listed = Access::open(&config).await?.collections().await?;
        Ok(rows(&listed, &settings, &self.status.borrow()))
    }

    /// Changes how a collection takes part, at once and for good.
    ///
    /// # Errors
    /// An environment variable decides, the settings cannot be saved, or this PC's MongoDB does not answer.
    pub async fn set_mode(&self, name: &str, mode: Mode) -> Result<(), Failure> {
        let mut state = self.state.write().await;
        if let Some(variable) = state.settings.mode_fixed_by(name) {
            return Err(fixed(variable));
        }
        let engine = state
            .work
            .as_ref()
            .map(|work| work.station.engine().clone());
        if let Some(engine) = engine {
            engine.set_mode(name, mode.into()).await?;
        }
        let mut saved = state.saved.clone();
        let modes = saved.collection_modes.get_or_insert_default();
        modes.0.insert(name.to_owned(), mode.into());
        self.save(&mut state, saved).await
    }

    /// Chooses the field that names a collection's documents to people; `None` leaves it to the program.
    ///
    /// # Errors
    /// It is no field's name, an environment variable decides, or the settings cannot be saved.
    pub async fn set_label(&self, name: &str, field: Option<&str>) -> Result<(), Failure> {
        let mut state = self.state.write().await;
        if let Some(variable) = state.settings.fixed_by("collection_labels") {
            return Err(fixed(variable));
        }
        let mut saved = state.saved.clone();
        let labels = &mut saved.collection_labels.get_or_insert_default().0;
        match field {
            Some(field) => {
                let field = field_path(field.trim()).map_err(|expected| Failure {
                    kind: FailureKind::BadValue,
                    field: Some("label".to_owned()),
                    text: expected.to_string(),
                })?;
                labels.insert(name.to_owned(), field);
            }
            None => {
                labels.remove(name);
            }
        }
        self.save(&mut state, saved).await
    }

    /// Compares a collection in full, or all of them, and copies what differs.
    ///
    /// # Errors
    /// This PC's MongoDB does not answer.
    pub async fn resync(&self, name: Option<&str>) -> Result<(), Failure> {
        self.engine().await?.resync(name).await?;
        Ok(())
    }
}

fn rows(
    listed: &BTreeMap<String, Listed>,
    settings: &Settings,
    status: &Status,
) -> Vec<CollectionRow> {
    let modes = settings.modes();
    let count =
        |number: Option<u64>| number.map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let row = |(name, listed): (&String, &Listed)| {
        let running = status.collections.iter().find(|row| row.name == *name);
        CollectionRow {
            name: name.clone(),
            mode: modes.get(name).copied().unwrap_or_default().into(),
            fixed_by: settings.mode_fixed_by(name).map(str::to_owned),
            local_count: count(listed.local),
            atlas_count: count(listed.atlas),
            not_synced: listed.not_synced.as_deref().map(kind_of),
            compare: running.and_then(|row| row.compare.clone()),
            label_field: settings.collection_labels.value.0.get(name).cloned(),
        }
    };
    listed.iter().map(row).collect()
}

/// The engine's words, as the one word that a window has a sentence for.
fn kind_of(reason: &str) -> String {
    match reason {
        "a view" => "view",
        "a time series" => "time-series",
        _ => "capped",
    }
    .to_owned()
}

pub(super) fn fixed(variable: &str) -> Failure {
    Failure {
        kind: FailureKind::Fixed,
        field: Some(variable.to_owned()),
        text: format!("{variable} decides this"),
    }
}
