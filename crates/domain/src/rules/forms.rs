//! Data elements and the forms that ask for them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::kinds::SubjectKind;
use super::{SharedSheet, Triggered};
use crate::ids::{ElementId, FormId, PurposeId};
use crate::words::Words;

/// A data element of the dictionary: one meaning, defined once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its id.
    pub id: ElementId,
    /// Its name.
    pub name: Words,
    /// What exactly it means (口径).
    pub definition: Words,
    /// Other names by which tables know it.
    pub synonyms: Vec<String>,
    /// Its type.
    pub r#type: Type,
    /// Its unit, for numbers.
    pub unit: Option<String>,
    /// The values that it may have, for choices.
    pub choices: Vec<Choice>,
    /// Where its values may be written.
    pub sensitivity: Sensitivity,
    /// Who answers for it.
    pub owner: Words,
    /// Purposes for which it may be read.
    pub purposes: Vec<PurposeId>,
    /// The least number or the shortest text, in thousandths for numbers.
    pub least: Option<i64>,
    /// The greatest number or the longest text, in thousandths for numbers.
    pub greatest: Option<i64>,
    /// Whether the register says it: then it is known as it stands there.
    pub in_register: bool,
    /// How many days an answer to it is known before it is asked anew; none for what is observed
    /// anew each time, which is never copied.
    pub update_cycle_days: Option<u16>,
}

/// What the register says of people and households: elements that may have it as their source.
pub const REGISTER_ELEMENTS: [&str; 6] =
    ["name", "phone", "born_year", "address", "people_registered", "care_groups"];

impl Element {
    /// Whether it may be known before it is asked.
    #[must_use]
    pub fn may_be_known(&self) -> bool {
        self.in_register || self.update_cycle_days.is_some()
    }

    /// Whether an answer of then is still known now.
    #[must_use]
    pub fn is_known_of(&self, then: Timestamp, now: Timestamp) -> bool {
        self.update_cycle_days.is_some_and(|days| {
            now.duration_since(then) <= SignedDuration::from_hours(24 * i64::from(days))
        })
    }
}

/// One value of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Words,
}

/// The type of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// Free text.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// Yes or no.
    YesNo,
    /// One of the choices.
    Choice,
    /// Some of the choices.
    Choices,
    /// A day.
    Date,
    /// An instant.
    Time,
    /// A person's id.
    Person,
    /// An account's id.
    Account,
    /// A place's id.
    Place,
    /// A pool's id.
    Pool,
}

/// Where a value may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// About no person: facts hold it.
    Open,
    /// Coarse, about a person by id: facts hold it.
    Coarse,
    /// Personal: only the vault holds it.
    Personal,
    /// Personal and sensitive by law (health, whereabouts): only the vault holds it.
    Sensitive,
}

impl Sensitivity {
    /// Whether only the vault may hold the value.
    #[must_use]
    pub fn is_sealed(self) -> bool {
        self >= Self::Personal
    }
}

/// An element as a form or an action asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The element.
    pub element: ElementId,
    /// Whether an answer is needed.
    pub required: bool,
    /// A word of help.
    pub hint: Option<Words>,
}

/// A form: observations are recorded by it, and never refused for being late or odd.
#[derive(Debug)]
pub struct Form {
    /// Its id, with the pack's in front.
    pub id: FormId,
    /// Its name.
    pub name: Words,
    /// What it is for, in a sentence.
    pub about: Words,
    /// What it is filled about.
    pub subject: SubjectKind,
    /// Roles that fill it; `subject` means the person themselves.
    pub filled_by: Vec<String>,
    /// Purpose under which its personal values are kept.
    pub purpose: PurposeId,
    /// What it asks.
    pub fields: Vec<Field>,
    /// What an answer sets in motion. Each outcome is recorded in the fact.
    pub effects: Vec<Triggered>,
    /// The form as an XForm; none where it cannot be filled by ODK's clients.
    pub sheet: Option<SharedSheet>,
}
