//! Sheets to a form: settings, lists, entities and the tree of groups and questions.

pub(crate) mod choices;
pub(crate) mod draft;
pub(crate) mod entities;
pub(crate) mod loops;
pub(crate) mod parameters;
pub(crate) mod references;
pub(crate) mod settings;
pub(crate) mod spelling;
pub(crate) mod survey;
pub(crate) mod translations;
pub(crate) mod tree;
pub(crate) mod types;
