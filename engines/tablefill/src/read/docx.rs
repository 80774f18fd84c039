//! `.docx`: each table of the document as a sheet, with the lines that stand before it.
//!
//! The crates that write documents do not tell how cells are merged once they have read them, so
//! the few elements that a table is made of are read here.

use quick_xml::events::BytesStart;

use super::margin::{Part, attribute, each};
use super::parts::Parts;
use super::{CELLS_MAX, SHEETS_MAX, words};
use crate::grid::{Area, At, Book, Cell, Look, Sheet, Value};
use crate::problem::Problem;

/// Lines before a table that are kept.
const LINES: usize = 12;
/// Columns of a table.
const COLS: u32 = 1_000;

/// Reads a document.
pub(super) fn read(bytes: &[u8]) -> Result<Book, Problem> {
    let mut parts = Parts::open(bytes)?;
    let text = parts.text("word/document.xml");
    let text = text.ok_or_else(|| words::broken(".docx", "word/document.xml"))?;
    let mut reader = Reader::default();
    each(&text, |way, part| match part {
        Part::Begin(start) => reader.begin(way, start),
        Part::Text(text) => reader.text(way, text),
        Part::End => reader.end(way),
    });
    if reader.full {
        return Err(words::too_large("1 million cells", " 100 万个单元格"));
    }
    Ok(Book { sheets: reader.sheets })
}

/// A cell of a row while it is read.
#[derive(Debug, Default)]
struct Open {
    text: String,
    span: u32,
    /// Whether it goes on from the row above.
    goes_on: bool,
    bold: bool,
    filled: bool,
}

#[derive(Debug, Default)]
struct Reader {
    sheets: Vec<Sheet>,
    /// Lines since the last table.
    lines: Vec<String>,
    row: u32,
    col: u32,
    cell: Open,
    cells: usize,
    full: bool,
}

impl Reader {
    /// Tables within a table: their words belong to the cell that they stand in.
    fn depth(way: &[String]) -> usize {
        way.iter().filter(|it| *it == "tbl").count()
    }

    fn end(&mut self, way: &[String]) {
        let inside = Self::depth(way);
        match way.last().map(String::as_str).unwrap_or_default() {
            "tc" if inside == 1 => self.close_cell(),
            "tr" if inside == 1 => {
                self.row += 1;
                self.col = 0;
            }
            "p" if inside >= 1 => self.cell.text.push('\n'),
            _ => {}
        }
    }

    fn text(&mut self, way: &[String], text: &str) {
        if way.last().is_none_or(|it| it != "t") {
            return;
        }
        if Self::depth(way) > 0 {
            self.cell.text.push_str(text);
        } else if let Some(line) = self.lines.last_mut() {
            line.push_str(text);
        }
    }

    fn begin(&mut self, way: &[String], start: &BytesStart<'_>) {
        let last = way.last().map(String::as_str).unwrap_or_default();
        let inside = Self::depth(way);
        match (last, inside) {
            ("tbl", 1) => self.begin_table(),
            ("tc", 1) => self.cell = Open { span: 1, ..Open::default() },
            ("p", 0) => self.lines.push(String::new()),
            ("gridSpan", 1) => {
                let span = attribute(start, "val").and_then(|it| it.parse().ok()).unwrap_or(1);
                self.cell.span = u32::clamp(span, 1, COLS);
            }
            ("gridBefore", 1) => {
                let skip: Option<u32> = attribute(start, "val").and_then(|it| it.parse().ok());
                self.col = skip.unwrap_or(0).min(COLS);
            }
            ("vMerge", 1) => {
                self.cell.goes_on = attribute(start, "val").is_none_or(|it| it != "restart");
            }
            ("b", 1) => self.cell.bold |= attribute(start, "val").is_none_or(|it| it != "0"),
            ("shd", 1) => {
                let fill = attribute(start, "fill").unwrap_or_default();
                self.cell.filled |= !matches!(fill.as_str(), "" | "auto" | "FFFFFF");
            }
            ("tab" | "br", _) => self.cell.text.push(' '),
            _ => {}
        }
    }

    fn begin_table(&mut self) {
        self.full |= self.sheets.len() >= SHEETS_MAX;
        let lines = std::mem::take(&mut self.lines);
        let lines: Vec<String> =
            lines.iter().map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect();
        let skip = lines.len().saturating_sub(LINES);
        let before = lines.into_iter().skip(skip).collect();
        let name = format!("table {}", self.sheets.len() + 1);
        if !self.full {
            self.sheets.push(Sheet { name, before, ..Sheet::default() });
        }
        (self.row, self.col) = (0, 0);
    }

    fn close_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        self.cells += 1;
        self.full |= self.cells > CELLS_MAX || self.col > COLS;
        let Some(sheet) = self.sheets.last_mut().filter(|_| !self.full) else { return };
        let span = cell.span.max(1);
        let (row, col) = (self.row, self.col);
        self.col += span;
        if cell.goes_on && row > 0 {
            let above = |it: &&mut Area| it.left == col && it.bottom + 1 == row;
            let near = sheet.merges.iter_mut().rev().take(2 * COLS as usize);
            if let Some(merge) = { near }.find(above) {
                merge.bottom = row;
                return;
            }
            sheet.merges.push(Area::new(row - 1, col, row, col + span - 1));
            return;
        }
        if span > 1 {
            sheet.merges.push(Area::new(row, col, row, col + span - 1));
        }
        let text = cell.text.trim();
        let value = if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned()) };
        let look = Look { bold: cell.bold, filled: cell.filled, bordered: true, centred: false };
        sheet.cells.insert(At::new(row, col), Cell { value, formula: None, look });
    }
}
