//! What a workbook that a person drew asks for, and the workbook filled.

pub mod fill;
