//! Which of those who are known a row of a sheet is about.

use std::collections::HashMap;

use super::{Columns, Known, Row, write};
use crate::grid::{At, Sheet};
use crate::map::{Element, Meaning};
use crate::understand::TablePlan;

/// The rows in which something stands that is no number of the row.
pub(super) fn rows(
    sheet: &Sheet,
    table: &TablePlan,
    columns: &Columns<'_>,
    rows: &[u32],
) -> Vec<u32> {
    let serial = |at: usize| columns.mapped.headings[at].chosen.meaning == Meaning::Serial;
    let filled = |row: u32| {
        table.columns.iter().enumerate().any(|(at, column)| {
            !column.serial && !serial(at) && !text(sheet, row, column.col).is_empty()
        })
    };
    rows.iter().copied().filter(|row| filled(*row)).collect()
}

/// What stands in a cell, unless a formula worked it out.
fn text(sheet: &Sheet, row: u32, col: u32) -> String {
    let cell = sheet.cells.get(&At::new(row, col)).filter(|cell| cell.formula.is_none());
    cell.map(|cell| cell.words().trim().to_owned()).unwrap_or_default()
}

/// Those who are known, to be found by what they are known by.
pub(super) struct Index<'a> {
    keys: &'a [String],
    /// By the place of a key and its value, those who have it.
    by_key: HashMap<(usize, String), Vec<&'a Row>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(known: &'a Known) -> Self {
        let mut by_key: HashMap<(usize, String), Vec<&Row>> = HashMap::new();
        for row in &known.rows {
            for (at, key) in known.keys.iter().enumerate() {
                if let Some(datum) = row.values.get(key) {
                    by_key.entry((at, write::bare(&write::plain(datum)))).or_default().push(row);
                }
            }
        }
        Self { keys: &known.keys, by_key }
    }

    /// Who a row is about: the one who has its most telling key. Nobody where several may be, and
    /// nobody who has another value for a key that tells more.
    pub(super) fn find(
        &self,
        sheet: &Sheet,
        table: &TablePlan,
        columns: &Columns<'_>,
        row: u32,
    ) -> Option<&'a Row> {
        let said = self.keys.iter().enumerate().filter_map(|(place, key)| {
            let is_key = |element: &Option<&Element>| element.is_some_and(|it| it.id == *key);
            let at = columns.elements.iter().position(is_key)?;
            let there = text(sheet, row, table.columns[at].col);
            (!there.is_empty()).then(|| (place, key, write::bare(&there)))
        });
        let said: Vec<(usize, &String, String)> = said.collect();
        let has = |one: &Row, key: &String, there: &str| {
            one.values.get(key).map(|datum| write::bare(&write::plain(datum)) == there)
        };
        for (at, (place, _, there)) in said.iter().enumerate() {
            let Some(all) = self.by_key.get(&(*place, there.clone())) else { continue };
            let agrees = |one: &&&Row| {
                said[..at].iter().all(|(_, key, there)| has(one, key, there).unwrap_or(true))
            };
            let mut left: Vec<&'a Row> = all.iter().filter(agrees).copied().collect();
            for (_, key, there) in &said[at + 1..] {
                let narrower: Vec<&'a Row> =
                    left.iter().copied().filter(|one| has(one, key, there) == Some(true)).collect();
                if !narrower.is_empty() {
                    left = narrower;
                }
            }
            match left.as_slice() {
                [one] => return Some(one),
                [] => {}
                _ => return None,
            }
        }
        None
    }
}

/// Whose a row is, in words: of who is known, or what stands in its first cells.
pub(super) fn whose(sheet: &Sheet, table: &TablePlan, row: u32, one: &Row) -> String {
    if !one.whose.is_empty() {
        return one.whose.clone();
    }
    let texts = table.columns.iter().filter(|column| !column.serial);
    let texts = texts.map(|column| text(sheet, row, column.col)).filter(|it| !it.is_empty());
    texts.take(2).collect::<Vec<_>>().join(" ")
}
