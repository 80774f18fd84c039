//! Our XForms against those of pyxform, our headings of tables against those marked by hand.

pub mod answer;
pub mod book;
pub mod canonical;
pub mod cases;
pub mod chance;
pub mod compare;
pub mod corpus;
pub mod deliberate;
pub mod device;
pub mod harm;
pub mod ours;
pub mod peer;
pub mod raw;
pub mod recipe;
pub mod report;
pub mod speed;
pub mod tablefill;
pub mod tree;
pub mod validate;
