//! Tables of Markdown: the first column names the sheet, `#` begins a remark.

use crate::hash::HashMap;

use super::read::Reading;
use super::{Column, Row, Sheet, Workbook, limits, python, table, words};
use crate::problem::Problem;

/// Whether a text has enough pipes to be a form.
pub(super) fn looks_like(text: &str) -> bool {
    text.chars().take(5000).filter(|c| *c == '|').nth(4).is_some()
}

/// Whether a line of a text is a line of a table.
pub(super) fn has_table(text: &str) -> bool {
    text.split('\n').any(|line| inner(line).is_some())
}

/// A sheet's name, and its rows with their lines.
struct Raw<'a> {
    name: String,
    rows: Vec<(u32, Vec<&'a str>)>,
}

/// Reads the sheets.
pub(super) fn read(text: &str, reading: &mut Reading) -> Result<Workbook, Problem> {
    let sheets = sheets(text, reading)?;
    let alone = sheets.len() == 1;
    let mut book = Workbook::default();
    for raw in sheets {
        book.names.push(raw.name.clone());
        if let Some(kind) = table::kind(&raw.name, alone) {
            book.sheets.push(sheet(kind, raw, reading)?);
        }
    }
    Ok(book)
}

/// The lines of the tables, sheet by sheet. A sheet named twice is as its second table says.
fn sheets<'a>(text: &'a str, reading: &mut Reading) -> Result<Vec<Raw<'a>>, Problem> {
    let mut sheets: Vec<Raw<'a>> = Vec::new();
    let mut places = HashMap::default();
    let mut current = None;
    for (line, number) in text.split('\n').zip(1..) {
        let Some(cells) = inner(line) else { continue };
        if !cells.is_empty() && cells.bytes().all(|byte| byte == b'|' || byte == b'-') {
            continue;
        }
        let mut cells = split(cells);
        let first = cell(cells.next().unwrap_or_default());
        if !first.is_empty() {
            let at = *places.entry(first.clone()).or_insert(sheets.len());
            let raw = Raw { name: first, rows: Vec::new() };
            match sheets.get_mut(at) {
                Some(sheet) => *sheet = raw,
                None => sheets.push(raw),
            }
            limits::sheets(sheets.len()).map_err(|_| words::no_form())?;
            current = Some(at);
        }
        let mut row: Vec<&str> = Vec::new();
        for cell in cells {
            limits::columns(row.len())?;
            row.push(python::strip(cell));
        }
        if row.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        reading.budget.rows(row.len() as u32)?;
        let Some(current) = current else { return Err(words::row_without_sheet(number)) };
        sheets[current].rows.push((number, row));
    }
    Ok(sheets)
}

/// A sheet of its lines: the first has the headings.
fn sheet(kind: String, raw: Raw<'_>, reading: &mut Reading) -> Result<Sheet, Problem> {
    let mut sheet = Sheet { kind, name: raw.name, ..Sheet::default() };
    let mut rows = raw.rows.into_iter();
    let Some((_, head)) = rows.next() else { return Ok(sheet) };
    let mut positions = Vec::new();
    for (index, heading) in head.into_iter().enumerate() {
        positions.push((!heading.is_empty()).then_some(sheet.columns.len() as u32));
        if !heading.is_empty() {
            sheet.columns.push(Column { heading: cell(heading), index: index as u32 + 1 });
        }
    }
    for ((_, texts), number) in rows.zip(2..) {
        let mut cells = Vec::new();
        for (index, text) in texts.into_iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            match positions.get(index).copied().flatten() {
                Some(position) => {
                    reading.budget.cell(text.len())?;
                    cells.push((position, cell(text)));
                }
                None => reading.note(words::value_without_heading(&sheet.name, number, text)),
            }
        }
        sheet.rows.push(Row { number, cells });
    }
    Ok(sheet)
}

/// What stands between the first and the last pipe of a line, without its remark.
fn inner(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(python::is_space);
    if line.starts_with('#') {
        return None;
    }
    let line = without_remark(line).strip_prefix('|')?;
    Some(&line[..line.rfind('|')?])
}

/// A line without the remark after its last pipe.
fn without_remark(line: &str) -> &str {
    let tail = line.rfind('|').map_or(0, |at| at + 1);
    let signs = line[tail..].rmatch_indices('#');
    // The last sign that something follows begins the remark.
    let remark = signs.map(|(at, _)| tail + at).find(|at| at + 1 < line.len());
    &line[..remark.unwrap_or(line.len())]
}

/// The cells of a line; a pipe after a backslash is part of its cell.
fn split(cells: &str) -> impl Iterator<Item = &str> {
    let mut before = ' ';
    cells.split(move |c| {
        let splits = c == '|' && before != '\\';
        before = c;
        splits
    })
}

/// The text of a cell.
fn cell(text: &str) -> String {
    python::strip(text).replace("\\|", "|")
}
