//! Which cells of a table head a column, a row, both or nothing.
//!
//! Two rounds: at first each cell is judged by its words, its place and what stands around it;
//! then once more, knowing what the cells around it were taken for.

pub(crate) mod block;
pub(crate) mod content;
mod features;
mod lexicon;
mod model;
mod rounds;

pub(crate) use block::{Block, Spot};
pub use content::Kind;
pub(crate) use content::{Content, is_chinese};
pub use features::Group;
pub use lexicon::{Lexicon, Odds, tokens};
pub use model::{Forest, Node, Tree};
pub use rounds::{Likely, Model, Table, names};
