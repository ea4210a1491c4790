//! Bomba's own rules on what comes from Atlas: real Mongoose models run by a real Node.js, and rules that a file declares.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod checked;
mod declared;
mod folder;
mod hostile;
mod meaning;
mod shop;
mod window;
