//! Function calls: those that choose what to evaluate, and the way to all others.

use super::ast::{Call, Expr, Span};
use super::eval::{Evaluator, Focus, fail};
use super::eval_error::{EvalError, EvalErrorKind};
use super::functions::called;
use super::value::{Place, Value};

/// The arguments of a call, evaluated.
pub(super) struct Arguments<'x> {
    pub(super) evaluator: &'x Evaluator<'x>,
    pub(super) values: Vec<Value>,
    pub(super) name: &'static str,
    pub(super) focus: Focus,
    pub(super) span: Span,
}

/// A value, or nothing where the function is of another family.
pub(super) type Outcome = Result<Option<Value>, EvalError>;

pub(super) fn text(text: impl Into<String>) -> Outcome {
    Ok(Some(Value::Text(text.into())))
}

pub(super) fn number(number: f64) -> Outcome {
    Ok(Some(Value::Number(number)))
}

pub(super) fn boolean(truth: bool) -> Outcome {
    Ok(Some(Value::Boolean(truth)))
}

impl Arguments<'_> {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn value(&self, index: usize) -> Value {
        self.values.get(index).cloned().unwrap_or(Value::Text(String::new()))
    }

    pub(super) fn text(&self, index: usize) -> Result<String, EvalError> {
        let Some(value) = self.values.get(index) else { return Ok(String::new()) };
        let text = self.evaluator.scene.text(value);
        self.charge(text.len() / 16 + 1)?;
        Ok(text.into_owned())
    }

    /// The argument as a text, or the text of the context node where it is left out.
    pub(super) fn text_or_own(&self, index: usize) -> Result<String, EvalError> {
        if index < self.len() {
            return self.text(index);
        }
        self.charge(self.evaluator.weight(&Value::Nodes(vec![self.focus.place])))?;
        let text = self.evaluator.scene.node_text(self.focus.place);
        self.charge(text.len() / 16 + 1)?;
        Ok(text.into_owned())
    }

    pub(super) fn number(&self, index: usize) -> f64 {
        self.values.get(index).map_or(f64::NAN, |value| self.evaluator.scene.number(value))
    }

    /// As a number for arithmetic: an instant with its fraction of a day.
    pub(super) fn decimal(&self, index: usize) -> f64 {
        match self.values.get(index) {
            Some(Value::Date(moment) | Value::DateTime(moment)) => moment.local_days(),
            _ => self.number(index),
        }
    }

    pub(super) fn boolean(&self, index: usize) -> bool {
        self.values.get(index).is_some_and(|value| self.evaluator.scene.boolean(value))
    }

    pub(super) fn nodes(&self, index: usize) -> Result<&[Place], EvalError> {
        match self.values.get(index) {
            Some(Value::Nodes(nodes)) => Ok(nodes),
            _ => self.fail(EvalErrorKind::NotNodes(format!("{}()", self.name))),
        }
    }

    /// The arguments from one on, each node of several as a text of its own.
    pub(super) fn spread(&self, from: usize) -> Result<Vec<Value>, EvalError> {
        let mut spread = Vec::new();
        for value in self.values.iter().skip(from) {
            let Value::Nodes(nodes) = value else {
                spread.push(value.clone());
                continue;
            };
            for node in nodes {
                self.charge(self.evaluator.scene.instance(*node).weight(node.node))?;
                let text = self.evaluator.scene.node_text(*node).into_owned();
                self.charge(text.len() / 16 + 1)?;
                spread.push(Value::Text(text));
            }
        }
        Ok(spread)
    }

    pub(super) fn charge(&self, steps: usize) -> Result<(), EvalError> {
        self.evaluator.charge(steps, self.span)
    }

    pub(super) fn fail<T>(&self, kind: EvalErrorKind) -> Result<T, EvalError> {
        fail(kind, self.span)
    }
}

impl Evaluator<'_> {
    pub(super) fn call(
        &self,
        call: &Call<'_>,
        focus: Focus,
        span: Span,
    ) -> Result<Value, EvalError> {
        let Some(function) = called(call.name) else {
            return fail(EvalErrorKind::UnknownFunction(call.name.to_string()), call.name_span);
        };
        if !function.takes.allows(call.arguments.len()) {
            return fail(EvalErrorKind::Arity(function.name.to_owned()), span);
        }
        match (function.name, call.arguments.as_slice()) {
            ("if", [condition, then, otherwise]) => {
                let value = self.eval(condition, focus)?;
                let chosen = if self.scene.boolean(&value) { then } else { otherwise };
                self.eval(chosen, focus)
            }
            ("coalesce", [first, second]) => self.coalesce(first, second, focus),
            ("once", [calculation]) => {
                self.charge(self.weight(&Value::Nodes(vec![focus.place])), span)?;
                let own = self.scene.node_text(focus.place);
                match own.is_empty() {
                    true => self.eval(calculation, focus),
                    false => Ok(Value::Text(own.into_owned())),
                }
            }
            ("indexed-repeat", [target, pairs @ ..]) => {
                self.indexed_repeat(target, pairs, focus, span)
            }
            (name, arguments) => {
                let values: Vec<_> = arguments
                    .iter()
                    .map(|argument| self.eval(argument, focus))
                    .collect::<Result<_, _>>()?;
                let weight = values.iter().map(|value| self.weight(value)).sum();
                self.charge(weight, span)?;
                self.evaluated(&Arguments { evaluator: self, values, name, focus, span })
            }
        }
    }

    fn evaluated(&self, arguments: &Arguments<'_>) -> Result<Value, EvalError> {
        let families = [
            super::calls_text::call,
            super::calls_number::call,
            super::calls_nodes::call,
            super::calls_date::call,
        ];
        for family in families {
            if let Some(value) = family(arguments)? {
                return Ok(value);
            }
        }
        arguments.fail(EvalErrorKind::Unsupported(format!("{}()", arguments.name)))
    }

    /// The first value that is neither empty nor NaN.
    fn coalesce(
        &self,
        first: &Expr<'_>,
        second: &Expr<'_>,
        focus: Focus,
    ) -> Result<Value, EvalError> {
        let value = self.eval(first, focus)?;
        self.charge(self.weight(&value), first.span)?;
        let empty = match &value {
            Value::Number(number) => number.is_nan(),
            value => self.scene.text(value).is_empty(),
        };
        if empty { self.eval(second, focus) } else { Ok(value) }
    }
}
