//! A sheet's part at a glance: where its rows are, what is merged, which formulas are shared.

use std::collections::HashMap;
use std::ops::Range;

use super::limits::{COLUMNS, ROWS};
use super::markup::{Broken, Kind, Mark, Marks, plain};
use super::reference::{cell_place, translated};

/// A row's number and where it stands in the part.
#[derive(Debug, Clone)]
pub(super) struct RowSpan {
    pub(super) number: u32,
    pub(super) span: Range<usize>,
}

/// Merged cells: columns from 0, rows from 1, both ends included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Merge {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) right: u32,
    pub(super) bottom: u32,
}

/// A sheet at a glance.
#[derive(Default)]
pub(super) struct Survey<'a> {
    pub(super) prefix: &'a str,
    /// The rows with what is around them: from the opening mark to the closing one.
    pub(super) data: Range<usize>,
    pub(super) rows: Vec<RowSpan>,
    /// First and last column from 0, and their style.
    pub(super) columns: Vec<(u32, u32, u32)>,
    pub(super) merges: Vec<Merge>,
    /// Whether a cell has a formula.
    pub(super) has_formulas: bool,
    /// Formulas that other cells share, by their number: the column, the row and the text.
    shared: HashMap<u32, (u32, u32, String)>,
}

impl<'a> Survey<'a> {
    /// Looks over a sheet.
    pub(super) fn of(text: &'a str) -> Result<Self, Broken> {
        let mut survey = Survey::default();
        let mut marks = Marks::new(text);
        let mut depth = 0u32;
        while let Some(mark) = marks.next()? {
            match (mark.kind, mark.local()) {
                (Kind::Open | Kind::Alone, local) if depth == 0 => {
                    survey.prefix = mark.name().strip_suffix(local).ok_or(Broken)?;
                }
                (Kind::Alone, "sheetData") if depth == 1 => survey.data = mark.start..mark.end,
                (Kind::Open, "sheetData") if depth == 1 => {
                    let end = survey.rows(&mut marks)?;
                    survey.data = mark.start..end;
                    continue;
                }
                (Kind::Open | Kind::Alone, "col") => survey.columns.extend(columns(&mark)),
                (Kind::Open | Kind::Alone, "mergeCell") => survey.merges.extend(merge(&mark)),
                _ => {}
            }
            match mark.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Alone => {}
            }
        }
        survey.columns.sort_unstable();
        if survey.data.end == 0 { Err(Broken) } else { Ok(survey) }
    }

    /// Looks over the rows and gives where they end.
    fn rows(&mut self, marks: &mut Marks<'a>) -> Result<usize, Broken> {
        let mut number = 0;
        let mut start = 0;
        let mut cell = (0, 0);
        while let Some(mark) = marks.next()? {
            match (mark.kind, mark.local()) {
                (Kind::Open | Kind::Alone, "row") => {
                    let next = mark.number("r").unwrap_or(number + 1);
                    if next <= number || next > ROWS {
                        return Err(Broken);
                    }
                    number = next;
                    start = mark.start;
                    cell = (0, number);
                    if mark.kind == Kind::Alone {
                        self.rows.push(RowSpan { number, span: start..mark.end });
                    }
                }
                (Kind::Close, "row") => {
                    self.rows.push(RowSpan { number, span: start..mark.end });
                }
                (Kind::Open | Kind::Alone, "c") => {
                    let place = mark.raw_attribute("r").and_then(cell_place);
                    cell = place.unwrap_or((cell.0 + 1, number));
                }
                (Kind::Open | Kind::Alone, "f") => {
                    self.has_formulas = true;
                    self.shared_formula(marks, &mark, cell)?;
                }
                (Kind::Close, "sheetData") => return Ok(mark.end),
                _ => {}
            }
        }
        Err(Broken)
    }

    fn shared_formula(
        &mut self,
        marks: &mut Marks<'a>,
        mark: &Mark<'a>,
        (column, row): (u32, u32),
    ) -> Result<(), Broken> {
        if mark.kind == Kind::Alone || mark.raw_attribute("t") != Some("shared") {
            return Ok(());
        }
        let number = mark.number("si").ok_or(Broken)?;
        let close = marks.next()?.filter(|mark| mark.kind == Kind::Close).ok_or(Broken)?;
        let text = marks.between(mark.end, close.start);
        if !text.trim().is_empty() {
            self.shared.insert(number, (column, row, plain(text).into_owned()));
        }
        Ok(())
    }

    /// The text of a shared formula in a cell; `None` if there is none of that number.
    pub(super) fn shared(&self, number: u32, column: u32, row: u32) -> Option<String> {
        let (from_column, from_row, text) = self.shared.get(&number)?;
        let rows = i64::from(row) - i64::from(*from_row);
        let columns = i64::from(column) - i64::from(*from_column);
        Some(translated(text, rows, columns).unwrap_or_else(|| text.clone()))
    }

    /// The style of a column's cells.
    pub(super) fn column_style(&self, column: u32) -> Option<u32> {
        column_style(&self.columns, column)
    }
}

/// The style of a column's cells, by ranges of columns in order.
pub(super) fn column_style(columns: &[(u32, u32, u32)], column: u32) -> Option<u32> {
    let behind = columns.partition_point(|(first, _, _)| *first <= column);
    let (_, last, style) = columns[..behind].last()?;
    (column <= *last).then_some(*style)
}

fn columns(mark: &Mark<'_>) -> Option<(u32, u32, u32)> {
    let first = mark.number("min")?.checked_sub(1)?;
    let last = mark.number("max")?.checked_sub(1)?.min(COLUMNS - 1);
    Some((first, last, mark.number("style")?))
}

fn merge(mark: &Mark<'_>) -> Option<Merge> {
    area(mark.raw_attribute("ref")?)
}

/// Cells by their name, one or a range.
pub(super) fn area(cells: &str) -> Option<Merge> {
    let (first, last) = cells.split_once(':').unwrap_or((cells, cells));
    let ((left, top), (right, bottom)) = (cell_place(first.trim())?, cell_place(last.trim())?);
    Some(Merge {
        left: left.min(right),
        top: top.min(bottom),
        right: left.max(right),
        bottom: top.max(bottom),
    })
}
