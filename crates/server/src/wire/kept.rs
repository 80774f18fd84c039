//! What is kept about the signed-in person, and who read it.

use serde::Serialize;
use utoipa::ToSchema;

use super::cases::CaseRow;
use super::people::PersonView;
use super::{Instant, Words};

/// What is kept about the signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Kept {
    /// The person, as the register has them.
    pub person: PersonView,
    /// The ledger that keeps them.
    pub ledger: String,
    /// The household.
    pub household: String,
    /// How many facts are about the person.
    pub facts_count: usize,
    /// The personal values.
    pub values: Vec<KeptValue>,
    /// What the person asked for.
    pub requests: Vec<CaseRow>,
    /// What is about the person.
    pub cases: Vec<CaseRow>,
    /// Who read the person's values, the newest first.
    pub reads: Vec<ReadView>,
}

/// A personal value.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptValue {
    /// The data element.
    pub element: String,
    /// Its name.
    pub name: Words,
    /// The value.
    pub value: String,
    /// For what it is kept.
    pub purpose: String,
    /// The purpose's name.
    pub purpose_name: Words,
    /// What it was given with: a case, a submission; empty for the person as such.
    pub item: String,
    /// Since when.
    pub since: Instant,
    /// When it is destroyed, if that is known already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// Somebody read personal values.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadView {
    /// When.
    pub at: Instant,
    /// Who.
    pub reader_name: String,
    /// In which role.
    pub role: Words,
    /// For what.
    pub purpose: Words,
    /// Which data elements.
    pub elements: Vec<String>,
}
