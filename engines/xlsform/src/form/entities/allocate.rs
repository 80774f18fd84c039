//! In which container each entity stands: as near to its answers as one place for all allows, and
//! no two in one container.

use super::saved::{Collected, Source};
use super::{Container, Declaration, Path, below_scope, repeats, root, scope, shown};
use crate::problem::{At, Problem};
use crate::sink::Sink;

/// Where an entity wants to stand.
struct Request {
    index: usize,
    scope: Path,
    wanted: Path,
    row: u32,
    /// The ways to the answers that it keeps.
    lineages: Vec<Path>,
}

/// Finds a container for every entity.
pub(crate) fn allocate(
    declarations: &[Declaration<'_>],
    collected: &Collected,
    sink: &mut Sink,
    sheet: &str,
) -> Vec<(Path, usize)> {
    let mut scopes: Vec<(Path, Vec<Request>)> = Vec::new();
    let mut ask = |request: Request| match scopes.iter_mut().find(|(at, _)| *at == request.scope) {
        Some((_, requests)) => requests.push(request),
        None => scopes.push((request.scope.clone(), vec![request])),
    };
    for (index, sources) in &collected.0 {
        if let Some(request) = request(*index, &declarations[*index], sources, sink, sheet) {
            ask(request);
        }
    }
    for (index, declaration) in declarations.iter().enumerate() {
        if !collected.0.iter().any(|(known, _)| *known == index) {
            ask(Request {
                index,
                scope: root(),
                wanted: root(),
                row: declaration.row,
                lineages: Vec::new(),
            });
        }
    }
    if let [(at, requests)] = scopes.as_slice()
        && *at == root()
        && requests.len() == 1
    {
        return vec![(root(), requests[0].index)];
    }
    let mut taken = Taken::default();
    for (at, mut requests) in scopes {
        requests.sort_by_key(|request| request.row);
        for request in &requests {
            if let Some(other) = taken.place(request, at.len()) {
                sink.error(no_room(sheet, request.row, &at, &declarations[other]));
            }
        }
    }
    taken.places
}

/// Containers that are spoken for.
#[derive(Default)]
struct Taken {
    places: Vec<(Path, usize)>,
    reserved: Vec<(Path, usize)>,
}

impl Taken {
    fn by(&self, path: &[Container]) -> Option<usize> {
        let of = |list: &[(Path, usize)]| {
            list.iter().rev().find(|(at, _)| at.as_slice() == path).map(|(_, index)| *index)
        };
        of(&self.places).or_else(|| of(&self.reserved))
    }

    fn reserved_by(&self, path: &[Container]) -> Option<usize> {
        self.reserved.iter().rev().find(|(at, _)| at.as_slice() == path).map(|(_, index)| *index)
    }

    /// Places an entity as deep as it wants, or above; gives who stands in the way.
    fn place(&mut self, request: &Request, least: usize) -> Option<usize> {
        let mut conflict = None;
        for depth in (least..=request.wanted.len()).rev() {
            let here = &request.wanted[..depth];
            let Some(other) = self.by(here) else {
                self.places.push((here.to_vec(), request.index));
                self.reserved.push((here.to_vec(), request.index));
                for lineage in &request.lineages {
                    for length in (here.len()..=lineage.len()).rev() {
                        self.reserved.push((lineage[..length].to_vec(), request.index));
                    }
                }
                return None;
            };
            conflict = Some(other);
            if let Some(holder) = request.lineages.first().and_then(|way| self.reserved_by(way)) {
                return Some(holder);
            }
        }
        conflict
    }
}

fn no_room(sheet: &str, row: u32, at: &[Container], other: &Declaration<'_>) -> Problem {
    let (way, other) = (shown(at), other.row);
    Problem::new(
        "entity_no_room",
        At::sheet(sheet).row(row),
        format!(
            "Each group or repeat can hold one entity, and within '{way}' none is left beside that of row {other}. Put the questions of this entity into a group of their own."
        ),
        format!(
            "每个分组或重复只能容纳一个实体；在“{way}”内，除第{other}行的实体外已无位置。请把此实体的题目放进单独的分组。"
        ),
    )
}

/// What the answers of an entity want: the deepest scope, and in it the place nearest to them.
struct Deepest<'a> {
    scope: &'a [Container],
    by: &'a Source,
    container: &'a Source,
    container_below: usize,
    saved: Option<(&'a Source, usize)>,
}

fn deepest(sources: &[Source]) -> Option<Deepest<'_>> {
    let mut found: Option<Deepest<'_>> = None;
    for source in sources {
        let bound = scope(&source.path);
        let below = below_scope(&source.path);
        let saved = source.property.is_some();
        match &mut found {
            None => {
                found = Some(Deepest {
                    scope: bound,
                    by: source,
                    container: source,
                    container_below: below,
                    saved: saved.then_some((source, below)),
                });
            }
            Some(deepest) => {
                if repeats(bound) > repeats(deepest.scope) {
                    deepest.container = source;
                    deepest.container_below = below;
                    if saved {
                        deepest.saved = Some((source, below));
                    }
                    deepest.scope = bound;
                    deepest.by = source;
                }
                if bound == deepest.scope && below > deepest.container_below {
                    deepest.container = source;
                    deepest.container_below = below;
                }
                if saved {
                    let nearer = match deepest.saved {
                        None => true,
                        Some((_, before)) => bound == deepest.scope && below > before,
                    };
                    if nearer {
                        deepest.saved = Some((source, below));
                    }
                }
            }
        }
    }
    found
}

/// The first way up to the last step in which another way of at least that length differs. Where
/// ways part and go on, this is longer than what they share; pyxform 4.5 places entities so.
fn common(lineages: &[Path]) -> Path {
    let least = lineages.iter().map(Vec::len).min().unwrap_or(0);
    let first = &lineages[0];
    let differs = |at: &usize| lineages.iter().any(|way| way[*at] != first[*at]);
    let until = (0..least).rev().find(differs).unwrap_or(least);
    first[..until].to_vec()
}

fn request(
    index: usize,
    declaration: &Declaration<'_>,
    sources: &[Source],
    sink: &mut Sink,
    sheet: &str,
) -> Option<Request> {
    let deepest = deepest(sources)?;
    let mut lineages: Vec<Path> = Vec::new();
    for source in sources.iter().filter(|source| source.property.is_some()) {
        if !lineages.contains(&source.path) {
            lineages.push(source.path.clone());
        }
    }
    let wanted = match (deepest.saved, lineages.len()) {
        (None, _) => deepest.container.path.clone(),
        (Some(_), 0 | 1) => common(&lineages),
        (Some((saved, _)), _) => {
            let bound = scope(&saved.path).to_vec();
            let common = common(&lineages);
            let weight = |way: &Path| (repeats(way), below_scope(way));
            if weight(&common) > weight(&bound) { common } else { bound }
        }
    };
    let mut fits = true;
    for source in sources {
        let bound = scope(&source.path);
        let inside = deepest.scope.starts_with(bound);
        let beside = source.property.is_some() && scope(&wanted) != bound;
        if !inside || beside {
            let other = if inside { &wanted } else { &deepest.by.path };
            sink.error(conflict(declaration, source, other, sheet));
            fits = false;
        }
    }
    fits.then(|| Request {
        index,
        scope: deepest.scope.to_vec(),
        wanted,
        row: declaration.row,
        lineages,
    })
}

fn conflict(
    declaration: &Declaration<'_>,
    source: &Source,
    other: &[Container],
    sheet: &str,
) -> Problem {
    let (list, here, there) = (&declaration.list, shown(&source.path), shown(other));
    match &source.question {
        None => Problem::new(
            "entity_scopes_differ",
            At::sheet("survey").row(source.row).column("save_to"),
            format!(
                "The list '{list}' also takes a value from '{there}', which does not go with '{here}'. Copy one of them to where the other is by a calculate question, and save that."
            ),
            format!(
                "实体列表“{list}”还取用“{there}”中的值，与“{here}”不在同一范围。请用 calculate 题把其中一个值复制到另一处，再保存。"
            ),
        ),
        Some(question) => Problem::new(
            "entity_scopes_differ",
            At::sheet(sheet).row(declaration.row),
            format!(
                "The list '{list}' takes a value from '{there}', which does not go with '${{{question}}}' in '{here}'. Copy one of them to where the other is by a calculate question, and use that."
            ),
            format!(
                "实体列表“{list}”取用“{there}”中的值，与“{here}”中的“${{{question}}}”不在同一范围。请用 calculate 题把其中一个值复制到另一处，再使用。"
            ),
        ),
    }
}
