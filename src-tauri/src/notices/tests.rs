//! Rows of pictures, and what a person is told of them.

use sync_api::wire::Notice;

use super::*;

/// A picture, and the second at which it is looked at.
type Look = (u64, Status);

fn online(conflicts_open: u32) -> Status {
    let mut status = Status {
        state: State::Synced,
        conflicts_open,
        ..Status::default()
    };
    (status.local.connected, status.atlas.connected) = (true, true);
    status
}

fn offline(waiting: u32) -> Status {
    let mut status = Status {
        state: State::Offline,
        ..online(0)
    };
    status.atlas.connected = false;
    status.local_to_atlas.pending = waiting;
    status
}

fn needing(kinds: &[&str]) -> Status {
    let notice = |kind: &&str| Notice {
        kind: (*kind).to_owned(),
        text: String::new(),
        about: None,
        count: None,
    };
    Status {
        state: State::Attention,
        notices: kinds.iter().map(notice).collect(),
        ..online(0)
    }
}

/// What is told, and at which look.
fn told(looks: &[Look]) -> Vec<(usize, News)> {
    let start = Instant::now();
    let mut memory = Memory::default();
    let mut all = Vec::new();
    for (place, (second, status)) in looks.iter().enumerate() {
        let now = start + Duration::from_secs(*second);
        let (after, news) = weigh(&memory, status, true, now);
        memory = after;
        all.extend(news.into_iter().map(|news| (place, news)));
    }
    all
}

/// Looks at pictures one after the other, and compares what is told with what should be.
fn assert_told(name: &str, looks: &[Look], expected: &[(usize, News)]) {
    assert_eq!(told(looks), expected, "{name}");
}

#[test]
fn new_conflicts_are_told_once_a_minute_and_old_ones_never() {
    let starting = Status::default;
    assert_told(
        "routine",
        &[(0, starting()), (1, online(0)), (9, online(0))],
        &[],
    );
    assert_told(
        "old ones",
        &[(0, starting()), (1, online(5)), (2, online(5))],
        &[],
    );
    assert_told(
        "a new one",
        &[(0, online(0)), (1, online(1))],
        &[(1, News::Conflicts(1))],
    );
    let minute = |last| {
        [
            (0, online(0)),
            (1, online(1)),
            (5, online(3)),
            (30, online(last)),
            (61, online(last)),
        ]
    };
    let first = (1, News::Conflicts(1));
    assert_told(
        "several in a minute",
        &minute(4),
        &[first, (4, News::Conflicts(3))],
    );
    assert_told("dealt with before they are told", &minute(0), &[first]);
    assert_told(
        "an engine that starts again counts from nothing",
        &[
            (0, online(5)),
            (1, starting()),
            (2, online(5)),
            (3, online(6)),
        ],
        &[(3, News::Conflicts(1))],
    );
}

#[test]
fn what_needs_a_person_is_told_when_it_comes() {
    let told = |look| (look, News::Attention);
    let set_aside = || needing(&["quarantine"]);
    let two = || needing(&["dropped", "quarantine"]);
    let away = || needing(&["reconnect-failing"]);
    assert_told(
        "it stays",
        &[(0, set_aside()), (1, set_aside()), (9000, set_aside())],
        &[told(0)],
    );
    assert_told(
        "another comes",
        &[(0, set_aside()), (1, two())],
        &[told(0), told(1)],
    );
    assert_told("two at once are one sentence", &[(0, two())], &[told(0)]);
    assert_told(
        "it comes and goes",
        &[(0, away()), (60, online(0)), (120, away())],
        &[told(0)],
    );
    assert_told(
        "it comes back after hours",
        &[(0, away()), (60, online(0)), (9000, away())],
        &[told(0), told(2)],
    );
}

#[test]
fn only_the_end_of_a_long_time_offline_is_told() {
    assert_told(
        "a short gap",
        &[(0, online(0)), (10, offline(3)), (609, online(0))],
        &[],
    );
    assert_told(
        "a long gap",
        &[
            (0, online(0)),
            (10, offline(0)),
            (300, offline(12)),
            (610, online(0)),
            (611, online(0)),
        ],
        &[(3, News::BackOnline(12))],
    );
    assert_told(
        "a start without a connection",
        &[(0, Status::default()), (1, offline(2)), (700, online(0))],
        &[(2, News::BackOnline(2))],
    );
}

#[test]
fn before_the_guided_start_there_is_no_news_and_no_time_offline() {
    let start = Instant::now();
    let (memory, news) = weigh(&Memory::default(), &Status::default(), false, start);
    assert_eq!((&memory, news.len()), (&Memory::default(), 0));
    let later = start + LONG_OFFLINE;
    let (memory, _) = weigh(&memory, &Status::default(), true, later);
    let (_, news) = weigh(&memory, &online(3), true, later + Duration::from_secs(1));
    assert_eq!(news, []);
}
