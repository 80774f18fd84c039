//! Entities: what a form makes or changes of the things that outlive it, and where in the record
//! each of them stands.

mod allocate;
mod declare;
mod saved;

pub(crate) use declare::{Declaration, declare};
pub(crate) use saved::{Collected, Row};

use super::draft::{Action, Draft, NEW_REPEAT};

/// A container of the record: the root, a group or a repeat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Container {
    pub(crate) name: String,
    /// `survey`, `group`, `repeat` or `loop`.
    pub(crate) kind: String,
}

/// The way to a container, from the root.
pub(crate) type Path = Vec<Container>;

/// The root alone.
pub(crate) fn root() -> Path {
    vec![Container { name: "survey".to_owned(), kind: "survey".to_owned() }]
}

/// The way as words.
pub(crate) fn shown(path: &[Container]) -> String {
    path.iter().fold(String::new(), |way, step| format!("{way}/{}", step.name))
}

/// The way to the nearest container whose records come by themselves: the root or a repeat.
fn scope(path: &[Container]) -> &[Container] {
    let last = path.iter().rposition(|step| step.kind == "repeat" || step.kind == "survey");
    &path[..last.map_or(1, |at| at + 1)]
}

/// How many repeats are on the way.
fn repeats(path: &[Container]) -> usize {
    path.iter().skip(1).filter(|step| step.kind == "repeat").count()
}

/// How many groups are between the scope and the end of the way.
fn below_scope(path: &[Container]) -> usize {
    let bound = |step: &&Container| step.kind == "repeat" || step.kind == "survey";
    path.iter().rev().take_while(|step| !bound(step)).count()
}

/// Puts every entity where it belongs; gives the version of the specification that is needed.
pub(crate) fn place<'a>(
    declarations: &[Declaration<'a>],
    collected: &Collected,
    children: &mut Vec<Draft<'a>>,
    sink: &mut crate::sink::Sink,
    sheet: &str,
) -> &'static str {
    let places = allocate::allocate(declarations, collected, sink, sheet);
    let deep = places.iter().any(|(path, _)| repeats(path) > 0);
    let mut placed = Vec::new();
    inject(children, &root(), &places, declarations, &mut placed, false);
    if declarations.len() > 1 || deep { "2025.1.0" } else { "2024.1.0" }
}

fn inject<'a>(
    children: &mut Vec<Draft<'a>>,
    here: &[Container],
    places: &[(Path, usize)],
    declarations: &[Declaration<'a>],
    placed: &mut Vec<usize>,
    in_repeat: bool,
) {
    let found = places.iter().find(|(path, _)| path.as_slice() == here).map(|(_, index)| *index);
    if let Some(index) = found.filter(|index| !placed.contains(index)) {
        let mut entity = declarations[index].entity.clone();
        if in_repeat {
            let id = entity.children.iter_mut().find(|child| child.name == "id");
            if let Some(id) = id.filter(|id| id.actions.len() == 1) {
                let value = id.actions[0].value.clone();
                id.actions.push(Action { value, ..Action::new("setvalue", NEW_REPEAT) });
            }
        }
        children.push(Draft::meta(vec![entity]));
        placed.push(index);
    }
    let mut in_repeat = in_repeat;
    for child in children {
        if child.kind != "group" && child.kind != "repeat" {
            continue;
        }
        in_repeat |= child.kind == "repeat";
        let mut path = here.to_vec();
        path.push(Container { name: child.name.to_string(), kind: child.kind.to_string() });
        if places.iter().any(|(place, _)| place.starts_with(&path)) {
            inject(&mut child.children, &path, places, declarations, placed, in_repeat);
        }
    }
}
