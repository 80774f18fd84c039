//! Fills a copy of a workbook and leaves everything else in it as it was.
//!
//! The copy is patched: parts that do not change are copied as they are packed, rows that do not
//! change byte for byte. Rows are inserted in the format of the prepared ones, and everything that
//! names rows moves with them. What is unknown stays blank, is coloured and listed on a sheet of
//! its own; nothing is ever guessed.

mod book;
mod cells;
mod dependents;
mod limits;
mod looks;
mod markup;
mod older;
mod package;
mod page;
mod parts;
mod plan;
mod problem;
mod reference;
mod row;
mod shift;
mod styles;
mod survey;
mod unknown;
mod value;
mod work;

pub use book::UNKNOWN_SHEET;
pub use limits::{COLUMNS, FILE, LETTERS, ROWS};
pub use older::{OlderSheet, OlderValue, fill_older};
pub use problem::{Problem, Remark};
pub use work::fill;

/// What a workbook is filled with.
#[derive(Debug, Clone, Default)]
pub struct Filling {
    /// By sheet; no sheet twice.
    pub sheets: Vec<SheetFilling>,
}

/// What a sheet is filled with. All rows are those of the workbook as it comes.
#[derive(Debug, Clone, Default)]
pub struct SheetFilling {
    /// The sheet's name.
    pub sheet: String,
    /// Its registers.
    pub registers: Vec<Rows>,
    /// Cells outside of registers.
    pub cells: Vec<Put>,
}

/// The rows of a register.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// The first prepared row, from 1.
    pub first: u32,
    /// How many rows are prepared, at least one. Further rows are inserted behind them, in their
    /// format.
    pub there: u32,
    /// Of each row the columns, from 0, and their values.
    pub rows: Vec<Vec<(u32, Value)>>,
}

/// A value for a cell.
#[derive(Debug, Clone)]
pub struct Put {
    /// From 1.
    pub row: u32,
    /// From 0.
    pub column: u32,
    /// The value.
    pub value: Value,
}

/// What is written into a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text, also where it looks like a number.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Truth(bool),
    /// A day.
    Date {
        /// The day, for cells whose format shows dates.
        day: Day,
        /// What is written where the format does not.
        text: String,
    },
    /// A time on a day.
    Moment {
        /// The day, for cells whose format shows dates.
        day: Day,
        /// The second of the day.
        second: u32,
        /// What is written where the format does not.
        text: String,
    },
    /// Nobody knows: the cell stays blank, is coloured and listed.
    Unknown(Box<Unknown>),
    /// Nothing: what stood in the cell is taken away, even a formula.
    Clear,
}

/// What is asked about a cell that nobody knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown {
    /// What stands above the cell.
    pub heading: String,
    /// Whose value it is.
    pub whose: String,
    /// What to ask.
    pub question: String,
}

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The year.
    pub year: i32,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

/// A filled workbook.
#[derive(Debug, Clone)]
pub struct Filled {
    /// An .xlsx, or an .xlsm if that is what came.
    pub bytes: Vec<u8>,
    /// The rows that were inserted.
    pub inserted: Vec<Inserted>,
    /// How many cells were written.
    pub cells: u64,
    /// How many of them are unknown.
    pub unknown: u64,
    /// What its reader should know.
    pub remarks: Vec<Remark>,
}

/// Rows that were inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inserted {
    /// The sheet.
    pub sheet: String,
    /// The row behind which they stand, counted before the insertion.
    pub after: u32,
    /// How many.
    pub count: u32,
}
