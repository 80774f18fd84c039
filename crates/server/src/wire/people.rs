//! A household with its people, who cares for whom, and what was observed.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cases::{CaseRow, FieldValue};
use super::{Instant, Named, Words};

/// For which purpose personal values are read.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct PurposeQuery {
    /// The purpose, one of `/api/purposes`. Each read with one is written to the access log.
    pub purpose: Option<String>,
}

/// Purposes for which personal values may be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Purposes {
    /// The purposes.
    pub purposes: Vec<Named>,
}

/// A household.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdPage {
    /// The household.
    pub household: HouseholdView,
    /// The name of where it lives.
    pub place_name: String,
    /// Whether personal values were left out, for want of a purpose.
    pub sealed: bool,
    /// Its people.
    pub people: Vec<PersonView>,
    /// Its cases and those of its people.
    pub cases: Vec<CaseRow>,
    /// What was observed there, the newest first.
    pub submissions: Vec<SubmissionView>,
}

/// A household's own data.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdView {
    /// The ledger.
    pub ledger: String,
    /// The household.
    pub id: String,
    /// Where it lives.
    pub place: String,
    /// The door, as the neighbours call it.
    pub door: String,
}

/// A person of a household.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonView {
    /// The person.
    pub id: String,
    /// The name; null without a purpose.
    pub name: Option<String>,
    /// Whether the name is in the vault and was not read.
    pub sealed: bool,
    /// Year of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub born_year: Option<i16>,
    /// The telephone; only with a purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The identity number, all but its ends hidden; only with a purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_number: Option<String>,
    /// Groups that matter for care.
    pub groups: Vec<String>,
    /// Whom the person cares for.
    pub cares_for: Vec<CareLink>,
    /// Who cares for the person.
    pub cared_by: Vec<CareLink>,
    /// Whether the person is under an order.
    pub restricted: bool,
    /// Where the person stays.
    pub whereabouts: WhereaboutsView,
}

/// Care between two people.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CareLink {
    /// The other person.
    pub person: String,
    /// In what way.
    pub kind: String,
}

/// Where a person stays.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhereaboutsView {
    /// `home`, `pool` or `gone`.
    pub at: String,
    /// The pool, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
    /// In words.
    pub words: Words,
}

/// Something that was observed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmissionView {
    /// The submission.
    pub id: String,
    /// The form.
    pub form: String,
    /// The form's name.
    pub form_name: Words,
    /// When, as the person said.
    pub occurred_at: Instant,
    /// When the server wrote it down.
    pub recorded_at: Instant,
    /// Who.
    pub by_name: String,
    /// Answers that are not personal.
    pub answers: Vec<FieldValue>,
    /// What is odd about it.
    pub flags: Vec<String>,
}
