//! How much a workbook may hold and a filling may ask for.

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
/// Bytes of those parts that are read, once inflated.
pub(super) const INFLATED: u64 = 128 << 20;
/// More parts than any workbook has.
pub(super) const PARTS: usize = 10_000;
/// Rows, as many as a spreadsheet has.
pub const ROWS: u32 = 1_048_576;
/// Columns, as many as a spreadsheet has.
pub const COLUMNS: u32 = 16_384;
/// Letters in a cell, as many as a spreadsheet holds.
pub const LETTERS: usize = 32_767;
/// Cells that are written, and cells of rows that are inserted.
pub(super) const CELLS: u64 = 10_000_000;
/// Bytes of all sheets of the copy.
pub(super) const WRITTEN: usize = 512 << 20;
/// Links of a sheet, as many as a spreadsheet program opens.
pub(super) const LINKS: usize = 65_530;

pub(super) const OF_FILE: Limit = Limit { en: "32 MB", zh: " 32 MB" };
pub(super) const OF_INFLATED: Limit = Limit { en: "128 MB uncompressed", zh: "解压后 128 MB" };
pub(super) const OF_PARTS: Limit = Limit { en: "10000 parts", zh: " 10000 个部件" };
pub(super) const OF_CELLS: Limit = Limit { en: "10 million cells", zh: " 1000 万个单元格" };
pub(super) const OF_WRITTEN: Limit =
    Limit { en: "512 MB of filled sheets", zh: " 512 MB 的已填写工作表" };
pub(super) const OF_MERGES: Limit =
    Limit { en: "1 million merged cells", zh: " 100 万个合并单元格" };
