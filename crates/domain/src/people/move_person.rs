//! `move_person`: a person belongs to another household of the same ledger.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Household, Person};
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{HouseholdId, PersonId};
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};

/// Moves a person to another household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MovePerson {
    /// The person.
    pub person: PersonId,
    /// The household now.
    pub to: HouseholdId,
}

impl Decide for MovePerson {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        let mut needs = vec![
            Key::new(Person::KIND, self.person.as_str()),
            Key::new(Household::KIND, self.to.as_str()),
        ];
        if let Some(person) = seen.get::<Person>(self.person.as_str()) {
            needs.push(Key::new(Household::KIND, person.household.as_str()));
        }
        needs
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let person = draft.known::<Person>(self.person.as_str())?.clone();
        let registrars = Authority::Roles(Role::REGISTRARS);
        registrars.check(context.actor, &person.path, context.moment.at)?;
        let path = draft.known::<Household>(self.to.as_str())?.path.clone();
        if person.household == self.to {
            let refusal = Refusal::new(Code::Exists).with("what", "household");
            return Err(refusal.with("id", self.to.as_str()));
        }
        draft.say(Fact::PersonMoved {
            person: self.person.clone(),
            from: person.household,
            to: self.to.clone(),
            path,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn a_person_who_moves_is_in_one_household_only() {
        let mut street = trial::community();
        street.give(&trial::worker(), MovePerson { person: id("p1"), to: id("h2") }).unwrap();
        assert!(!street.states.get::<Household>("h1").unwrap().people.contains(&id("p1")));
        assert!(street.states.get::<Household>("h2").unwrap().people.contains(&id("p1")));
    }

    #[test]
    fn a_move_to_where_one_is_is_refused() {
        let mut street = trial::community();
        let stay = MovePerson { person: id("p1"), to: id("h1") };
        assert_eq!(street.give(&trial::worker(), stay).unwrap_err().code, Code::Exists);
    }
}
