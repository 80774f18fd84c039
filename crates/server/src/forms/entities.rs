//! Entities that forms make and change: their lists, and what was changed side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::entities::{Entity, LABEL};
use domain::forms::Submission;
use domain::ids::{LedgerId, ListId, PlaceId};
use domain::places::LedgerHead;
use domain::rules::Rules;
use domain::{Kind, Role, Thing};
use packfile::XForm;

use super::lists::{csv, every};
use super::workbook::words;
use crate::App;
use crate::authority::roles_around;
use crate::lookup::Lookup;
use crate::people::values::{self, For};
use crate::problems::{Answer, DoorCode};
use crate::query::Asked;
use crate::reading::{Listing, Opened, Wanted};
use crate::sessions::Signed;
use crate::wire::forms::{ConflictList, ConflictView, ConflictingValue};
use crate::wire::places::LedgerQuery;
use crate::wire::{Problem, Words};

/// The most conflicts that are shown at once.
const CONFLICTS_MAX: usize = 100;
/// Those who say what holds.
const JUDGES: &[&str] =
    &[Role::GRID_WORKER, Role::CLINICIAN, Role::COMMUNITY_LEAD, Role::COORDINATOR];

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
        .flat_map(|entity| entity.properties.keys().map(|name| name.as_str()))
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
        let mut row = vec![entity.id.to_string(), value(LABEL), entity.version.to_string()];
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

/// What was changed side by side and waits for a person to say what holds (`resolve_conflict`).
/// Values are read for the purpose that they are kept for, and the read is written down.
#[utoipa::path(
    get, path = "/api/conflicts", operation_id = "conflicts", tag = "forms", params(LedgerQuery),
    responses((status = 200, body = ConflictList), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn conflicts(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<LedgerQuery>,
) -> Answer<Json<ConflictList>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    if !signed.actor.holds(JUDGES, &head.path, app.now()) {
        return Err(DoorCode::MayNotSee.into());
    }
    let rules = lookup.rules(&ledger).await?;
    let listing = Listing {
        ledger: Some(ledger.clone()),
        status: vec!["conflict".to_owned()],
        limit: CONFLICTS_MAX,
        ..Listing::new(Kind::Entity)
    };
    let page = app.reading.list(&listing).await?;
    let things = page.things.into_iter().map(|(_, thing, _)| thing);
    let entities: Vec<Entity> = things.filter_map(entity).collect();
    let values = open(&mut lookup, &signed, (&ledger, head.path.as_slice()), &entities).await?;
    let mut conflicts = Vec::new();
    for entity in &entities {
        let value = |item: &str, name: &str| {
            let name = (entity.owner.to_string(), item.to_owned(), name.to_owned());
            values.get(&name).map(|value| value.value.clone())
        };
        for conflict in &entity.conflicts {
            let item = conflict.submission.as_str();
            let submission: Option<Submission> = app.reading.get(&ledger, item).await?;
            let both = conflict.properties.iter().map(|name| ConflictingValue {
                property: name.to_string(),
                label: question(&rules, &entity.list, name.as_str()),
                here: value("", name.as_str()),
                there: value(item, name.as_str()),
            });
            conflicts.push(ConflictView {
                list: entity.list.to_string(),
                entity: entity.id.to_string(),
                label: value("", LABEL),
                submission: item.to_owned(),
                base: conflict.base,
                version: entity.version,
                by_name: match &submission {
                    Some(submission) => Some(lookup.account_name(&submission.by).await?),
                    None => None,
                },
                occurred_at: submission.map(|submission| submission.occurred_at.into()),
                values: both.collect(),
            });
        }
    }
    Ok(Json(ConflictList { conflicts }))
}

/// What a form asks whose answer becomes a property of an entity.
fn question(rules: &Rules, list: &ListId, property: &str) -> Words {
    let packs = rules.packs.iter().flat_map(|pack| pack.forms.values());
    let sheets = packs.filter_map(|form| form.sheet.as_ref());
    // The latest form is the last, and says it as it is asked now.
    let sheets = sheets.chain(rules.published.iter().map(|form| &form.sheet));
    let forms = sheets.filter_map(|sheet| sheet.as_any().downcast_ref::<XForm>());
    let mut asked = forms.filter(|form| form.changes(list.as_str())).filter_map(|form| {
        let mut nodes = form.converted().schema.nodes.iter();
        let saved = |name: &str| name.rsplit('#').next() == Some(property);
        nodes.find(|node| node.save_to.as_deref().is_some_and(saved))
    });
    asked.next_back().map_or_else(|| Words::new(property, property), |node| words(&node.label))
}
