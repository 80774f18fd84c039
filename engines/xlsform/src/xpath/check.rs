//! What can be said against an expression that can be read.

use super::ast::{Axis, Call, Expr, Kind, Operation, Span, Start, Step, Test};
use super::error::{Error, ErrorKind, Severity};
use super::functions::{Support, called, nearest};
use super::scan::is_read_by_javarosa;
use super::walk::{Visit, walk};

/// Everything that can be said against an expression, in the order of the source.
///
/// Nothing that ODK Validate accepts is an [`Severity::Error`]. A function with a prefix that is
/// not ODK's is left to the application it belongs to.
///
/// ```
/// use xlsform::xpath::{References, Severity, check, parse};
///
/// let expr = parse("if(selectd(${a}, 'x'), 1)", References::Allowed).unwrap();
/// let errors = check(&expr);
/// assert_eq!(errors[0].en(), "if() takes 3 arguments, not 2");
/// assert_eq!(errors[1].en(), "no function selectd() is known; perhaps selected()");
/// assert_eq!(errors[1].severity, Severity::Warning);
/// ```
#[must_use]
pub fn check(expr: &Expr<'_>) -> Vec<Error> {
    let mut checker = Checker { errors: Vec::new(), start: None };
    walk(expr, &mut checker);
    checker.errors.sort_by_key(|error| error.span);
    checker.errors
}

struct Checker {
    errors: Vec<Error>,
    /// The expression that the path seen last begins with; it is seen next.
    start: Option<Span>,
}

impl<'s> Visit<'s> for Checker {
    fn expr(&mut self, expr: &Expr<'s>) {
        match &expr.kind {
            Kind::Call(call) => self.call(call, expr),
            Kind::Operation(operation) => self.operation(operation),
            Kind::Path(path) => {
                if let Start::Expr(start) = &path.start {
                    self.start = Some(start.span);
                }
                path.steps.iter().for_each(|step| self.step(step));
            }
            _ => {}
        }
    }
}

impl Checker {
    fn warn(&mut self, kind: ErrorKind, span: Span) {
        self.errors.push(Error::new(kind, Severity::Warning, span));
    }

    fn call(&mut self, call: &Call<'_>, expr: &Expr<'_>) {
        let Some(function) = called(call.name) else {
            if call.name.prefix.is_none_or(|prefix| prefix == "jr") {
                let name = call.name.to_string();
                let suggestion = nearest(&name);
                self.warn(ErrorKind::UnknownFunction { name, suggestion }, call.name_span);
            }
            return;
        };
        let given = call.arguments.len();
        if !function.takes.allows(given) {
            let severity = if function.strict { Severity::Error } else { Severity::Warning };
            let name = function.name.to_owned();
            let kind = ErrorKind::Arity { name, takes: function.takes, given };
            self.errors.push(Error::new(kind, severity, expr.span));
        }
        // JavaRosa knows these two only where a path begins with them.
        let alone = self.start != Some(expr.span);
        let instead = match (function.support, function.name) {
            (Support::Web(instead), _) => Some(instead),
            (_, "current") if alone => Some(Some("current()/.")),
            (_, "instance") if alone => Some(None),
            _ => None,
        };
        if let Some(instead) = instead {
            let kind = ErrorKind::NotInCollect { name: function.name.to_owned(), instead };
            self.warn(kind, call.name_span);
        }
    }

    fn operation(&mut self, operation: &Operation<'_>) {
        for term in operation.rest.iter().filter(|term| term.loose) {
            let operator = term.operator.as_str();
            self.warn(ErrorKind::LooseOperator { operator }, term.operator_span);
        }
    }

    fn step(&mut self, step: &Step<'_>) {
        let fits = match step.axis {
            Axis::Child => !matches!(step.test, Test::Node | Test::Text | Test::Comment),
            Axis::Attribute => matches!(step.test, Test::Name(_)),
            Axis::Itself | Axis::Parent => step.test == Test::Node,
            _ => false,
        };
        if !fits {
            let axis = match step.axis {
                Axis::DescendantOrSelf if step.is_descent() => "//",
                Axis::Attribute => "@*",
                Axis::Child => match step.test {
                    Test::Node => "node()",
                    Test::Text => "text()",
                    _ => "comment()",
                },
                axis => axis.as_str(),
            };
            self.warn(ErrorKind::AxisNotInCollect { axis }, step.span);
        }
        if let Test::Name(name) = step.test
            && !is_read_by_javarosa(name.local)
        {
            let kind = ErrorKind::NameNotInCollect { name: name.local.to_owned() };
            self.warn(kind, step.span);
        }
    }
}
