//! What goes over the wire: every type of the API, each with its name in the API document.

pub mod cases;
pub mod commands;
pub mod figures;
pub mod forms;
pub mod kept;
pub mod kinds;
pub mod modes;
pub mod people;
pub mod places;
pub mod session;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// One text in Simplified Chinese and English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Words {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<domain::Words> for Words {
    fn from(words: domain::Words) -> Self {
        Self { zh: words.zh, en: words.en }
    }
}

impl From<&domain::Words> for Words {
    fn from(words: &domain::Words) -> Self {
        Self { zh: words.zh.clone(), en: words.en.clone() }
    }
}

impl Words {
    /// Both texts at once.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// An instant, RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Instant(pub jiff::Timestamp);

impl From<jiff::Timestamp> for Instant {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at)
    }
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        text_of(KnownFormat::DateTime)
    }
}

impl ToSchema for Instant {}

/// A day of the calendar, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CalendarDay(pub jiff::civil::Date);

impl From<jiff::civil::Date> for CalendarDay {
    fn from(day: jiff::civil::Date) -> Self {
        Self(day)
    }
}

impl PartialSchema for CalendarDay {
    fn schema() -> RefOr<Schema> {
        text_of(KnownFormat::Date)
    }
}

impl ToSchema for CalendarDay {}

fn text_of(format: KnownFormat) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.format(Some(SchemaFormat::KnownFormat(format))).into()
}

/// Why something was refused (RFC 9457), with a stable code and words that say what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The kind of problem: `/problems/` and the code.
    pub r#type: String,
    /// The English words, short.
    pub title: String,
    /// The HTTP status; inside an answer to a command, the one that it would have had alone.
    pub status: u16,
    /// The English words with details.
    pub detail: String,
    /// The stable code.
    pub code: String,
    /// Words for the person, in both languages.
    pub words: Words,
    /// Details by name, where there are any.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub fields: std::collections::BTreeMap<String, String>,
}

/// The name of a thing beside its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name.
    pub name: Words,
}

/// A thing by kind and id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ThingRef {
    /// What it is: `case`, `person`, `household`, ….
    pub kind: String,
    /// Which one.
    pub id: String,
}

/// A person and the ledger that keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonRef {
    /// The ledger.
    pub ledger: String,
    /// The person.
    pub id: String,
}
