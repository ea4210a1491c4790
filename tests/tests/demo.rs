//! The demo in a terminal, as a person starts it: it comes to rest by itself and ends what it started.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::process::{Command, Stdio};
use std::time::Duration;

use integration_tests::eventually;
use rustix::process::{Pid, Signal, kill_process};

/// Three servers, a first sync, and the demo's own patience at the end.
const DEADLINE: Duration = Duration::from_secs(150);

#[tokio::test]
async fn both_pcs_are_identical_to_atlas_when_the_time_is_up() {
    let (code, said) = play(&["--headless", "--seconds", "3"], None).await;
    assert_eq!(code, Some(0), "{said}");
    for pc in ["PC 1", "PC 2"] {
        let documents = said.lines().find_map(|line| {
            line.strip_prefix(pc)?
                .strip_prefix(" and Atlas are identical: ")
        });
        let count = documents.and_then(|text| text.strip_suffix(" documents"));
        assert!(count.unwrap().parse::<u32>().unwrap() > 5_000, "{said}");
    }
    assert!(
        said.contains("stopped: 2 engines and 3 MongoDB servers"),
        "{said}"
    );
}

#[tokio::test]
async fn ctrl_c_ends_everything_in_good_order() {
    let (code, said) = play(&["--headless"], Some(Signal::INT)).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("PC 1 and Atlas are identical: "), "{said}");
    assert!(
        said.contains("stopped: 2 engines and 3 MongoDB servers"),
        "{said}"
    );
}

/// Runs the demo to its end, which a signal may bring about once the tills are open. Its exit code and output.
async fn play(arguments: &[&str], signal: Option<Signal>) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("output");
    let output = std::fs::File::create(&file).unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_demo"))
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(output.try_clone().unwrap())
        .stdout(output)
        .spawn()
        .unwrap();
    let said = || std::fs::read_to_string(&file).unwrap();
    if let Some(signal) = signal {
        eventually(DEADLINE, "the first picture", async || match said() {
            said if said.contains("down: ") => Ok(()),
            said => Err(said),
        })
        .await;
        kill_process(Pid::from_child(&demo), signal).unwrap();
    }
    let status = eventually(DEADLINE, "the demo to end", async || {
        demo.try_wait().unwrap().ok_or_else(said)
    })
    .await;
    (status.code(), said())
}
