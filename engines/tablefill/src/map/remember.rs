//! What people confirmed for the headings of a table, found again in its next version.

use super::words::{likeness, phrase};
use super::{Asked, Meaning, words};

/// From here on two headings may be two names of one.
const RENAMED_FROM: f64 = 0.4;

/// What a person confirmed for a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The heading's words, from the outermost to its own.
    pub path: Vec<String>,
    /// What it means.
    pub meaning: Meaning,
    /// The sheet's codes with those of the element.
    pub codes: Vec<(String, String)>,
}

/// What is remembered of a heading.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Recall {
    /// It stood there before.
    Same(Remembered),
    /// It stood elsewhere.
    Moved(Remembered),
    /// It is new; perhaps it is one of these under another name, by how alike they are.
    New { may_be: Vec<(Remembered, f64)> },
}

/// What is remembered of all headings.
pub(crate) struct Recalled {
    pub(crate) headings: Vec<Recall>,
    /// What stood there before and does not any more.
    pub(crate) gone: Vec<Remembered>,
}

/// A path in comparable words.
fn folded(path: &[String]) -> Vec<String> {
    path.iter().map(|part| words::folded(part)).collect()
}

/// Finds what is remembered: by the whole path, then by its last words where only one heading has
/// them, before and now.
pub(crate) fn recall(asked: &[Asked], memory: &[Remembered]) -> Recalled {
    let before: Vec<Vec<String>> = memory.iter().map(|kept| folded(&kept.path)).collect();
    let now: Vec<Vec<String>> = asked.iter().map(|heading| folded(&heading.path)).collect();
    let mut used = vec![false; memory.len()];
    let mut found: Vec<Option<Recall>> = vec![None; asked.len()];
    for (at, path) in now.iter().enumerate() {
        let same = (0..memory.len()).rev().find(|kept| !used[*kept] && before[*kept] == *path);
        if let Some(kept) = same {
            used[kept] = true;
            found[at] = Some(Recall::Same(memory[kept].clone()));
        }
    }
    for at in 0..asked.len() {
        if found[at].is_some() {
            continue;
        }
        let leaf = now[at].last();
        let others = |list: &[Vec<String>]| list.iter().filter(|path| path.last() == leaf).count();
        let alone = others(&now) == 1 && others(&before) == 1;
        let place = (0..memory.len()).find(|kept| !used[*kept] && before[*kept].last() == leaf);
        if let Some(kept) = place.filter(|_| alone) {
            used[kept] = true;
            found[at] = Some(Recall::Moved(memory[kept].clone()));
        }
    }
    let gone: Vec<Remembered> = memory
        .iter()
        .zip(&used)
        .filter(|(_, used)| !**used)
        .map(|(kept, _)| kept.clone())
        .collect();
    let new = |heading: &Asked| Recall::New { may_be: may_be(heading, &gone) };
    let headings = asked.iter().zip(found).map(|(heading, it)| it.unwrap_or_else(|| new(heading)));
    Recalled { headings: headings.collect(), gone: gone.clone() }
}

/// Which of the headings that are gone one may be.
fn may_be(heading: &Asked, gone: &[Remembered]) -> Vec<(Remembered, f64)> {
    let Some(leaf) = heading.path.last().map(|leaf| phrase(leaf).core) else { return Vec::new() };
    let near = |kept: &Remembered| {
        let before = phrase(kept.path.last()?).core;
        let part = before.contains(&leaf) || leaf.contains(&before);
        let likeness = likeness(&before, &leaf).max(if part { 0.5 } else { 0.0 });
        (likeness >= RENAMED_FROM).then(|| (kept.clone(), likeness))
    };
    gone.iter().filter_map(near).collect()
}
