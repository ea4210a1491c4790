//! Why a side does not answer, told from the driver's errors: as a kind for the window, and in words for a log.

use mongodb::error::{Error as DriverError, ErrorKind};

use super::{AUTH_CODES, UNAUTHORIZED};

/// Why a side does not answer, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No server at the address, or the connection broke.
    Unreachable,
    /// The server's name is not known.
    NameUnknown,
    /// The user name or password is not accepted.
    Password,
    /// The user lacks a right.
    Rights,
    /// The server's certificate is not trusted.
    Certificate,
    /// The server is not part of a replica set.
    Standalone,
    /// The server is older than the driver speaks with.
    TooOld,
    /// Anything else.
    Other,
}

impl Trouble {
    /// The word for it in answers to programs.
    pub fn name(self) -> &'static str {
        match self {
            Trouble::Unreachable => "unreachable",
            Trouble::NameUnknown => "name-unknown",
            Trouble::Password => "password",
            Trouble::Rights => "rights",
            Trouble::Certificate => "certificate",
            Trouble::Standalone => "standalone",
            Trouble::TooOld => "too-old",
            Trouble::Other => "other",
        }
    }
}

/// The driver's words without its picture of every server it tried.
pub(super) fn in_brief(error: &DriverError) -> String {
    match &*error.kind {
        ErrorKind::ServerSelection { message, .. } if blames_certificate(message) => {
            "the server's TLS certificate is not trusted; see tlsCAFile".to_owned()
        }
        ErrorKind::ServerSelection { message, .. } if blames_version(message) => {
            "the server's MongoDB is too old; see `check`".to_owned()
        }
        ErrorKind::ServerSelection { .. } => "no server answers at the address given".to_owned(),
        ErrorKind::Command(command) => format!("{} (code {})", command.message, command.code),
        ErrorKind::Authentication { .. } => "the user name or password is not accepted".to_owned(),
        ErrorKind::DnsResolve { .. } => "the server's name cannot be looked up".to_owned(),
        kind => kind.to_string(),
    }
}

/// A reason for silence that is not the network's: rustls and the driver both use this word.
fn blames_certificate(message: &str) -> bool {
    message.contains("certificate")
}

/// The server answers, but in words of an earlier age: the driver does not talk with it.
fn blames_version(message: &str) -> bool {
    message.contains("reports wire version")
}

pub(super) fn trouble_of(error: &DriverError) -> Trouble {
    match &*error.kind {
        ErrorKind::ServerSelection { message, .. } if blames_certificate(message) => {
            Trouble::Certificate
        }
        ErrorKind::ServerSelection { message, .. } if blames_version(message) => Trouble::TooOld,
        ErrorKind::ServerSelection { .. } | ErrorKind::Io(_) => Trouble::Unreachable,
        ErrorKind::DnsResolve { .. } => Trouble::NameUnknown,
        ErrorKind::InvalidTlsConfig { .. } => Trouble::Certificate,
        ErrorKind::Authentication { .. } => Trouble::Password,
        ErrorKind::Command(command) if command.code == UNAUTHORIZED => Trouble::Rights,
        ErrorKind::Command(command) if AUTH_CODES.contains(&command.code) => Trouble::Password,
        _ => Trouble::Other,
    }
}
