//! `register_household`: a household lives at a place.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Household;
use crate::authority::{Authority, Role};
use crate::cases::place_of;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{HouseholdId, PlaceId};
use crate::places::Place;
use crate::refusal::Refusal;
use crate::states::{AsThing, Key, States};
use crate::text;

/// The longest name of a door, in characters.
pub(super) const DOOR_CHARS_MAX: usize = 100;

/// Registers a household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterHousehold {
    /// The household.
    pub household: HouseholdId,
    /// Where it lives.
    pub place: PlaceId,
    /// The door, as the neighbours call it.
    pub door: String,
}

impl Decide for RegisterHousehold {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![
            Key::new(Household::KIND, self.household.as_str()),
            Key::new(Place::KIND, self.place.as_str()),
        ]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        draft.fresh::<Household>(self.household.as_str())?;
        let (place, path) = place_of(context, draft, Some(&self.place), None)?;
        Authority::Roles(Role::REGISTRARS).check(context.actor, &path, context.moment.at)?;
        let door = text::bounded("door", &self.door, DOOR_CHARS_MAX)?;
        let household = self.household.clone();
        draft.say(Fact::HouseholdRegistered { household, place, path, door });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;
    use crate::trial::{self, id};

    fn household(place: &str) -> RegisterHousehold {
        RegisterHousehold { household: id("h9"), place: id(place), door: "9-901".to_owned() }
    }

    #[test]
    fn a_household_lives_behind_a_door() {
        let mut street = trial::community();
        street.give(&trial::worker(), household("b1")).unwrap();
        assert_eq!(street.states.get::<Household>("h9").unwrap().door, "9-901");
    }

    #[test]
    fn a_household_is_refused_twice_nowhere_and_by_residents() {
        let mut street = trial::community();
        let nowhere = street.give(&trial::worker(), household("nowhere")).unwrap_err();
        assert_eq!(nowhere.code, Code::Unknown);
        let resident = street.give(&trial::resident(), household("b1")).unwrap_err();
        assert_eq!(resident.code, Code::NotAllowed);
        let endless = RegisterHousehold { door: "9".repeat(101), ..household("b1") };
        let endless = street.give(&trial::worker(), endless).unwrap_err();
        assert_eq!(endless.code, Code::TextTooLong);
        street.give(&trial::worker(), household("b1")).unwrap();
        let twice = street.give(&trial::worker(), household("b1")).unwrap_err();
        assert_eq!(twice.code, Code::Exists);
    }
}
