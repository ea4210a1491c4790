//! What the steps of a run took and found.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::shell::{ShellError, say};

/// Tests that passed and failed, summed from the summary lines of libtest,
/// nextest and vitest.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    passed: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    /// Takes in a line such as `test result: ok. 11 passed; 0 failed; ...` or
    /// `Summary [ 1.2s] 12 tests run: 11 passed, 1 timed out, 0 skipped` or
    /// `Tests  1 failed | 11 passed (12)` or, each in a line of its own, `# pass 11` and `# fail 1`.
    pub(crate) fn watch(&self, line: &str) {
        let start = line.trim_start();
        // Nextest shows the output of a failed test indented, summary and all.
        let is_summary = line.starts_with("test result: ")
            || start.starts_with("Summary [")
            || (start.starts_with("Tests ") && start.ends_with(')'));
        if let ["#" | "ℹ", kind, count] = line.split_whitespace().collect::<Vec<_>>()[..]
            && let Ok(count) = count.parse()
        {
            match kind {
                "pass" => self.passed.fetch_add(count, Ordering::Relaxed),
                "fail" | "cancelled" => self.failed.fetch_add(count, Ordering::Relaxed),
                _ => 0,
            };
        }
        if !is_summary {
            return;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse() else { continue };
            match pair[1].trim_end_matches([',', ';']) {
                "passed" => self.passed.fetch_add(count, Ordering::Relaxed),
                "failed" | "timed" | "exec" => self.failed.fetch_add(count, Ordering::Relaxed),
                _ => continue,
            };
        }
    }

    fn counts(&self) -> (u64, u64) {
        (
            self.passed.load(Ordering::Relaxed),
            self.failed.load(Ordering::Relaxed),
        )
    }
}

#[derive(Debug)]
struct Step {
    name: String,
    took: Duration,
    succeeded: bool,
    passed: u64,
    failed: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
}

impl Report {
    /// Runs one step. A step that fails does not stop those after it: one run
    /// shows everything that is wrong.
    pub(crate) fn step(
        &mut self,
        name: &str,
        work: impl FnOnce(&Tally) -> Result<bool, ShellError>,
    ) {
        say(&format!("\n=== {name}"));
        let since = Instant::now();
        let tally = Tally::default();
        let succeeded = work(&tally).unwrap_or_else(|error| {
            say(&error.to_string());
            false
        });
        let (passed, failed) = tally.counts();
        // A step that fails without a failed test counts as one, so that the
        // last line never reads as if all were well.
        let failed = if succeeded { failed } else { failed.max(1) };
        self.steps.push(Step {
            name: name.to_owned(),
            took: since.elapsed(),
            succeeded,
            passed,
            failed,
        });
    }

    /// Prints the table and, as the last line, the totals. `true` when nothing
    /// failed.
    pub(crate) fn print(&self) -> bool {
        say(&format!(
            "\n{:<24} {:>9} {:>8} {:>8}",
            "step", "seconds", "passed", "failed"
        ));
        for step in &self.steps {
            let seconds = step.took.as_secs_f64();
            let mark = if step.succeeded { "" } else { "  FAILED" };
            let (name, passed, failed) = (&step.name, step.passed, step.failed);
            say(&format!(
                "{name:<24} {seconds:>9.1} {passed:>8} {failed:>8}{mark}"
            ));
        }
        let took: Duration = self.steps.iter().map(|step| step.took).sum();
        say(&format!("{:<24} {:>9.1}", "all", took.as_secs_f64()));
        let passed: u64 = self.steps.iter().map(|step| step.passed).sum();
        let failed: u64 = self.steps.iter().map(|step| step.failed).sum();
        say(&format!("{passed} passed, {failed} failed"));
        self.steps.iter().all(|step| step.succeeded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summaries_of_all_test_runners_are_counted() {
        let lines = [
            "test result: ok. 11 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out",
            "     Summary [   0.005s] 4 tests run: 2 passed (1 slow), 1 failed, 1 timed out, 7 skipped",
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 13 filtered out",
            "a test printed: 9 passed, 9 failed",
            "      Tests  1 failed | 20 passed (21)",
            " Test Files  2 passed (2)",
            "# tests 8",
            "# pass 5",
            "# fail 2",
            "# cancelled 1",
        ];
        let tally = Tally::default();
        lines.iter().for_each(|line| tally.watch(line));
        assert_eq!(tally.counts(), (40, 9));
    }
}
