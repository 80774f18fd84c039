//! Who is who in the play: people by name, doors, and accounts with their roles.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use domain::Role;
use domain::ids::LedgerId;

use super::street::{Door, Street};

/// Somebody behind a door.
#[derive(Debug, Clone)]
pub(super) struct Inhabitant {
    /// The community, whose ledger keeps them.
    pub(super) ledger: LedgerId,
    /// The person's id.
    pub(super) person: String,
    /// The household's id.
    pub(super) household: String,
    /// The building's id.
    pub(super) building: String,
    /// The name.
    pub(super) name: String,
    /// Groups that matter for care.
    pub(super) groups: Vec<String>,
    /// The account, for those who have one.
    pub(super) account: Option<String>,
    /// Whether the street's file names them.
    pub(super) in_story: bool,
}

/// An account with a role.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The account.
    pub(super) account: String,
    /// The role.
    pub(super) role: String,
    /// Where it holds.
    pub(super) place: String,
    /// Which inhabitant it is, for residents.
    pub(super) inhabitant: Option<usize>,
}

/// Everybody.
#[derive(Debug, Default)]
pub(super) struct Town {
    /// Everybody behind a door, community by community, door by door.
    pub(super) inhabitants: Vec<Inhabitant>,
    /// The first inhabitant of each door.
    pub(super) doors: BTreeMap<String, Vec<usize>>,
    /// Everybody with an account.
    pub(super) known: Vec<Known>,
    /// The places above each community, its own last.
    above: BTreeMap<String, Vec<String>>,
}

impl Town {
    /// Everybody of a street, with the doors that chance gave it.
    pub(super) fn of(street: &Street, doors: &[(String, Vec<Door>)]) -> Result<Self> {
        let mut town = Self::default();
        for (community, doors) in doors {
            town.above.insert(community.clone(), above(street, community));
            for (number, door) in doors.iter().enumerate() {
                town.move_in(street, community, number, door)?;
            }
        }
        for it in &street.people {
            let (account, role) = (it.name.clone(), it.role.clone());
            town.known.push(Known { account, role, place: it.place.clone(), inhabitant: None });
        }
        Ok(town)
    }

    fn move_in(
        &mut self,
        street: &Street,
        community: &str,
        number: usize,
        door: &Door,
    ) -> Result<()> {
        let ledger: LedgerId = community.parse()?;
        self.doors.entry(community.to_owned()).or_default().push(self.inhabitants.len());
        for (inside, line) in door.people.iter().enumerate() {
            let account = street.account_of(community, number, inside);
            if let Some(account) = &account {
                self.known.push(Known {
                    account: account.clone(),
                    role: Role::RESIDENT.to_owned(),
                    place: community.to_owned(),
                    inhabitant: Some(self.inhabitants.len()),
                });
            }
            self.inhabitants.push(Inhabitant {
                ledger: ledger.clone(),
                person: format!("{}-p{inside}", door.household),
                household: door.household.clone(),
                building: door.building.clone(),
                name: line.name.clone(),
                groups: line.groups.clone(),
                account,
                in_story: street
                    .households
                    .iter()
                    .any(|line| line.community == community && line.door == number),
            });
        }
        Ok(())
    }

    /// Somebody of the story by name. Chance may have given the same name again.
    pub(super) fn named(&self, name: &str) -> Result<&Inhabitant> {
        let mut same = self.inhabitants.iter().filter(|it| it.in_story && it.name == name);
        same.next().with_context(|| format!("nobody is called {name}"))
    }

    /// An account by its name.
    pub(super) fn account(&self, name: &str) -> Result<&Known> {
        let found = self.known.iter().find(|it| it.account == name);
        found.with_context(|| format!("no account is called {name}"))
    }

    /// Whether an account's role holds in a community.
    pub(super) fn works_in(&self, known: &Known, community: &str) -> bool {
        self.above.get(community).is_some_and(|above| above.contains(&known.place))
    }

    /// Everybody who holds a role in a community.
    pub(super) fn holding(&self, role: &str, community: &str) -> Vec<&Known> {
        let holds = |it: &&Known| it.role == role && self.works_in(it, community);
        self.known.iter().filter(holds).collect()
    }

    /// The account of a person, if there is one.
    pub(super) fn account_of_person(&self, person: &str) -> Option<&str> {
        self.inhabitants.iter().find(|it| it.person == person)?.account.as_deref()
    }

    /// The communities.
    pub(super) fn communities(&self) -> impl Iterator<Item = &str> {
        self.doors.keys().map(String::as_str)
    }

    /// The people of a community of one of the groups; everybody when none is named.
    pub(super) fn of_groups(&self, community: &str, groups: &[String]) -> Vec<usize> {
        let fits = |it: &Inhabitant| {
            it.ledger.as_str() == community
                && (groups.is_empty() || it.groups.iter().any(|group| groups.contains(group)))
        };
        (0..self.inhabitants.len()).filter(|at| fits(&self.inhabitants[*at])).collect()
    }
}

/// The places above a community and itself.
fn above(street: &Street, community: &str) -> Vec<String> {
    let mut above = vec![community.to_owned()];
    while let Some(line) = street.places.iter().find(|line| Some(&line.id) == above.last()) {
        above.push(line.below.clone());
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_with_an_account_lives_behind_a_door_or_works_somewhere() {
        let street = Street::built_in();
        let mut rng = fastrand::Rng::with_seed(1);
        let doors: Vec<_> =
            street.communities.iter().map(|c| (c.id.clone(), street.doors(c, &mut rng))).collect();
        let town = Town::of(&street, &doors).unwrap();
        for it in &street.residents {
            let known = town.account(&it.name).unwrap();
            let lives = &town.inhabitants[known.inhabitant.unwrap()];
            assert_eq!(lives.name, it.display);
        }
        for community in town.communities() {
            assert!(!town.holding(Role::GRID_WORKER, community).is_empty());
            assert!(!town.holding(Role::COORDINATOR, community).is_empty());
            assert!(town.holding(Role::RESIDENT, community).len() > 20);
        }
    }
}
