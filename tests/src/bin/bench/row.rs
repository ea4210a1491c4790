//! What was measured, and how it is printed.

use comfy_table::{Table, presets};

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) measure: String,
    pub(crate) engine: String,
    /// The yardstick of the same run.
    pub(crate) raw: Option<String>,
    pub(crate) ratio: Option<f64>,
    pub(crate) target: Option<Target>,
}

/// What the figure should be, in words, and whether it is.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) wanted: String,
    pub(crate) met: bool,
}

impl Row {
    /// A figure without yardstick or target.
    pub(crate) fn note(measure: impl Into<String>, engine: impl Into<String>) -> Row {
        Row {
            measure: measure.into(),
            engine: engine.into(),
            raw: None,
            ratio: None,
            target: None,
        }
    }

    /// The same with a target for the figure itself.
    pub(crate) fn with_target(self, wanted: &str, met: bool) -> Row {
        let wanted = wanted.to_owned();
        Row {
            target: Some(Target { wanted, met }),
            ..self
        }
    }

    /// Two rates in documents per second, the engine's to be at least `share` of the raw one.
    pub(crate) fn rates(measure: impl Into<String>, engine: f64, raw: f64, share: f64) -> Row {
        let ratio = engine / raw;
        Row {
            measure: measure.into(),
            engine: per_second(engine),
            raw: Some(per_second(raw)),
            ratio: Some(ratio),
            target: Some(Target {
                wanted: format!("at least {share}"),
                met: ratio >= share,
            }),
        }
    }
}

pub(crate) fn per_second(rate: f64) -> String {
    format!("{rate:.0}/s")
}

pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// Says on standard error how far the bench is.
pub(crate) fn progress(line: &str) {
    eprintln!("bench: {line}");
}

#[allow(
    clippy::print_stdout,
    reason = "the table is this program's answer, printed here and nowhere else"
)]
pub(crate) fn print(rows: &[Row], markdown: bool) {
    let mut table = Table::new();
    table.load_style(if markdown {
        presets::ASCII_MARKDOWN
    } else {
        presets::NOTHING
    });
    table.set_header(["measure", "Bomba Sync", "raw", "ratio", "target", "met"]);
    for row in rows {
        let (wanted, met) = match &row.target {
            Some(target) => (
                target.wanted.as_str(),
                if target.met { "yes" } else { "no" },
            ),
            None => ("", ""),
        };
        let ratio = row.ratio.map(|ratio| format!("{ratio:.2}"));
        table.add_row([
            row.measure.as_str(),
            row.engine.as_str(),
            row.raw.as_deref().unwrap_or_default(),
            ratio.as_deref().unwrap_or_default(),
            wanted,
            met,
        ]);
    }
    println!("{table}");
}
