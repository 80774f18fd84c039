//! From the bytes of a pack to checked rules, with every error at its line and column.

mod expression;
mod lend;
mod problem;
mod yaml;

pub use expression::{
    Compiled, EXPRESSION_CHARS_MAX, EXPRESSION_DEPTH_MAX, NotAnExpression, compile,
};
pub use problem::{Code, Problem, Problems, SHOWN_MAX};
