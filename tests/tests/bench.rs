//! The bench works: a small run ends well and prints every row. What the rows say is not judged here.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::process::Command;

const ROWS: [&str; 22] = [
    "1000 bills, PC 1 -> Atlas -> PC 2",
    "first copy of 10000 documents, PC 1 -> empty Atlas",
    "the same until all is at rest, PC 1 -> empty Atlas",
    "first copy of 10000 documents, Atlas -> empty PC 2",
    "the same until all is at rest, Atlas -> empty PC 2",
    "1000 bills from Atlas through the models, new",
    "1000 bills from Atlas through the models, each paid",
    "one insert, PC 1 -> PC 2, p50",
    "one insert, PC 1 -> PC 2, p99",
    "one insert, PC 1 -> PC 2, max",
    "daemon at rest after 1000 documents, resident memory",
    "daemon at rest, share of a core",
    "Atlas away, 25000 changes wait: memory before, at a tenth, at most",
    "Atlas back: changes carried",
    "the same, memory at rest afterwards",
    "application, start to the icon in the tray",
    "application, start to a usable window",
    "application started hidden, memory of all its processes",
    "the same, share of a core",
    "the same with its window open, memory",
    "the same after its window was closed, memory",
    "the window's pages, compressed",
];

#[test]
fn a_small_run_prints_every_row() {
    let bench = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["--quick", "--markdown"])
        .output()
        .unwrap();
    let table = String::from_utf8(bench.stdout).unwrap();
    let told = String::from_utf8_lossy(&bench.stderr);
    assert!(bench.status.success(), "{table}\n{told}");
    let rows: Vec<&str> = table.lines().collect();
    for row in ROWS {
        assert!(
            rows.iter().any(|line| line.contains(row)),
            "no row {row:?} in\n{table}"
        );
    }
    // Two more lines: the headings and what is under them.
    assert_eq!(rows.len(), ROWS.len() + 2, "{table}");
}
