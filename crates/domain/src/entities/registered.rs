//! What an entity of the register's lists stands for, and the states by which it is judged.

use super::EntityChange;
use super::said::household;
use crate::fact::Fact;
use crate::forms::answers;
use crate::ids::{EntityId, HouseholdId, ListId, PersonId};
use crate::people::{HOUSEHOLD, Household, Person, household_with_people};
use crate::places::{Place, of};
use crate::states::{AsThing, Changes, Key, States};

/// The list of people.
pub const PEOPLE: &str = "people";
/// The list of households.
pub const HOUSEHOLDS: &str = "households";
/// The property of a household that says where it lives.
pub(super) const PLACE: &str = "place";
/// How lists write what something is, in front of its id.
const PERSON_MARK: &str = "person:";
pub(super) const HOUSEHOLD_MARK: &str = "household:";
pub(super) const PLACE_MARK: &str = "place:";
/// The most things that a record mentions.
const MENTIONED_MAX: usize = 200;

/// What an entity of the register's lists stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// A person.
    Person(PersonId),
    /// A household.
    Household(HouseholdId),
}

impl Registered {
    /// What an entity stands for, if its list is one of the register's. A device that made it
    /// calls it by its id alone.
    #[must_use]
    pub fn of(list: &ListId, entity: &EntityId) -> Option<Self> {
        let id = entity.as_str();
        match list.as_str() {
            PEOPLE => {
                PersonId::new(id.strip_prefix(PERSON_MARK).unwrap_or(id)).ok().map(Self::Person)
            }
            HOUSEHOLDS => household(id).map(Self::Household),
            _ => None,
        }
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Person(id) => Key::new(Person::KIND, id.as_str()),
            Self::Household(id) => Key::new(Household::KIND, id.as_str()),
        }
    }

    /// The list that it is in, and how it is called there.
    #[must_use]
    pub fn entity(&self) -> (ListId, EntityId) {
        let (list, mark, id) = match self {
            Self::Person(id) => (PEOPLE, PERSON_MARK, id.as_str()),
            Self::Household(id) => (HOUSEHOLDS, HOUSEHOLD_MARK, id.as_str()),
        };
        // Where the mark makes it too long for an id it goes by its id alone.
        let entity = EntityId::new(format!("{mark}{id}")).or_else(|_| EntityId::new(id));
        (ListId::new(list).expect("plain"), entity.expect("as plain as it was"))
    }

    /// Remembers what a fact says of it as an entity. What was changed stands in facts of its own.
    pub(super) fn apply(&self, states: &mut impl Changes, fact: &Fact, change: &EntityChange) {
        let versions = match self {
            Self::Person(id) => of::<Person>(states, id.as_str()).map(|it| &mut it.versions),
            Self::Household(id) => of::<Household>(states, id.as_str()).map(|it| &mut it.versions),
        };
        let Some(versions) = versions else { return };
        match fact {
            Fact::EntityUpdated { .. } => versions.step(change),
            Fact::ConflictFound { .. } => versions.beside(change),
            Fact::ConflictResolved { .. } => versions.settle(&change.submission),
            _ => {}
        }
    }

    /// Under whose name the vault keeps what is said of it.
    #[must_use]
    pub fn owner(&self) -> PersonId {
        match self {
            Self::Person(id) => id.clone(),
            Self::Household(id) => answers::owner(None, HOUSEHOLD, id.as_str()),
        }
    }
}

/// The states by which a record's deeds in the register are judged: those that it names, and
/// people, households and places that it mentions as lists write them.
pub(crate) fn needs(named: &[(ListId, EntityId)], record: &str, seen: &States) -> Vec<Key> {
    let named: Vec<Registered> =
        named.iter().filter_map(|(list, id)| Registered::of(list, id)).collect();
    let mut needs: Vec<Key> = named.iter().flat_map(|it| around(it, seen)).collect();
    if needs.is_empty() {
        return needs;
    }
    let places = mentioned(record, PLACE_MARK);
    needs.extend(places.map(|id| Key::new(Place::KIND, id)));
    let homes = mentioned(record, HOUSEHOLD_MARK);
    needs.extend(homes.map(|id| Key::new(Household::KIND, id)));
    needs
}

/// Something of the register, and what it is kept with.
pub(super) fn around(it: &Registered, seen: &States) -> Vec<Key> {
    let mut needs = vec![it.key()];
    match it {
        Registered::Person(id) => {
            let home = seen.get::<Person>(id.as_str()).map(|person| &person.household);
            needs.extend(home.map(|id| Key::new(Household::KIND, id.as_str())));
        }
        Registered::Household(id) => {
            needs.extend(household_with_people(id, seen));
            let place = seen.get::<Household>(id.as_str()).map(|home| &home.place);
            needs.extend(place.map(|id| Key::new(Place::KIND, id.as_str())));
        }
    }
    needs
}

/// Ids that stand in a record behind a mark.
fn mentioned<'r>(record: &'r str, mark: &'static str) -> impl Iterator<Item = &'r str> {
    let after = record.match_indices(mark).map(move |(at, _)| &record[at + mark.len()..]);
    let ids = after.filter_map(|rest| {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-'));
        let id = &rest[..rest.find(ends).unwrap_or(rest.len())];
        EntityId::new(id).is_ok().then_some(id)
    });
    ids.take(MENTIONED_MAX)
}
