//! Functions of nodes and places.

use super::ast::{Axis, Expr, Kind, Span, Start, Test};
use super::calls::{Arguments, Outcome, boolean, number, text};
use super::eval::{Evaluator, Focus, fail};
use super::eval_error::{EvalError, EvalErrorKind};
use super::geo;
use super::instance::{Instance, NodeId, NodeKind};
use super::value::{Place, Value};

#[expect(clippy::cast_precision_loss, reason = "no document has so many nodes")]
pub(super) fn call(arguments: &Arguments<'_>) -> Outcome {
    let scene = arguments.evaluator.scene;
    match arguments.name {
        "current" => nodes(vec![Place { instance: 0, node: scene.node }]),
        "instance" => {
            let id = arguments.text(0)?;
            match scene.secondary_named(&id) {
                Some((instance, document)) => {
                    nodes(vec![Place { instance, node: document.document() }])
                }
                None => arguments.fail(EvalErrorKind::Missing("instance", id)),
            }
        }
        "last" => number(arguments.focus.size as f64),
        "position" => position(arguments),
        "count" => number(arguments.nodes(0)?.len() as f64),
        "count-non-empty" => {
            let given = arguments.nodes(0)?;
            let weight = |place: &Place| scene.instance(*place).weight(place.node);
            arguments.charge(given.iter().map(weight).sum())?;
            let holds = |place: &&Place| {
                let instance = scene.instance(**place);
                let elements = instance
                    .children(place.node)
                    .any(|child| instance.kind(child) == NodeKind::Element);
                elements || !instance.text(place.node).is_empty()
            };
            number(given.iter().filter(holds).count() as f64)
        }
        "local-name" | "name" => name(arguments),
        "lang" => lang(arguments),
        "depend" => Ok(Some(arguments.value(0))),
        "randomize" => randomize(arguments),
        "pulldata" => pulldata(arguments),
        "uuid" => uuid(arguments),
        "area" | "enclosed-area" => number(geo::area(&points(arguments, 0)?)),
        "distance" => number(geo::distance(&points(arguments, 0)?)),
        "geofence" => {
            let fence = points(arguments, 1)?;
            let own = arguments.text(0)?;
            match geo::points(&own).and_then(|points| points.first().copied()) {
                Some(point) => boolean(geo::is_inside(point, &fence)),
                None => arguments.fail(EvalErrorKind::NoPlace(own)),
            }
        }
        _ => Ok(None),
    }
}

fn nodes(nodes: Vec<Place>) -> Outcome {
    Ok(Some(Value::Nodes(nodes)))
}

/// Where a node stands among those of its name; in a predicate, where it stands among those that
/// are looked at.
#[expect(clippy::cast_precision_loss, reason = "no document has so many nodes")]
fn position(arguments: &Arguments<'_>) -> Outcome {
    let place = match (arguments.len(), arguments.focus.position) {
        (0, Some(position)) => return number(position as f64),
        (0, None) => arguments.focus.place,
        _ => match arguments.nodes(0)?.first() {
            Some(first) => *first,
            // JavaRosa's answer for a place that is not there.
            None => return number(0.0),
        },
    };
    let instance = arguments.evaluator.scene.instance(place);
    let Some(parent) = instance.parent(place.node) else { return number(1.0) };
    let alike = |node: &NodeId| {
        instance.local(*node) == instance.local(place.node)
            && instance.prefix(*node) == instance.prefix(place.node)
    };
    arguments.charge(instance.children(parent).len())?;
    let before = instance.children(parent).filter(alike).take_while(|node| *node != place.node);
    number(before.count() as f64 + 1.0)
}

fn name(arguments: &Arguments<'_>) -> Outcome {
    let place = match arguments.len() {
        0 => arguments.focus.place,
        _ => match arguments.nodes(0)?.first() {
            Some(first) => *first,
            None => return text(""),
        },
    };
    let instance = arguments.evaluator.scene.instance(place);
    let local = instance.local(place.node);
    match instance.prefix(place.node) {
        Some(prefix) if arguments.name == "name" => text(format!("{prefix}:{local}")),
        _ => text(local),
    }
}

fn lang(arguments: &Arguments<'_>) -> Outcome {
    let wanted = arguments.text(0)?.to_ascii_lowercase();
    let place = arguments.focus.place;
    let instance = arguments.evaluator.scene.instance(place);
    let written = instance.ancestors_or_self(place.node).find_map(|node| {
        instance.attributes(node).find(|attribute| instance.is_named(*attribute, "xml:lang"))
    });
    let Some(written) = written else { return boolean(false) };
    let language = instance.text(written).to_ascii_lowercase();
    boolean(
        language.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')),
    )
}

/// The generator of Park and Miller, which all clients agree on so that a seed gives the same
/// order on every device.
struct ParkMiller(i64);

impl ParkMiller {
    const MODULUS: i64 = 2_147_483_647;

    fn new(seed: i64) -> Self {
        let seed = seed % Self::MODULUS;
        Self(if seed <= 0 { seed + Self::MODULUS - 1 } else { seed })
    }

    #[expect(clippy::cast_precision_loss, reason = "31 bits fit")]
    fn next(&mut self) -> f64 {
        self.0 = self.0 * 16_807 % Self::MODULUS;
        (self.0 - 1) as f64 / (Self::MODULUS - 1) as f64
    }
}

/// Shuffled inside out after Fisher and Yates.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions are small, and seeds saturate as Java's do"
)]
fn randomize(arguments: &Arguments<'_>) -> Outcome {
    let given = arguments.nodes(0)?;
    arguments.charge(given.len())?;
    let seed = match arguments.len() {
        1 => (arguments.evaluator.chance() >> 33) as i64,
        _ => arguments.number(1) as i64,
    };
    let mut chance = ParkMiller::new(seed);
    let mut shuffled: Vec<Place> = Vec::with_capacity(given.len());
    for (index, place) in given.iter().enumerate() {
        let other = ((chance.next() * (index + 1) as f64) as usize).min(index);
        shuffled.push(*place);
        shuffled.swap(index, other);
    }
    nodes(shuffled)
}

/// The value of a column in the first row of a list whose other column has a given value.
fn pulldata(arguments: &Arguments<'_>) -> Outcome {
    let id = arguments.text(0)?;
    let (wanted, column, key) = (arguments.text(1)?, arguments.text(2)?, arguments.text(3)?);
    let Some((_, list)) = arguments.evaluator.scene.secondary_named(&id) else {
        return arguments.fail(EvalErrorKind::Missing("instance", id));
    };
    let Some(root) = list.children(list.document()).next() else { return text("") };
    arguments.charge(list.weight(root))?;
    let row = list
        .children(root)
        .find(|row| list.child(*row, &column).is_some_and(|cell| list.text(cell) == key.as_str()));
    let cell = row.and_then(|row| list.child(row, &wanted));
    text(cell.map(|cell| list.text(cell)).unwrap_or_default())
}

/// Without a length a UUID of version 4, with one so many letters and digits.
fn uuid(arguments: &Arguments<'_>) -> Outcome {
    let evaluator = arguments.evaluator;
    if arguments.len() == 0 {
        let (high, low) = (evaluator.chance(), evaluator.chance());
        let high = high & !0xf000 | 0x4000;
        let low = low & !(0b11 << 62) | 0b10 << 62;
        return text(format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        ));
    }
    let mut letters = String::new();
    let mut left = arguments.number(0).clamp(0.0, 1_024.0);
    while left >= 1.0 {
        let letter = u32::try_from(evaluator.chance() % 36).unwrap_or(0);
        letters.extend(char::from_digit(letter, 36).map(|letter| letter.to_ascii_uppercase()));
        left -= 1.0;
    }
    text(letters)
}

fn points(arguments: &Arguments<'_>, from: usize) -> Result<Vec<geo::Point>, EvalError> {
    let mut points = Vec::new();
    for value in arguments.spread(from)? {
        let written = arguments.evaluator.scene.text(&value);
        match geo::points(&written) {
            Some(more) => points.extend(more),
            None => return arguments.fail(EvalErrorKind::NoPlace(written.into_owned())),
        }
    }
    Ok(points)
}

impl Evaluator<'_> {
    /// A node of a repeat by the numbers of the repeats around it. Where no number is given for a
    /// repeat that the context node is in too, it is that one.
    pub(super) fn indexed_repeat(
        &self,
        target: &Expr<'_>,
        pairs: &[Expr<'_>],
        focus: Focus,
        span: Span,
    ) -> Result<Value, EvalError> {
        let names = self.names(target, focus)?;
        let mut chosen: Vec<(usize, usize)> = Vec::new();
        for pair in pairs.chunks(2) {
            let [group, index] = pair else { continue };
            let above = self.names(group, focus)?;
            if !names.starts_with(&above) {
                return fail(EvalErrorKind::Missing("question", group.to_string()), group.span);
            }
            let value = self.eval(index, focus)?;
            self.charge(self.weight(&value), span)?;
            let index = self.scene.number(&value);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates"
            )]
            chosen.push((above.len(), (index as usize).max(1)));
        }
        let primary = self.scene.primary;
        let mut way: Vec<NodeId> = primary.ancestors_or_self(focus.place.node).collect();
        way.reverse();
        let mut reached = vec![primary.document()];
        for (depth, name) in names.iter().enumerate() {
            let mut next = Vec::new();
            for node in &reached {
                self.charge(primary.children(*node).len(), span)?;
                next.extend(primary.children(*node).filter(|child| primary.is_named(*child, name)));
            }
            if let Some((_, index)) = chosen.iter().find(|(level, _)| *level == depth + 1) {
                next = next.get(index - 1).copied().into_iter().collect();
            } else if let Some(own) = way.get(depth + 1).filter(|own| next.contains(own)) {
                next = vec![*own];
            }
            reached = next;
        }
        let places = reached.into_iter().map(|node| Place { instance: 0, node });
        Ok(Value::Nodes(places.collect()))
    }

    /// The names from the document down to what a plain path of the record leads to.
    fn names(&self, expr: &Expr<'_>, focus: Focus) -> Result<Vec<String>, EvalError> {
        let refuse = || fail(EvalErrorKind::NotNodes("indexed-repeat()".to_owned()), expr.span);
        let Kind::Path(path) = &expr.kind else { return refuse() };
        let mut names = match path.start {
            Start::Root => Vec::new(),
            Start::Context => own_names(self.scene.primary, focus.place.node),
            Start::Expr(_) => own_names(self.scene.primary, self.scene.node),
        };
        for step in &path.steps {
            match (step.axis, step.test) {
                (Axis::Child, Test::Name(name)) => names.push(name.to_string()),
                (Axis::Itself, Test::Node) => {}
                (Axis::Parent, Test::Node) => {
                    names.pop();
                }
                _ => return refuse(),
            }
        }
        Ok(names)
    }
}

fn own_names(instance: &Instance, node: NodeId) -> Vec<String> {
    let document = instance.document();
    let mut names: Vec<_> = instance
        .ancestors_or_self(node)
        .filter(|above| *above != document)
        .map(|above| match instance.prefix(above) {
            Some(prefix) => format!("{prefix}:{}", instance.local(above)),
            None => instance.local(above).to_owned(),
        })
        .collect();
    names.reverse();
    names
}
