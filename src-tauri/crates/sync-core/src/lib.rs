//! The thinking half of the sync: what a document's state means and what to do about it.
//!
//! Nothing here waits, reads a clock, draws a random number, logs or talks to a database: time and chance are
//! arguments, answers are values. That is what makes every rule testable in a simulation of thousands of worlds.

pub mod backoff;
pub mod brake;
pub mod decide;
pub mod digest;
pub mod document;
pub mod inbox;
pub mod place;
pub mod resolve;
pub mod revision;
pub mod sighting;
pub mod stamp;
