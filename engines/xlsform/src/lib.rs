//! XLSForm workbooks to ODK XForms.
//!
//! A workbook (`.xlsx`, `.xlsm`, `.xls`, `.csv` or the Markdown tables that form authors mail to
//! each other) goes in; an XForm that ODK Collect, ODK Web Forms and Enketo accept comes out, or
//! every problem of the workbook at once, each with its sheet, row and column. Nothing here does
//! any input or output.

mod problem;
pub mod workbook;
pub mod xpath;

pub use problem::{At, Problem, Problems};
