//! The demo's street as data, and the households that chance adds to it.

use std::collections::BTreeMap;

use domain::Words;
use serde::Deserialize;

/// The street as its file tells it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Street {
    /// Places from the city down to the communities.
    pub(super) places: Vec<PlaceLine>,
    /// How each community is built.
    pub(super) communities: Vec<Community>,
    /// Family names, one letter each.
    pub(super) surnames: String,
    /// First letters of given names.
    pub(super) given_first: String,
    /// Second letters of given names.
    pub(super) given_second: String,
    /// People with a role.
    pub(super) people: Vec<Worker>,
    /// Residents who sign in.
    pub(super) residents: Vec<Resident>,
    /// Households of the story.
    pub(super) households: Vec<HouseholdLine>,
    /// Behind every how many doors somebody has an account and takes part in daily life.
    pub(super) neighbours_every: usize,
}

/// A place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceLine {
    /// Its id.
    pub(super) id: String,
    /// Its level.
    pub(super) level: String,
    /// Its name.
    pub(super) name: String,
    /// The place above.
    pub(super) below: String,
    /// Whether it keeps a ledger.
    #[serde(default)]
    pub(super) ledger: bool,
}

/// How a community is built.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Community {
    /// The place.
    pub(super) id: String,
    /// Names of its roads.
    pub(super) roads: Vec<String>,
    /// Grid cells.
    pub(super) grids: usize,
    /// Buildings in each.
    pub(super) buildings_per_grid: usize,
    /// Floors of each building.
    pub(super) floors: usize,
    /// Doors on each floor.
    pub(super) doors_per_floor: usize,
}

/// Somebody with a role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Worker {
    /// The name to sign in with.
    pub(super) name: String,
    /// The name that others see.
    pub(super) display: String,
    /// The role.
    pub(super) role: String,
    /// Where it holds.
    pub(super) place: String,
    /// What they are there for, `zh | en`.
    pub(super) about: String,
}

/// A resident who signs in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Resident {
    /// The name to sign in with.
    pub(super) name: String,
    /// The name that others see.
    pub(super) display: String,
    /// The community.
    pub(super) community: String,
    /// Which door of the community, from 0.
    pub(super) door: usize,
    /// Which person behind it, from 0.
    pub(super) person: usize,
    /// Who they are, `zh | en`.
    pub(super) about: String,
}

/// A household of the story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HouseholdLine {
    /// The community.
    pub(super) community: String,
    /// Which door of the community, from 0.
    pub(super) door: usize,
    /// The people behind it.
    pub(super) people: Vec<PersonLine>,
}

/// A person of a household.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonLine {
    /// The name.
    pub(super) name: String,
    /// Year of birth.
    pub(super) born: i16,
    /// Groups that matter for care.
    #[serde(default)]
    pub(super) groups: Vec<String>,
    /// Who of the household cares for the person.
    #[serde(default)]
    pub(super) cared_for_by: Option<usize>,
}

/// A door with the people behind it.
#[derive(Debug)]
pub(super) struct Door {
    /// The household's id.
    pub(super) household: String,
    /// The building's id.
    pub(super) building: String,
    /// The door, as the neighbours call it.
    pub(super) door: String,
    /// The people.
    pub(super) people: Vec<PersonLine>,
}

impl Street {
    /// The street that comes with the program.
    ///
    /// # Panics
    /// Never: a test reads the file.
    #[must_use]
    pub(super) fn built_in() -> Self {
        serde_saphyr::from_str(include_str!("../../demo/street.yaml")).expect("a test reads it")
    }

    /// The account of a person behind a door, if they have one: a resident of the story, or a
    /// neighbour who takes part in daily life.
    pub(super) fn account_of(&self, community: &str, door: usize, person: usize) -> Option<String> {
        let here = |it: &&Resident| it.community == community && it.door == door;
        if let Some(it) = self.residents.iter().filter(here).find(|it| it.person == person) {
            return Some(it.name.clone());
        }
        let neighbour = door % self.neighbours_every == self.neighbours_every - 1 && person == 0;
        neighbour.then(|| format!("neighbour-{community}-{}", door + 1))
    }

    /// The doors of a community in walking order, with everybody behind them.
    pub(super) fn doors(&self, community: &Community, chance: &mut fastrand::Rng) -> Vec<Door> {
        let told: BTreeMap<usize, &HouseholdLine> = self
            .households
            .iter()
            .filter(|line| line.community == community.id)
            .map(|line| (line.door, line))
            .collect();
        let mut doors = Vec::new();
        for grid in 1..=community.grids {
            for building in 1..=community.buildings_per_grid {
                let id = format!("{}-g{grid}-b{building}", community.id);
                for floor in 1..=community.floors {
                    for door in 1..=community.doors_per_floor {
                        let number = doors.len();
                        let people = match told.get(&number) {
                            Some(line) => line.people.clone(),
                            None => self.family(chance),
                        };
                        doors.push(Door {
                            household: format!("{id}-{floor}0{door}"),
                            building: id.clone(),
                            door: format!("{floor}0{door}"),
                            people,
                        });
                    }
                }
            }
        }
        doors
    }

    /// A family as chance has it: one person to five, children and old people among them.
    fn family(&self, chance: &mut fastrand::Rng) -> Vec<PersonLine> {
        let surname = letter(&self.surnames, chance);
        let name = |family: &str, chance: &mut fastrand::Rng| {
            let first = letter(&self.given_first, chance);
            let second = letter(&self.given_second, chance);
            format!("{family}{first}{second}")
        };
        let person = |name: String, born: i16| PersonLine {
            name,
            born,
            groups: Vec::new(),
            cared_for_by: None,
        };
        let mut people = vec![person(name(&surname, chance), 1940 + chance.i16(0..60))];
        if people[0].born < 1955 && chance.f32() < 0.4 {
            people[0].groups.push("lives_alone".to_owned());
            return people;
        }
        if chance.f32() < 0.7 {
            let born = people[0].born + chance.i16(-5..6);
            let other = letter(&self.surnames, chance);
            people.push(person(name(&other, chance), born));
        }
        if people[0].born > 1975 {
            for _ in 0..chance.usize(0..3) {
                let mut child = person(name(&surname, chance), 2009 + chance.i16(0..15));
                child.cared_for_by = Some(0);
                people.push(child);
            }
            if chance.f32() < 0.15 {
                let mut elder = person(name(&surname, chance), 1936 + chance.i16(0..14));
                elder.groups.push("elderly".to_owned());
                elder.cared_for_by = Some(0);
                people.push(elder);
            }
        }
        people
    }
}

/// A letter drawn from a text.
fn letter(letters: &str, chance: &mut fastrand::Rng) -> String {
    let count = letters.chars().count();
    letters.chars().nth(chance.usize(0..count)).map(String::from).unwrap_or_default()
}

/// Words written as `zh | en`.
#[must_use]
pub(super) fn words(text: &str) -> Words {
    let (zh, en) = text.split_once(" | ").unwrap_or((text, text));
    Words::new(zh.trim(), en.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_street_that_comes_with_the_program_is_whole() {
        let street = Street::built_in();
        for worker in &street.people {
            let words = words(&worker.about);
            assert!(words.zh != words.en, "{}", worker.name);
        }
        for resident in &street.residents {
            let line = street
                .households
                .iter()
                .find(|line| line.community == resident.community && line.door == resident.door);
            let person = line.and_then(|line| line.people.get(resident.person));
            assert_eq!(person.map(|person| person.name.as_str()), Some(resident.display.as_str()));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_doors() {
        let street = Street::built_in();
        let names = |seed| -> Vec<String> {
            let mut chance = fastrand::Rng::with_seed(seed);
            let doors = street.doors(&street.communities[0], &mut chance);
            doors.into_iter().flat_map(|door| door.people).map(|person| person.name).collect()
        };
        assert_eq!(names(1), names(1));
        assert_ne!(names(1), names(2));
    }

    #[test]
    fn whoever_is_cared_for_has_a_carer_at_home() {
        let street = Street::built_in();
        let mut chance = fastrand::Rng::with_seed(7);
        for door in street.doors(&street.communities[0], &mut chance) {
            for person in &door.people {
                assert!(person.cared_for_by.is_none_or(|carer| carer < door.people.len()));
            }
        }
    }
}
