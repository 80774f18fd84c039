//! A workbook of the older kind (.xls), written anew as .xlsx and filled.

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet, XlsxError};

use super::limits::{self, COLUMNS, ROWS};
use super::problem::{Problem, Remark, too_large};
use super::{Filled, Filling, fill};

/// A sheet of an .xls, as far as it can be kept.
#[derive(Debug, Clone, Default)]
pub struct OlderSheet {
    /// Its name.
    pub name: String,
    /// Whether it is hidden.
    pub hidden: bool,
    /// Its cells: row from 1, column from 0, and what stands in it.
    pub cells: Vec<(u32, u32, OlderValue)>,
    /// Merged cells: first row and column, last row and column, rows from 1, columns from 0.
    pub merges: Vec<[u32; 4]>,
    /// Widths of columns, in letters.
    pub widths: Vec<(u32, f64)>,
}

/// What stands in a cell of an .xls.
#[derive(Debug, Clone, PartialEq)]
pub enum OlderValue {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Truth(bool),
    /// A date or a time, as the number that spreadsheets have for it, counted from 1900.
    Date(f64),
    /// A formula without its `=`; what it comes to is calculated anew.
    Formula(String),
}

/// Fills a workbook that was an .xls: values, formulas, merged cells and widths are kept, looks
/// are not, and the copy's remarks say so.
///
/// # Errors
///
/// As [`fill`], and when a sheet has a name or a cell that no .xlsx can have.
pub fn fill_older(sheets: &[OlderSheet], filling: &Filling) -> Result<Filled, Problem> {
    let cells: u64 = sheets.iter().map(|sheet| sheet.cells.len() as u64).sum();
    let merges: u64 = sheets.iter().map(|sheet| sheet.merges.len() as u64).sum();
    if cells + merges > limits::CELLS {
        return Err(too_large(&limits::OF_CELLS));
    }
    let mut book = Workbook::new();
    for sheet in sheets {
        let page = book.add_worksheet();
        write(page, sheet).map_err(|error| cannot(&error).on(&sheet.name))?;
    }
    let bytes = book.save_to_buffer().map_err(|error| cannot(&error))?;
    let mut filled = fill(&bytes, filling)?;
    filled.remarks.insert(
        0,
        Remark::new(
            "older_workbook",
            "The workbook came as .xls and goes back as .xlsx. Values, formulas, merged cells and \
             widths were kept; colours, borders, notes and print set-up were not.",
            "工作簿原为 .xls 格式，现以 .xlsx 格式交回。数值、公式、合并单元格和列宽已保留；\
             颜色、边框、批注和打印设置未保留。",
        ),
    );
    Ok(filled)
}

fn write(page: &mut Worksheet, sheet: &OlderSheet) -> Result<(), XlsxError> {
    page.set_name(&sheet.name)?;
    page.set_hidden(sheet.hidden);
    for (column, width) in &sheet.widths {
        page.set_column_width(column_of(*column)?, width.clamp(0.0, 255.0))?;
    }
    let plain = Format::new();
    for [top, left, bottom, right] in &sheet.merges {
        let (top, bottom) = (row_of(*top)?, row_of(*bottom)?);
        let (left, right) = (column_of(*left)?, column_of(*right)?);
        match page.merge_range(top, left, bottom, right, "", &plain) {
            // Cells that are merged twice, or with nothing, cannot be kept so.
            Ok(_) | Err(XlsxError::MergeRangeOverlaps(..) | XlsxError::MergeRangeSingleCell) => {}
            Err(error) => return Err(error),
        }
    }
    for (row, column, value) in &sheet.cells {
        cell(page, row_of(*row)?, column_of(*column)?, value)?;
    }
    Ok(())
}

fn cell(page: &mut Worksheet, row: u32, column: u16, value: &OlderValue) -> Result<(), XlsxError> {
    match value {
        OlderValue::Text(text) => page.write_string(row, column, text)?,
        OlderValue::Number(number) => page.write_number(row, column, *number)?,
        OlderValue::Truth(truth) => page.write_boolean(row, column, *truth)?,
        OlderValue::Date(serial) => {
            let format = match (serial.trunc() == 0.0, serial.fract() == 0.0) {
                (true, _) => "hh:mm",
                (_, true) => "yyyy-mm-dd",
                _ => "yyyy-mm-dd hh:mm",
            };
            let format = Format::new().set_num_format(format);
            page.write_number_with_format(row, column, *serial, &format)?
        }
        OlderValue::Formula(text) => page.write_formula(row, column, Formula::new(text))?,
    };
    Ok(())
}

fn row_of(row: u32) -> Result<u32, XlsxError> {
    row.checked_sub(1).filter(|row| *row < ROWS).ok_or(XlsxError::RowColumnLimitError)
}

fn column_of(column: u32) -> Result<u16, XlsxError> {
    let inside = Some(column).filter(|column| *column < COLUMNS);
    inside.and_then(|column| u16::try_from(column).ok()).ok_or(XlsxError::RowColumnLimitError)
}

fn cannot(error: &XlsxError) -> Problem {
    Problem::new(
        "older_workbook",
        format!(
            "The older workbook (.xls) cannot be written as .xlsx ({error}). Save it as .xlsx in \
             a spreadsheet program and try again."
        ),
        format!(
            "旧版工作簿（.xls）无法转换为 .xlsx（{error}）。请用电子表格软件另存为 .xlsx 后重试。"
        ),
    )
}
