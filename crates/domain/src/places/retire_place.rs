//! `retire_place`: a place is no longer in use; what happened there stays.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Place;
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::PlaceId;
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};
use crate::text;

/// Takes a place out of use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetirePlace {
    /// The place.
    pub place: PlaceId,
    /// Why.
    pub reason: String,
}

impl Decide for RetirePlace {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR, Role::COORDINATOR])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::new(Place::KIND, self.place.as_str())]
    }

    fn decide(&self, _context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let place = draft.known::<Place>(self.place.as_str())?;
        if place.retired {
            return Err(Refusal::new(Code::PlaceRetired).with("place", place.name.as_str()));
        }
        let reason = text::free("reason", &self.reason)?;
        draft.say(Fact::PlaceRetired { place: self.place.clone(), reason });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn a_place_is_retired_once() {
        let mut street = trial::community();
        let retire = RetirePlace { place: id("b1"), reason: "torn down".to_owned() };
        street.give(&trial::operator(), retire.clone()).unwrap();
        assert!(street.states.get::<Place>("b1").unwrap().retired);
        let refused = street.give(&trial::operator(), retire).unwrap_err();
        assert_eq!(refused.code, Code::PlaceRetired);
    }
}
