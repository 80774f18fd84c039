//! XPath as ODK forms use it: parsed, checked and evaluated.
//!
//! [`parse`] reads the whole of XPath 1.0 and, where it is [allowed](References::Allowed), the
//! `${name}` of workbooks. [`check`] says what the applications would object to, [`references`]
//! and [`absolute_paths`] what an expression depends on, and [`evaluate`] what it is worth in a
//! [`Scene`]. Nothing here reads a clock, a file or chance.

mod ast;
mod axes;
mod calls;
mod calls_date;
mod calls_nodes;
mod calls_number;
mod calls_text;
mod check;
mod compare;
mod error;
mod eval;
mod eval_error;
mod functions;
mod geo;
mod instance;
mod misread;
mod moment;
mod parse;
mod pattern;
mod print;
mod scan;
mod scene;
mod steps;
mod value;
mod walk;

pub use ast::{
    Axis, Call, Expr, Filter, Kind, Name, Operation, Operator, Path, Reference, Span, Start, Step,
    Term, Test,
};
pub use check::check;
pub use error::{Error, ErrorKind, Habit, Parity, Severity, Takes};
pub use eval::evaluate;
pub use eval_error::{EvalError, EvalErrorKind};
pub use functions::{Function, Support, Type, function, functions};
pub use instance::{ELEMENT_DEPTH_MAX, Instance, InstanceError, NODES_MAX, NodeId, NodeKind};
pub use moment::Moment;
pub use parse::{DEPTH_MAX, LENGTH_MAX, References, parse};
pub use scene::{ChoiceLookup, Lookup, STEPS_MAX, Scene};
pub use value::{Place, Value};
pub use walk::{AbsolutePath, Mention, absolute_paths, references, text_references};
