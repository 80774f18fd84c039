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
    /// What was destroyed because its time had come, or because the person asked; the newest first.
    pub destroyed: Vec<DestructionView>,
}

/// A destruction of personal values in the person's ledger. It counts; it names nobody.
#[derive(Debug, Serialize, ToSchema)]
pub struct DestructionView {
    /// When.
    pub at: Instant,
    /// The purpose that ended; absent when somebody's values went at their request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The purpose's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose_name: Option<Words>,
    /// How many people had values.
    pub persons: u64,
    /// How many values there were.
    pub values: u64,
    /// What the deployment signed.
    pub certificate: CertificateView,
}

/// What was destroyed, signed: Ed25519 over the UTF-8 bytes of the text.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateView {
    /// What it says: one line, the same for the same destruction.
    pub text: String,
    /// The signature, in hexadecimal.
    pub signature: String,
    /// The key to check it by, in hexadecimal.
    pub public_key: String,
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
    /// The value in words, where it is the id of a choice or of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<Words>,
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
