//! The stage of a story: an empty community, the people, pools and modes that are given.

use std::collections::BTreeMap;

use domain::command::Command;
use domain::ids::{AccountId, HouseholdId, LedgerId, ModeId, PersonId, PlaceId, PoolId};
use domain::modes::DeclareMode;
use domain::packs::AdoptPack;
use domain::people::{RegisterHousehold, RegisterPerson, StateCare};
use domain::places::{AddPlaces, OpenLedger, PlaceEntry};
use domain::rehearsal::Rehearsal;
use domain::rules::Pack;
use domain::stock::{AddStock, OpenPool};
use domain::{Actor, Grant, Refusal, Role};
use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::example::{At, Cast, Example, InForce};
use crate::read::Checked;

/// Where stories play: street, community, grid cell, building.
const PLACES: &[(&str, &str)] =
    &[("street", "street"), ("community", "community"), ("grid", "grid"), ("building", "building")];

/// Somebody of a story, as the ledger knows them.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) actor: Actor,
    pub(crate) person: PersonId,
    pub(crate) household: HouseholdId,
}

/// The stage.
pub(crate) struct Stage {
    pub(crate) street: Rehearsal,
    pub(crate) people: BTreeMap<String, Known>,
    pub(crate) pools: BTreeMap<String, PoolId>,
    /// Midnight of the first day.
    pub(crate) midnight: Timestamp,
}

/// Makes an id of what is plain by construction.
pub(crate) fn plain<T: TryFrom<String>>(text: impl Into<String>) -> T
where
    T::Error: std::fmt::Debug,
{
    T::try_from(text.into()).expect("made of plain characters")
}

fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// The first Monday from a day on.
fn monday_from(day: Date) -> Date {
    let ahead = Weekday::Monday.since(day.weekday());
    day.checked_add(jiff::Span::new().days(i64::from(ahead))).unwrap_or(day)
}

impl Stage {
    /// Sets the stage for an example.
    pub(crate) fn set(checked: &Checked, example: &Example) -> Result<Self, Refusal> {
        let pack = &checked.pack;
        let first = example.given.begin.unwrap_or_else(|| monday_from(pack.valid_from));
        let midnight =
            first.to_zoned_datetime(zone()).map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
        let path = ["root", "street", "community"].map(plain::<PlaceId>).to_vec();
        let mut street =
            Rehearsal::new(plain::<LedgerId>("community"), path.clone(), midnight, zone());
        street.shelve(pack.clone());
        let mut stage = Self { street, people: BTreeMap::new(), pools: BTreeMap::new(), midnight };
        let operator = actor("operator", None, &["operator".to_owned()]);
        stage.places(&operator, path)?;
        let adopt = AdoptPack {
            pack: pack.id.clone(),
            version: pack.version.clone(),
            hash: pack.hash.clone(),
        };
        stage.street.give(&operator, adopt)?;
        stage.cast(&operator, &example.given.people)?;
        for (index, given) in example.given.stock.iter().enumerate() {
            let pool = plain::<PoolId>(format!("pool-{}", index + 1));
            let open = OpenPool {
                pool: pool.clone(),
                sort: format!("{}.{}", pack.id, given.sort),
                name: given.name.clone(),
                place: None,
            };
            stage.street.give(&operator, open)?;
            if given.amount > 0 {
                let reason = "given".to_owned();
                let add = AddStock { pool: pool.clone(), amount: given.amount, reason };
                stage.street.give(&operator, add)?;
            }
            stage.pools.insert(given.name.clone(), pool);
        }
        Ok(stage)
    }

    fn places(&mut self, operator: &Actor, path: Vec<PlaceId>) -> Result<(), Refusal> {
        let open = OpenLedger {
            place: plain("community"),
            name: "community".to_owned(),
            level: "community".to_owned(),
            path,
        };
        self.street.give(operator, open)?;
        for pair in PLACES.windows(2).skip(1) {
            let entry = PlaceEntry {
                id: plain(pair[1].0),
                name: pair[1].0.to_owned(),
                level: pair[1].1.to_owned(),
            };
            let add = AddPlaces { parent: Some(plain(pair[0].0)), places: vec![entry] };
            self.street.give(operator, add)?;
        }
        Ok(())
    }

    fn cast(&mut self, operator: &Actor, people: &[Cast]) -> Result<(), Refusal> {
        let mut doors: BTreeMap<String, HouseholdId> = BTreeMap::new();
        for (index, cast) in people.iter().enumerate() {
            let door = cast.home.clone().unwrap_or_else(|| format!("door {}", index + 1));
            let next = plain::<HouseholdId>(format!("household-{}", doors.len() + 1));
            if !doors.contains_key(&door) {
                doors.insert(door.clone(), next.clone());
                let register = RegisterHousehold {
                    household: next,
                    place: plain("building"),
                    door: door.clone(),
                };
                self.street.give(operator, register)?;
            }
            let household = doors[&door].clone();
            let person = plain::<PersonId>(format!("person-{}", index + 1));
            let register = RegisterPerson {
                person: person.clone(),
                household: household.clone(),
                born_year: cast.born,
                groups: cast.groups.clone(),
                values: BTreeMap::new(),
                purpose: None,
            };
            self.street.give(operator, register)?;
            let actor = actor(&format!("account-{}", index + 1), Some(&person), &cast.roles);
            self.people.insert(cast.name.clone(), Known { actor, person, household });
        }
        for cast in people {
            for carer in &cast.cared_for_by {
                let (Some(carer), Some(dependant)) =
                    (self.people.get(carer), self.people.get(&cast.name))
                else {
                    continue;
                };
                let care = StateCare {
                    carer: carer.person.clone(),
                    dependant: dependant.person.clone(),
                    care: "care".to_owned(),
                };
                self.street.give(operator, care)?;
            }
        }
        Ok(())
    }

    /// Declares a mode that is given, as an authority of the story would.
    pub(crate) fn declare(&mut self, pack: &Pack, given: &InForce) -> Result<(), Refusal> {
        let id = plain::<ModeId>(format!("{}.{}", pack.id, given.mode));
        let roles = pack.modes.get(&id).map(|rule| rule.declared_by.clone()).unwrap_or_default();
        let authority = actor("authority", None, &roles);
        let until = self.at(given.until);
        let declare = self.declaration(pack, &given.mode, &given.level, until, "given");
        self.street.give(&authority, declare).map(|_| ())
    }

    /// The declaration of a mode, with what the pack says of itself.
    pub(crate) fn declaration(
        &self,
        pack: &Pack,
        mode: &str,
        level: &str,
        until: Timestamp,
        reason: &str,
    ) -> Command {
        let now = self.street.moment.at;
        let middle = now + SignedDuration::from_secs(until.duration_since(now).as_secs() / 2);
        let line = |text: &str| text.chars().take(200).collect::<String>();
        DeclareMode {
            mode: plain(format!("{}.{mode}", pack.id)),
            level: level.to_owned(),
            authority: line(&pack.authority.zh),
            legal_basis: line(&pack.source),
            reason: reason.to_owned(),
            appeal: line(&pack.authority.zh),
            from: None,
            until,
            review_on: self.street.moment.day_of(middle),
        }
        .into()
    }

    /// The instant of a moment of the story.
    pub(crate) fn at(&self, at: At) -> Timestamp {
        match at {
            At::Minute(minute) => self.midnight + SignedDuration::from_mins(minute),
            At::Later(minutes) => self.street.moment.at + SignedDuration::from_mins(minutes),
        }
    }

    /// The name of an account in the story.
    pub(crate) fn name_of(&self, account: &AccountId) -> String {
        let known = self.people.iter().find(|(_, known)| known.actor.account == *account);
        known.map_or_else(|| account.to_string(), |(name, _)| name.clone())
    }
}

/// Somebody with roles: those that answer for a street hold them there, others in the community.
fn actor(account: &str, person: Option<&PersonId>, roles: &[String]) -> Actor {
    let grants = roles.iter().map(|role| {
        let above = [Role::COORDINATOR, Role::DEPARTMENT, Role::ANALYST, Role::OPERATOR];
        let place = if above.contains(&role.as_str()) { "street" } else { "community" };
        Grant { role: Role::new(role), place: plain(place), until: None }
    });
    let person = person.map(|person| (plain("community"), person.clone()));
    Actor { account: plain(account), person, grants: grants.collect() }
}
