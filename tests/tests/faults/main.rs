//! What may go wrong in a shop, done to real servers, links and processes: whatever happens, both sides end up the
//! same, nothing is lost, and what needs a person is said.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]
#![allow(
    clippy::too_many_lines,
    reason = "a fault is one story: before, during and after"
)]

mod alone;
mod aside;
mod backlog;
mod brake;
mod clashes;
mod clocks;
mod commands;
mod compare;
mod connection;
mod copies;
mod crashes;
mod damaged;
mod drops;
mod entry;
mod events;
mod fences;
mod gaps;
mod heard;
mod hostile;
mod identity;
mod not_writing;
mod positions;
mod refusals;
mod removals;
mod restarts;
mod scope;
mod secrets;
mod seeding;
mod silence;
mod site;
mod sizes;
mod stamps;
mod strategies;
mod vault;
mod verify;
