//! When a person is to be interrupted: what the pictures of the engine add up to, without a clock and a screen.
//! Routine is never worth it. `toast` says it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use sync_api::wire::{Page, SettingsView, State, Status};

/// Conflicts come in bunches when a PC is back online; one sentence a minute is enough for all of them.
const CONFLICTS_EVERY: Duration = Duration::from_secs(60);

/// A connection that comes and goes brings the same complaint each time. Only one that was gone for this long is news.
const ATTENTION_AGAIN: Duration = Duration::from_secs(60 * 60);

/// Shorter gaps are everyday life in a shop, and nobody waits for their end.
const LONG_OFFLINE: Duration = Duration::from_secs(10 * 60);

/// Something worth an interruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// So many conflicts were settled that nobody has looked at.
    Conflicts(u32),
    /// Something needs a person.
    Attention,
    /// The connection is back after a long time, and so many changes waited for it.
    BackOnline(u32),
}

impl News {
    /// Where a click leads.
    pub(crate) fn page(self) -> Page {
        match self {
            News::Conflicts(_) => Page::Conflicts,
            News::Attention | News::BackOnline(_) => Page::Overview,
        }
    }

    /// Whether the person wants to hear of its kind.
    pub(crate) fn is_wanted(self, view: &SettingsView) -> bool {
        match self {
            News::Conflicts(_) => view.notify_conflicts.value,
            News::Attention => view.notify_attention.value,
            News::BackOnline(_) => view.notify_back_online.value,
        }
    }
}

/// What has to be remembered of the pictures so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Memory {
    /// Open conflicts at the last look; `None` before the engine has counted them.
    conflicts_open: Option<u32>,
    /// Conflicts that came since something was said about them.
    conflicts_untold: u32,
    conflicts_told: Option<Instant>,
    /// The kinds of notices at the last look.
    attention: BTreeSet<String>,
    /// When a kind of notice was last there.
    attention_seen: BTreeMap<String, Instant>,
    offline_since: Option<Instant>,
    /// Uploads that waited at the last look without a connection.
    waiting: u32,
}

/// What a picture adds to the ones before it. Called once more when nothing has changed, it tells what had to wait.
pub(crate) fn weigh(
    before: &Memory,
    status: &Status,
    set_up: bool,
    now: Instant,
) -> (Memory, Vec<News>) {
    let mut memory = before.clone();
    if !set_up {
        return (Memory::default(), Vec::new());
    }
    let news = [
        conflicts(&mut memory, status, now),
        attention(&mut memory, status, now),
        back_online(&mut memory, status, now),
    ];
    (memory, news.into_iter().flatten().collect())
}

fn conflicts(memory: &mut Memory, status: &Status, now: Instant) -> Option<News> {
    // An engine that has not reached this PC's MongoDB has counted nothing.
    if status.local.connected {
        let known = memory.conflicts_open.unwrap_or(status.conflicts_open);
        let more = status.conflicts_open.saturating_sub(known);
        memory.conflicts_open = Some(status.conflicts_open);
        // What was dealt with in the meantime is not told any more.
        memory.conflicts_untold = (memory.conflicts_untold + more).min(status.conflicts_open);
    }
    let may = passed(memory.conflicts_told, CONFLICTS_EVERY, now);
    (may && memory.conflicts_untold > 0).then(|| {
        memory.conflicts_told = Some(now);
        News::Conflicts(std::mem::take(&mut memory.conflicts_untold))
    })
}

fn attention(memory: &mut Memory, status: &Status, now: Instant) -> Option<News> {
    let kinds = status.notices.iter().map(|notice| notice.kind.clone());
    let standing: BTreeSet<String> = kinds.filter(|_| status.state == State::Attention).collect();
    let came = |kind: &String| {
        let seen = memory.attention_seen.get(kind).copied();
        !memory.attention.contains(kind) && passed(seen, ATTENTION_AGAIN, now)
    };
    let news = standing.iter().any(came);
    let seen = standing.iter().map(|kind| (kind.clone(), now));
    memory.attention_seen.extend(seen);
    memory.attention = standing;
    news.then_some(News::Attention)
}

fn back_online(memory: &mut Memory, status: &Status, now: Instant) -> Option<News> {
    if !(status.local.connected && status.atlas.connected) {
        memory.offline_since.get_or_insert(now);
        memory.waiting = status.local_to_atlas.pending;
        return None;
    }
    let since = memory.offline_since.take()?;
    let waited = std::mem::take(&mut memory.waiting);
    passed(Some(since), LONG_OFFLINE, now).then_some(News::BackOnline(waited))
}

fn passed(since: Option<Instant>, enough: Duration, now: Instant) -> bool {
    since.is_none_or(|since| now.duration_since(since) >= enough)
}

#[cfg(test)]
mod tests;
