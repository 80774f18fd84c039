//! Conditions and derived values of packs, behind a type of our own.

use std::fmt;
use std::sync::Arc;

use crate::value::{Scope, Value};

/// Why an expression gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// It cost more than a pack's expression may.
    #[error("the expression is too costly")]
    TooCostly,
    /// It failed: a missing key, a wrong type, an overflow.
    #[error("the expression cannot be worked out: {0}")]
    Failed(String),
}

/// A compiled expression without side effects.
pub trait Expression: fmt::Debug + Send + Sync {
    /// Works it out. The same scope always gives the same value.
    ///
    /// # Errors
    /// [`ExpressionError`]; a rule that restricts somebody must then ask a person, never restrict.
    fn evaluate(&self, scope: &Scope) -> Result<Value, ExpressionError>;

    /// The dotted paths that it reads, for example `case.water_cm`.
    fn reads(&self) -> &[String];

    /// Its source text.
    fn source(&self) -> &str;
}

/// An expression that is shared between rules and threads.
pub type Expr = Arc<dyn Expression>;
