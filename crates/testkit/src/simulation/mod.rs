//! A neighbourhood week by chance and seed, on two stores, with checkers of what must hold.
//!
//! Phones go offline, clocks are wrong, answers are lost, a store is struck down in the middle, a
//! pack is changed while a mode is in force. Both stores are given the same.

mod check;
mod databases;
mod deployment;
mod dice;
mod habits;
mod phone;
mod raw;
mod remains;
mod sight;
mod street;
mod week;

pub use remains::Remains;
pub use week::{Report, Week};

/// Something that should hold did not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "seed {seed}, {days} days: {checker}: {what}\n  again: LINLI_SEED={seed} LINLI_DAYS={days} cargo test -p testkit --test simulation a_week_keeps"
)]
pub struct Broken {
    /// The seed of the week.
    pub seed: u64,
    /// How many days were to be played.
    pub days: usize,
    /// Which checker found it.
    pub checker: &'static str,
    /// What it found.
    pub what: String,
}

impl Broken {
    fn new(seed: u64, days: usize, checker: &'static str, what: String) -> Self {
        Self { seed, days, checker, what }
    }
}
