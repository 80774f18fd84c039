//! XPath as ODK forms use it: parsed, checked and evaluated.
//!
//! [`parse`] reads the whole of XPath 1.0 and, where it is [allowed](References::Allowed), the
//! `${name}` of workbooks. [`check`] says what the applications would object to, [`references`]
//! and [`absolute_paths`] what an expression depends on.

mod ast;
mod check;
mod error;
mod functions;
mod misread;
mod parse;
mod print;
mod scan;
mod steps;
mod walk;

pub use ast::{
    Axis, Call, Expr, Filter, Kind, Name, Operation, Operator, Path, Reference, Span, Start, Step,
    Term, Test,
};
pub use check::check;
pub use error::{Error, ErrorKind, Habit, Parity, Severity, Takes};
pub use functions::{Function, Support, Type, function, functions};
pub use parse::{DEPTH_MAX, LENGTH_MAX, References, parse};
pub use walk::{AbsolutePath, Mention, absolute_paths, references};
