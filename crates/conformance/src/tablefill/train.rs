//! Grows the words and trees of both rounds on marked tables.

use std::collections::{BTreeMap, BTreeSet};

use tablefill::head::{Forest, Lexicon, Likely, Model, tokens};

use super::grow::{Cells, Growth, grow};
use super::tables::Marked;

/// Parts that the tables are cut into, so that nothing is judged by what it taught.
const PARTS: usize = 5;
/// A token that fewer cells have is not kept.
const RARE: u32 = 4;

/// How both rounds are grown.
#[must_use]
pub fn growth() -> [Growth; 2] {
    let trees = |trees| Growth { trees, ..Growth::default() };
    [trees(100), trees(80)]
}

/// Tables that share half of their words, for they were filled from one form, are a family: by
/// name, the number of each one's family.
#[must_use]
pub fn families(tables: &[Marked]) -> BTreeMap<String, usize> {
    let words: Vec<BTreeSet<&str>> = tables
        .iter()
        .map(|it| it.table.cells().into_iter().map(|it| it.1).filter(|it| !it.is_empty()).collect())
        .collect();
    let mut family: Vec<usize> = (0..tables.len()).collect();
    for this in 0..tables.len() {
        for other in 0..this {
            let same = words[this].intersection(&words[other]).count();
            let smaller = words[this].len().min(words[other].len());
            if same * 2 >= smaller.max(1) && family[this] != family[other] {
                let (old, new) = (family[this], family[other]);
                family.iter_mut().filter(|it| **it == old).for_each(|it| *it = new);
            }
        }
    }
    // Numbers that are spread evenly over parts: the n-th family has number n.
    let mut order: Vec<usize> = family.clone();
    order.sort_unstable();
    order.dedup();
    let number = |it: &usize| order.binary_search(it).unwrap_or(0);
    tables.iter().zip(&family).map(|(table, it)| (table.id.clone(), number(it))).collect()
}

/// The part that a table belongs to, by its name.
#[must_use]
pub fn part(table: &Marked, parts: usize) -> usize {
    let hash =
        table.id.bytes().fold(0_u32, |hash, it| hash.wrapping_mul(31).wrapping_add(u32::from(it)));
    usize::try_from(hash).unwrap_or(0) / 7 % parts
}

/// Counts the words of tables.
fn lexicon<'a>(tables: impl Iterator<Item = &'a Marked>) -> Lexicon {
    let mut counts: BTreeMap<String, [u32; 3]> = BTreeMap::new();
    for table in tables {
        for (at, text) in table.table.cells() {
            if text.is_empty() {
                continue;
            }
            let sort = match (table.columns.contains(&at), table.rows.contains(&at)) {
                (true, _) => 1,
                (_, true) => 2,
                _ => 0,
            };
            for token in tokens(text) {
                counts.entry(token).or_default()[sort] += 1;
            }
        }
    }
    Lexicon::of_counts(&counts, RARE)
}

/// The yes and no of all cells of tables: columns, rows.
fn marks<'a>(tables: impl Iterator<Item = &'a Marked>) -> [Vec<bool>; 2] {
    let mut marks = [Vec::new(), Vec::new()];
    for table in tables {
        for (at, _) in table.table.cells() {
            marks[0].push(table.columns.contains(&at));
            marks[1].push(table.rows.contains(&at));
        }
    }
    marks
}

/// Grows both forests of a round, side by side.
fn both(figures: &[&[f32]], marks: &[Vec<bool>; 2], growth: Growth) -> [Forest; 2] {
    let cells = Cells::new(figures);
    std::thread::scope(|scope| {
        let columns = scope.spawn(|| grow(&cells, &marks[0], growth));
        let rows = grow(&cells, &marks[1], growth);
        [columns.join().unwrap_or_default(), rows]
    })
}

/// Grows a model on tables as they are and as they were before anybody filled them in.
#[must_use]
pub fn train(tables: &[&Marked], growth: [Growth; 2]) -> Model {
    let emptied: Vec<Marked> = tables.iter().map(|it| it.emptied()).collect();
    let words = lexicon(tables.iter().copied());
    let all: Vec<&Marked> = tables.iter().copied().chain(&emptied).collect();
    grow_both(&all, tables.len(), words, growth)
}

/// Grows both rounds; words are counted in the first so many tables only.
fn grow_both(tables: &[&Marked], filled: usize, words: Lexicon, growth: [Growth; 2]) -> Model {
    let everybody = || tables.iter().copied();
    let mut firsts: Vec<Vec<Vec<f32>>> = vec![Vec::new(); tables.len()];
    let mut said: Vec<Vec<Likely>> = vec![Vec::new(); tables.len()];
    let parts: Vec<usize> = tables.iter().map(|it| part(it, PARTS)).collect();
    // What a word says of a table is counted in other tables, as it will be of tables never seen.
    for this in 0..PARTS {
        let others = tables[..filled].iter().zip(&parts).filter(|(_, it)| **it != this);
        let words = lexicon(others.map(|(it, _)| *it));
        for (at, table) in tables.iter().enumerate().filter(|(at, _)| parts[*at] == this) {
            firsts[at] = table.table.first(&words);
        }
    }
    for this in 0..PARTS {
        let others = || (0..tables.len()).filter(|it| parts[*it] != this);
        let figures: Vec<&[f32]> =
            others().flat_map(|it| firsts[it].iter().map(Vec::as_slice)).collect();
        let forests = both(&figures, &marks(others().map(|it| tables[it])), growth[0]);
        for at in (0..tables.len()).filter(|it| parts[*it] == this) {
            let one = |it: &Vec<f32>| Likely {
                column: forests[0].likely(it),
                row: forests[1].likely(it),
            };
            said[at] = firsts[at].iter().map(one).collect();
        }
    }
    let figures: Vec<&[f32]> = firsts.iter().flatten().map(Vec::as_slice).collect();
    let first = both(&figures, &marks(everybody()), growth[0]);
    let seconds: Vec<Vec<f32>> = tables
        .iter()
        .enumerate()
        .flat_map(|(at, table)| table.table.second(&firsts[at], &said[at]))
        .collect();
    let figures: Vec<&[f32]> = seconds.iter().map(Vec::as_slice).collect();
    let second = both(&figures, &marks(everybody()), growth[1]);
    Model { lexicon: words, first, second }
}
