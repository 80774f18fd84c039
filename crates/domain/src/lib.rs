//! What may be said and done: facts, commands and rules, without I/O, clock or randomness.
//!
//! A command declares what it needs and who may give it, and decides, from those states alone,
//! which facts follow or why it is refused. Everything that changes the world lives elsewhere.

pub mod accounts;
pub mod authority;
pub mod cases;
pub mod command;
pub mod draft;
pub mod entities;
#[macro_use]
mod fact_macro;
pub mod fact;
pub mod forms;
pub mod ids;
pub mod indicators;
pub mod modes;
mod old_text;
pub mod packs;
pub mod people;
pub mod places;
pub mod recorded;
pub mod refusal;
pub mod rehearsal;
#[cfg(test)]
mod replay;
pub mod rules;
mod schema;
pub mod states;
pub mod stock;
pub mod text;
mod touches;
#[cfg(test)]
mod trial;
mod upcast;
pub mod value;
pub mod vault;
pub mod words;

pub use authority::{Actor, Authority, Grant, Role};
pub use command::{Command, Context, Decide, Envelope, Moment};
pub use draft::{Draft, Outcome};
pub use fact::Fact;
pub use old_text::OldText;
pub use recorded::Recorded;
pub use refusal::{Code, Refusal};
pub use states::{Key, Kind, States, Thing};
pub use value::Value;
pub use words::Words;
