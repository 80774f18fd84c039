//! What tests need to play: a deployment behind a real socket with a clock that is set by hand,
//! people who speak to the door by HTTP and nothing else, and the simulated week of a street.

pub mod clock;
pub mod databases;
pub mod deployment;
pub mod simulation;
pub mod visitor;

pub use clock::HandClock;
pub use deployment::Deployment;
pub use visitor::{Answer, Visitor};
