//! Lists of entities that forms make and change.

use std::collections::{BTreeMap, BTreeSet};

use domain::entities::{Entity, LABEL};
use domain::ids::{LedgerId, ListId, PlaceId};
use domain::places::LedgerHead;
use domain::{Kind, Role, Thing};

use super::lists::{csv, every};
use crate::authority::roles_around;
use crate::lookup::Lookup;
use crate::people::values::{self, For};
use crate::problems::Answer;
use crate::reading::{Listing, Opened, Wanted};
use crate::sessions::Signed;

/// The values of entities: by owner, item and property. Each read is in the access log.
type Values = BTreeMap<(String, String, String), Opened>;

async fn open(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    (ledger, path): (&LedgerId, &[PlaceId]),
    entities: &[Entity],
) -> Answer<Values> {
    let purposes: BTreeSet<&str> = entities.iter().map(|it| it.purpose.as_str()).collect();
    let mut values = Values::new();
    for purpose in purposes {
        let of = entities.iter().filter(|entity| entity.purpose.as_str() == purpose);
        let wanted: Vec<Wanted> =
            of.map(|entity| Wanted { person: entity.owner.clone(), item: None }).collect();
        let at = (ledger, path);
        for value in values::open(lookup, signed, at, For::Purpose(purpose), &wanted).await? {
            let name = (value.person.clone(), value.item.clone(), value.element.clone());
            values.insert(name, value);
        }
    }
    Ok(values)
}

/// A list of entities as a file that comes with forms, for those who fill them by a role.
pub(super) async fn list(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    (ledger, head): (&LedgerId, &LedgerHead),
    list: &ListId,
) -> Answer<String> {
    let roles = roles_around(&signed.actor, &head.path, &signed.paths, lookup.app.now());
    let listing = Listing {
        ledger: Some(ledger.clone()),
        sort: Some(list.to_string()),
        limit: 1000,
        ..Listing::new(Kind::Entity)
    };
    let works = roles.iter().any(|role| *role != Role::RESIDENT);
    let things = if works { every(lookup, listing).await? } else { Vec::new() };
    let entities: Vec<Entity> = things.into_iter().filter_map(entity).collect();
    let values = open(lookup, signed, (ledger, head.path.as_slice()), &entities).await?;
    let properties: BTreeSet<&str> = entities
        .iter()
        .flat_map(|entity| entity.versions.properties.keys().map(|name| name.as_str()))
        .filter(|name| *name != LABEL)
        .collect();
    let mut headings = vec!["name", LABEL, "__version"];
    headings.extend(&properties);
    let mut rows = vec![headings.iter().map(|&it| it.to_owned()).collect::<Vec<_>>()];
    for entity in &entities {
        let value = |name: &str| {
            let name = (entity.owner.to_string(), String::new(), name.to_owned());
            values.get(&name).map(|value| value.value.clone()).unwrap_or_default()
        };
        let mut row =
            vec![entity.id.to_string(), value(LABEL), entity.versions.version.to_string()];
        row.extend(properties.iter().map(|name| value(name)));
        rows.push(row);
    }
    csv(&rows)
}

fn entity(thing: Thing) -> Option<Entity> {
    match thing {
        Thing::Entity(entity) => Some(*entity),
        _ => None,
    }
}
