//! Typed ids, checked when they are read, so that a case is never mistaken for a person.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The longest id, in bytes.
pub const ID_BYTES_MAX: usize = 64;
/// What an id looks like, for descriptions of the API.
const ID_PATTERN: &str = "^[A-Za-z0-9._:-]{1,64}$";

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 64 letters, digits, '.', '_', ':' or '-'")]
pub struct NotAnId;

fn check(text: &str) -> Result<(), NotAnId> {
    let fits = (1..=ID_BYTES_MAX).contains(&text.len());
    let plain =
        text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-'));
    if fits && plain { Ok(()) } else { Err(NotAnId) }
}

macro_rules! ids {
    ($($(#[doc = $about:literal])+ $name:ident;)+) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes a text as an id.
            ///
            /// # Errors
            /// [`NotAnId`] if it is empty, longer than [`ID_BYTES_MAX`] or has other characters.
            pub fn new(text: impl Into<String>) -> Result<Self, NotAnId> {
                let text = text.into();
                check(&text)?;
                Ok(Self(text.into_boxed_str()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let about = concat!($($about),+).trim();
                json_schema!({"type": "string", "pattern": ID_PATTERN, "description": about})
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )+};
}

ids! {
    /// A ledger: the id of the place that it keeps, or `root`.
    LedgerId;
    /// A place of any level.
    PlaceId;
    /// A household.
    HouseholdId;
    /// A person.
    PersonId;
    /// An account that signs in or holds a token.
    AccountId;
    /// A case.
    CaseId;
    /// A submission of a form.
    SubmissionId;
    /// A pool of stock.
    PoolId;
    /// A hold on stock.
    HoldId;
    /// A command, made by the client: the key that makes it idempotent.
    CommandId;
    /// The device that a command was given on.
    DeviceId;
    /// A pack, for example `everyday`.
    PackId;
    /// A kind of case, with its pack in front: `everyday.repair`.
    CaseKindId;
    /// A form, with its pack in front: `everyday.visit`.
    FormId;
    /// A mode, with its pack in front.
    ModeId;
    /// A data element of a dictionary.
    ElementId;
    /// An indicator, with its pack in front.
    IndicatorId;
    /// A purpose for which values may be read.
    PurposeId;
    /// A list of entities that forms make and change.
    ListId;
    /// An entity, within its list.
    EntityId;
}

impl LedgerId {
    /// The ledger of the deployment itself: divisions, accounts, packs for everybody.
    #[must_use]
    pub fn root() -> Self {
        Self("root".into())
    }
}

/// The id of the `index`th thing that a command makes by itself, the same on every run.
#[must_use]
pub fn derived(command: &CommandId, what: &str, index: usize) -> String {
    let name = format!("{command}/{what}/{index}");
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_plain() {
        assert!(CaseId::new("a-1.b:2_c").is_ok());
        for bad in ["", "a b", "a/b", "楼", &"x".repeat(65)] {
            assert!(CaseId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_id_from_the_wire_is_checked() {
        assert!(serde_json::from_str::<PersonId>("\"p-1\"").is_ok());
        assert!(serde_json::from_str::<PersonId>("\"p 1\"").is_err());
    }

    #[test]
    fn a_derived_id_depends_on_command_and_place_in_line() {
        let command = CommandId::new("c-1").unwrap();
        assert_eq!(derived(&command, "case", 0), derived(&command, "case", 0));
        assert_ne!(derived(&command, "case", 0), derived(&command, "case", 1));
    }
}
