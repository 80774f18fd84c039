//! What tests need to play: the simulated week of a street, with checkers of what must hold.

pub mod simulation;
