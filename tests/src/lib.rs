//! The test ground: real MongoDB servers, links that fail on demand, shop
//! data, and comparisons of whole databases.
//!
//! Not here: anything that draws a window.

pub mod any_bson;
pub mod daemon;
pub mod diff;
mod eventually;
pub mod link;
pub mod mongod;
pub mod pump;
pub mod rest;
pub mod shared;
pub mod shop;
pub mod witness;
pub mod world;

pub use eventually::{eventually, let_time_pass};
