//! Where the picture goes: a screen on a terminal, plain lines anywhere else. And what a person at the keys wants.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyModifiers};

use crate::lines::{lines, say};
use crate::picture::Picture;
use crate::screen::draw;

/// Nobody reads plain lines faster than this.
const LINES_EVERY: Duration = Duration::from_secs(2);

/// Whoever has a window to look at is told less.
const LINES_BESIDE_A_WINDOW_EVERY: Duration = Duration::from_secs(10);

pub(crate) enum View {
    Screen(Screen),
    Lines {
        every: Duration,
        last: Option<Instant>,
    },
}

/// The terminal is given back when this is dropped.
pub(crate) struct Screen(DefaultTerminal);

/// What a person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    End,
    /// Cut or mend the line between this PC and Atlas.
    Line(usize),
}

impl View {
    pub(crate) fn open() -> io::Result<View> {
        if io::stdout().is_terminal() {
            Ok(View::Screen(Screen(ratatui::try_init()?)))
        } else {
            Ok(View::lines(LINES_EVERY))
        }
    }

    /// The view of whoever has a window to look at.
    pub(crate) fn beside_a_window() -> View {
        View::lines(LINES_BESIDE_A_WINDOW_EVERY)
    }

    fn lines(every: Duration) -> View {
        View::Lines { every, last: None }
    }

    pub(crate) fn show(&mut self, picture: &Picture) -> io::Result<()> {
        match self {
            View::Screen(screen) => {
                screen.0.draw(|frame| draw(frame, picture))?;
            }
            View::Lines { every, last } if last.is_none_or(|last| last.elapsed() >= *every) => {
                *last = Some(Instant::now());
                lines(picture).iter().for_each(|line| say(line));
            }
            View::Lines { .. } => {}
        }
        Ok(())
    }

    /// The next wish, if there is one; it does not wait.
    pub(crate) fn wish(&mut self) -> io::Result<Option<Wish>> {
        match self {
            View::Screen(_) => read_wish(),
            View::Lines { .. } => Ok(None),
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

fn read_wish() -> io::Result<Option<Wish>> {
    while event::poll(Duration::ZERO)? {
        if let Event::Key(key) = event::read()?
            && let Some(wish) = wish(key)
        {
            return Ok(Some(wish));
        }
    }
    Ok(None)
}

fn wish(key: KeyEvent) -> Option<Wish> {
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Wish::End),
        KeyCode::Char('q') | KeyCode::Esc => Some(Wish::End),
        KeyCode::Char('1') => Some(Wish::Line(0)),
        KeyCode::Char('2') => Some(Wish::Line(1)),
        _ => None,
    }
}
