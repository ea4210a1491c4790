//! Collections as settings name them: which ones stay on this PC's side, and how each takes part.

use std::collections::BTreeMap;

use sync_engine::config::CollectionMode;

use super::value::{Expected, Value};

fn mode_from_text(text: &str) -> Result<CollectionMode, Expected> {
    CollectionMode::named(text)
        .ok_or_else(|| "expected both-ways, upload-only or off for each collection".into())
}

fn collection_name(text: &str) -> Result<String, Expected> {
    if text.is_empty() || text.contains('\0') {
        return Err("a collection's name is empty or holds a zero character".into());
    }
    Ok(text.to_owned())
}

/// Collections by name; in text form separated by commas, and an empty text is an empty list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollectionNames(pub Vec<String>);

impl CollectionNames {
    pub(super) fn sessions_and_logs() -> CollectionNames {
        CollectionNames(vec!["sessions".to_owned(), "logs".to_owned()])
    }
}

impl Value for CollectionNames {
    fn from_text(text: &str) -> Result<Self, Expected> {
        let names = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names
            .map(collection_name)
            .collect::<Result<_, _>>()
            .map(CollectionNames)
    }

    fn from_toml(value: toml::Value) -> Result<Self, Expected> {
        let wrong = || {
            Expected::from("expected a list of collection names, such as [\"sessions\", \"logs\"]")
        };
        let toml::Value::Array(items) = value else {
            return Err(wrong());
        };
        let names = items
            .iter()
            .map(|item| item.as_str().ok_or_else(wrong).and_then(collection_name));
        names.collect::<Result<_, _>>().map(CollectionNames)
    }

    fn to_toml(&self) -> Option<toml::Value> {
        Some(toml::Value::Array(
            self.0.iter().cloned().map(toml::Value::String).collect(),
        ))
    }
}

/// The mode of each collection that has one of its own; in text form `name=mode`, separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollectionModes(pub BTreeMap<String, CollectionMode>);

impl Value for CollectionModes {
    fn from_text(text: &str) -> Result<Self, Expected> {
        let entries = text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        let modes = entries.map(|entry| {
            let (name, mode) = entry
                .rsplit_once('=')
                .ok_or("expected name=mode, separated by commas")?;
            Ok((collection_name(name.trim())?, mode_from_text(mode.trim())?))
        });
        modes.collect::<Result<_, Expected>>().map(CollectionModes)
    }

    fn from_toml(value: toml::Value) -> Result<Self, Expected> {
        let toml::Value::Table(table) = value else {
            return Err("expected a table of name = \"mode\"".into());
        };
        let modes = table.into_iter().map(|(name, mode)| {
            Ok((
                collection_name(&name)?,
                mode_from_text(mode.as_str().unwrap_or_default())?,
            ))
        });
        modes.collect::<Result<_, Expected>>().map(CollectionModes)
    }

    fn to_toml(&self) -> Option<toml::Value> {
        let entries = self
            .0
            .iter()
            .map(|(name, mode)| (name.clone(), toml::Value::String(mode.name().to_owned())));
        Some(toml::Value::Table(entries.collect()))
    }
}

/// The field that names a collection's documents to people; in text form `name=field`, separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollectionLabels(pub BTreeMap<String, String>);

/// A path of plain names: it becomes part of a query.
pub(crate) fn field_path(text: &str) -> Result<String, Expected> {
    const BYTES_MAX: usize = 200;
    let plain = |name: &str| {
        !name.is_empty() && !name.starts_with('$') && !name.contains(|c: char| c.is_control())
    };
    if text.len() > BYTES_MAX || !text.split('.').all(plain) {
        return Err("expected the name of a field, such as number or customer.name".into());
    }
    Ok(text.to_owned())
}

impl Value for CollectionLabels {
    fn from_text(text: &str) -> Result<Self, Expected> {
        let entries = text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        let labels = entries.map(|entry| {
            let (name, field) = entry
                .rsplit_once('=')
                .ok_or("expected name=field, separated by commas")?;
            Ok((collection_name(name.trim())?, field_path(field.trim())?))
        });
        labels
            .collect::<Result<_, Expected>>()
            .map(CollectionLabels)
    }

    fn from_toml(value: toml::Value) -> Result<Self, Expected> {
        let toml::Value::Table(table) = value else {
            return Err("expected a table of name = \"field\"".into());
        };
        let labels = table.into_iter().map(|(name, field)| {
            Ok((
                collection_name(&name)?,
                field_path(field.as_str().unwrap_or_default())?,
            ))
        });
        labels.collect::<Result<_, _>>().map(CollectionLabels)
    }

    fn to_toml(&self) -> Option<toml::Value> {
        let entries = self
            .0
            .iter()
            .map(|(name, field)| (name.clone(), toml::Value::String(field.clone())));
        Some(toml::Value::Table(entries.collect()))
    }
}
