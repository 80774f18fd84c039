//! Sheets with their headings understood: aliases resolved, `label::English` grouped.

pub(crate) mod aliases;
pub(crate) mod headings;
pub(crate) mod value;

pub(crate) use headings::{Table, each_cell, table};
pub(crate) use value::{Map, Value};
