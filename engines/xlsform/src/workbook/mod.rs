//! A workbook as its author sees it: sheets, headings and cells of text, with their places.

mod archive;
mod biff;
mod compound;
mod csv;
mod limits;
mod markdown;
mod number_format;
mod python;
mod read;
mod table;
mod words;
mod xls;
mod xlsx;
mod xlsx_sheet;
mod xml;

pub use limits::FILE as BYTES_MAX;
pub use read::{Format, read};

/// A workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workbook {
    /// Names of all sheets as they are written, in order, also of those that are no part of a form.
    pub names: Vec<String>,
    /// The sheets of the form. One sheet alone, whatever its name, is the survey.
    pub sheets: Vec<Sheet>,
}

impl Workbook {
    /// The sheet of a form by its name in small letters (`survey`, `choices`, `settings`,
    /// `external_choices`, `osm`, `entities`).
    #[must_use]
    pub fn sheet(&self, kind: &str) -> Option<&Sheet> {
        self.sheets.iter().rev().find(|sheet| sheet.kind == kind)
    }
}

/// One sheet of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name in small letters, or `survey` for a workbook of one sheet.
    pub kind: String,
    /// Its name as it is written.
    pub name: String,
    /// Its headings that are not empty, in order. Two headings may be the same: in a spreadsheet
    /// once white space is folded, in CSV and Markdown also as they are written. Of a row's values
    /// under them, the last that is not empty counts.
    pub columns: Vec<Column>,
    /// What stands below the headings; empty rows in between are kept, trailing ones are not.
    pub rows: Vec<Row>,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The heading, trimmed; in a spreadsheet, runs of blanks are folded to one.
    pub heading: String,
    /// Its column in the sheet, from 0.
    pub index: u32,
}

/// A row below the headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Its number as the author counts: the headings are row 1.
    pub number: u32,
    /// Its cells that are not empty: the position of the heading in [`Sheet::columns`], and the
    /// text of the cell, trimmed.
    pub cells: Vec<(u32, String)>,
}
