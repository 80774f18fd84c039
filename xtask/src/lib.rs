//! x
pub mod tidy;
