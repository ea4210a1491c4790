//! The test ground: real MongoDB servers, links that fail on demand, shop
//! data, and comparisons of whole databases.
//!
//! Not here: anything that links a window. The real application is started and used from outside.

pub mod any_bson;
pub mod built;
pub mod daemon;
pub mod desktop;
pub mod diff;
mod eventually;
pub mod link;
pub mod mongod;
pub mod place;
pub mod processes;
pub mod pump;
pub mod rest;
pub mod shared;
pub mod shop;
pub mod witness;
pub mod world;

pub use eventually::{eventually, let_time_pass};
