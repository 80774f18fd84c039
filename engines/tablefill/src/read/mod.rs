//! Bytes of a file to a grid: each format through its own door, all of them within limits.

mod csv;
mod docx;
mod lists;
mod margin;
mod parts;
mod words;
mod xls;
mod xlsx;

use crate::grid::{Book, Value};
use crate::problem::{Problem, Problems};

/// The most bytes that a file may have.
pub const BYTES_MAX: usize = 32 << 20;
/// The most cells that a file may have on all its sheets.
pub const CELLS_MAX: usize = 1_000_000;
/// The most sheets, or tables of a document.
pub const SHEETS_MAX: usize = 256;
/// The most merged cells of a sheet.
const MERGES_MAX: usize = 100_000;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML, with macros or without.
    Xlsx,
    /// The older binary workbook.
    Xls,
    /// Values with commas, semicolons or tabs between them.
    Csv,
    /// A Word document: its tables.
    Docx,
}

/// Reads a file.
///
/// # Errors
///
/// When it is none of the formats, damaged, locked, empty or above the limits.
pub fn read(bytes: &[u8], format: Option<Format>) -> Result<Book, Problems> {
    if bytes.len() > BYTES_MAX {
        return Err(words::too_large("32 MB", " 32 MB").into());
    }
    let format = match format {
        Some(format) => format,
        None => guess(bytes).ok_or_else(words::unknown)?,
    };
    let book = match format {
        Format::Xlsx => xlsx::read(bytes)?,
        Format::Xls => xls::read(bytes)?,
        Format::Csv => csv::read(bytes)?,
        Format::Docx => docx::read(bytes)?,
    };
    let anything = |it: &crate::grid::Sheet| it.cells.values().any(|it| it.value != Value::Empty);
    if !book.sheets.iter().any(anything) {
        return Err(words::empty().into());
    }
    Ok(book)
}

/// What the first bytes say.
fn guess(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(b"PK\x03\x04") {
        let parts = parts::Parts::open(bytes).ok();
        let word = parts.is_some_and(|it| it.has("word/document.xml"));
        return Some(if word { Format::Docx } else { Format::Xlsx });
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Some(Format::Xls);
    }
    let start = &bytes[..bytes.len().min(4096)];
    let wide = start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]);
    let pages = start.trim_ascii_start();
    let other =
        pages.starts_with(b"<") || pages.starts_with(b"%PDF") || pages.starts_with(b"{\\rtf");
    (!other && !bytes.is_empty() && (wide || !start.contains(&0))).then_some(Format::Csv)
}

/// Calls into a library whose readers index unchecked here and there: what would end the program
/// becomes a refusal. Memory that it would reserve by claims is checked before.
fn guarded<T>(what: &str, call: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)) {
        Ok(done) => done,
        Err(_) => Err(words::broken(what, "damaged")),
    }
}
