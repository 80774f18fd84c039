//! The street of the week: its ledgers, homes and people, and who carries which phone.

use domain::ids::{AccountId, LedgerId, PersonId};
use domain::{Actor, Envelope, Grant, Role};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::dice::Dice;

/// The communities of the street; each keeps a ledger.
pub(crate) const COMMUNITIES: [&str; 2] = ["elm", "oak"];
/// Buildings, homes and people of a community.
const BUILDINGS: usize = 2;
const HOMES: usize = 8;
const ROOMS: i64 = 3;
const MEALS: i64 = 20;
/// What every secret of the week begins with: nobody ever writes it anywhere else.
pub(crate) const SECRET: &str = "zq7-secret-";

/// An id from a text of ours.
pub(crate) fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("the week uses plain ids")
}

/// Somebody with one role at one place.
pub(crate) fn actor(account: &str, role: &str, place: &str, person: Option<(&str, &str)>) -> Actor {
    Actor {
        account: id::<AccountId>(account),
        person: person.map(|(ledger, person)| (id::<LedgerId>(ledger), id::<PersonId>(person))),
        grants: vec![Grant { role: Role::new(role), place: id(place), until: None }],
    }
}

/// Runs the deployment.
pub(crate) fn operator() -> Actor {
    actor("operator", Role::OPERATOR, "root", None)
}

/// Coordinates the street.
pub(crate) fn coordinator() -> Actor {
    actor("coordinator", Role::COORDINATOR, "street", None)
}

/// A command as an envelope.
pub(crate) fn envelope(
    id_text: &str,
    ledger: &str,
    kind: &str,
    body: Json,
    at: Timestamp,
) -> Envelope {
    let command = serde_json::from_value(json!({"kind": kind, "body": body}));
    Envelope {
        id: id(id_text),
        ledger: id(ledger),
        command: command.unwrap_or_else(|error| panic!("{kind} is no command of ours: {error}")),
        device: None,
        occurred_at: at,
    }
}

/// The name of a person of a community.
pub(crate) fn person(community: &str, home: usize, number: usize) -> String {
    format!("{community}-p{home}-{number}")
}

/// The commands that found the street.
pub(crate) fn founding(dice: &mut Dice, at: Timestamp) -> Vec<(Envelope, Actor)> {
    let mut given: Vec<(Envelope, Actor)> = Vec::new();
    let mut give = |ledger: &str, kind: &str, body: Json| {
        let name = format!("found-{}", given.len());
        given.push((envelope(&name, ledger, kind, body, at), operator()));
    };
    let open = |place: &str, level: &str, path: &[&str]| json!({"place": place, "name": place, "level": level, "path": path});
    give("street", "open_ledger", open("street", "street", &["root", "street"]));
    for community in COMMUNITIES {
        give(
            community,
            "open_ledger",
            open(community, "community", &["root", "street", community]),
        );
        let building = |n: usize| json!({"id": format!("{community}-b{n}"), "name": format!("Building {n}"), "level": "building"});
        give(
            community,
            "add_places",
            json!({"places": (0..BUILDINGS).map(building).collect::<Vec<_>>()}),
        );
        for home in 0..HOMES {
            found_home(dice, community, home, &mut give);
        }
    }
    given
}

fn found_home(
    dice: &mut Dice,
    community: &str,
    home: usize,
    give: &mut impl FnMut(&str, &str, Json),
) {
    let household = format!("{community}-h{home}");
    let place = format!("{community}-b{}", home % BUILDINGS);
    give(
        community,
        "register_household",
        json!({"household": household, "place": place, "door": format!("1-{home:02}")}),
    );
    let people = 1 + dice.roll(3);
    for number in 0..people {
        let born = if number == 2 { 2016 + dice.roll(8) } else { 1935 + dice.roll(65) };
        let name = format!("{SECRET}{community}-{home}-{number}");
        let body = json!({"person": person(community, home, number), "household": household,
            "born_year": born, "values": {"name": name}});
        give(community, "register_person", body);
    }
    if people == 3 {
        let body = json!({"carer": person(community, home, 0), "dependant": person(community, home, 2), "care": "child"});
        give(community, "state_care", body);
    }
}

/// The commands that bring stock, once the pack is in force.
pub(crate) fn stocking(at: Timestamp) -> Vec<(Envelope, Actor)> {
    let mut given: Vec<(Envelope, Actor)> = Vec::new();
    for community in COMMUNITIES {
        for (sort, amount) in [("room", ROOMS), ("meal", MEALS)] {
            let pool = format!("{community}-{sort}s");
            let open = json!({"pool": pool, "sort": format!("week.{sort}"), "name": sort, "place": format!("{community}-b0")});
            let add = json!({"pool": pool, "amount": amount, "reason": "counted"});
            for (kind, body) in [("open_pool", open), ("add_stock", add)] {
                let name = format!("stock-{}", given.len());
                given.push((envelope(&name, community, kind, body, at), operator()));
            }
        }
    }
    given
}

/// Who carries a phone in the week: the actor and the ledger that they work in.
pub(crate) fn carriers() -> Vec<(Actor, &'static str)> {
    let mut carriers = Vec::new();
    for community in COMMUNITIES {
        for n in 0..2 {
            carriers.push((
                actor(&format!("{community}-worker-{n}"), Role::GRID_WORKER, community, None),
                community,
            ));
        }
        carriers.push((
            actor(&format!("{community}-lead"), Role::COMMUNITY_LEAD, community, None),
            community,
        ));
        carriers
            .push((actor(&format!("{community}-triage"), "triage", community, None), community));
        for home in 0..3 {
            let lives = person(community, home, 0);
            let account = format!("{community}-resident-{home}");
            carriers.push((
                actor(&account, Role::RESIDENT, community, Some((community, &lives))),
                community,
            ));
        }
    }
    carriers
}
