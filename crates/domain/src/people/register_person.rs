//! `register_person`: a person belongs to a household; name and numbers go to the vault.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Household, Person, values};
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{ElementId, HouseholdId, PersonId, PurposeId};
use crate::refusal::Refusal;
use crate::states::{AsThing, Key, States};

/// Registers a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterPerson {
    /// The person.
    pub person: PersonId,
    /// The household.
    pub household: HouseholdId,
    /// Year of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born_year: Option<i16>,
    /// Groups that matter for care.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Name, telephone, identity number: by element, all for the vault.
    #[serde(default)]
    pub values: BTreeMap<ElementId, String>,
    /// For what the values are kept; `register` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeId>,
}

impl Decide for RegisterPerson {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![
            Key::new(Person::KIND, self.person.as_str()),
            Key::new(Household::KIND, self.household.as_str()),
        ]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        draft.fresh::<Person>(self.person.as_str())?;
        let path = draft.known::<Household>(self.household.as_str())?.path.clone();
        Authority::Roles(Role::REGISTRARS).check(context.actor, &path, context.moment.at)?;
        values::check_year(self.born_year, context.moment.today().year())?;
        values::check_groups(&self.groups)?;
        let purpose = self.purpose.clone().unwrap_or_else(values::register);
        let sealed = values::seal(draft, &self.person, &purpose, &self.values)?;
        draft.say(Fact::PersonRegistered {
            person: self.person.clone(),
            household: self.household.clone(),
            path,
            born_year: self.born_year,
            groups: self.groups.clone(),
            sealed,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;
    use crate::trial::{self, id};

    fn person(household: &str, born_year: i16) -> RegisterPerson {
        RegisterPerson {
            person: id("p9"),
            household: id(household),
            born_year: Some(born_year),
            groups: vec!["lives_alone".to_owned()],
            values: BTreeMap::from([(id("name"), "Ada".to_owned())]),
            purpose: None,
        }
    }

    #[test]
    fn a_persons_name_goes_to_the_vault_and_not_into_the_fact() {
        let mut street = trial::community();
        let outcome = street.give(&trial::worker(), person("h1", 1950)).unwrap();
        assert_eq!(outcome.vault.len(), 1);
        assert_eq!(outcome.vault[0].value, "Ada");
        assert!(!serde_json::to_string(&outcome.facts).unwrap().contains("Ada"));
        assert!(street.states.get::<Household>("h1").unwrap().people.contains(&id("p9")));
    }

    #[test]
    fn a_person_is_refused_without_household_or_with_an_impossible_year() {
        let mut street = trial::community();
        let lost = street.give(&trial::worker(), person("nowhere", 1950)).unwrap_err();
        assert_eq!(lost.code, Code::Unknown);
        for year in [1899, 2100] {
            let odd = street.give(&trial::worker(), person("h1", year)).unwrap_err();
            assert_eq!(odd.code, Code::BadValue);
        }
    }
}
