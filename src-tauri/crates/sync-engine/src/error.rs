//! What can go wrong, and what each failure asks for.

mod trouble;

use std::time::Duration;

use bson::Document;
use mongodb::error::{
    Error as DriverError, ErrorKind, RETRYABLE_WRITE_ERROR, TRANSIENT_TRANSACTION_ERROR,
};
use sync_core::document::MalformedDocument;
use sync_core::place::Side;
use thiserror::Error;

pub use trouble::Trouble;
use trouble::{in_brief, trouble_of};

/// An answer that takes longer than this counts as a lost connection; a stream's own waits are far shorter.
pub(crate) const ANSWER_WAIT_MAX: Duration = Duration::from_secs(30);

/// A failure of the engine. Its text never holds a connection string.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The connection string cannot be used. The driver's words are left out: they may quote it.
    #[error("the {side} connection string is not a valid MongoDB URI")]
    BadUri {
        /// Whose.
        side: Side,
    },
    /// The server or the way to it failed.
    #[error("{side}: {}", in_brief(source))]
    Server {
        /// Which one.
        side: Side,
        /// What the driver said.
        source: DriverError,
    },
    /// No answer in time: a connection that is open but dead.
    #[error("{side}: no answer within {} s", ANSWER_WAIT_MAX.as_secs())]
    Silent {
        /// Which one.
        side: Side,
    },
    /// The server's name was not looked up in time.
    #[error("{side}: the server's name cannot be looked up")]
    Unnamed {
        /// Whose.
        side: Side,
    },
    /// A document or reply that is not what it should be.
    #[error("{side}: {source}")]
    Malformed {
        /// Where it came from.
        side: Side,
        /// What is wrong with it.
        source: MalformedDocument,
    },
    /// A server's reply lacks something every server sends.
    #[error("{side}: unexpected reply: {what} is missing")]
    Reply {
        /// Who sent it.
        side: Side,
        /// What is missing.
        what: &'static str,
    },
    /// The server is not part of a replica set, so it has no change streams.
    #[error(
        "{side}: the server is not a replica set member, so changes cannot be followed; run `check` for what to do"
    )]
    Standalone {
        /// Which one.
        side: Side,
    },
    /// The server cannot go on from the stored position: it is damaged, or was saved for another server.
    #[error("{side}: the stored position is damaged or belongs to another server")]
    ForeignPosition {
        /// Which one.
        side: Side,
    },
    /// The server took a command and refused the write in it.
    #[error("{side}: {reason}")]
    Refused {
        /// Which one.
        side: Side,
        /// Its words.
        reason: String,
    },
    /// The server wrote, but not as safely as was asked: what is there now may be taken back.
    #[error("{side}: written, but not confirmed: {reason}")]
    Unconfirmed {
        /// Which one.
        side: Side,
        /// Its words.
        reason: String,
    },
    /// More events came in than there is room for.
    #[error("{side}: more changes wait than fit in memory; tried again when there are fewer")]
    Crowded {
        /// Where they wait.
        side: Side,
    },
    /// A name that nobody has.
    #[error("there is no collection {name:?} on either side")]
    NoSuchCollection {
        /// The name.
        name: String,
    },
    /// It takes no part, so it need not be the same on both sides.
    #[error("{name:?} is {reason}, which is not synced")]
    NotSynced {
        /// The name.
        name: String,
        /// What it is.
        reason: String,
    },
    /// The engine stopped, but not everything under way ended in time.
    #[error(
        "what was under way did not end in time and was cut off; the next start looks at it again"
    )]
    CutOff,
    /// The engine stopped, but where it stands is not on disk.
    #[error("the last positions could not be saved; the next start reads a little more again")]
    Unsaved,
    /// The engine is stopping.
    #[error("the engine is stopping")]
    Stopping,
}

/// What a failure asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Try the same again after a wait.
    Retry,
    /// The stream's past is gone: start it afresh and compare in full.
    CompareAgain,
    /// This one change cannot be applied: put it in quarantine and go on.
    SetAside,
    /// Only a person can help.
    AskUser,
}

impl EngineError {
    /// What to do now.
    pub fn remedy(&self) -> Remedy {
        match self {
            EngineError::Server { source, .. } => remedy_for(source),
            EngineError::Silent { .. }
            | EngineError::Unnamed { .. }
            | EngineError::Unconfirmed { .. }
            | EngineError::Reply { .. }
            | EngineError::Crowded { .. }
            | EngineError::CutOff
            | EngineError::Unsaved
            | EngineError::Stopping => Remedy::Retry,
            EngineError::Malformed { .. } | EngineError::Refused { .. } => Remedy::SetAside,
            EngineError::ForeignPosition { .. } => Remedy::CompareAgain,
            EngineError::BadUri { .. }
            | EngineError::Standalone { .. }
            | EngineError::NoSuchCollection { .. }
            | EngineError::NotSynced { .. } => Remedy::AskUser,
        }
    }

    /// The kind of notice that tells a person what only a person can mend.
    pub(crate) fn notice_kind(&self) -> Option<&'static str> {
        match self {
            EngineError::Standalone { .. } => Some("standalone"),
            _ if self.trouble() == Trouble::TooOld => Some("too-old"),
            _ if self.remedy() == Remedy::AskUser => Some("unauthorized"),
            _ => None,
        }
    }

    /// Why the side does not answer.
    pub fn trouble(&self) -> Trouble {
        match self {
            EngineError::Server { source, .. } => trouble_of(source),
            EngineError::Silent { .. } => Trouble::Unreachable,
            EngineError::Unnamed { .. } => Trouble::NameUnknown,
            EngineError::Standalone { .. } => Trouble::Standalone,
            EngineError::BadUri { .. }
            | EngineError::Malformed { .. }
            | EngineError::Reply { .. }
            | EngineError::ForeignPosition { .. }
            | EngineError::Refused { .. }
            | EngineError::Unconfirmed { .. }
            | EngineError::Crowded { .. }
            | EngineError::NoSuchCollection { .. }
            | EngineError::NotSynced { .. }
            | EngineError::CutOff
            | EngineError::Unsaved
            | EngineError::Stopping => Trouble::Other,
        }
    }

    /// Which side failed, where it is one side's failure.
    pub fn side(&self) -> Option<Side> {
        match self {
            EngineError::BadUri { side }
            | EngineError::Server { side, .. }
            | EngineError::Silent { side }
            | EngineError::Unnamed { side }
            | EngineError::Unconfirmed { side, .. }
            | EngineError::Malformed { side, .. }
            | EngineError::Reply { side, .. }
            | EngineError::Standalone { side }
            | EngineError::ForeignPosition { side }
            | EngineError::Refused { side, .. }
            | EngineError::Crowded { side } => Some(*side),
            EngineError::NoSuchCollection { .. }
            | EngineError::NotSynced { .. }
            | EngineError::CutOff
            | EngineError::Unsaved
            | EngineError::Stopping => None,
        }
    }

    /// The server's error code, where a server answered.
    pub fn code(&self) -> Option<i32> {
        match self {
            EngineError::Server { source, .. } => code(source),
            _ => None,
        }
    }

    /// Somebody else is at the same document. A process that was killed in its transaction holds on to it until the
    /// server ends the transaction, which by default is after a minute.
    pub(crate) fn is_contention(&self) -> bool {
        self.code()
            .is_some_and(|code| CONTENTION_CODES.contains(&code))
    }

    /// A server's answer that will be no other the next time, whoever asks.
    pub(crate) fn is_final(&self) -> bool {
        let EngineError::Server { source, .. } = self else {
            return false;
        };
        let labelled = [TRANSIENT_TRANSACTION_ERROR, RETRYABLE_WRITE_ERROR]
            .iter()
            .any(|label| source.contains_label(label));
        let code = code(source);
        let passing = labelled || code.is_some_and(is_passing);
        code.is_some() && !passing && self.remedy() != Remedy::AskUser
    }

    pub(crate) fn at(side: Side) -> impl Fn(DriverError) -> EngineError {
        move |source| EngineError::Server { side, source }
    }

    pub(crate) fn malformed(side: Side) -> impl Fn(MalformedDocument) -> EngineError {
        move |source| EngineError::Malformed { side, source }
    }

    pub(crate) fn reply(side: Side, what: &'static str) -> EngineError {
        EngineError::Reply { side, what }
    }
}

fn code(error: &DriverError) -> Option<i32> {
    match &*error.kind {
        ErrorKind::Command(command) => Some(command.code),
        _ => None,
    }
}

/// InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost, CappedPositionLost, a token of another stream.
const HISTORY_LOST_CODES: [i32; 5] = [260, 280, 286, 136, 50811];
const UNAUTHORIZED: i32 = 13;
/// Unauthorized, AuthenticationFailed, a disabled user on Atlas.
const AUTH_CODES: [i32; 3] = [UNAUTHORIZED, 18, 8000];
/// Document validation, document or key too large, bad field names and values.
const SET_ASIDE_CODES: [i32; 9] = [121, 10334, 17280, 17419, 17420, 52, 57, 2, 9];

/// WriteConflict, NoSuchTransaction, LockTimeout, TransactionTooOld, TransactionAborted.
const CONTENTION_CODES: [i32; 5] = [112, 251, 24, 225, 244];
/// Codes of a server that is starting, stepping down, shutting down, out of time, memory or space, or cut off from the
/// others: the same write may be taken in a moment.
const PASSING_CODES: [i32; 29] = [
    6, 7, 46, 50, 64, 89, 91, 100, 117, 133, 134, 146, 175, 189, 202, 239, 246, 262, 267, 290,
    9001, 10058, 10107, 11600, 11601, 11602, 13435, 13436, 14031,
];

/// Whether a server that says this may take the same write in a moment.
pub(crate) fn is_passing(code: i32) -> bool {
    CONTENTION_CODES.contains(&code) || PASSING_CODES.contains(&code)
}

fn remedy_for(error: &DriverError) -> Remedy {
    match &*error.kind {
        ErrorKind::Authentication { .. } | ErrorKind::InvalidTlsConfig { .. } => Remedy::AskUser,
        ErrorKind::InvalidArgument { .. } => Remedy::SetAside,
        ErrorKind::Command(command) if HISTORY_LOST_CODES.contains(&command.code) => {
            Remedy::CompareAgain
        }
        ErrorKind::Command(command) if AUTH_CODES.contains(&command.code) => Remedy::AskUser,
        ErrorKind::Command(command) if SET_ASIDE_CODES.contains(&command.code) => Remedy::SetAside,
        _ => Remedy::Retry,
    }
}

/// A server that could not do what the write concern asks for says so beside its `ok: 1`.
pub(crate) fn confirmed(side: Side, reply: Document) -> Result<Document, EngineError> {
    let Ok(missed) = reply.get_document("writeConcernError") else {
        return Ok(reply);
    };
    let reason = missed.get_str("errmsg").unwrap_or("no reason given");
    let reason = match missed.get_i32("code") {
        Ok(code) => format!("{reason} (code {code})"),
        Err(_) => reason.to_owned(),
    };
    Err(EngineError::Unconfirmed { side, reason })
}

/// Waits for a server's answer, but not for ever.
pub(crate) async fn answered<T>(
    side: Side,
    answer: impl Future<Output = Result<T, DriverError>>,
) -> Result<T, EngineError> {
    match tokio::time::timeout(ANSWER_WAIT_MAX, answer).await {
        Ok(answer) => answer.map_err(EngineError::at(side)),
        Err(_elapsed) => Err(EngineError::Silent { side }),
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn a_write_that_was_not_confirmed_is_an_error_to_try_again() {
        let fine = doc! { "ok": 1, "n": 1 };
        assert_eq!(confirmed(Side::Atlas, fine.clone()).unwrap(), fine);
        let missed = doc! {
            "ok": 1,
            "n": 1,
            "writeConcernError": { "code": 64, "errmsg": "waiting for replication timed out" },
        };
        let error = confirmed(Side::Atlas, missed).unwrap_err();
        assert_eq!(error.remedy(), Remedy::Retry);
        assert_eq!(
            error.to_string(),
            "atlas: written, but not confirmed: waiting for replication timed out (code 64)"
        );
    }
}
