//! Sheets in one CSV file, one below the other: the first column names the sheet.

use crate::hash::HashMap;

use super::read::Reading;
use super::{Column, Row, Sheet, Workbook, limits, python, table, words};
use crate::problem::Problem;

/// Whether a text has enough commas to be a form.
pub(super) fn looks_like(text: &str) -> bool {
    text.chars().take(5000).filter(|c| *c == ',').nth(3).is_some()
}

/// The sheets of a file as they fill.
#[derive(Default)]
struct Sheets {
    names: Vec<String>,
    /// Sheets in order of their first line.
    sheets: Vec<Sheet>,
    /// The sheet of the line, if it has been named.
    current: Option<usize>,
    /// By column, the position of its heading; `None` before the headings.
    headings: Option<Vec<Option<u32>>>,
    /// By name in small letters, the place of a sheet.
    places: HashMap<String, usize>,
}

/// Reads the sheets.
pub(super) fn read(text: &str, reading: &mut Reading) -> Result<Workbook, Problem> {
    let lines = text.split(['\n', '\r']);
    let commas = lines.map(|line| line.bytes().filter(|byte| *byte == b',').count());
    limits::columns(commas.max().unwrap_or(0))?;
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut sheets = Sheets::default();
    let mut record = ::csv::StringRecord::new();
    while reader.read_record(&mut record).unwrap_or(false) {
        let line = record.position().map_or(0, |position| position.line() as u32);
        sheets.line(&record, line, reading)?;
    }
    let alone = sheets.names.len() == 1;
    let mut book = Workbook { names: sheets.names, sheets: Vec::new() };
    for mut sheet in sheets.sheets {
        if let Some(kind) = table::kind(&sheet.name, alone) {
            sheet.kind = kind;
            book.sheets.push(sheet);
        }
    }
    Ok(book)
}

impl Sheets {
    fn line(
        &mut self,
        record: &::csv::StringRecord,
        line: u32,
        reading: &mut Reading,
    ) -> Result<(), Problem> {
        let mut cells = record.iter();
        let first = cells.next().unwrap_or_default();
        // A first cell alone names a sheet even where it is blank.
        let name = if record.len() == 1 { first } else { python::strip(first) };
        if !name.is_empty() || record.len() == 1 {
            self.begin(name)?;
        }
        if cells.clone().all(|cell| python::strip(cell).is_empty()) {
            return Ok(());
        }
        let Some(current) = self.current else { return Err(words::row_without_sheet(line)) };
        let sheet = &mut self.sheets[current];
        match &self.headings {
            None => self.headings = Some(head(sheet, cells, reading)?),
            Some(headings) => {
                let filled = cells.map(python::strip).zip(headings);
                let filled = filled.filter_map(|(cell, position)| Some(((*position)?, cell)));
                let row = row(filled, reading)?;
                let number = sheet.rows.len() as u32 + 2;
                sheet.rows.push(Row { number, cells: row });
            }
        }
        Ok(())
    }

    /// Begins a sheet, or goes on with one of the same name.
    fn begin(&mut self, name: &str) -> Result<(), Problem> {
        self.headings = None;
        if name.is_empty() {
            self.current = None;
            return Ok(());
        }
        let small = name.to_lowercase();
        let at = self.places.get(&small).copied();
        // A name in small letters goes on with its sheet; in others it begins the sheet anew.
        if at.is_none() || small != name {
            self.names.push(name.to_owned());
            limits::sheets(self.names.len()).map_err(|_| words::no_form())?;
            let sheet = Sheet { name: name.to_owned(), ..Sheet::default() };
            match at {
                Some(at) => self.sheets[at] = sheet,
                None => {
                    self.places.insert(small, self.sheets.len());
                    self.sheets.push(sheet);
                }
            }
        }
        self.current = at.or_else(|| self.sheets.len().checked_sub(1));
        Ok(())
    }
}

/// Takes the headings of a sheet; says where each column's heading stands.
fn head<'a>(
    sheet: &mut Sheet,
    cells: impl Iterator<Item = &'a str>,
    reading: &mut Reading,
) -> Result<Vec<Option<u32>>, Problem> {
    let mut positions = Vec::new();
    for (index, heading) in cells.map(python::strip).enumerate() {
        positions.push((!heading.is_empty()).then_some(sheet.columns.len() as u32));
        if !heading.is_empty() {
            reading.budget.cell(heading.len())?;
            sheet.columns.push(Column { heading: heading.to_owned(), index: index as u32 + 1 });
        }
    }
    Ok(positions)
}

/// The cells of a row that are not empty.
fn row<'a>(
    cells: impl Iterator<Item = (u32, &'a str)>,
    reading: &mut Reading,
) -> Result<Vec<(u32, String)>, Problem> {
    reading.budget.rows(1)?;
    let mut row = Vec::new();
    for (position, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
        reading.budget.cell(cell.len())?;
        row.push((position, cell.to_owned()));
    }
    Ok(row)
}
