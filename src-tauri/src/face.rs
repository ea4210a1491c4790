//! What the tray shows, as a function of how things stand: the icon, the sentence and the lines of the menu.
//! How it gets onto the screen is `tray`'s business.

use sync_api::wire::{State, Status};

use crate::words::Words;

const MINUTE_MS: f64 = 60_000.0;

/// Nobody counts in minutes beyond this.
const HOUR_MINUTES: u32 = 60;

/// A change that is longer ago is no news.
const TOLD_MINUTES_MAX: u32 = 24 * HOUR_MINUTES;

/// The five pictures, told apart by their shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Synced,
    Syncing,
    Offline,
    Paused,
    Attention,
}

/// A line of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Open,
    /// How things stand; nothing to click.
    State,
    Pause,
    SyncNow,
    Conflicts,
    Collections,
    Settings,
    Quit,
}

impl Item {
    /// In the order of the menu.
    pub(crate) const ALL: [Item; 8] = [
        Item::Open,
        Item::State,
        Item::Pause,
        Item::SyncNow,
        Item::Conflicts,
        Item::Collections,
        Item::Settings,
        Item::Quit,
    ];

    pub(crate) fn id(self) -> &'static str {
        match self {
            Item::Open => "open",
            Item::State => "state",
            Item::Pause => "pause",
            Item::SyncNow => "sync-now",
            Item::Conflicts => "conflicts",
            Item::Collections => "collections",
            Item::Settings => "settings",
            Item::Quit => "quit",
        }
    }

    pub(crate) fn of(id: &str) -> Option<Item> {
        Item::ALL.into_iter().find(|item| item.id() == id)
    }

    /// A line above this one sets it apart.
    pub(crate) fn begins_a_group(self) -> bool {
        matches!(self, Item::Pause | Item::Conflicts | Item::Quit)
    }
}

/// What a line of the menu says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) enabled: bool,
}

/// Everything the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Face {
    pub(crate) icon: Icon,
    pub(crate) tooltip: String,
    /// As [`Item::ALL`].
    pub(crate) lines: [Line; 8],
}

impl Face {
    /// Before it is known how things stand: nothing is claimed.
    pub(crate) fn starting(words: &Words) -> Face {
        let line = |item| Line {
            text: match item {
                Item::State => words.say("menu-state-starting"),
                other => text(other, &Status::default(), true, words),
            },
            enabled: matches!(item, Item::Open | Item::Quit),
        };
        Face {
            icon: Icon::Syncing,
            tooltip: words.say("tray-tooltip-starting"),
            lines: Item::ALL.map(line),
        }
    }

    /// `now_ms`: milliseconds since 1970 by this PC's clock.
    pub(crate) fn of(status: &Status, set_up: bool, now_ms: f64, words: &Words) -> Face {
        let line = |item| Line {
            text: text(item, status, set_up, words),
            enabled: match item {
                Item::Open | Item::Settings | Item::Quit => true,
                Item::State => false,
                Item::Pause | Item::SyncNow | Item::Conflicts | Item::Collections => set_up,
            },
        };
        Face {
            icon: icon(status.state, set_up),
            tooltip: tooltip(status, set_up, now_ms, words),
            lines: Item::ALL.map(line),
        }
    }
}

/// A click on "pause" means the opposite then.
pub(crate) fn is_paused(status: &Status) -> bool {
    status.local_to_atlas.paused || status.atlas_to_local.paused
}

fn icon(state: State, set_up: bool) -> Icon {
    if !set_up {
        return Icon::Attention;
    }
    match state {
        State::Synced => Icon::Synced,
        State::Syncing => Icon::Syncing,
        State::Offline => Icon::Offline,
        State::Paused => Icon::Paused,
        State::Attention => Icon::Attention,
    }
}

fn tooltip(status: &Status, set_up: bool, now_ms: f64, words: &Words) -> String {
    if !set_up {
        return words.say("tray-tooltip-setup");
    }
    let upload = status.local_to_atlas.pending;
    match status.state {
        State::Synced => synced(status.last_change_at, now_ms, words),
        State::Syncing => {
            let count = upload.saturating_add(status.atlas_to_local.pending);
            words.say_with("tray-tooltip-syncing", "count", count)
        }
        State::Offline if upload == 0 => words.say("tray-tooltip-offline"),
        State::Offline => words.say_with("tray-tooltip-offline-waiting", "count", upload),
        State::Paused => words.say("tray-tooltip-paused"),
        State::Attention => words.say("tray-tooltip-attention"),
    }
}

fn synced(last_change_at: Option<f64>, now_ms: f64, words: &Words) -> String {
    // A cast of a float stops at the ends of the integer, so a clock that was set back counts as now.
    let minutes = last_change_at.map(|moment| ((now_ms - moment) / MINUTE_MS) as u32);
    match minutes {
        Some(0) => words.say("tray-tooltip-synced-now"),
        Some(minutes) if minutes < HOUR_MINUTES => {
            words.say_with("tray-tooltip-synced-ago", "minutes", minutes)
        }
        Some(minutes) if minutes < TOLD_MINUTES_MAX => {
            let hours = minutes / HOUR_MINUTES;
            words.say_with("tray-tooltip-synced-hours", "hours", hours)
        }
        Some(_) | None => words.say("tray-tooltip-synced"),
    }
}

fn text(item: Item, status: &Status, set_up: bool, words: &Words) -> String {
    match item {
        Item::Open => words.say("menu-open"),
        Item::State if !set_up => words.say("menu-state-setup"),
        Item::State => words.say(match status.state {
            State::Synced => "menu-state-synced",
            State::Syncing => "menu-state-syncing",
            State::Offline => "menu-state-offline",
            State::Paused => "menu-state-paused",
            State::Attention => "menu-state-attention",
        }),
        Item::Pause if is_paused(status) => words.say("menu-resume"),
        Item::Pause => words.say("menu-pause"),
        Item::SyncNow => words.say("menu-sync-now"),
        Item::Conflicts => words.say_with("menu-conflicts", "count", status.conflicts_open),
        Item::Collections => words.say("menu-collections"),
        Item::Settings => words.say("menu-settings"),
        Item::Quit => words.say("menu-quit"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Tongue;

    const NOW: f64 = 1_700_000_000_000.0;

    fn status(state: State) -> Status {
        Status {
            state,
            ..Status::default()
        }
    }

    fn face(status: &Status) -> Face {
        Face::of(status, true, NOW, &Words::new(Tongue::English))
    }

    fn says(item: Item, face: &Face) -> &Line {
        let place = Item::ALL.iter().position(|known| *known == item).unwrap();
        &face.lines[place]
    }

    #[test]
    fn nothing_is_claimed_before_it_is_known_how_things_stand() {
        let face = Face::starting(&Words::new(Tongue::English));
        assert_eq!(face.tooltip, "Bomba Sync is starting");
        assert_eq!(says(Item::State, &face).text, "Starting");
        let enabled: Vec<bool> = face.lines.iter().map(|line| line.enabled).collect();
        let [open, .., quit] = enabled[..] else {
            panic!("{enabled:?}")
        };
        assert!(open && quit);
        assert_eq!(enabled.iter().filter(|enabled| **enabled).count(), 2);
    }

    #[test]
    fn one_sentence_says_how_things_stand() {
        let words = Words::new(Tongue::English);
        let synced = |ago_ms: Option<f64>| Status {
            last_change_at: ago_ms.map(|ago| NOW - ago),
            ..status(State::Synced)
        };
        let waiting = |state, up, down| {
            let mut status = status(state);
            (status.local_to_atlas.pending, status.atlas_to_local.pending) = (up, down);
            status
        };
        let counted = |id: &str, name: &str, number| words.say_with(id, name, number);
        let now = words.say("tray-tooltip-synced-now");
        let cases = [
            (synced(None), words.say("tray-tooltip-synced")),
            (
                synced(Some(24.0 * 60.0 * MINUTE_MS)),
                words.say("tray-tooltip-synced"),
            ),
            (
                synced(Some(24.0 * 60.0 * MINUTE_MS - 1.0)),
                "In sync. Last change 23 hours ago".to_owned(),
            ),
            (
                synced(Some(121.0 * MINUTE_MS)),
                "In sync. Last change 2 hours ago".to_owned(),
            ),
            (
                synced(Some(60.0 * MINUTE_MS)),
                "In sync. Last change 1 hour ago".to_owned(),
            ),
            (
                synced(Some(60.0 * MINUTE_MS - 1.0)),
                "In sync. Last change 59 minutes ago".to_owned(),
            ),
            (synced(Some(59_999.0)), now.clone()),
            (synced(Some(-5_000.0)), now),
            (
                synced(Some(125_000.0)),
                counted("tray-tooltip-synced-ago", "minutes", 2),
            ),
            (
                waiting(State::Syncing, 3, 4),
                counted("tray-tooltip-syncing", "count", 7),
            ),
            (
                waiting(State::Offline, 0, 9),
                words.say("tray-tooltip-offline"),
            ),
            (
                waiting(State::Offline, 12, 0),
                counted("tray-tooltip-offline-waiting", "count", 12),
            ),
            (status(State::Paused), words.say("tray-tooltip-paused")),
            (
                status(State::Attention),
                words.say("tray-tooltip-attention"),
            ),
        ];
        for (status, expected) in cases {
            assert_eq!(face(&status).tooltip, expected, "{:?}", status.state);
        }
    }

    #[test]
    fn every_state_has_its_picture_and_its_line() {
        let states = [
            State::Synced,
            State::Syncing,
            State::Offline,
            State::Paused,
            State::Attention,
        ];
        let seen = states.map(|state| {
            let face = face(&status(state));
            assert!(!says(Item::State, &face).enabled);
            (face.icon, says(Item::State, &face).text.clone())
        });
        for (place, (icon, text)) in seen.iter().enumerate() {
            assert!(
                seen[place + 1..]
                    .iter()
                    .all(|(other, said)| other != icon && said != text)
            );
        }
    }

    #[test]
    fn before_the_guided_start_only_what_leads_there_can_be_clicked() {
        let words = Words::new(Tongue::Arabic);
        let face = Face::of(&Status::default(), false, NOW, &words);
        assert_eq!(face.icon, Icon::Attention);
        assert_eq!(face.tooltip, words.say("tray-tooltip-setup"));
        assert_eq!(says(Item::State, &face).text, words.say("menu-state-setup"));
        let enabled = Item::ALL
            .into_iter()
            .filter(|item| says(*item, &face).enabled);
        assert_eq!(
            enabled.collect::<Vec<_>>(),
            [Item::Open, Item::Settings, Item::Quit]
        );
    }

    #[test]
    fn one_paused_direction_is_enough_to_offer_to_go_on() {
        let words = Words::new(Tongue::English);
        let mut one = status(State::Paused);
        one.atlas_to_local.paused = true;
        assert_eq!(
            says(Item::Pause, &face(&one)).text,
            words.say("menu-resume")
        );
        let none = status(State::Synced);
        assert_eq!(
            says(Item::Pause, &face(&none)).text,
            words.say("menu-pause")
        );
    }

    #[test]
    fn the_menu_counts_the_conflicts_nobody_has_dealt_with() {
        let mut some = status(State::Synced);
        some.conflicts_open = 3;
        assert!(says(Item::Conflicts, &face(&some)).text.contains('3'));
        assert!(says(Item::Conflicts, &face(&some)).enabled);
    }

    #[test]
    fn a_line_is_found_by_its_id() {
        assert!(
            Item::ALL
                .into_iter()
                .all(|item| Item::of(item.id()) == Some(item))
        );
        assert_eq!(Item::of("nothing"), None);
    }
}
