//! Places of any level: divisions, communities, grid cells, buildings, stairwells.

mod add_places;
mod open_ledger;
mod rename_place;
mod retire_place;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::ids::PlaceId;
use crate::states::{AsThing, Changes, Index, Key};

pub use add_places::AddPlaces;
pub use open_ledger::OpenLedger;
pub use rename_place::RenamePlace;
pub use retire_place::RetirePlace;

/// A place that is added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceEntry {
    /// Its id; for an administrative division its code.
    pub id: PlaceId,
    /// Its name.
    pub name: String,
    /// Its level: `province`, `city`, `county`, `street`, `community`, `grid`, `building`, ….
    pub level: String,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its id.
    pub id: PlaceId,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: String,
    /// Places from the root to the place itself.
    pub path: Vec<PlaceId>,
    /// Whether it is no longer in use.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// Which place a ledger keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerHead {
    /// The place.
    pub place: PlaceId,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: String,
    /// Places from the root to it.
    pub path: Vec<PlaceId>,
}

/// A path of places as one text for the index: `/a/b/c/`.
#[must_use]
pub fn path_text(path: &[PlaceId]) -> String {
    let mut text = String::from("/");
    for place in path {
        text.push_str(place.as_str());
        text.push('/');
    }
    text
}

impl Place {
    pub(crate) fn index(&self) -> Index {
        let above = self.path.iter().rev().nth(1);
        Index {
            place: above.cloned(),
            path: path_text(&self.path),
            sort: self.level.clone(),
            status: if self.retired { "retired" } else { "" }.to_owned(),
            ..Index::default()
        }
    }
}

impl LedgerHead {
    pub(crate) fn index(&self) -> Index {
        Index {
            place: Some(self.place.clone()),
            path: path_text(&self.path),
            sort: self.level.clone(),
            ..Index::default()
        }
    }
}

pub(crate) fn apply(states: &mut impl Changes, fact: &Fact) {
    match fact {
        Fact::LedgerOpened { place, name, level, path } => {
            let head = LedgerHead {
                place: place.clone(),
                name: name.clone(),
                level: level.clone(),
                path: path.clone(),
            };
            states.create(Key::ledger(), head.into_thing());
        }
        Fact::PlacesAdded { path, places, .. } => {
            for entry in places {
                let mut whole = path.clone();
                whole.push(entry.id.clone());
                let place = Place {
                    id: entry.id.clone(),
                    name: entry.name.clone(),
                    level: entry.level.clone(),
                    path: whole,
                    retired: false,
                };
                states.create(Key::new(Place::KIND, entry.id.as_str()), place.into_thing());
            }
        }
        Fact::PlaceRenamed { place, name } => {
            if let Some(state) = of::<Place>(states, place.as_str()) {
                state.name.clone_from(name);
            }
        }
        Fact::PlaceRetired { place, .. } => {
            if let Some(state) = of::<Place>(states, place.as_str()) {
                state.retired = true;
            }
        }
        _ => {}
    }
}

/// The state of a thing of a type, to change it.
pub(crate) fn of<'a, T: AsThing + 'a>(states: &'a mut impl Changes, id: &str) -> Option<&'a mut T> {
    states.change(&Key::new(T::KIND, id)).and_then(T::of_mut)
}
