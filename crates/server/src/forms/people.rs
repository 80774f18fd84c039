//! The people and households of a ledger as lists of entities that come with forms, as far as
//! whoever asks works with them.

use std::collections::{BTreeMap, BTreeSet};

use domain::entities::{HOUSEHOLDS as HOUSEHOLDS_LIST, PEOPLE as PEOPLE_LIST, Registered, called};
use domain::ids::LedgerId;
use domain::people::{BORN_YEAR, DOOR, GROUPS, HOUSEHOLD, Household, NAME, Person};
use domain::places::LedgerHead;
use domain::rules::Rules;
use domain::{Kind, Thing};

use super::lists::{ENTRIES_MAX, csv, every, sheets};
use crate::authority::{Sight, View, sight, sight_of_household};
use crate::lookup::Lookup;
use crate::people::values::{self, For, REGISTER};
use crate::problems::Answer;
use crate::reading::{Listing, Opened, Wanted};
use crate::sessions::Signed;

/// The list of people.
pub(super) const PEOPLE: &str = "people.csv";
/// The list of households.
pub(super) const HOUSEHOLDS: &str = "households.csv";
/// What everybody has in the list of people.
const COLUMNS: [&str; 7] = ["name", "label", "__version", HOUSEHOLD, DOOR, BORN_YEAR, GROUPS];

/// Values of people by person and element, the latest of each.
type Values = BTreeMap<(String, String), Opened>;

/// The households that somebody works with or lives in.
async fn own_households(
    lookup: &Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
) -> Answer<Vec<Household>> {
    let now = lookup.app.now();
    let listing =
        Listing { ledger: Some(ledger.clone()), limit: 1000, ..Listing::new(Kind::Household) };
    let things = every(lookup, listing).await?.into_iter();
    let own = things.filter_map(|thing| match thing {
        Thing::Household(home)
            if sight_of_household(&signed.actor, ledger, &home, now) != Sight::Nothing =>
        {
            Some(*home)
        }
        _ => None,
    });
    Ok(own.take(ENTRIES_MAX).collect())
}

pub(super) async fn households(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
) -> Answer<String> {
    let mut rows = vec![["name", "label", "__version", "place", DOOR].map(str::to_owned).to_vec()];
    for home in own_households(lookup, signed, ledger).await? {
        let place = lookup.place_name(ledger, &home.place).await?;
        let label = format!("{place} {}", home.door);
        let version = home.versions.version.to_string();
        let (_, name) = Registered::Household(home.id).entity();
        rows.push(vec![name.to_string(), label, version, place, home.door]);
    }
    csv(&rows)
}

/// What forms here change of people: each is a column, so that what is known stands in the form
/// already, and nothing else is read.
fn changed(rules: &Rules) -> BTreeSet<String> {
    let saved = sheets(rules).flat_map(|form| form.saved(PEOPLE_LIST));
    saved.filter(|name| !COLUMNS.contains(&name.as_str())).collect()
}

pub(super) async fn people(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    (ledger, head): (&LedgerId, &LedgerHead),
) -> Answer<String> {
    let mut people: Vec<(Person, String)> = Vec::new();
    for home in own_households(lookup, signed, ledger).await? {
        for id in &home.people {
            if people.len() < ENTRIES_MAX
                && let Some(person) = lookup.app.reading.get::<Person>(ledger, id.as_str()).await?
            {
                people.push((person, home.door.clone()));
            }
        }
    }
    let rules = lookup.rules(ledger).await?;
    let changed = changed(&rules);
    let values = read(lookup, signed, (ledger, head), (&people, &changed)).await?;
    let headings = COLUMNS.iter().copied().chain(changed.iter().map(String::as_str));
    let mut rows = vec![headings.map(str::to_owned).collect::<Vec<_>>()];
    for (person, door) in people {
        let value = |name: &str| values.get(&(person.id.to_string(), name.to_owned()));
        let name = value(NAME).map(|value| value.value.as_str());
        let label = called(name, &door, person.born_year);
        let (_, id) = Registered::Person(person.id.clone()).entity();
        let (_, home) = Registered::Household(person.household.clone()).entity();
        let version = person.versions.version.to_string();
        let born = person.born_year.map(|year| year.to_string()).unwrap_or_default();
        let groups = person.groups.iter().cloned().collect::<Vec<_>>().join(" ");
        let mut row = vec![id.to_string(), label, version, home.to_string(), door, born, groups];
        row.extend(
            changed
                .iter()
                .map(|name| value(name).map(|value| value.value.clone()).unwrap_or_default()),
        );
        rows.push(row);
    }
    csv(&rows)
}

/// Names, and what forms change, for whoever keeps the register or lives there; each read is in the
/// access log.
async fn read(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    (ledger, head): (&LedgerId, &LedgerHead),
    (people, changed): (&[(Person, String)], &BTreeSet<String>),
) -> Answer<Values> {
    let now = lookup.app.now();
    let home = lookup.home(signed).await?;
    let themselves = |person: &Person| {
        home.as_ref().is_some_and(|me| me.id == person.id || me.cares_for.contains_key(&person.id))
    };
    let whole =
        |person: &Person| sight(&signed.actor, View::Values, &person.path, now) == Sight::Whole;
    let wanted = |may: &dyn Fn(&Person) -> bool| -> Vec<Wanted> {
        let own = people.iter().filter(|(person, _)| may(person));
        let item = Some(String::new());
        own.map(|(person, _)| Wanted { person: person.id.clone(), item: item.clone() }).collect()
    };
    let elements: Vec<&str> =
        std::iter::once(NAME).chain(changed.iter().map(String::as_str)).collect();
    let mut values = Values::new();
    for (purpose, wanted) in [
        (For::Purpose(REGISTER), wanted(&whole)),
        (For::Oneself, wanted(&|person| !whole(person) && themselves(person))),
    ] {
        if wanted.is_empty() {
            continue;
        }
        let at = (ledger, head.path.as_slice());
        for value in values::open_some(lookup, signed, at, purpose, &wanted, &elements).await? {
            let name = (value.person.clone(), value.element.clone());
            if values.get(&name).is_none_or(|known| known.since <= value.since) {
                values.insert(name, value);
            }
        }
    }
    Ok(values)
}

/// Whether a file is one of the register's lists.
pub(super) fn is_list(file: &str) -> bool {
    let list = file.strip_suffix(".csv");
    list.is_some_and(|list| list == PEOPLE_LIST || list == HOUSEHOLDS_LIST)
}
