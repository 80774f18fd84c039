//! From the bytes of a pack to checked rules, with every error at its line and column.

mod actions;
mod checks;
mod dictionary;
mod diff;
mod effects;
mod example;
mod expression;
mod figures;
mod forms;
mod head;
mod judge;
mod kinds;
mod known;
mod lend;
mod modes;
mod names;
mod problem;
mod read;
mod reader;
mod rehearse;
mod sheets;
mod stage;
mod starter;
mod walkways;
mod yaml;

pub use diff::{Change, Difference, diff};
pub use example::Example;
pub use expression::{
    Compiled, EXPRESSION_CHARS_MAX, EXPRESSION_DEPTH_MAX, NotAnExpression, compile,
};
pub use problem::{Code, Problem, Problems, SHOWN_MAX};
pub use read::{Checked, FILES_MAX, Files, PACK_BYTES_MAX, hash, read};
pub use rehearse::{Failure, Report, rehearse};
pub use sheets::{SUBJECT, XForm, sheet, shelved};
pub use starter::new;
