//! Households and persons, and who cares for whom.

pub(crate) mod correct_household;
pub(crate) mod correct_person;
mod destroy_values;
mod end_care;
mod move_person;
mod register_household;
mod register_person;
mod state_care;
pub(crate) mod values;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::authority::Actor;
use crate::entities::Versions;
use crate::fact::Fact;
use crate::ids::{CaseId, ElementId, HouseholdId, LedgerId, PersonId, PlaceId, PoolId};
use crate::places::{of, path_text};
use crate::states::{AsThing, Changes, Index, Key, States};

pub use correct_household::CorrectHousehold;
pub use correct_person::CorrectPerson;
pub use destroy_values::DestroyValues;
pub use end_care::EndCare;
pub use move_person::MovePerson;
pub use register_household::RegisterHousehold;
pub use register_person::RegisterPerson;
pub use state_care::StateCare;

/// The property of a household that says how its door is called.
pub const DOOR: &str = "door";
/// The property of a person that says to which household they belong.
pub const HOUSEHOLD: &str = "household";
/// The property of a person that says in which year they were born.
pub const BORN_YEAR: &str = "born_year";
/// The property of a person that says to which groups they belong.
pub const GROUPS: &str = "groups";
/// The element under which the register keeps names.
pub const NAME: &str = "name";

/// A household: the people behind one door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    /// Its id.
    pub id: HouseholdId,
    /// Where it lives.
    pub place: PlaceId,
    /// Places from the root to there.
    pub path: Vec<PlaceId>,
    /// The door, as the neighbours call it.
    pub door: String,
    /// Its people.
    pub people: BTreeSet<PersonId>,
    /// Its open cases.
    pub open_cases: BTreeSet<CaseId>,
    /// How often it was changed since it was registered, and by what.
    #[serde(default, skip_serializing_if = "Versions::is_first")]
    pub versions: Versions,
}

/// A person, as far as rules need to know: no name, no number, no address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The id.
    pub id: PersonId,
    /// The household.
    pub household: HouseholdId,
    /// Places from the root to where the household lives.
    pub path: Vec<PlaceId>,
    /// Year of birth.
    pub born_year: Option<i16>,
    /// Groups that matter for care.
    pub groups: BTreeSet<String>,
    /// Whom the person cares for, and in what way.
    pub cares_for: BTreeMap<PersonId, String>,
    /// Who cares for the person, and in what way.
    pub cared_by: BTreeMap<PersonId, String>,
    /// Where the person stays.
    pub whereabouts: Whereabouts,
    /// The order that the person is under.
    pub order: Option<UnderOrder>,
    /// Open cases about the person.
    pub open_cases: BTreeSet<CaseId>,
    /// How often the person was changed since they were registered, and by what.
    #[serde(default, skip_serializing_if = "Versions::is_first")]
    pub versions: Versions,
}

/// Where a person stays: always exactly one place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Whereabouts {
    /// At home.
    #[default]
    Home,
    /// In a room, bed or shelter place of a pool.
    Pool {
        /// The pool.
        pool: PoolId,
    },
    /// Died or moved away.
    Gone,
}

/// The order that a person is under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderOrder {
    /// The case that gave it.
    pub case: CaseId,
    /// When it ends by itself.
    pub until: Timestamp,
    /// Whether the person had to leave home.
    pub leaves_home: bool,
}

impl Person {
    /// Whether the person can look after somebody at home now.
    #[must_use]
    pub fn can_care(&self) -> bool {
        self.order.as_ref().is_none_or(|order| !order.leaves_home)
            && self.whereabouts == Whereabouts::Home
    }

    pub(crate) fn index(&self) -> Index {
        Index {
            place: self.path.last().cloned(),
            path: path_text(&self.path),
            sort: sort(&self.versions),
            status: if self.order.is_some() { "under_order" } else { "" }.to_owned(),
            about: self.household.to_string(),
            ..Index::default()
        }
    }
}

/// Whether an actor is the person, or cares for them.
#[must_use]
pub fn speaks_for(actor: &Actor, ledger: &LedgerId, person: &Person) -> bool {
    actor.person.as_ref().is_some_and(|(own_ledger, own)| {
        own_ledger == ledger && (*own == person.id || person.cared_by.contains_key(own))
    })
}

impl Household {
    pub(crate) fn index(&self) -> Index {
        Index {
            place: Some(self.place.clone()),
            path: path_text(&self.path),
            sort: sort(&self.versions),
            ..Index::default()
        }
    }
}

/// By what a person or household is listed: whether something waits for somebody to decide.
fn sort(versions: &Versions) -> String {
    if versions.has_conflicts() { "conflict" } else { "" }.to_owned()
}

/// A household and its people, as far as they are seen.
pub(crate) fn household_with_people(id: &HouseholdId, seen: &States) -> Vec<Key> {
    let mut needs = vec![Key::new(Household::KIND, id.as_str())];
    let home = seen.get::<Household>(id.as_str());
    let people = home.into_iter().flat_map(|home| &home.people);
    needs.extend(people.map(|id| Key::new(Person::KIND, id.as_str())));
    needs
}

fn property(name: &str) -> ElementId {
    ElementId::new(name).expect("plain")
}

pub(crate) fn apply(states: &mut impl Changes, fact: &Fact) {
    apply_to_register(states, fact);
    apply_corrections(states, fact);
    apply_to_care(states, fact);
    apply_to_stay(states, fact);
}

/// Who belongs to which household.
fn apply_to_register(states: &mut impl Changes, fact: &Fact) {
    match fact {
        Fact::HouseholdRegistered { household, place, path, door } => {
            let state = Household {
                id: household.clone(),
                place: place.clone(),
                path: path.clone(),
                door: door.clone(),
                people: BTreeSet::new(),
                open_cases: BTreeSet::new(),
                versions: Versions::default(),
            };
            states.create(Key::new(Household::KIND, household.as_str()), state.into_thing());
        }
        Fact::PersonRegistered { person, household, path, born_year, groups, .. } => {
            let state = Person {
                id: person.clone(),
                household: household.clone(),
                path: path.clone(),
                born_year: *born_year,
                groups: groups.iter().cloned().collect(),
                cares_for: BTreeMap::new(),
                cared_by: BTreeMap::new(),
                whereabouts: Whereabouts::Home,
                order: None,
                open_cases: BTreeSet::new(),
                versions: Versions::default(),
            };
            states.create(Key::new(Person::KIND, person.as_str()), state.into_thing());
            if let Some(home) = of::<Household>(states, household.as_str()) {
                home.people.insert(person.clone());
            }
        }
        Fact::PersonMoved { person, from, to, path } => {
            if let Some(home) = of::<Household>(states, from.as_str()) {
                home.people.remove(person);
            }
            if let Some(home) = of::<Household>(states, to.as_str()) {
                home.people.insert(person.clone());
            }
            if let Some(state) = of::<Person>(states, person.as_str()) {
                state.household = to.clone();
                state.path.clone_from(path);
                state.versions.take([property(HOUSEHOLD), property(DOOR)]);
            }
        }
        _ => {}
    }
}

/// What was put right.
fn apply_corrections(states: &mut impl Changes, fact: &Fact) {
    match fact {
        Fact::HouseholdCorrected { household, door, people } => {
            if let Some(home) = of::<Household>(states, household.as_str()) {
                home.door.clone_from(door);
                home.versions.take([property(DOOR)]);
            }
            for person in people {
                if let Some(state) = of::<Person>(states, person.as_str()) {
                    state.versions.take([property(DOOR)]);
                }
            }
        }
        Fact::PersonCorrected { person, born_year, groups, sealed } => {
            if let Some(state) = of::<Person>(states, person.as_str()) {
                state.born_year = born_year.or(state.born_year);
                if let Some(groups) = groups {
                    state.groups = groups.iter().cloned().collect();
                }
                let born_year = born_year.map(|_| property(BORN_YEAR));
                let groups = groups.as_ref().map(|_| property(GROUPS));
                let values = sealed.iter().map(|value| value.element.clone());
                state.versions.take(born_year.into_iter().chain(groups).chain(values));
            }
        }
        _ => {}
    }
}

/// Who cares for whom.
fn apply_to_care(states: &mut impl Changes, fact: &Fact) {
    match fact {
        Fact::CareStated { carer, dependant, care } => {
            if let Some(state) = of::<Person>(states, carer.as_str()) {
                state.cares_for.insert(dependant.clone(), care.clone());
            }
            if let Some(state) = of::<Person>(states, dependant.as_str()) {
                state.cared_by.insert(carer.clone(), care.clone());
            }
        }
        Fact::CareEnded { carer, dependant } => {
            if let Some(state) = of::<Person>(states, carer.as_str()) {
                state.cares_for.remove(dependant);
            }
            if let Some(state) = of::<Person>(states, dependant.as_str()) {
                state.cared_by.remove(carer);
            }
        }
        _ => {}
    }
}

/// Where somebody stays, and by which order.
fn apply_to_stay(states: &mut impl Changes, fact: &Fact) {
    match fact {
        Fact::PersonPlaced { person, whereabouts, .. } => {
            if let Some(state) = of::<Person>(states, person.as_str()) {
                state.whereabouts = whereabouts.clone();
            }
        }
        Fact::OrderGiven { case, person, order, .. } => {
            if let Some(state) = of::<Person>(states, person.as_str()) {
                state.order = Some(UnderOrder {
                    case: case.clone(),
                    until: order.until,
                    leaves_home: order.leaves_home,
                });
            }
        }
        Fact::OrderEnded { person, .. } => {
            if let Some(state) = of::<Person>(states, person.as_str()) {
                state.order = None;
            }
        }
        _ => {}
    }
}
