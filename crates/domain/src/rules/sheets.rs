//! Forms as sheets: what an XLSForm asks, and what a filled record of it says.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::command::Moment;
use crate::entities::Deed;
use crate::forms::{Flag, Published};
use crate::ids::{AccountId, ElementId, FormId};
use crate::words::Words;

/// A form as it is filled, in the rooms that know XForms.
pub trait Sheet: fmt::Debug + Send + Sync {
    /// Its id, as its author gave it.
    fn form_id(&self) -> &str;

    /// Its version, or empty.
    fn version(&self) -> &str;

    /// Its title, as its author gave it.
    fn title(&self) -> Words;

    /// The form as an ODK XForm.
    fn xform(&self) -> &str;

    /// Choices that are kept beside the form (`itemsets.csv`), if there are any.
    fn itemsets(&self) -> Option<&str>;

    /// Files that must come with the form, in the order of their names.
    fn files(&self) -> &[String];

    /// Questions that are bound to the dictionary.
    fn bound(&self) -> &[Bound];

    /// The form itself, for the rooms that know more of it.
    fn as_any(&self) -> &dyn Any;

    /// What a filled record says, and what is odd about it.
    fn read(&self, record: &str, moment: &Moment) -> Filled;
}

/// A form that is shared between threads.
pub type SharedSheet = Arc<dyn Sheet>;

/// A question that is bound to an element of the dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Its path in the record.
    pub path: String,
    /// The element.
    pub element: ElementId,
}

/// What a filled record says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// Answers of questions that are bound to the dictionary, as they stand in the record.
    pub answers: Vec<(ElementId, String)>,
    /// What is odd about the record, by the form's own rules.
    pub flags: Vec<Flag>,
    /// How many files belong to it.
    pub files: u32,
    /// What it makes and changes.
    pub deeds: Vec<Deed>,
}

/// A form that was published into a ledger, in one version.
#[derive(Debug, Clone)]
pub struct PublishedForm {
    /// The form.
    pub id: FormId,
    /// What was published.
    pub published: Published,
    /// Who published it.
    pub by: AccountId,
    /// Whether it is no longer given out. What was filled before still comes in.
    pub retired: bool,
    /// What it asks.
    pub sheet: SharedSheet,
}
