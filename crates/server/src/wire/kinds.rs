//! Kinds of cases, forms, and what they ask.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Named, Words};

/// What may be opened and filled in a ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Kinds {
    /// Kinds of cases.
    pub kinds: Vec<KindView>,
    /// Forms.
    pub forms: Vec<FormView>,
    /// Roles, the packs' own among them.
    pub roles: Vec<Named>,
}

/// A kind of case.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What it is for.
    pub about: Words,
    /// The pack.
    pub pack: String,
    /// Whether the signed-in person may open one here now.
    pub may_open: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Words>,
    /// Danger to life: never waits.
    pub emergency: bool,
    /// `place`, `household` or `person`.
    pub subject: String,
    /// What is asked when it is opened.
    pub fields: Vec<FieldSpec>,
}

/// A form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What it is for.
    pub about: Words,
    /// The pack.
    pub pack: String,
    /// `place`, `household` or `person`.
    pub subject: String,
    /// Whether the signed-in person fills it here now.
    pub may_fill: bool,
    /// What it asks.
    pub fields: Vec<FieldSpec>,
}

/// Something that a form or an action asks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldSpec {
    /// The data element, the name under which the answer is sent.
    pub element: String,
    /// Its name.
    pub name: Words,
    /// What kind of answer fits.
    pub r#type: FieldType,
    /// Whether an answer is needed.
    pub required: bool,
    /// The answers to choose from.
    pub choices: Vec<Named>,
    /// The unit of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// A word of help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Words>,
    /// The least number, or the shortest text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// The greatest number, or the longest text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest: Option<f64>,
    /// Whether the answer goes to the vault.
    pub sealed: bool,
}

/// What kind of answer fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
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
