//! Personal values on their way to the vault: facts keep only a commitment to them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::{ElementId, PersonId, PurposeId};

/// A value about a person that is written to the vault and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultWrite {
    /// Whom it is about.
    pub person: PersonId,
    /// Which data element.
    pub element: ElementId,
    /// What the value belongs to (a submission, a case), or empty for the person as such.
    pub item: String,
    /// For what it is kept: when the purpose ends, so does the value.
    pub purpose: PurposeId,
    /// The value itself.
    pub value: String,
    /// The salt of the commitment, kept beside the value and destroyed with it.
    pub salt: [u8; 32],
}

/// What a fact says of a value in the vault: that it was given, and its salted hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Which data element.
    pub element: ElementId,
    /// For what it is kept.
    pub purpose: PurposeId,
    /// SHA-256 of salt, a zero byte, element, a zero byte, and value, in hexadecimal.
    pub commitment: String,
}

impl VaultWrite {
    /// What the fact says in the value's place.
    #[must_use]
    pub fn sealed(&self) -> Sealed {
        Sealed {
            element: self.element.clone(),
            purpose: self.purpose.clone(),
            commitment: commitment(&self.salt, &self.element, &self.value),
        }
    }
}

/// The salted commitment to a value, in hexadecimal.
#[must_use]
pub fn commitment(salt: &[u8; 32], element: &ElementId, value: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update([0]);
    hash.update(element.as_str());
    hash.update([0]);
    hash.update(value);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A salt for the `index`th value of a command, drawn from the seed that the store hands in.
#[must_use]
pub fn salt(seed: &[u8; 32], index: usize) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update(index.to_le_bytes());
    hash.finalize().into()
}
