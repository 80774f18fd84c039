//! Free text that stands in a fact of an older version: it is read, and nothing makes a new one.

use serde::{Deserialize, Serialize};

/// A text that people wrote about people before such texts went to the vault.
///
/// Only reading a fact or a state makes one: it has no other beginning, so that no command can put
/// a text into a fact again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OldText(String);

impl OldText {
    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
