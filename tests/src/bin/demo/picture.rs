//! What is shown: a copy of everything at one moment, and the words for it.

use std::time::Duration;

use sync_engine::status::{CompareProgress, DirectionStatus, State, Status};

use crate::trade::Counts;

/// The whole demo at one moment.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) elapsed: Duration,
    pub(crate) pcs: [PcPicture; 2],
    pub(crate) atlas_documents: u64,
    pub(crate) trade: Counts,
    pub(crate) programme: Vec<String>,
}

/// One PC.
#[derive(Debug)]
pub(crate) struct PcPicture {
    pub(crate) name: String,
    /// `None`: its engine is in another process, whose window tells.
    pub(crate) status: Option<Status>,
    pub(crate) documents: u64,
    pub(crate) line_is_cut: bool,
}

impl PcPicture {
    /// The collections under comparison, with how far each is.
    pub(crate) fn comparisons(&self) -> impl Iterator<Item = (&str, &CompareProgress)> {
        let collections = self.status.iter().flat_map(|status| &status.collections);
        collections
            .filter_map(|collection| Some((collection.name.as_str(), collection.compare.as_ref()?)))
    }

    /// What a person should know.
    pub(crate) fn news(&self) -> Vec<String> {
        let mut news = Vec::new();
        if self.line_is_cut {
            news.push(format!("{}: its line to Atlas is cut", self.name));
        }
        for notice in self.status.iter().flat_map(|status| &status.notices) {
            news.push(format!("{}: {}", self.name, notice.text));
        }
        news
    }
}

impl Picture {
    pub(crate) fn news(&self) -> Vec<String> {
        self.pcs.iter().flat_map(PcPicture::news).collect()
    }

    pub(crate) fn trade(&self) -> String {
        let Counts { sales, conflicts } = self.trade;
        format!("{sales} sales, {conflicts} products edited on both PCs at once")
    }
}

pub(crate) fn state(state: State) -> &'static str {
    match state {
        State::Synced => "in sync",
        State::Syncing => "syncing",
        State::Offline => "offline",
        State::Paused => "paused",
        State::Attention => "needs attention",
    }
}

pub(crate) fn direction(direction: &DirectionStatus) -> String {
    let done = grouped(direction.successful);
    let (rate, waiting) = (direction.per_second, grouped(direction.pending));
    format!("{done} done, {rate:.0}/s, {waiting} waiting")
}

/// A number with its thousands set apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
