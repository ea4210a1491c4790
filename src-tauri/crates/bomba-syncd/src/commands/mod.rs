//! One file a command: each takes the settings and what was asked, and answers on the terminal.

pub(crate) mod check;
pub(crate) mod conflicts;
pub(crate) mod deletions;
pub(crate) mod quarantine;
pub(crate) mod resync;
pub(crate) mod run;
pub(crate) mod status;
pub(crate) mod verify;
