//! The demo with its window, where there is no screen: a picture is kept, and all else ends with it.

use std::process::{Command, Stdio};

const PNG: &[u8] = b"\x89PNG";

#[test]
fn the_demo_keeps_a_picture_of_the_real_window() {
    let demo = Command::new(env!("CARGO_BIN_EXE_demo"))
        .args(["--seconds", "1"])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&demo.stdout);
    let told = String::from_utf8_lossy(&demo.stderr);
    assert!(demo.status.success(), "{said}\n{told}");
    let mut lines = said.lines();
    let picture = lines.find_map(|line| line.strip_prefix("a picture of the window: "));
    let picture = std::fs::read(picture.unwrap()).unwrap();
    assert!(picture.starts_with(PNG));
    for line in [
        "PC 1 and Atlas are identical: ",
        "PC 2 and Atlas are identical: ",
        "stopped: the window, 1 engine and 3 MongoDB servers",
    ] {
        assert!(said.contains(line), "no {line:?} in\n{said}");
    }
}
