//! The headings of a table, as they are compared with a dictionary.

use crate::grid::{At, Sheet};
use crate::map::{About, Asked};
use crate::understand::{Subject, TableKind, TablePlan};

/// So many values of a column are looked at.
const SAMPLES_MAX: usize = 40;
/// So many rows of a column are looked through for them.
const ROWS_MAX: u32 = 200;

/// What a table asks for: a heading for each column of a register, for each blank of a form.
#[must_use]
pub fn asked(sheet: &Sheet, table: &TablePlan) -> Vec<Asked> {
    if table.kind == TableKind::Form {
        let blank = |blank: &crate::understand::Blank| Asked {
            path: blank.path.clone(),
            samples: Vec::new(),
            codes: blank.codes.clone(),
        };
        return table.blanks.iter().map(blank).collect();
    }
    let column = |column: &crate::understand::Column| Asked {
        path: column.path.clone(),
        samples: samples(sheet, table, column.col),
        codes: column.codes.clone(),
    };
    table.columns.iter().map(column).collect()
}

/// What stands in a column.
fn samples(sheet: &Sheet, table: &TablePlan, col: u32) -> Vec<String> {
    let Some(data) = table.data else { return Vec::new() };
    let rows = (data.top..=data.bottom).take(ROWS_MAX as usize);
    let rows = rows.filter(|row| !table.totals.contains(row));
    let texts = rows.filter_map(|row| sheet.cells.get(&At::new(row, col)));
    let texts = texts.map(crate::grid::Cell::words).filter(|text| !text.trim().is_empty());
    texts.take(SAMPLES_MAX).collect()
}

/// What the rows of a table are about, in the words of a dictionary.
#[must_use]
pub fn about(table: &TablePlan) -> Option<About> {
    match table.subject.as_ref()?.0 {
        Subject::People => Some(About::Person),
        Subject::Households => Some(About::Household),
        Subject::Places => Some(About::Place),
        Subject::Cases => Some(About::Case),
        Subject::Days => Some(About::Day),
        _ => None,
    }
}
