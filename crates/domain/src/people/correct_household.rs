//! `correct_household`: what is kept about a household is put right. Where it lives stays: people
//! move, households do not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Household;
use super::register_household::DOOR_CHARS_MAX;
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::HouseholdId;
use crate::refusal::Refusal;
use crate::states::{Key, States};
use crate::text;

/// Corrects what is kept about a household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectHousehold {
    /// The household.
    pub household: HouseholdId,
    /// The door, as the neighbours call it.
    pub door: String,
}

impl Decide for CorrectHousehold {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        super::household_with_people(&self.household, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let home = draft.known::<Household>(self.household.as_str())?;
        may(context, home)?;
        let people = home.people.iter().cloned().collect();
        let door = text::bounded("door", &self.door, DOOR_CHARS_MAX)?;
        draft.say(Fact::HouseholdCorrected { household: self.household.clone(), door, people });
        Ok(())
    }
}

/// Refuses whoever may not correct a household.
pub(crate) fn may(context: &Context<'_>, home: &Household) -> Result<(), Refusal> {
    let registrars = Authority::Roles(Role::REGISTRARS);
    registrars.check(context.actor, &home.path, context.moment.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Person;
    use crate::refusal::Code;
    use crate::trial::{self, id};

    fn correct(household: &str, door: &str) -> CorrectHousehold {
        CorrectHousehold { household: id(household), door: door.to_owned() }
    }

    #[test]
    fn a_door_is_put_right_for_everybody_behind_it() {
        let mut street = trial::community();
        street.give(&trial::worker(), correct("h1", " 1-102 ")).unwrap();
        let home = street.states.get::<Household>("h1").unwrap();
        assert_eq!((home.door.as_str(), home.versions.version), ("1-102", 2));
        let person = street.states.get::<Person>("p2").unwrap();
        assert_eq!(person.versions.properties[&id("door")], 2);
    }

    #[test]
    fn a_household_is_refused_by_residents_unknown_or_without_a_door() {
        let mut street = trial::community();
        let resident = street.give(&trial::resident(), correct("h1", "1-102")).unwrap_err();
        assert_eq!(resident.code, Code::NotAllowed);
        let unknown = street.give(&trial::worker(), correct("h9", "1-102")).unwrap_err();
        assert_eq!(unknown.code, Code::Unknown);
        let empty = street.give(&trial::worker(), correct("h1", " ")).unwrap_err();
        assert_eq!(empty.code, Code::Missing);
    }
}
