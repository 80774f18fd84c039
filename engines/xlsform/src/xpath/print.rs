//! Expressions written out again, so that reading what is written gives the same expression.

use std::fmt;

use super::ast::{Axis, Call, Expr, Kind, Name, Path, Reference, Start, Step, Test};

/// Unary minus binds looser than `|` (8) and tighter than `*` (6).
const NEGATE: u8 = 7;
const PRIMARY: u8 = 9;

impl fmt::Display for Expr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Number(number) => write!(f, "{number}"),
            Kind::Literal(text) => literal(f, text),
            Kind::Variable(name) => write!(f, "${name}"),
            Kind::Reference(reference) => write!(f, "{reference}"),
            Kind::Call(call) => write!(f, "{call}"),
            Kind::Negate(operand) => {
                f.write_str("-")?;
                operand_of(f, operand, NEGATE)
            }
            Kind::Operation(operation) => {
                // Every operand binds tighter than its operation, or it would be read into it.
                let least =
                    operation.rest.first().map_or(PRIMARY, |term| term.operator.precedence() + 1);
                operand_of(f, &operation.first, least)?;
                for term in &operation.rest {
                    write!(f, " {} ", term.operator.as_str())?;
                    operand_of(f, &term.operand, least)?;
                }
                Ok(())
            }
            Kind::Path(path) => write!(f, "{path}"),
            Kind::Filter(filter) => {
                primary(f, &filter.base, false)?;
                predicates(f, &filter.predicates)
            }
        }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = self.prefix {
            write!(f, "{prefix}:")?;
        }
        f.write_str(self.local)
    }
}

impl fmt::Display for Reference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${{{}{}}}", if self.last_saved { "last-saved#" } else { "" }, self.name)
    }
}

impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (index, argument) in self.arguments.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{argument}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.start {
            Start::Root => f.write_str("/")?,
            Start::Context => {}
            Start::Expr(expr) => primary(f, expr, true)?,
        }
        // The root's stroke and that between two steps are one and the same.
        let mut stroke = matches!(self.start, Start::Root);
        let mut first = matches!(self.start, Start::Context);
        for (index, step) in self.steps.iter().enumerate() {
            let last = index + 1 == self.steps.len();
            if step.is_descent() && !first && !last {
                f.write_str(if stroke { "/" } else { "//" })?;
                stroke = true;
                continue;
            }
            if !first && !stroke {
                f.write_str("/")?;
            }
            write!(f, "{step}")?;
            stroke = false;
            first = false;
        }
        Ok(())
    }
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_bare(Axis::Itself) {
            return f.write_str(".");
        }
        if self.is_bare(Axis::Parent) {
            return f.write_str("..");
        }
        match self.axis {
            Axis::Child => {}
            Axis::Attribute => f.write_str("@")?,
            axis => write!(f, "{}::", axis.as_str())?,
        }
        match self.test {
            Test::Name(name) => write!(f, "{name}")?,
            Test::Any => f.write_str("*")?,
            Test::AnyOf(prefix) => write!(f, "{prefix}:*")?,
            Test::Node => f.write_str("node()")?,
            Test::Text => f.write_str("text()")?,
            Test::Comment => f.write_str("comment()")?,
            Test::Instruction(None) => f.write_str("processing-instruction()")?,
            Test::Instruction(Some(target)) => {
                f.write_str("processing-instruction(")?;
                literal(f, target)?;
                f.write_str(")")?;
            }
        }
        predicates(f, &self.predicates)
    }
}

fn predicates(f: &mut fmt::Formatter<'_>, predicates: &[Expr<'_>]) -> fmt::Result {
    predicates.iter().try_for_each(|predicate| write!(f, "[{predicate}]"))
}

/// XPath knows no escapes: a text is written in the quotes that it does not hold, and none that
/// was read holds both.
fn literal(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let quote = if text.contains('\'') { '"' } else { '\'' };
    write!(f, "{quote}{text}{quote}")
}

fn operand_of(f: &mut fmt::Formatter<'_>, expr: &Expr<'_>, least: u8) -> fmt::Result {
    let binds = match &expr.kind {
        Kind::Operation(operation) => {
            operation.rest.first().map_or(PRIMARY, |term| term.operator.precedence())
        }
        Kind::Negate(_) => NEGATE,
        // `/ * 2` would be read as the path `/*`.
        Kind::Path(Path { start: Start::Root, steps }) if steps.is_empty() => 0,
        _ => PRIMARY,
    };
    if binds < least { write!(f, "({expr})") } else { write!(f, "{expr}") }
}

/// What may stand before a predicate or a stroke without brackets.
fn primary(f: &mut fmt::Formatter<'_>, expr: &Expr<'_>, filters: bool) -> fmt::Result {
    let bare = match expr.kind {
        Kind::Number(_)
        | Kind::Literal(_)
        | Kind::Variable(_)
        | Kind::Reference(_)
        | Kind::Call(_) => true,
        Kind::Filter(_) => filters,
        _ => false,
    };
    if bare { write!(f, "{expr}") } else { write!(f, "({expr})") }
}
