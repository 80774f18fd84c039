//! What a workbook that a person drew asks for.

pub mod map;
