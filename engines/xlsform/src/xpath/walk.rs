//! Going through an expression and gathering what it names.

use super::ast::{Expr, Kind, Path, Span, Start, Step, Test};
use super::parse::reference_named;

/// Something that looks at every expression inside an expression.
pub(super) trait Visit<'s> {
    /// One expression, before those inside it.
    fn expr(&mut self, expr: &Expr<'s>);
}

/// Shows a visitor an expression and everything inside it, from left to right.
pub(super) fn walk<'s>(expr: &Expr<'s>, visitor: &mut impl Visit<'s>) {
    visitor.expr(expr);
    match &expr.kind {
        Kind::Number(_) | Kind::Literal(_) | Kind::Variable(_) | Kind::Reference(_) => {}
        Kind::Call(call) => call.arguments.iter().for_each(|argument| walk(argument, visitor)),
        Kind::Negate(operand) => walk(operand, visitor),
        Kind::Operation(operation) => {
            walk(&operation.first, visitor);
            operation.rest.iter().for_each(|term| walk(&term.operand, visitor));
        }
        Kind::Path(path) => {
            if let Start::Expr(start) = &path.start {
                walk(start, visitor);
            }
            for step in &path.steps {
                step.predicates.iter().for_each(|predicate| walk(predicate, visitor));
            }
        }
        Kind::Filter(filter) => {
            walk(&filter.base, visitor);
            filter.predicates.iter().for_each(|predicate| walk(predicate, visitor));
        }
    }
}

/// A `${name}` in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mention<'s> {
    /// The name.
    pub name: &'s str,
    /// Where `${name}` stands, with its braces.
    pub span: Span,
    /// Whether it is `${last-saved#name}`.
    pub last_saved: bool,
    /// Whether it stands inside a text, as in `jr:choice-name(${a}, '${a}')`, where it is
    /// replaced all the same.
    pub quoted: bool,
}

/// Every `${name}` of an expression, in the order of the source.
///
/// ```
/// use xlsform::xpath::{References, parse, references};
///
/// let expr = parse("${a} > 1 and ${last-saved#b} = ''", References::Allowed).unwrap();
/// let names: Vec<_> = references(&expr).iter().map(|found| found.name).collect();
/// assert_eq!(names, ["a", "b"]);
/// ```
#[must_use]
pub fn references<'s>(expr: &Expr<'s>) -> Vec<Mention<'s>> {
    let mut mentions = Mentions(Vec::new());
    walk(expr, &mut mentions);
    mentions.0
}

/// Every `${name}` of a text that is no expression, such as a label or a hint.
///
/// ```
/// use xlsform::xpath::text_references;
///
/// let label = "How old is ${name}?";
/// assert_eq!(text_references(label)[0].span.of(label), "${name}");
/// ```
#[must_use]
pub fn text_references(text: &str) -> Vec<Mention<'_>> {
    let mut mentions = Mentions(Vec::new());
    mentions.literal(text, 0);
    mentions.0
}

struct Mentions<'s>(Vec<Mention<'s>>);

impl<'s> Visit<'s> for Mentions<'s> {
    fn expr(&mut self, expr: &Expr<'s>) {
        match &expr.kind {
            Kind::Reference(reference) => self.0.push(Mention {
                name: reference.name,
                span: expr.span,
                last_saved: reference.last_saved,
                quoted: false,
            }),
            Kind::Literal(text) => self.literal(text, expr.span.start as usize + 1),
            _ => {}
        }
    }
}

impl<'s> Mentions<'s> {
    fn literal(&mut self, text: &'s str, offset: usize) {
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| rest.find("${")) {
            let start = at + found;
            let Some(length) = text.get(start..).and_then(|rest| rest.find('}')) else { return };
            let end = start + length + 1;
            let inner = text.get(start + 2..end - 1).unwrap_or_default();
            if let Some(reference) = reference_named(inner.trim()) {
                self.0.push(Mention {
                    name: reference.name,
                    span: Span::new(offset + start, offset + end),
                    last_saved: reference.last_saved,
                    quoted: true,
                });
            }
            at = start + 2;
        }
    }
}

/// An absolute path of the primary instance that an expression follows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AbsolutePath {
    /// The path without its predicates: `/data/group/age`.
    pub path: String,
    /// Where it stands.
    pub span: Span,
}

/// Every absolute path of an expression that goes only from parent to child, in the order of the
/// source; those inside predicates too.
///
/// ```
/// use xlsform::xpath::{References, absolute_paths, parse};
///
/// let expr = parse("sum(/data/member[age > /data/limit]/age)", References::Refused).unwrap();
/// let paths: Vec<_> = absolute_paths(&expr).into_iter().map(|found| found.path).collect();
/// assert_eq!(paths, ["/data/member/age", "/data/limit"]);
/// ```
#[must_use]
pub fn absolute_paths(expr: &Expr<'_>) -> Vec<AbsolutePath> {
    let mut paths = Paths(Vec::new());
    walk(expr, &mut paths);
    paths.0
}

struct Paths(Vec<AbsolutePath>);

impl<'s> Visit<'s> for Paths {
    fn expr(&mut self, expr: &Expr<'s>) {
        if let Kind::Path(path) = &expr.kind
            && let Some(path) = written(path)
        {
            self.0.push(AbsolutePath { path, span: expr.span });
        }
    }
}

fn written(path: &Path<'_>) -> Option<String> {
    let plain = |step: &Step<'_>| {
        matches!(step.test, Test::Name(_) | Test::Any)
            && matches!(step.axis, super::Axis::Child | super::Axis::Attribute)
    };
    if path.start != Start::Root || path.steps.is_empty() || !path.steps.iter().all(plain) {
        return None;
    }
    let mut text = String::new();
    for step in &path.steps {
        text.push('/');
        let bare = Step::new(step.axis, step.test, step.span);
        text.push_str(&bare.to_string());
    }
    Some(text)
}
