//! What a record says of somebody or some household of the register, and what of it is a change.

use std::collections::{BTreeMap, BTreeSet};

use super::registered::{HOUSEHOLD_MARK, PEOPLE, PLACE, PLACE_MARK};
use super::{Deed, LABEL, Registered};
use crate::command::Context;
use crate::draft::Draft;
use crate::forms::{Flag, answers};
use crate::ids::{ElementId, HouseholdId, PersonId, PlaceId};
use crate::people::{BORN_YEAR, DOOR, GROUPS, HOUSEHOLD, Household, NAME, Person};
use crate::places::Place;
use crate::refusal::{Code, Refusal};

/// Properties with what is said of them.
pub(super) type Said = Vec<(ElementId, String)>;

/// How a person is called in lists of entities: by name and door, or by door and year of birth for
/// whoever may not know the name.
#[must_use]
pub fn called(name: Option<&str>, door: &str, born_year: Option<i16>) -> String {
    let born = born_year.map(|year| year.to_string()).unwrap_or_default();
    name.map_or_else(|| format!("{door} · {born}"), |name| format!("{name} · {door}"))
}

/// What is said of a person, as the register's commands take it.
#[derive(Default)]
pub(super) struct Correction {
    pub(super) household: Option<HouseholdId>,
    pub(super) born_year: Option<i16>,
    pub(super) groups: Option<Vec<String>>,
    pub(super) values: BTreeMap<ElementId, String>,
}

impl Correction {
    /// Reads it; what does not fit is flagged and left out.
    pub(super) fn read(context: &Context<'_>, said: &Said, flags: &mut Vec<Flag>) -> Self {
        let mut read = Self::default();
        for (id, text) in said {
            let fits = match id.as_str() {
                HOUSEHOLD => {
                    read.household = household(text);
                    read.household.is_some()
                }
                BORN_YEAR => {
                    read.born_year = text.parse().ok();
                    read.born_year.is_some()
                }
                GROUPS => {
                    read.groups = Some(groups(text));
                    true
                }
                DOOR => true,
                _ => read.value(context, id, text),
            };
            if !fits {
                flags.push(Flag::BadAnswer { element: id.clone() });
            }
        }
        read
    }

    fn value(&mut self, context: &Context<'_>, id: &ElementId, text: &str) -> bool {
        let fits = context.rules.element(id).is_none_or(|element| {
            answers::misfit(element, &answers::of_text(element, text)).is_none()
        });
        if fits {
            self.values.insert(id.clone(), text.to_owned());
        }
        fits
    }
}

/// A household by how lists write it, or by its id alone.
pub(super) fn household(text: &str) -> Option<HouseholdId> {
    HouseholdId::new(text.strip_prefix(HOUSEHOLD_MARK).unwrap_or(text)).ok()
}

/// A place by how lists write it, or by its id alone.
pub(super) fn place(text: &str) -> Result<PlaceId, Refusal> {
    let bad = |_| Refusal::new(Code::BadValue).with("field", PLACE);
    PlaceId::new(text.strip_prefix(PLACE_MARK).unwrap_or(text)).map_err(bad)
}

fn groups(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// What a deed says: the label is the name of a person and the door of a household, unless that is
/// said by itself. What is left empty says nothing.
pub(super) fn named(deed: &Deed, plain: impl Fn(&str) -> Option<String>) -> Said {
    let name = if deed.list.as_str() == PEOPLE { NAME } else { DOOR };
    let by_itself = deed.properties.iter().any(|(id, _)| id.as_str() == name);
    let said = deed.properties.iter().filter_map(|(id, text)| match id.as_str() {
        _ if text.trim().is_empty() => None,
        LABEL if by_itself => None,
        LABEL => Some((ElementId::new(name).ok()?, plain(text.trim())?)),
        _ => Some((id.clone(), text.trim().to_owned())),
    });
    said.collect()
}

/// What a deed says that does not hold already, and whether it says something that no record
/// changes. A form sends what it showed, whether somebody changed it or not.
pub(super) fn meant(draft: &Draft<'_>, it: &Registered, deed: &Deed) -> (Said, bool) {
    let (said, fixed): (Said, Said) = match it {
        Registered::Person(id) => {
            of_person(draft, id, deed).into_iter().partition(|(id, _)| id.as_str() != DOOR)
        }
        Registered::Household(id) => {
            of_household(draft, id, deed).into_iter().partition(|(id, _)| id.as_str() == DOOR)
        }
    };
    (said, !fixed.is_empty())
}

fn of_person(draft: &Draft<'_>, id: &PersonId, deed: &Deed) -> Said {
    let Some(person) = draft.get::<Person>(id.as_str()) else { return Said::new() };
    let home = draft.get::<Household>(person.household.as_str());
    let door = home.map(|home| home.door.as_str()).unwrap_or_default();
    let behind = format!(" · {door}");
    let mut said = named(deed, |label| {
        let shown = label == called(None, door, person.born_year);
        (!shown).then(|| label.strip_suffix(&behind).unwrap_or(label).to_owned())
    });
    said.retain(|(id, text)| match id.as_str() {
        HOUSEHOLD => household(text).as_ref() != Some(&person.household),
        DOOR => text != door,
        BORN_YEAR => person.born_year.is_none_or(|year| year.to_string() != *text),
        GROUPS => groups(text).into_iter().collect::<BTreeSet<_>>() != person.groups,
        _ => true,
    });
    said
}

fn of_household(draft: &Draft<'_>, id: &HouseholdId, deed: &Deed) -> Said {
    let Some(home) = draft.get::<Household>(id.as_str()) else { return Said::new() };
    let at = draft.get::<Place>(home.place.as_str()).map(|place| place.name.as_str());
    let before = format!("{} ", at.unwrap_or_default());
    let mut said =
        named(deed, |label| Some(label.strip_prefix(&before).unwrap_or(label).to_owned()));
    said.retain(|(id, text)| match id.as_str() {
        DOOR => *text != home.door,
        PLACE => at != Some(text.as_str()) && place(text).ok().as_ref() != Some(&home.place),
        _ => true,
    });
    said
}
