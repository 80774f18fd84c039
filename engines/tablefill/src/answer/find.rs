//! Which of those who are known a row of a sheet is about.

use super::{Columns, Known, Row, write};
use crate::grid::{At, Sheet};
use crate::map::Meaning;
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

/// Who a row is about: the one whose keys are those of the row. Nobody where several may be.
pub(super) fn known<'a>(
    sheet: &Sheet,
    table: &TablePlan,
    columns: &Columns<'_>,
    known: &'a Known,
    row: u32,
) -> Option<&'a Row> {
    let mut left: Option<Vec<&Row>> = None;
    for key in &known.keys {
        let is_key = |element: &Option<&crate::map::Element>| {
            element.is_some_and(|element| element.id == *key)
        };
        let Some(at) = columns.elements.iter().position(is_key) else { continue };
        let there = text(sheet, row, table.columns[at].col);
        if there.is_empty() {
            continue;
        }
        let same = |one: &&Row| {
            one.values.get(key).is_some_and(|datum| write::is_same(&there, &write::plain(datum)))
        };
        let now: Vec<&Row> = match &left {
            None => known.rows.iter().filter(same).collect(),
            Some(left) => left.iter().copied().filter(same).collect(),
        };
        match now.as_slice() {
            [one] => return Some(one),
            [] => {}
            _ => left = Some(now),
        }
    }
    None
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
