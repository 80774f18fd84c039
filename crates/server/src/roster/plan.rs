//! Rows of a roster -> commands. Every id comes from the content, so that sending the same roster
//! again asks for what is done already.

use std::collections::{BTreeMap, BTreeSet};

use domain::command::Envelope;
use domain::ids::{CommandId, ElementId, HouseholdId, LedgerId, PersonId, PlaceId};
use domain::people::{CorrectPerson, RegisterHousehold, RegisterPerson, StateCare};
use domain::places::{AddPlaces, LedgerHead, Place, PlaceEntry};
use domain::{Command, Words};
use jiff::Timestamp;
use uuid::Uuid;

use super::rows::Row;

/// What a roster asks of one ledger.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Places and households, in the order in which they are needed.
    pub(crate) ground: Vec<Envelope>,
    /// Each row's person: the row's line, to register, and to correct if they are there already.
    pub(crate) people: Vec<(usize, Envelope, Envelope)>,
    /// Who cares for whom, with the line of the dependant.
    pub(crate) care: Vec<(usize, Envelope)>,
    /// Rows that cannot be taken after all.
    pub(crate) bad: Vec<(usize, Words)>,
}

/// The ledger that rows are for, and what it knows already.
pub(crate) struct Ground<'a> {
    pub(crate) ledger: &'a LedgerId,
    pub(crate) head: &'a LedgerHead,
    pub(crate) places: &'a [Place],
    pub(crate) now: Timestamp,
}

fn derived(parts: &[&str]) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, parts.join("\u{1f}").as_bytes()).to_string()
}

impl Ground<'_> {
    fn envelope(&self, command: impl Into<Command>) -> Envelope {
        let command = command.into();
        let content = serde_json::to_string(&command).unwrap_or_default();
        let id = derived(&["roster", self.ledger.as_str(), &content]);
        Envelope {
            id: CommandId::new(id).expect("a UUID is plain"),
            ledger: self.ledger.clone(),
            command,
            device: None,
            occurred_at: self.now,
        }
    }

    fn known(&self, above: &PlaceId, name: &str) -> Option<&Place> {
        let below = self
            .places
            .iter()
            .filter(|place| place.path.iter().rev().nth(1) == Some(above) && !place.retired);
        below.into_iter().find(|place| place.name == name)
    }

    fn household(&self, place: &PlaceId, door: &str) -> HouseholdId {
        let id = derived(&["household", self.ledger.as_str(), place.as_str(), door]);
        HouseholdId::new(id).expect("a UUID is plain")
    }

    fn person(&self, household: &HouseholdId, row: &Row) -> PersonId {
        let born = row.born_year.map(|year| year.to_string());
        let number = row.identity_number.clone().or(born).unwrap_or_default();
        let id = derived(&["person", household.as_str(), &row.name, &number]);
        PersonId::new(id).expect("a UUID is plain")
    }
}

/// Plans what rows of one ledger ask for.
pub(crate) fn plan(ground: &Ground<'_>, rows: &[&Row]) -> Plan {
    let mut plan = Plan::default();
    let places = plan_places(ground, rows, &mut plan);
    let mut homes: Vec<HouseholdId> = Vec::with_capacity(rows.len());
    let mut seen = BTreeSet::new();
    for (row, place) in rows.iter().zip(&places) {
        let household = ground.household(place, &row.door);
        if seen.insert(household.clone()) {
            plan.ground.push(ground.envelope(RegisterHousehold {
                household: household.clone(),
                place: place.clone(),
                door: row.door.clone(),
            }));
        }
        homes.push(household);
    }
    let people: Vec<PersonId> =
        rows.iter().zip(&homes).map(|(row, home)| ground.person(home, row)).collect();
    for (at, row) in rows.iter().enumerate() {
        match carer_of(rows, &homes, at) {
            Err(why) => {
                plan.bad.push((row.line, why));
                continue;
            }
            Ok(Some(carer)) => plan.care.push((
                row.line,
                ground.envelope(StateCare {
                    carer: people[carer].clone(),
                    dependant: people[at].clone(),
                    care: row.care.clone().unwrap_or_else(|| way_of_care(row, ground)),
                }),
            )),
            Ok(None) => {}
        }
        let (register, correct) = person(ground, row, &people[at], &homes[at]);
        plan.people.push((row.line, register, correct));
    }
    plan
}

/// Where each row lives; grid cells and buildings that are new are planned first.
fn plan_places(ground: &Ground<'_>, rows: &[&Row], plan: &mut Plan) -> Vec<PlaceId> {
    let mut new: BTreeMap<PlaceId, Vec<PlaceEntry>> = BTreeMap::new();
    let mut order: Vec<PlaceId> = Vec::new();
    let mut step = |above: &PlaceId, name: &str, level: &str| -> PlaceId {
        if let Some(known) = ground.known(above, name) {
            return known.id.clone();
        }
        let id = derived(&["place", ground.ledger.as_str(), above.as_str(), name]);
        let id = PlaceId::new(id).expect("a UUID is plain");
        let entries = new.entry(above.clone()).or_insert_with(|| {
            order.push(above.clone());
            Vec::new()
        });
        if entries.iter().all(|entry| entry.id != id) {
            let (name, level) = (name.to_owned(), level.to_owned());
            entries.push(PlaceEntry { id: id.clone(), name, level });
        }
        id
    };
    let places = rows
        .iter()
        .map(|row| {
            let mut place = ground.head.place.clone();
            if let Some(grid) = &row.grid {
                place = step(&place, grid, "grid");
            }
            if let Some(building) = &row.building {
                place = step(&place, building, "building");
            }
            place
        })
        .collect();
    for above in order {
        let places = new.remove(&above).unwrap_or_default();
        let parent = (above != ground.head.place).then_some(above);
        plan.ground.push(ground.envelope(AddPlaces { parent, places }));
    }
    // What stands directly below the ledger's own place comes first: others stand on it.
    plan.ground.sort_by_key(|envelope| match &envelope.command {
        Command::AddPlaces(add) => add.parent.is_some(),
        _ => true,
    });
    places
}

fn person(
    ground: &Ground<'_>,
    row: &Row,
    person: &PersonId,
    household: &HouseholdId,
) -> (Envelope, Envelope) {
    let mut values = BTreeMap::new();
    let given = [
        ("name", Some(&row.name)),
        ("phone", row.phone.as_ref()),
        ("identity_number", row.identity_number.as_ref()),
    ];
    for (element, value) in given {
        if let Some(value) = value {
            values.insert(ElementId::new(element).expect("plain"), value.clone());
        }
    }
    let register = RegisterPerson {
        person: person.clone(),
        household: household.clone(),
        born_year: row.born_year,
        groups: row.groups.clone(),
        values: values.clone(),
        purpose: None,
    };
    let correct = CorrectPerson {
        person: person.clone(),
        born_year: row.born_year,
        groups: Some(row.groups.clone()),
        values,
        purpose: None,
    };
    (ground.envelope(register), ground.envelope(correct))
}

/// The row of whoever cares for a row's person: by the file's own number, by name behind the same
/// door, or by a name that is there only once.
fn carer_of(rows: &[&Row], homes: &[HouseholdId], at: usize) -> Result<Option<usize>, Words> {
    let Some(named) = &rows[at].cared_for_by else { return Ok(None) };
    let others = || rows.iter().enumerate().filter(|(other, _)| *other != at);
    let by_reference = others().find(|(_, row)| row.reference.as_ref() == Some(named));
    let at_home = others().find(|(other, row)| row.name == *named && homes[*other] == homes[at]);
    if let Some((carer, _)) = by_reference.or(at_home) {
        return Ok(Some(carer));
    }
    let mut elsewhere = others().filter(|(_, row)| row.name == *named);
    match (elsewhere.next(), elsewhere.next()) {
        (Some((carer, _)), None) => Ok(Some(carer)),
        (Some(_), Some(_)) => Err(Words::new(
            format!("照护人“{named}”有多位同名，请写其编号。"),
            format!("Several people are called \"{named}\"; give the carer's row ref."),
        )),
        (None, _) => Err(Words::new(
            format!("名册中找不到照护人“{named}”。"),
            format!("The carer \"{named}\" is not in the roster."),
        )),
    }
}

/// In what way somebody is cared for, when the roster does not say: by their age.
fn way_of_care(row: &Row, ground: &Ground<'_>) -> String {
    let this_year = ground.now.to_zoned_datetime(jiff::tz::TimeZone::UTC).year();
    let age = row.born_year.map(|born| this_year - born);
    let way = match age {
        Some(age) if age < 16 => "child",
        Some(age) if age >= 60 => "elder",
        _ => "disability",
    };
    way.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::rows::read_roster;
    use super::*;

    fn planned(text: &str) -> Plan {
        let now: Timestamp = "2020-02-01T00:00:00Z".parse().unwrap();
        let roster = read_roster(text.as_bytes(), jiff::civil::date(2020, 2, 1)).unwrap();
        let rows: Vec<&Row> = roster.rows.iter().collect();
        let ledger = LedgerId::new("c1").unwrap();
        let place = PlaceId::new("c1").unwrap();
        let head = LedgerHead {
            place: place.clone(),
            name: "C".to_owned(),
            level: "community".to_owned(),
            path: vec![PlaceId::new("root").unwrap(), place],
        };
        plan(&Ground { ledger: &ledger, head: &head, places: &[], now }, &rows)
    }

    const ROSTER: &str = "编号,网格,楼栋,门牌,姓名,出生,照护人\n\
        1,一,3号楼,101,王芳,1986,\n2,一,3号楼,101,王小明,2014,1\n3,一,3号楼,102,李明,1990,\n";

    #[test]
    fn the_same_roster_asks_for_the_same_commands() {
        let ids = |plan: &Plan| -> Vec<String> {
            plan.people.iter().map(|(_, envelope, _)| envelope.id.to_string()).collect()
        };
        let (first, second) = (planned(ROSTER), planned(ROSTER));
        assert_eq!(ids(&first), ids(&second));
        assert_eq!((first.ground.len(), first.people.len(), first.care.len()), (4, 3, 1));
    }

    #[test]
    fn a_changed_telephone_is_the_same_person_corrected() {
        let with = |phone: &str| planned(&format!("门牌,姓名,出生,电话\n101,王芳,1986,{phone}\n"));
        let person = |plan: &Plan| match &plan.people[0].1.command {
            Command::RegisterPerson(register) => register.person.clone(),
            _ => unreachable!("people are registered"),
        };
        let (before, after) = (with("10000"), with("20000"));
        assert_eq!(person(&before), person(&after));
        assert_ne!(before.people[0].1.id, after.people[0].1.id);
    }

    #[test]
    fn a_carer_who_is_not_there_is_said() {
        let plan = planned("门牌,姓名,照护人\n101,王芳,张三\n");
        assert_eq!((plan.people.len(), plan.bad.len()), (0, 1));
    }
}
