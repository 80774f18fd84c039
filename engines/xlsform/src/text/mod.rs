//! What is in a cell: names, references, tokens, numbers as authors write them.

pub(crate) mod lexer;
pub(crate) mod name;
pub(crate) mod number;
pub(crate) mod reference;
