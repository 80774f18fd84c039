//! Evaluation: an expression, a scene, a value; bounded in steps.

use std::cell::{Cell, RefCell};

use super::ast::{Axis, Expr, Kind, Operation, Operator, Path, Span, Start, Step, Test};
use super::axes;
use super::compare;
use super::eval_error::{EvalError, EvalErrorKind};
use super::instance::NodeId;
use super::pattern::Patterns;
use super::scene::Scene;
use super::value::{Place, Value};

/// The value of an expression at a place.
///
/// Values convert as XPath 1.0 says, with what ODK and JavaRosa add: dates are values of their
/// own, count as days since 1970-01-01 and are compared by them; numbers are written as JavaRosa
/// writes them; where a path finds nothing, comparisons read an empty text, for an answer that is
/// not there is an empty one; and an absolute path that leads through the repeat that the
/// expression belongs to stays in it.
///
/// # Errors
///
/// When some part of it has no value, or all of it takes more steps than the scene allows.
///
/// ```
/// use xlsform::xpath::{Instance, Moment, References, Scene, Value, evaluate, parse};
///
/// let data = Instance::from_xml("<data><born>2020-03-01</born></data>").unwrap();
/// let now = Moment { millis: 1_709_290_000_000, offset_minutes: 480 };
/// let scene = Scene::new(&data, data.at("data").unwrap(), now);
/// let age = parse("int((today() - born) div 365.25)", References::Refused).unwrap();
/// assert_eq!(evaluate(&age, &scene), Ok(Value::Number(4.0)));
/// ```
pub fn evaluate(expr: &Expr<'_>, scene: &Scene<'_>) -> Result<Value, EvalError> {
    let evaluator = Evaluator {
        scene,
        steps: Cell::new(scene.steps_max),
        chance: Cell::new(scene.seed),
        patterns: RefCell::new(Patterns::default()),
    };
    let place = Place { instance: 0, node: scene.node };
    evaluator.eval(expr, Focus { place, position: None, size: 1 })
}

/// What an expression is evaluated for at the moment.
#[derive(Clone, Copy)]
pub(super) struct Focus {
    pub(super) place: Place,
    /// Counted from one; nothing outside predicates.
    pub(super) position: Option<usize>,
    pub(super) size: usize,
}

pub(super) struct Evaluator<'e> {
    pub(super) scene: &'e Scene<'e>,
    steps: Cell<u64>,
    chance: Cell<u64>,
    pub(super) patterns: RefCell<Patterns>,
}

pub(super) fn fail<T>(kind: EvalErrorKind, span: Span) -> Result<T, EvalError> {
    Err(EvalError { kind, span })
}

impl Evaluator<'_> {
    /// Takes steps from those that are left.
    pub(super) fn charge(&self, steps: usize, span: Span) -> Result<(), EvalError> {
        match self.steps.get().checked_sub(steps as u64) {
            Some(left) => {
                self.steps.set(left);
                Ok(())
            }
            None => fail(EvalErrorKind::TooLong, span),
        }
    }

    /// How many steps it takes to read a value as a text or a number.
    pub(super) fn weight(&self, value: &Value) -> usize {
        match value {
            Value::Nodes(nodes) => {
                nodes.first().map_or(1, |first| self.scene.instance(*first).weight(first.node))
            }
            Value::Text(text) => text.len() / 64 + 1,
            _ => 1,
        }
    }

    /// The next of the numbers that look like chance and depend on the seed alone: counted in
    /// steps of the golden ratio, and mixed.
    pub(super) fn chance(&self) -> u64 {
        let state = self.chance.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.chance.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn eval(&self, expr: &Expr<'_>, focus: Focus) -> Result<Value, EvalError> {
        self.charge(1, expr.span)?;
        match &expr.kind {
            Kind::Number(number) => Ok(Value::Number(*number)),
            Kind::Literal(text) => {
                self.charge(text.len() / 64, expr.span)?;
                Ok(Value::Text((*text).to_owned()))
            }
            Kind::Variable(name) => {
                fail(EvalErrorKind::Missing("variable", name.to_string()), expr.span)
            }
            Kind::Reference(reference) => {
                fail(EvalErrorKind::Missing("question", reference.name.to_owned()), expr.span)
            }
            Kind::Call(call) => self.call(call, focus, expr.span),
            Kind::Negate(operand) => {
                let value = self.eval(operand, focus)?;
                self.charge(self.weight(&value), expr.span)?;
                Ok(Value::Number(-self.scene.number(&value)))
            }
            Kind::Operation(operation) => self.operation(operation, focus, expr.span),
            Kind::Path(path) => self.path(path, focus, expr.span).map(Value::Nodes),
            Kind::Filter(filter) => {
                let mut nodes = self.nodes(&filter.base, focus)?;
                for predicate in &filter.predicates {
                    nodes = self.filter(nodes, predicate)?;
                }
                Ok(Value::Nodes(nodes))
            }
        }
    }

    /// The value of an expression that must give nodes.
    pub(super) fn nodes(&self, expr: &Expr<'_>, focus: Focus) -> Result<Vec<Place>, EvalError> {
        match self.eval(expr, focus)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => fail(EvalErrorKind::NotNodes(expr.to_string()), expr.span),
        }
    }

    fn operation(
        &self,
        operation: &Operation<'_>,
        focus: Focus,
        span: Span,
    ) -> Result<Value, EvalError> {
        let mut value = self.eval(&operation.first, focus)?;
        for term in &operation.rest {
            // What is true whatever follows, or false, is not looked at further.
            let settled = match term.operator {
                Operator::Or => self.scene.boolean(&value).then_some(true),
                Operator::And => (!self.scene.boolean(&value)).then_some(false),
                _ => None,
            };
            if let Some(truth) = settled {
                value = Value::Boolean(truth);
                continue;
            }
            let operand = self.eval(&term.operand, focus)?;
            value = self.apply(term.operator, value, operand, span)?;
        }
        Ok(value)
    }

    fn apply(
        &self,
        operator: Operator,
        left: Value,
        right: Value,
        span: Span,
    ) -> Result<Value, EvalError> {
        let numbers = |work: fn(f64, f64) -> f64| {
            self.charge(self.weight(&left) + self.weight(&right), span)?;
            Ok(Value::Number(work(self.scene.number(&left), self.scene.number(&right))))
        };
        match operator {
            Operator::Or | Operator::And => Ok(Value::Boolean(self.scene.boolean(&right))),
            Operator::Add => numbers(|a, b| a + b),
            Operator::Subtract => numbers(|a, b| a - b),
            Operator::Multiply => numbers(|a, b| a * b),
            Operator::Divide => numbers(|a, b| a / b),
            Operator::Modulo => numbers(|a, b| a % b),
            Operator::Union => match (left, right) {
                (Value::Nodes(mut nodes), Value::Nodes(more)) => {
                    self.charge(more.len(), span)?;
                    nodes.extend(more);
                    self.sort(&mut nodes);
                    Ok(Value::Nodes(nodes))
                }
                _ => fail(EvalErrorKind::NotNodes("|".to_owned()), span),
            },
            comparison => {
                self.charge(compare::cost(self.scene, &left, &right), span)?;
                Ok(Value::Boolean(compare::compare(self.scene, comparison, &left, &right)))
            }
        }
    }

    /// Puts nodes in the order of their documents, each once.
    pub(super) fn sort(&self, nodes: &mut Vec<Place>) {
        let key = |place: &Place| (place.instance, self.scene.instance(*place).rank(place.node));
        if !nodes.is_sorted_by(|one, next| key(one) < key(next)) {
            nodes.sort_by_key(key);
            nodes.dedup();
        }
    }

    fn path(&self, path: &Path<'_>, focus: Focus, span: Span) -> Result<Vec<Place>, EvalError> {
        let mut nodes = match &path.start {
            Start::Root => vec![Place { instance: 0, node: self.scene.primary.document() }],
            Start::Context => vec![focus.place],
            Start::Expr(expr) => self.nodes(expr, focus)?,
        };
        let mut stays = matches!(path.start, Start::Root).then(|| self.way_down(focus));
        let last = path.steps.len().saturating_sub(1);
        for (index, step) in path.steps.iter().enumerate() {
            nodes = self.step(&nodes, step, span)?;
            // An absolute path stays in the repeat that it passes through on its way.
            let plain = step.axis == Axis::Child
                && matches!(step.test, Test::Name(_))
                && step.predicates.is_empty();
            stays = stays.filter(|_| plain && index < last);
            if let Some(way) = &stays
                && let Some(own) = way.get(index)
                && let Some(place) = nodes.iter().find(|place| place.node == *own).copied()
            {
                nodes = vec![place];
            } else {
                stays = None;
            }
        }
        Ok(nodes)
    }

    /// The elements from the outermost one down to the context node, in the record.
    fn way_down(&self, focus: Focus) -> Vec<NodeId> {
        let node = if focus.place.instance == 0 { focus.place.node } else { self.scene.node };
        let document = self.scene.primary.document();
        let up = self.scene.primary.ancestors_or_self(node).filter(|above| *above != document);
        let mut way: Vec<_> = up.collect();
        way.reverse();
        way
    }

    fn step(
        &self,
        origins: &[Place],
        step: &Step<'_>,
        span: Span,
    ) -> Result<Vec<Place>, EvalError> {
        let mut reached = Vec::new();
        for origin in origins {
            let instance = self.scene.instance(*origin);
            let mut seen = 0;
            let mut found: Vec<Place> = Vec::new();
            axes::walk(instance, origin.node, step.axis, &mut |node| {
                seen += 1;
                if axes::fits(instance, node, step.axis, step.test) {
                    found.push(Place { instance: origin.instance, node });
                }
                // Whatever is left of the steps, no more nodes than that can be looked at.
                seen as u64 <= self.steps.get()
            });
            self.charge(seen, span)?;
            for predicate in &step.predicates {
                found = self.filter(found, predicate)?;
            }
            reached.append(&mut found);
        }
        if origins.len() > 1 || step.axis.is_reverse() {
            self.sort(&mut reached);
        }
        Ok(reached)
    }

    /// The nodes that fulfil a predicate; a number asks for the node at that position.
    fn filter(&self, nodes: Vec<Place>, predicate: &Expr<'_>) -> Result<Vec<Place>, EvalError> {
        let size = nodes.len();
        let mut kept = Vec::new();
        for (index, place) in nodes.into_iter().enumerate() {
            let position = index + 1;
            let value = self.eval(predicate, Focus { place, position: Some(position), size })?;
            #[expect(clippy::cast_precision_loss, reason = "no document has so many nodes")]
            let keeps = match value {
                Value::Number(number) => number == position as f64,
                value => self.scene.boolean(&value),
            };
            if keeps {
                kept.push(place);
            }
        }
        Ok(kept)
    }
}
