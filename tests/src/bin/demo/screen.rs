//! The picture on one screen.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph, Wrap};
use sync_engine::status::State;

use crate::picture::{PcPicture, Picture, direction, grouped, state};

/// Comparisons shown at a time, for one PC.
const COMPARISONS_SHOWN: usize = 3;

const PC_HEIGHT: u16 = 7 + COMPARISONS_SHOWN as u16;

pub(crate) fn draw(frame: &mut Frame<'_>, picture: &Picture) {
    let programme = u16::try_from(picture.programme.len()).unwrap_or(u16::MAX);
    let [head, atlas, pcs, news, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(3),
        Constraint::Length(PC_HEIGHT),
        Constraint::Min(3),
        Constraint::Length(programme.saturating_add(3)),
    ])
    .areas(frame.area());
    let seconds = picture.elapsed.as_secs();
    let title = Line::from(format!("Bomba Sync  {seconds} s  {}", picture.trade()));
    frame.render_widget(title.style(Modifier::BOLD), head);

    let documents = format!("{} documents", grouped(picture.atlas_documents));
    frame.render_widget(
        Paragraph::new(documents).block(Block::bordered().title("Atlas")),
        atlas,
    );
    let columns: [_; 2] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(pcs);
    for (pc, area) in picture.pcs.iter().zip(columns) {
        let block = Block::bordered().title(pc.name.as_str());
        frame.render_widget(Paragraph::new(pc_lines(pc)).block(block), area);
    }
    let told: Vec<Line<'_>> = picture.news().into_iter().map(Line::from).collect();
    let told = Paragraph::new(told).wrap(Wrap { trim: true });
    frame.render_widget(told.block(Block::bordered().title("notices")), news);
    let mut hints: Vec<Line<'_>> = picture
        .programme
        .iter()
        .map(|line| Line::from(line.as_str()))
        .collect();
    hints.push(Line::from(
        "keys: 1 or 2 cuts and mends that PC's line to Atlas, Ctrl-C ends",
    ));
    frame.render_widget(
        Paragraph::new(hints).block(Block::bordered().title("look yourself")),
        foot,
    );
}

fn pc_lines(pc: &PcPicture) -> Vec<Line<'static>> {
    let documents = grouped(pc.documents);
    let Some(status) = &pc.status else {
        return vec![Line::from(format!("{documents} documents"))];
    };
    let mut lines = vec![
        Line::from(vec![
            Span::styled(
                state(status.state),
                Style::new().fg(color(status.state)).bold(),
            ),
            Span::raw(format!(", {documents} documents")),
        ]),
        Line::from(format!("to Atlas:   {}", direction(&status.local_to_atlas))),
        Line::from(format!("from Atlas: {}", direction(&status.atlas_to_local))),
        Line::from(format!(
            "{} conflicts, {} losers kept, {} set aside",
            status.local_to_atlas.conflicts + status.atlas_to_local.conflicts,
            status.conflicts_open,
            status.quarantined
        )),
    ];
    for (collection, progress) in pc.comparisons().take(COMPARISONS_SHOWN) {
        let (done, total) = (grouped(progress.done), grouped(progress.total));
        let rate = progress.per_second;
        lines.push(Line::from(format!(
            "comparing {collection}: {done} of {total}, {rate:.0}/s"
        )));
    }
    lines
}

fn color(state: State) -> Color {
    match state {
        State::Synced => Color::Green,
        State::Syncing => Color::Blue,
        State::Offline | State::Paused => Color::Yellow,
        State::Attention => Color::Red,
    }
}
