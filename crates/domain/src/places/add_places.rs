//! `add_places`: places are added below one: divisions, grid cells, buildings.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Place, PlaceEntry};
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::PlaceId;
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};
use crate::text;

/// The most places that one command may add.
pub(super) const PLACES_MAX: usize = 5000;

/// Adds places below one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPlaces {
    /// The place above; the ledger's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<PlaceId>,
    /// What is added.
    pub places: Vec<PlaceEntry>,
}

impl Decide for AddPlaces {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR, Role::COORDINATOR, Role::COMMUNITY_LEAD])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        let own = self.places.iter().map(|entry| &entry.id);
        let all = own.chain(&self.parent);
        all.map(|id| Key::new(Place::KIND, id.as_str())).collect()
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        if self.places.is_empty() {
            return Err(Refusal::new(Code::Missing).with("field", "places"));
        }
        if self.places.len() > PLACES_MAX {
            let refusal = Refusal::new(Code::TooMany).with("what", "places");
            return Err(refusal.with("most", PLACES_MAX.to_string()));
        }
        let path = match &self.parent {
            None => context.path.to_vec(),
            Some(parent) if context.path.last() == Some(parent) => context.path.to_vec(),
            Some(parent) => {
                let state = draft.known::<Place>(parent.as_str())?;
                if state.retired {
                    let refusal = Refusal::new(Code::PlaceRetired);
                    return Err(refusal.with("place", state.name.as_str()));
                }
                state.path.clone()
            }
        };
        let mut seen = BTreeSet::new();
        let mut places = Vec::with_capacity(self.places.len());
        for entry in &self.places {
            let twice = !seen.insert(&entry.id) || path.contains(&entry.id);
            if twice {
                let refusal = Refusal::new(Code::Exists).with("what", "place");
                return Err(refusal.with("id", entry.id.as_str()));
            }
            draft.fresh::<Place>(entry.id.as_str())?;
            places.push(PlaceEntry {
                id: entry.id.clone(),
                name: text::line("name", &entry.name)?,
                level: text::line("level", &entry.level)?,
            });
        }
        draft.say(Fact::PlacesAdded { parent: path.last().cloned(), path, places });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn entry(name: &str) -> PlaceEntry {
        PlaceEntry { id: id(name), name: name.to_owned(), level: "building".to_owned() }
    }

    #[test]
    fn places_stand_below_the_ledgers_own_or_another() {
        let mut street = trial::community();
        let below = AddPlaces { parent: None, places: vec![entry("b8"), entry("b9")] };
        street.give(&trial::lead(), below).unwrap();
        let deeper = AddPlaces { parent: Some(id("b9")), places: vec![entry("b9-1")] };
        street.give(&trial::lead(), deeper).unwrap();
        let place = street.states.get::<Place>("b9-1").unwrap();
        let path: Vec<&str> = place.path.iter().map(PlaceId::as_str).collect();
        assert_eq!(path, ["root", "community", "b9", "b9-1"]);
    }

    #[test]
    fn a_place_is_refused_twice_or_below_nothing() {
        let mut street = trial::community();
        let twice = AddPlaces { parent: None, places: vec![entry("b8"), entry("b8")] };
        assert_eq!(street.give(&trial::lead(), twice).unwrap_err().code, Code::Exists);
        let lost = AddPlaces { parent: Some(id("nowhere")), places: vec![entry("b8")] };
        assert_eq!(street.give(&trial::lead(), lost).unwrap_err().code, Code::Unknown);
        let none = AddPlaces { parent: None, places: Vec::new() };
        assert_eq!(street.give(&trial::lead(), none).unwrap_err().code, Code::Missing);
    }

    #[test]
    fn a_resident_may_not_add_places() {
        let mut street = trial::community();
        let add = AddPlaces { parent: None, places: vec![entry("b8")] };
        assert_eq!(street.give(&trial::resident(), add).unwrap_err().code, Code::NotAllowed);
    }
}
