//! Our XForms against those of pyxform, on real workbooks and on thousands of made ones.

pub mod book;
pub mod cases;
pub mod chance;
pub mod harm;
pub mod raw;
pub mod recipe;
pub mod tree;
