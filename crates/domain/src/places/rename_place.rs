//! `rename_place`: a place has another name from now on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Place;
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::PlaceId;
use crate::refusal::Refusal;
use crate::states::{AsThing, Key, States};
use crate::text;

/// Renames a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenamePlace {
    /// The place.
    pub place: PlaceId,
    /// Its new name.
    pub name: String,
}

impl Decide for RenamePlace {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR, Role::COORDINATOR, Role::COMMUNITY_LEAD])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::new(Place::KIND, self.place.as_str())]
    }

    fn decide(&self, _context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        draft.known::<Place>(self.place.as_str())?;
        let name = text::line("name", &self.name)?;
        draft.say(Fact::PlaceRenamed { place: self.place.clone(), name });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;
    use crate::trial::{self, id};

    #[test]
    fn a_place_gets_another_name() {
        let mut street = trial::community();
        let rename = RenamePlace { place: id("b1"), name: "North House".to_owned() };
        street.give(&trial::lead(), rename).unwrap();
        assert_eq!(street.states.get::<Place>("b1").unwrap().name, "North House");
    }

    #[test]
    fn an_unknown_place_is_refused_another_name() {
        let mut street = trial::community();
        let rename = RenamePlace { place: id("nowhere"), name: "North House".to_owned() };
        assert_eq!(street.give(&trial::lead(), rename).unwrap_err().code, Code::Unknown);
    }
}
