//! What the status says while no run is there to say it.

use sync_core::place::Side;
use tokio::sync::watch;

use crate::connect::still_trying;
use crate::error::EngineError;
use crate::status::{Notice, SideStatus, State, Status};

/// A run ended that was not to end.
pub(super) fn broken(status: &watch::Sender<Status>, failures: u32) {
    tracing::error!(failures, "the sync broke down and begins anew");
    status.send_modify(|status| {
        status.state = State::Attention;
        (status.local.connected, status.atlas.connected) = (false, false);
        status.notices = vec![Notice {
            kind: "broken",
            text: "the sync broke down, which is a fault in the program, and is being started again; its log says \
                   more"
                .to_owned(),
            about: None,
            count: None,
        }];
    });
}

/// Local cannot be used yet, so there is no run.
pub(super) fn away(status: &watch::Sender<Status>, error: &EngineError, failures: u32, loud: bool) {
    tracing::warn!(%error, failures, "cannot start yet");
    status.send_modify(|status| {
        let local = SideStatus {
            connected: false,
            last_error: Some(error.to_string()),
            trouble: Some(error.trouble()),
            attempts: failures,
            clock_offset_ms: None,
        };
        let text = error.to_string();
        status.notices = match error.notice_kind() {
            Some(kind) => vec![Notice {
                kind,
                text,
                about: Some(Side::Local.name().to_owned()),
                count: None,
            }],
            None if loud => vec![still_trying(Side::Local, failures, error)],
            None => Vec::new(),
        };
        status.state = if status.notices.is_empty() {
            State::Offline
        } else {
            State::Attention
        };
        status.local = local;
    });
}
