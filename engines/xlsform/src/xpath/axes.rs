//! The directions of steps.

use super::ast::{Axis, Name, Test};
use super::instance::{Instance, NodeId, NodeKind};

/// Shows the nodes of an axis, nearest first, until `show` has seen enough.
pub(super) fn walk(
    instance: &Instance,
    origin: NodeId,
    axis: Axis,
    show: &mut dyn FnMut(NodeId) -> bool,
) {
    match axis {
        Axis::Child => all(instance.children(origin), show),
        Axis::Attribute => all(instance.attributes(origin), show),
        Axis::Parent => all(instance.parent(origin), show),
        Axis::Itself => all([origin], show),
        Axis::Ancestor => all(instance.ancestors(origin), show),
        Axis::AncestorOrSelf => all(instance.ancestors_or_self(origin), show),
        Axis::Descendant => {
            below(instance, instance.children(origin).rev().collect(), false, show);
        }
        Axis::DescendantOrSelf => {
            below(instance, vec![origin], false, show);
        }
        Axis::FollowingSibling => all(siblings(instance, origin, true), show),
        Axis::PrecedingSibling => all(siblings(instance, origin, false), show),
        Axis::Following => around(instance, origin, true, show),
        Axis::Preceding => around(instance, origin, false, show),
        // Namespaces are kept only as prefixes, so that no node stands for one.
        Axis::Namespace => {}
    }
}

fn all(nodes: impl IntoIterator<Item = NodeId>, show: &mut dyn FnMut(NodeId) -> bool) {
    for node in nodes {
        if !show(node) {
            return;
        }
    }
}

/// Nodes with everything below them, the last of the list first; backwards shows what is below
/// before what it is below of. Whether to go on is given back.
fn below(
    instance: &Instance,
    mut open: Vec<NodeId>,
    backwards: bool,
    show: &mut dyn FnMut(NodeId) -> bool,
) -> bool {
    if !backwards {
        while let Some(node) = open.pop() {
            if !show(node) {
                return false;
            }
            open.extend(instance.children(node).rev());
        }
        return true;
    }
    let mut tasks: Vec<(NodeId, bool)> = open.into_iter().map(|node| (node, false)).collect();
    while let Some((node, entered)) = tasks.pop() {
        if !entered && instance.children(node).len() > 0 {
            tasks.push((node, true));
            tasks.extend(instance.children(node).map(|child| (child, false)));
        } else if !show(node) {
            return false;
        }
    }
    true
}

fn siblings(instance: &Instance, origin: NodeId, after: bool) -> Vec<NodeId> {
    if instance.kind(origin) == NodeKind::Attribute {
        return Vec::new();
    }
    let Some(parent) = instance.parent(origin) else { return Vec::new() };
    let mut found: Vec<_> = if after {
        instance.children(parent).skip_while(|node| *node != origin).skip(1).collect()
    } else {
        instance.children(parent).take_while(|node| *node != origin).collect()
    };
    if !after {
        found.reverse();
    }
    found
}

/// Everything after the node in the document and not below it, or everything before it and not
/// above it.
fn around(instance: &Instance, origin: NodeId, after: bool, show: &mut dyn FnMut(NodeId) -> bool) {
    for node in instance.ancestors_or_self(origin) {
        // What hangs from the element of an attribute comes after the attribute.
        let mut open = if after && instance.kind(node) == NodeKind::Attribute {
            instance.parent(node).map(|element| instance.children(element).collect())
        } else {
            None
        }
        .unwrap_or_else(|| siblings(instance, node, after));
        open.reverse();
        if !below(instance, open, !after, show) {
            return;
        }
    }
}

/// Whether a node passes the test of a step.
pub(super) fn fits(instance: &Instance, node: NodeId, axis: Axis, test: Test<'_>) -> bool {
    let kind = instance.kind(node);
    let principal = match axis {
        Axis::Attribute => NodeKind::Attribute,
        _ => NodeKind::Element,
    };
    match test {
        Test::Node => true,
        Test::Text => kind == NodeKind::Text,
        Test::Comment => kind == NodeKind::Comment,
        Test::Instruction(target) => {
            kind == NodeKind::Instruction
                && target.is_none_or(|target| instance.local(node) == target)
        }
        Test::Any => kind == principal,
        Test::AnyOf(prefix) => kind == principal && instance.prefix(node) == Some(prefix),
        Test::Name(Name { prefix, local }) => {
            kind == principal && instance.local(node) == local && instance.prefix(node) == prefix
        }
    }
}
