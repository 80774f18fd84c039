//! What a workbook that a person drew asks for.
//!
//! A workbook (`.xlsx`, `.xlsm`, `.xls`, `.csv`) or the tables of a Word document (`.docx`) go in;
//! what comes out says where its tables stand, which cells head columns and rows and by what path,
//! where data begin, what the lines around a table are, and why each heading is taken for one.
//! Nothing here does any input or output.

pub mod answer;
pub mod fill;
mod grid;
pub mod head;
pub mod map;
mod problem;
mod read;
mod understand;

pub use grid::{Area, At, Book, Cell, Check, Look, Sheet, Value};
pub use problem::{Problem, Problems};
pub use read::{BYTES_MAX, CELLS_MAX, Format, SHEETS_MAX, read};
pub use understand::{
    Axis, Blank, Column, Header, Line, LineKind, Parent, Role, SheetPlan, Subject, TableKind,
    TablePlan, Understood, Words, understand_book, understand_by,
};

/// What the bytes do not say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// What the bytes are; found out when absent.
    pub format: Option<Format>,
}

/// Reads a file and says what it asks for.
///
/// # Errors
///
/// When the file is none of the formats, damaged, locked, empty or above the limits.
pub fn understand(bytes: &[u8], options: &Options) -> Result<Understood, Problems> {
    Ok(understand_book(&read(bytes, options.format)?))
}
