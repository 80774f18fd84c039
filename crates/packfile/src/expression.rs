//! Conditions and derived values: CEL behind the domain's own type, bounded and without loops.

use std::fmt;
use std::sync::{Arc, LazyLock};

use cel::common::ast::{Expr as Ast, LiteralValue};
use cel::common::types::{CelDuration, CelInt};
use cel::parser::PrattParser;
use cel::{Context, Env, ExecutionError, IdedExpr};
use domain::rules::{Expression, ExpressionError};
use domain::value::{Scope, Value};

use crate::lend::{View, given};

/// The longest expression, in characters.
pub const EXPRESSION_CHARS_MAX: usize = 500;
/// The deepest nesting of brackets and of the parsed expression.
pub const EXPRESSION_DEPTH_MAX: usize = 16;
/// How deep the parser itself may go, and how many nodes it may make.
const RECURSION_MAX: u16 = 48;
const NODES_MAX: usize = 500;

/// The functions that expressions may call; operators come besides.
pub(crate) const FUNCTIONS: &[&str] = &[
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "int",
    "double",
    "string",
    "timestamp",
    "duration",
    "minutes",
    "hours",
    "days",
    "has",
];

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnExpression {
    /// It is longer than [`EXPRESSION_CHARS_MAX`].
    #[error("the expression is too long")]
    TooLong,
    /// It is nested more deeply than [`EXPRESSION_DEPTH_MAX`].
    #[error("the expression is nested too deeply")]
    TooDeep,
    /// It cannot be read.
    #[error("the expression cannot be read: {0}")]
    Unreadable(String),
    /// It walks over a list.
    #[error("an expression has no loops")]
    Loop,
    /// It calls what is not there.
    #[error("there is no function {0}")]
    Function(String),
}

/// Reads an expression, without regard to the names that it uses.
///
/// # Errors
/// [`NotAnExpression`] if it is too long, too deep, unreadable, has a loop or a strange function.
pub fn compile(source: &str) -> Result<Compiled, NotAnExpression> {
    let source = source.trim();
    if source.chars().count() > EXPRESSION_CHARS_MAX {
        return Err(NotAnExpression::TooLong);
    }
    check_brackets(source)?;
    // Of the crate's two parsers this one counts depth and nodes while it reads; the generated
    // one overflows the stack on what nobody writes by hand.
    let parser = PrattParser::new()
        .max_recursion_depth(RECURSION_MAX)
        .max_expression_node_count(NODES_MAX)
        .error_reporting_limit(1);
    let tree = parser.parse(source).map_err(|errors| {
        let first = errors.errors.first();
        let text = first.map_or_else(|| "?".to_owned(), |error| first_line(&error.msg));
        NotAnExpression::Unreadable(text)
    })?;
    let mut reads = Vec::new();
    walk(&tree, 0, &mut reads)?;
    reads.sort_unstable();
    reads.dedup();
    Ok(Compiled { source: source.to_owned(), reads, tree })
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or("?").chars().take(200).collect()
}

/// The parser is never shown what is nested so deeply that only an attacker writes it.
fn check_brackets(source: &str) -> Result<(), NotAnExpression> {
    let mut depth = 0_usize;
    let mut run = 0_usize;
    for c in source.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        run = if matches!(c, '!' | '-' | '?' | '.') { run + 1 } else { 0 };
        if depth > EXPRESSION_DEPTH_MAX || run > EXPRESSION_DEPTH_MAX {
            return Err(NotAnExpression::TooDeep);
        }
    }
    Ok(())
}

/// The dotted path that an expression spells, if it spells one.
pub(crate) fn path(expr: &IdedExpr) -> Option<String> {
    match &expr.expr {
        Ast::Ident(name) => Some(name.clone()),
        Ast::Select(select) if !select.test => {
            Some(format!("{}.{}", path(&select.operand)?, select.field))
        }
        _ => None,
    }
}

/// The operands of a node of the tree; none for what stands alone.
pub(crate) fn operands(expr: &IdedExpr) -> Vec<&IdedExpr> {
    match &expr.expr {
        Ast::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Ast::List(list) => list.elements.iter().collect(),
        Ast::Select(select) => vec![&*select.operand],
        _ => Vec::new(),
    }
}

fn walk(expr: &IdedExpr, depth: usize, reads: &mut Vec<String>) -> Result<(), NotAnExpression> {
    // A chain of `&&` is as deep as it is long, so the tree may be deeper than the brackets.
    if depth > EXPRESSION_DEPTH_MAX * 4 {
        return Err(NotAnExpression::TooDeep);
    }
    if let Some(path) = path(expr) {
        reads.push(path);
        return Ok(());
    }
    match &expr.expr {
        Ast::Select(select) if select.test => {
            if let Some(operand) = path(&select.operand) {
                reads.push(format!("{operand}.{}", select.field));
                return Ok(());
            }
        }
        Ast::Comprehension(_) => return Err(NotAnExpression::Loop),
        Ast::Struct(_) | Ast::Map(_) => {
            return Err(NotAnExpression::Unreadable("{…}".to_owned()));
        }
        Ast::Call(call) => check_function(&call.func_name)?,
        Ast::Literal(LiteralValue::Bytes(_)) => {
            return Err(NotAnExpression::Unreadable("b\"…\"".to_owned()));
        }
        Ast::Unspecified => return Err(NotAnExpression::Unreadable("?".to_owned())),
        _ => {}
    }
    operands(expr).into_iter().try_for_each(|inner| walk(inner, depth + 1, reads))
}

fn check_function(name: &str) -> Result<(), NotAnExpression> {
    let operator = name.contains('_') || name.starts_with('@') || name == "!";
    let strange = matches!(name, "_[?_]" | "_?._");
    if (operator && !strange) || FUNCTIONS.contains(&name) {
        return Ok(());
    }
    Err(NotAnExpression::Function(name.to_owned()))
}

/// An expression that was read once and can be worked out many times.
pub struct Compiled {
    source: String,
    reads: Vec<String>,
    tree: IdedExpr,
}

impl Compiled {
    /// Its tree.
    pub(crate) fn tree(&self) -> &IdedExpr {
        &self.tree
    }
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Compiled").field(&self.source).finish()
    }
}

impl Expression for Compiled {
    fn evaluate(&self, scope: &Scope) -> Result<Value, ExpressionError> {
        let view = View::new(scope);
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        context.set_variable_resolver(&view);
        let found = cel::Value::resolve_val(&self.tree, &context);
        match found {
            Ok(value) => given(value.as_ref()),
            Err(error) => Err(ExpressionError::Failed(first_line(&error.to_string()))),
        }
    }

    fn reads(&self) -> &[String] {
        &self.reads
    }

    fn source(&self) -> &str {
        &self.source
    }
}

/// The functions that expressions may call. Built once, since it has some hundred entries.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    cel::add_overload!(env, fn minutes: (CelInt) -> Result<CelDuration>).expect("a new name");
    cel::add_overload!(env, fn hours: (CelInt) -> Result<CelDuration>).expect("a new name");
    cel::add_overload!(env, fn days: (CelInt) -> Result<CelDuration>).expect("a new name");
    Arc::new(env)
});

fn minutes(n: &CelInt) -> Result<CelDuration, ExecutionError> {
    length("minutes", *n.inner(), 1)
}

fn hours(n: &CelInt) -> Result<CelDuration, ExecutionError> {
    length("hours", *n.inner(), 60)
}

fn days(n: &CelInt) -> Result<CelDuration, ExecutionError> {
    length("days", *n.inner(), 24 * 60)
}

fn length(name: &str, n: i64, minutes: i64) -> Result<CelDuration, ExecutionError> {
    // A hundred years are enough for anybody's deadline.
    let most = 100 * 366 * 24 * 60;
    let total = n.checked_mul(minutes).filter(|total| total.abs() <= most);
    let span = total.and_then(chrono::Duration::try_minutes);
    span.map(CelDuration::from).ok_or_else(|| ExecutionError::function_error(name, "out of range"))
}
