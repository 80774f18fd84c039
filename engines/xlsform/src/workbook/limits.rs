//! How much a workbook may hold: far above any form, far below what harms the machine.

use super::words;
use crate::problem::Problem;

/// A limit, in words.
#[derive(Debug)]
pub(super) struct Limit {
    /// What is allowed, in English.
    pub(super) en: &'static str,
    /// The same in Chinese.
    pub(super) zh: &'static str,
}

/// The most bytes that a workbook may have.
pub const FILE: usize = 32 << 20;
/// Bytes of those parts of an .xlsx that are read, once inflated.
const INFLATED: usize = 64 << 20;
/// Rows and filled cells of all sheets of the form.
const PLACES: u32 = 1_000_000;
/// Bytes of text in all cells: one shared text may stand in many cells.
const TEXT: usize = 64 << 20;
/// Columns, as many as a spreadsheet has.
const COLUMNS: usize = 16_384;
/// Bytes of text in a cell of an .xlsx; spreadsheet programs write 32,767 letters at most.
pub(super) const CELL: usize = 1 << 20;
/// Sheets.
const SHEETS: usize = 1000;
/// Texts that the cells of a workbook share.
pub(super) const SHARED: usize = 1_000_000;

pub(super) const OF_FILE: Limit = Limit { en: "32 MB", zh: " 32 MB" };
pub(super) const OF_INFLATED: Limit = Limit { en: "64 MB uncompressed", zh: "解压后 64 MB" };
pub(super) const OF_CELLS: Limit =
    Limit { en: "1 million rows and filled cells", zh: " 100 万个行和非空单元格" };
pub(super) const OF_TEXT: Limit = Limit { en: "64 MB of text", zh: " 64 MB 文字" };
pub(super) const OF_SHEETS: Limit = Limit { en: "1000 sheets", zh: " 1000 个工作表" };
pub(super) const OF_COLUMNS: Limit = Limit { en: "16384 columns", zh: " 16384 列" };
pub(super) const OF_CELL: Limit =
    Limit { en: "1 MB of text in a cell", zh: "单元格内 1 MB 文字" };
pub(super) const OF_PARTS: Limit = Limit { en: "10000 parts", zh: " 10000 个部件" };

/// What a workbook may still take.
#[derive(Debug)]
pub(super) struct Budget {
    inflated: usize,
    places: u32,
    text: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { inflated: INFLATED, places: PLACES, text: TEXT }
    }
}

impl Budget {
    /// Takes the bytes that a part says it has, before it is inflated.
    pub(super) fn inflate(&mut self, bytes: u64) -> Result<(), Problem> {
        let left = usize::try_from(bytes).ok().and_then(|bytes| self.inflated.checked_sub(bytes));
        self.inflated = left.ok_or_else(|| words::too_large(&OF_INFLATED))?;
        Ok(())
    }

    /// Takes rows.
    pub(super) fn rows(&mut self, count: u32) -> Result<(), Problem> {
        let left = self.places.checked_sub(count);
        self.places = left.ok_or_else(|| words::too_large(&OF_CELLS))?;
        Ok(())
    }

    /// Takes a cell of so many bytes.
    pub(super) fn cell(&mut self, bytes: usize) -> Result<(), Problem> {
        self.rows(1)?;
        let left = self.text.checked_sub(bytes);
        self.text = left.ok_or_else(|| words::too_large(&OF_TEXT))?;
        Ok(())
    }
}

/// Whether a sheet may have so many columns.
pub(super) fn columns(count: usize) -> Result<(), Problem> {
    if count > COLUMNS { Err(words::too_large(&OF_COLUMNS)) } else { Ok(()) }
}

/// Whether a cell of an .xlsx may have so many bytes of text.
pub(super) fn cell(bytes: usize) -> Result<(), Problem> {
    if bytes > CELL { Err(words::too_large(&OF_CELL)) } else { Ok(()) }
}

/// Whether a workbook may have so many sheets.
pub(super) fn sheets(count: usize) -> Result<(), Problem> {
    if count > SHEETS { Err(words::too_large(&OF_SHEETS)) } else { Ok(()) }
}
