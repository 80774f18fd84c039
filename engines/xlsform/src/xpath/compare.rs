//! Comparisons of values.

use super::ast::Operator;
use super::scene::Scene;
use super::value::{NEAR, Place, Value};

/// How many steps a comparison takes.
pub(super) fn cost(scene: &Scene<'_>, left: &Value, right: &Value) -> usize {
    let count = |value: &Value| match value {
        Value::Nodes(nodes) => nodes.len().max(1),
        _ => 1,
    };
    let weight = |value: &Value| match value {
        Value::Nodes(nodes) => {
            nodes.iter().map(|node| scene.instance(*node).weight(node.node)).sum()
        }
        Value::Text(text) => text.len() / 64 + 1,
        _ => 1,
    };
    // The texts on the right are read again for each on the left.
    count(left).saturating_mul(weight(right)).saturating_add(weight(left))
}

/// Whether a comparison holds. Several nodes compare as XPath 1.0 says: it holds if it does for
/// one of them. No node compares as an empty text: JavaRosa does so, and forms rely on it.
pub(super) fn compare(scene: &Scene<'_>, operator: Operator, left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Nodes(_), Value::Boolean(_)) | (Value::Boolean(_), Value::Nodes(_)) => {
            single(scene, operator, left, right)
        }
        (Value::Nodes(lefts), Value::Nodes(rights)) => each(scene, lefts, &mut |left| {
            each(scene, rights, &mut |right| single(scene, operator, left, right))
        }),
        (Value::Nodes(lefts), _) => {
            each(scene, lefts, &mut |left| single(scene, operator, left, right))
        }
        (_, Value::Nodes(rights)) => {
            each(scene, rights, &mut |right| single(scene, operator, left, right))
        }
        _ => single(scene, operator, left, right),
    }
}

fn each(scene: &Scene<'_>, nodes: &[Place], holds: &mut dyn FnMut(&Value) -> bool) -> bool {
    if nodes.is_empty() {
        return holds(&Value::Text(String::new()));
    }
    nodes.iter().any(|node| holds(&Value::Text(scene.node_text(*node).into_owned())))
}

fn single(scene: &Scene<'_>, operator: Operator, left: &Value, right: &Value) -> bool {
    match operator {
        Operator::Equal => equal(scene, left, right),
        Operator::NotEqual => !equal(scene, left, right),
        _ => {
            let (left, right) = (scene.number(left), scene.number(right));
            match operator {
                Operator::Less => left < right,
                Operator::LessOrEqual => left <= right,
                Operator::Greater => left > right,
                _ => left >= right,
            }
        }
    }
}

fn equal(scene: &Scene<'_>, left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Boolean(_), _) | (_, Value::Boolean(_)) => {
            scene.boolean(left) == scene.boolean(right)
        }
        (Value::Number(_), _) | (_, Value::Number(_)) => {
            let (left, right) = (scene.number(left), scene.number(right));
            left == right || (left - right).abs() < NEAR
        }
        _ => scene.text(left) == scene.text(right),
    }
}
