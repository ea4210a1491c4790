//! The daemon as the other commands see it: found through its state directory, asked over loopback.

use std::time::Duration;

use sync_api::places;
use sync_api::serve::ResyncOrder;
use sync_api::settings::{Settings, SettingsError};
use sync_api::state_dir::{self, Running};
use sync_api::wire;

use crate::failure::Failure;

/// A daemon that is alive answers from memory.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// An order is noted in this PC's MongoDB before it is answered.
const ORDER_MAX: Duration = Duration::from_secs(40);

/// A running daemon.
#[derive(Clone, Debug)]
pub(crate) struct Daemon(Running);

impl Daemon {
    /// The daemon these settings mean. Where they do not say which database, the only one that runs is meant.
    pub(crate) fn find(settings: &Settings) -> Result<Daemon, Failure> {
        match settings.state_dir() {
            Ok(dir) => state_dir::running(&dir)?
                .map(Daemon)
                .ok_or(Failure::NoneRunning { dir }),
            Err(SettingsError::Missing { .. }) => {
                let base = places::state_base().ok_or(SettingsError::NoHome)?;
                let mut found = state_dir::all_running(&base)?;
                match (found.pop(), found.is_empty()) {
                    (None, _) => Err(Failure::NoneRunning { dir: base }),
                    (Some(only), true) => Ok(Daemon(only)),
                    (Some(_), false) => Err(Failure::SeveralRunning),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Asks how it is getting on, for up to five seconds.
    pub(crate) async fn status(&self) -> Result<wire::Status, Failure> {
        let url = self.url("status");
        aside(move || {
            let mut answer = agent(ANSWER_MAX).get(url).call().map_err(unanswered)?;
            answer.body_mut().read_json().map_err(unanswered)
        })
        .await
    }

    /// Orders a resync. The daemon answers when it has noted the order.
    pub(crate) async fn resync(&self, order: ResyncOrder) -> Result<(), Failure> {
        let bearer = format!("Bearer {}", self.0.token);
        let url = self.url("resync");
        aside(move || {
            let request = agent(ORDER_MAX).post(url).header("authorization", bearer);
            let mut answer = request.send_json(order).map_err(unanswered)?;
            if answer.status().is_success() {
                return Ok(());
            }
            Err(Failure::Refused(
                answer
                    .body_mut()
                    .read_to_string()
                    .map_err(unanswered)?
                    .trim()
                    .to_owned(),
            ))
        })
        .await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.0.address)
    }
}

/// The client blocks, so it is given a thread of its own.
async fn aside<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(ask).await {
        Ok(answer) => answer,
        Err(broken) => Err(Failure::System(broken.into())),
    }
}

/// No proxy: the daemon is on this machine, and its token must not leave it.
fn agent(timeout: Duration) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .proxy(None)
        .timeout_global(Some(timeout))
        .http_status_as_error(false);
    config.build().into()
}

fn unanswered(error: ureq::Error) -> Failure {
    Failure::Unanswered(Box::new(error))
}
