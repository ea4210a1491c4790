//! The application at a login: an icon in the tray and no window, until somebody asks for one.

use integration_tests::desktop::{END_MAX, Login, TITLE};
use integration_tests::eventually;

use super::{SOON, has_ended};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_login_there_is_an_icon_and_a_window_when_it_is_asked_for() {
    let mut login = Login::start("en_US.UTF-8", &["--hidden"], &[])
        .await
        .unwrap();
    login.panel.came_in().await;
    assert_eq!(login.panel.title().await.as_deref(), Some(TITLE));
    assert_eq!(login.window().unwrap(), None);

    login.panel.activate().await.unwrap();
    let window = eventually(SOON, "the window", async || {
        login.window().unwrap().ok_or("there is none")
    })
    .await;
    login.screen.close(window).unwrap();
    eventually(SOON, "the window to close", async || {
        match login.window().unwrap() {
            Some(_) => Err("it is there"),
            None => Ok(()),
        }
    })
    .await;
    let title = login.panel.title().await;
    assert_eq!(title.as_deref(), Some(TITLE), "the tray goes on");

    login.panel.choose("Quit").await;
    has_ended(&mut login, END_MAX).await;
}
