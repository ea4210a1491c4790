//! The correctness properties of the owner's document, each on real replica sets with real engines.
//!
//! A property draws its cases from a seed, runs them side by side in one world and compares whole worlds afterwards.
//! `SEED=42 cargo test --test properties` draws the same cases again.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod change;
mod conflicts;
mod draw;
mod excluded;
mod loops;
mod metrics;
mod origin;
mod outages;
mod replay;
mod replication;
