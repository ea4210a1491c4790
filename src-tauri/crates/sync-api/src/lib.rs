//! What a window may ask and see: the settings, where they live, and the JSON a status is told in.
//!
//! Nothing here knows which window, or whether there is one: the tray application and the headless daemon both
//! stand on this crate.

pub mod places;
pub mod settings;
pub mod wire;
