//! The demo as plain lines, for an output that is no terminal, and everything said before and after the screen.

use crate::picture::{PcPicture, Picture, direction, grouped, state};

#[allow(
    clippy::print_stdout,
    reason = "plain lines are this program's output, printed here and nowhere else"
)]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// The picture in a few lines.
pub(crate) fn lines(picture: &Picture) -> Vec<String> {
    let seconds = picture.elapsed.as_secs();
    let atlas = grouped(picture.atlas_documents);
    let mut lines = vec![format!(
        "{seconds:>4} s  Atlas: {atlas} documents; {}",
        picture.trade()
    )];
    lines.extend(picture.pcs.iter().map(pc));
    let news = picture.news();
    lines.extend(news.into_iter().map(|news| format!("        ! {news}")));
    lines
}

fn pc(pc: &PcPicture) -> String {
    let (name, documents) = (&pc.name, grouped(pc.documents));
    let Some(status) = &pc.status else {
        return format!("        {name}: {documents} documents; the rest is in its window");
    };
    let mut line = format!(
        "        {name}: {}, {documents} documents; up: {}; down: {}; {} conflicts kept",
        state(status.state),
        direction(&status.local_to_atlas),
        direction(&status.atlas_to_local),
        status.conflicts_open,
    );
    for (collection, progress) in pc.comparisons() {
        let (done, total) = (grouped(progress.done), grouped(progress.total));
        line.push_str(&format!("; comparing {collection} {done}/{total}"));
    }
    line
}
