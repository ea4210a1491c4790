//! The application at a login: an icon in the tray and no window, until somebody asks for one.

use std::process::Stdio;
use std::time::Duration;

use integration_tests::desktop::{self, END_MAX, Panel, Session};
use integration_tests::eventually;
use integration_tests::mongod::keeper;

const SOON: Duration = Duration::from_secs(60);
const TITLE: &str = "Bomba Sync";

#[tokio::test(flavor = "multi_thread")]
async fn after_a_login_there_is_an_icon_and_a_window_when_it_is_asked_for() {
    let session = Session::start("en_US.UTF-8").unwrap();
    let panel = Panel::on(session.bus_address()).await.unwrap();
    let screen = session.screen().unwrap();
    let mut command = session.command(&desktop::program().await.unwrap());
    command
        .arg("--hidden")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let mut application = keeper::spawn(command).unwrap();
    panel.came_in().await;
    assert_eq!(panel.title().await.as_deref(), Some(TITLE));
    assert_eq!(screen.window(TITLE).unwrap(), None);

    panel.activate().await.unwrap();
    let window = eventually(SOON, "the window", async || {
        screen.window(TITLE).unwrap().ok_or("there is none")
    })
    .await;
    screen.close(window).unwrap();
    eventually(SOON, "the window to close", async || {
        match screen.window(TITLE).unwrap() {
            Some(_) => Err("it is there"),
            None => Ok(()),
        }
    })
    .await;
    assert_eq!(
        panel.title().await.as_deref(),
        Some(TITLE),
        "the tray goes on"
    );

    panel.choose("Quit").await;
    let ended = eventually(END_MAX, "the end", async || {
        application.try_wait().unwrap().ok_or("it still runs")
    })
    .await;
    assert!(ended.success(), "{ended}");
}
