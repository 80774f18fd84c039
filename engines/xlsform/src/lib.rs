//! XLSForm workbooks to ODK XForms.
//!
//! A workbook (`.xlsx`, `.xlsm`, `.xls`, `.csv` or the Markdown tables that form authors mail to
//! each other) goes in; an XForm that ODK Collect, ODK Web Forms and Enketo accept comes out, or
//! every problem of the workbook at once, each with its sheet, row and column. Nothing here does
//! any input or output.

mod convert;
mod diff;
mod emit;
mod explain;
mod expressions;
mod form;
mod hash;
mod problem;
pub mod schema;
mod sheet;
mod sink;
mod text;
pub mod workbook;
pub mod xpath;

pub use convert::{convert, convert_workbook};
pub use diff::{Change, Difference, diff};
pub use explain::{Line, Outline, explain};
pub use problem::{At, Problem, Problems};
pub use schema::Schema;

/// What the bytes do not say.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What the bytes are; tried one after the other when absent.
    pub format: Option<workbook::Format>,
    /// The name of the record's root; `data` when absent. The settings sheet's `name` comes first.
    pub name: Option<String>,
    /// The file's name without its ending: the form's id where the settings sheet has none.
    pub file_stem: Option<String>,
    /// Whether a form is refused for expressions that pyxform converts and no application can run.
    pub strict: bool,
}

/// A form, converted.
#[derive(Debug, Clone)]
pub struct Converted {
    /// The XForm.
    pub xform: String,
    /// `itemsets.csv`, where a question chooses from the sheet `external_choices`.
    pub itemsets: Option<String>,
    /// Expressions that no application can run, although pyxform converts them; none where the
    /// options are strict.
    pub findings: Vec<Problem>,
    /// What its author should know.
    pub warnings: Vec<Problem>,
    /// What the form asks.
    pub schema: Schema,
}
