//! A row taken apart: its mark, its cells, and what stands in them.

use super::limits::COLUMNS;
use super::markup::{Broken, Kind, Mark, Marks};
use super::reference::cell_place;

/// A cell of a row.
#[derive(Debug, Clone)]
pub(super) struct CellPart<'a> {
    pub(super) column: u32,
    pub(super) mark: Mark<'a>,
    /// Between its marks.
    pub(super) inner: &'a str,
    /// The number of its style.
    pub(super) style: Option<u32>,
    pub(super) formula: Option<FormulaPart<'a>>,
}

/// The formula of a cell.
#[derive(Debug, Clone)]
pub(super) struct FormulaPart<'a> {
    pub(super) mark: Mark<'a>,
    /// As it is written.
    pub(super) text: &'a str,
}

/// A row.
#[derive(Debug, Clone)]
pub(super) struct RowPart<'a> {
    pub(super) mark: Mark<'a>,
    pub(super) cells: Vec<CellPart<'a>>,
    /// What stands behind the cells.
    pub(super) rest: &'a str,
}

impl<'a> RowPart<'a> {
    /// Takes a row apart.
    pub(super) fn read(text: &'a str) -> Result<Self, Broken> {
        let mut marks = Marks::new(text);
        let mark = marks.next()?.ok_or(Broken)?;
        let mut row = RowPart { mark, cells: Vec::new(), rest: "" };
        if mark.kind == Kind::Alone {
            return Ok(row);
        }
        let mut end = mark.end;
        let mut column = None;
        while let Some(mark) = marks.next()? {
            match (mark.kind, mark.local()) {
                (Kind::Open | Kind::Alone, "c") => {
                    let place = mark.raw_attribute("r").and_then(cell_place);
                    let next = column.map_or(0, |column| column + 1);
                    let at = place.map_or(next, |(column, _)| column);
                    if column.is_some_and(|column| at <= column) || at >= COLUMNS {
                        return Err(Broken);
                    }
                    column = Some(at);
                    let cell = cell(&mut marks, mark, at)?;
                    end = cell.mark.end + cell.inner.len();
                    if cell.mark.kind == Kind::Open {
                        end += text[end..].find('>').ok_or(Broken)? + 1;
                    }
                    row.cells.push(cell);
                }
                (Kind::Close, "row") => {
                    row.rest = &text[end..mark.start];
                    return Ok(row);
                }
                _ => {}
            }
        }
        Err(Broken)
    }

    /// The cell of a column.
    pub(super) fn cell(&self, column: u32) -> Option<&CellPart<'a>> {
        let at = self.cells.binary_search_by_key(&column, |cell| cell.column).ok()?;
        Some(&self.cells[at])
    }

    /// The style of cells that the row does not have.
    pub(super) fn style(&self) -> Option<u32> {
        self.mark.says("customFormat").then(|| self.mark.number("s")).flatten()
    }
}

/// Reads a cell to its end.
fn cell<'a>(marks: &mut Marks<'a>, mark: Mark<'a>, column: u32) -> Result<CellPart<'a>, Broken> {
    let style = mark.number("s");
    let mut cell = CellPart { column, mark, inner: "", style, formula: None };
    if mark.kind == Kind::Alone {
        return Ok(cell);
    }
    let mut open: Option<Mark<'a>> = None;
    let mut depth = 0u32;
    while let Some(next) = marks.next()? {
        match (next.kind, next.local()) {
            (Kind::Close, "c") if depth == 0 => {
                cell.inner = marks.between(mark.end, next.start);
                return Ok(cell);
            }
            (Kind::Open, "f") if depth == 0 => open = Some(next),
            (Kind::Alone, "f") if depth == 0 => {
                cell.formula = Some(FormulaPart { mark: next, text: "" });
            }
            (Kind::Close, "f") if depth == 1 => {
                let mark = open.take().ok_or(Broken)?;
                let text = marks.between(mark.end, next.start);
                cell.formula = Some(FormulaPart { mark, text });
            }
            _ => {}
        }
        match next.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.checked_sub(1).ok_or(Broken)?,
            Kind::Alone => {}
        }
    }
    Err(Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_taken_apart() {
        let text = "<row r=\"3\" s=\"4\" customFormat=\"1\"><c r=\"A3\" s=\"1\"/><c r=\"C3\"><f t=\"x\">A3+1</f><v>2</v></c><c><v>7</v></c><extLst/></row>";
        let row = RowPart::read(text).unwrap();
        let columns: Vec<u32> = row.cells.iter().map(|cell| cell.column).collect();
        assert_eq!(columns, [0, 2, 3]);
        assert_eq!(row.cell(2).unwrap().formula.as_ref().unwrap().text, "A3+1");
        assert_eq!((row.style(), row.rest), (Some(4), "<extLst/>"));
        assert!(RowPart::read("<row><c r=\"B1\"/><c r=\"A1\"/></row>").is_err());
        assert!(RowPart::read("<row><c>").is_err());
    }
}
