//! A sheet as it fills: which columns have headings, and where the rows end.

use crate::hash::HashMap;

use super::limits::Budget;
use super::read::Reading;
use super::{Column, Row, Sheet, python, words};
use crate::problem::Problem;

/// Sheets that are part of a form.
const KINDS: [&str; 6] = ["survey", "choices", "settings", "external_choices", "osm", "entities"];
/// So many empty columns may stand between two headings.
const EMPTY_COLUMNS_MAX: u32 = 20;
/// So many empty rows may stand between two rows.
const EMPTY_ROWS_MAX: u32 = 60;
/// A column without a heading.
const NONE: u32 = u32::MAX;

/// The kind of a sheet by its name; `None` for a sheet that is no part of a form. One sheet
/// alone is the survey.
pub(super) fn kind(name: &str, alone: bool) -> Option<String> {
    let small = name.to_lowercase();
    match KINDS.contains(&small.as_str()) {
        true => Some(small),
        false => alone.then(|| "survey".to_owned()),
    }
}

/// A sheet of a spreadsheet as it fills.
#[derive(Debug)]
pub(super) struct Table {
    /// The sheet so far.
    pub(super) sheet: Sheet,
    /// By column, the position of its heading.
    positions: Vec<u32>,
    /// The place among the data rows after the last row that is not empty.
    next: u32,
}

impl Table {
    /// A sheet without headings.
    pub(super) fn new(kind: String, name: &str) -> Self {
        let sheet = Sheet { kind, name: name.to_owned(), ..Sheet::default() };
        Self { sheet, positions: Vec::new(), next: 0 }
    }

    /// Takes the headings: the texts of the first row by column, in order of columns.
    pub(super) fn head(&mut self, cells: Vec<(u32, String)>, reading: &mut Reading) {
        let mut seen: HashMap<String, u32> = HashMap::default();
        let mut next = 0;
        for (index, text) in cells {
            if python::is_blank(&text) {
                continue;
            }
            if index - next > EMPTY_COLUMNS_MAX {
                break;
            }
            next = index + 1;
            let heading = python::heading(&text);
            // A heading that differs in blanks alone is no duplicate where it comes second: the
            // comparison is of what is written with what stands folded.
            if let Some(first) = seen.get(&text) {
                reading.note(words::duplicate_heading(&self.sheet.name, &heading, *first, index));
                continue;
            }
            seen.entry(heading.clone()).or_insert(index);
            self.positions.resize(index as usize, NONE);
            self.positions.push(self.sheet.columns.len() as u32);
            self.sheet.columns.push(Column { heading, index });
        }
    }

    /// Whether no column has a heading.
    pub(super) fn is_headless(&self) -> bool {
        self.positions.is_empty()
    }

    /// The position of the heading above a column.
    pub(super) fn position(&self, column: u32) -> Option<u32> {
        self.positions.get(column as usize).copied().filter(|position| *position != NONE)
    }

    /// Takes the cells of a row that have a heading, its place counted from the row below the
    /// headings. Says whether the sheet goes on: it ends where too many rows are empty.
    pub(super) fn row(
        &mut self,
        place: u32,
        mut cells: Vec<(u32, String)>,
        budget: &mut Budget,
    ) -> Result<bool, Problem> {
        let Some(empty) = place.checked_sub(self.next) else { return Ok(true) };
        if empty > EMPTY_ROWS_MAX {
            return Ok(false);
        }
        if cells.is_empty() {
            return Ok(true);
        }
        budget.rows(empty + 1)?;
        for place in self.next..place {
            self.sheet.rows.push(Row { number: place + 2, cells: Vec::new() });
        }
        if !cells.is_sorted_by(|one, other| one.0 < other.0) {
            cells.sort_by_key(|cell| cell.0);
        }
        self.sheet.rows.push(Row { number: place + 2, cells });
        self.next = place + 1;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headed(texts: &[(u32, &str)]) -> (Table, Reading) {
        let mut table = Table::new("survey".into(), "survey");
        let mut reading = Reading::default();
        let cells = texts.iter().map(|(column, text)| (*column, (*text).to_owned())).collect();
        table.head(cells, &mut reading);
        (table, reading)
    }

    #[test]
    fn headings_end_after_twenty_empty_columns() {
        let (table, _) = headed(&[(0, "type"), (21, " a   b "), (43, "lost")]);
        let found: Vec<_> = table.sheet.columns.iter().map(|c| (c.index, &*c.heading)).collect();
        assert_eq!(found, [(0, "type"), (21, "a b")]);
        assert_eq!(table.position(21), Some(1));
        assert_eq!(table.position(3), None);
    }

    #[test]
    fn a_second_heading_is_a_duplicate_if_it_is_written_as_the_first_stands_folded() {
        assert_eq!(headed(&[(0, "name "), (1, "name")]).0.sheet.columns.len(), 1);
        assert_eq!(headed(&[(0, "name"), (1, "name ")]).0.sheet.columns.len(), 2);
    }

    #[test]
    fn rows_end_after_sixty_empty_ones() {
        let (mut table, _) = headed(&[(0, "type")]);
        let mut budget = Budget::default();
        let cell = || vec![(0, "text".to_owned())];
        assert_eq!(table.row(0, cell(), &mut budget), Ok(true));
        assert_eq!(table.row(61, cell(), &mut budget), Ok(true));
        assert_eq!(table.row(123, cell(), &mut budget), Ok(false));
        assert_eq!(table.sheet.rows.len(), 62);
        assert_eq!(table.sheet.rows[61].number, 63);
    }
}
