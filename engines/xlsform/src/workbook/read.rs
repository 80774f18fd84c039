//! Bytes to a workbook: .xlsx, .xlsm, .xls, .csv and Markdown tables.

use super::Workbook;
use crate::problem::{At, Problem, Problems};

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML (.xlsx, .xlsm).
    Xlsx,
    /// The older binary workbook.
    Xls,
    /// One sheet below the other, the sheet's name in the first column.
    Csv,
    /// Tables of Markdown.
    Markdown,
}

/// Reads a workbook. Without a format, each is tried in the order above.
///
/// # Errors
/// Every problem found while reading.
pub fn read(_bytes: &[u8], _format: Option<Format>) -> Result<Workbook, Problems> {
    let words = ("Not a workbook.", "不是工作簿。");
    Err(Problem::new("not_a_workbook", At::default(), words.0, words.1).into())
}
