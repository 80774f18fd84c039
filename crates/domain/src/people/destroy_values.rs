//! `destroy_values`: values in the vault are destroyed because their purpose has ended, or
//! because the person asked. The store counts and destroys them in the transaction of the fact.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Person;
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{PersonId, PurposeId};
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};

/// Records that values were destroyed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DestroyValues {
    /// The purpose that has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeId>,
    /// The person who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// How many persons have values: counted by the store.
    #[serde(default)]
    pub persons: u64,
    /// How many values there are: counted by the store.
    #[serde(default)]
    pub values: u64,
    /// Only values given before this instant.
    #[schemars(with = "crate::schema::Instant")]
    pub before: Timestamp,
}

impl Decide for DestroyValues {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR, Role::SYSTEM])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        let person = self.person.as_ref().map(|id| Key::new(Person::KIND, id.as_str()));
        std::iter::once(Key::ledger()).chain(person).collect()
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        if self.purpose.is_none() && self.person.is_none() {
            return Err(Refusal::new(Code::Missing).with("field", "purpose"));
        }
        if let Some(person) = &self.person {
            let person = draft.known::<Person>(person.as_str())?;
            if person.order.is_some() {
                let cases: Vec<&str> = person.open_cases.iter().map(|id| id.as_str()).collect();
                let refusal = Refusal::new(Code::HasOpenCases);
                return Err(refusal.with("cases", cases.join(", ")));
            }
        }
        if self.before > context.moment.at {
            return Err(Refusal::new(Code::NotDueYet));
        }
        draft.say(Fact::ValuesDestroyed {
            purpose: self.purpose.clone(),
            person: self.person.clone(),
            persons: self.persons,
            values: self.values,
            before: self.before,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn values_of_a_purpose_are_destroyed_with_their_counts() {
        let mut street = trial::community();
        let before = street.moment.at;
        let destroy = DestroyValues {
            purpose: Some(id("service")),
            person: None,
            persons: 3,
            values: 7,
            before,
        };
        let outcome = street.give(&trial::operator(), destroy).unwrap();
        assert!(matches!(outcome.facts[0], Fact::ValuesDestroyed { values: 7, .. }));
    }

    #[test]
    fn destroying_is_refused_without_purpose_or_person_and_ahead_of_time() {
        let mut street = trial::community();
        let before = street.moment.at;
        let nothing = DestroyValues { purpose: None, person: None, persons: 0, values: 0, before };
        let refused = street.give(&trial::operator(), nothing.clone()).unwrap_err();
        assert_eq!(refused.code, Code::Missing);
        let early = DestroyValues {
            purpose: Some(id("service")),
            before: before + jiff::SignedDuration::from_hours(1),
            ..nothing
        };
        assert_eq!(street.give(&trial::operator(), early).unwrap_err().code, Code::NotDueYet);
    }
}
