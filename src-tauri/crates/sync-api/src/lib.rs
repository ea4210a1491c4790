//! What a window may ask and see: the settings, where they live, and the JSON a status is told in.
//!
//! Nothing here knows which window, or whether there is one: the tray application and the headless daemon both
//! stand on this crate.

pub mod app;
pub mod logging;
pub mod places;
pub mod secrets;
pub mod serve;
pub mod settings;
pub mod state_dir;
pub mod station;
pub mod stop;
pub mod wire;
