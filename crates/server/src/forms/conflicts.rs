//! What was changed side by side: entities of lists, people and households, each with what holds
//! and what came beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::entities::{Conflict, LABEL, Registered, Versions};
use domain::forms::Submission;
use domain::ids::{LedgerId, PersonId, PlaceId};
use domain::people::{BORN_YEAR, DOOR, GROUPS, HOUSEHOLD, NAME};
use domain::rules::Rules;
use domain::{Kind, Role, Thing};

use super::lists;
use super::workbook::words;
use crate::App;
use crate::lookup::Lookup;
use crate::people::values::{self, For, REGISTER};
use crate::problems::{Answer, DoorCode};
use crate::query::Asked;
use crate::reading::{Listing, Opened, Wanted};
use crate::sessions::Signed;
use crate::wire::forms::{ConflictList, ConflictView, ConflictingValue};
use crate::wire::places::LedgerQuery;
use crate::wire::{Problem, Words};

/// The most things in conflict that are shown at once, of each kind.
const CONFLICTS_MAX: usize = 100;
/// Those who say what holds.
const JUDGES: &[&str] =
    &[Role::GRID_WORKER, Role::CLINICIAN, Role::COMMUNITY_LEAD, Role::COORDINATOR];

/// Something that was changed side by side.
struct Disputed {
    list: String,
    entity: String,
    versions: Versions,
    /// Under whose name the vault keeps what is said of it, and for what.
    owner: PersonId,
    purpose: String,
    /// The value by which it is called.
    called_by: &'static str,
    /// What its state says.
    holds: BTreeMap<&'static str, String>,
}

impl Disputed {
    fn of(thing: Thing) -> Option<Self> {
        match thing {
            Thing::Entity(entity) => Some(Self {
                list: entity.list.to_string(),
                entity: entity.id.to_string(),
                versions: entity.versions,
                owner: entity.owner,
                purpose: entity.purpose.to_string(),
                called_by: LABEL,
                holds: BTreeMap::new(),
            }),
            Thing::Person(person) => {
                let (_, home) = Registered::Household(person.household).entity();
                let groups = person.groups.into_iter().collect::<Vec<_>>().join(" ");
                let mut holds = BTreeMap::from([(HOUSEHOLD, home.to_string()), (GROUPS, groups)]);
                holds.extend(person.born_year.map(|year| (BORN_YEAR, year.to_string())));
                Some(Self::registered(&Registered::Person(person.id), person.versions, holds))
            }
            Thing::Household(home) => {
                let holds = BTreeMap::from([(DOOR, home.door)]);
                Some(Self::registered(&Registered::Household(home.id), home.versions, holds))
            }
            _ => None,
        }
    }

    fn registered(
        it: &Registered,
        versions: Versions,
        holds: BTreeMap<&'static str, String>,
    ) -> Self {
        let (list, entity) = it.entity();
        let called_by = if matches!(it, Registered::Person(_)) { NAME } else { DOOR };
        let (list, entity, owner) = (list.to_string(), entity.to_string(), it.owner());
        Self { list, entity, versions, owner, purpose: REGISTER.to_owned(), called_by, holds }
    }

    /// What holds of a property.
    fn here(&self, values: &Values, property: &str) -> Option<String> {
        let held = self.holds.get(property).cloned();
        held.or_else(|| self.value(values, "", property))
    }

    fn value(&self, values: &Values, item: &str, property: &str) -> Option<String> {
        let name = (self.owner.to_string(), item.to_owned(), property.to_owned());
        values.get(&name).map(|value| value.value.clone())
    }
}

/// Values by owner, item and property, the latest of each. Each read is in the access log.
type Values = BTreeMap<(String, String, String), Opened>;

/// Everything of a ledger that waits for a person.
async fn disputed(lookup: &Lookup<'_>, ledger: &LedgerId) -> Answer<Vec<Disputed>> {
    let of =
        |kind| Listing { ledger: Some(ledger.clone()), limit: CONFLICTS_MAX, ..Listing::new(kind) };
    let (waits, mut disputed) = ("conflict".to_owned(), Vec::new());
    for listing in [
        Listing { status: vec![waits.clone()], ..of(Kind::Entity) },
        Listing { sort: Some(waits.clone()), ..of(Kind::Person) },
        Listing { sort: Some(waits.clone()), ..of(Kind::Household) },
    ] {
        let page = lookup.app.reading.list(&listing).await?;
        disputed.extend(page.things.into_iter().filter_map(|(_, it, _)| Disputed::of(it)));
    }
    Ok(disputed)
}

/// Reads what is in conflict and by what each is called, and nothing else.
async fn open(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    (ledger, path): (&LedgerId, &[PlaceId]),
    disputed: &[Disputed],
) -> Answer<Values> {
    let purposes: BTreeSet<&str> = disputed.iter().map(|it| it.purpose.as_str()).collect();
    let mut values = Values::new();
    for purpose in purposes {
        let of: Vec<&Disputed> = disputed.iter().filter(|it| it.purpose == purpose).collect();
        let mut elements: BTreeSet<&str> = of.iter().map(|it| it.called_by).collect();
        let conflicts = of.iter().flat_map(|it| &it.versions.conflicts);
        elements.extend(conflicts.flat_map(|it| &it.properties).map(|name| name.as_str()));
        let elements: Vec<&str> = elements.into_iter().collect();
        let wanted: Vec<Wanted> =
            of.iter().map(|it| Wanted { person: it.owner.clone(), item: None }).collect();
        let (at, purpose) = ((ledger, path), For::Purpose(purpose));
        for value in values::open_some(lookup, signed, at, purpose, &wanted, &elements).await? {
            let name = (value.person.clone(), value.item.clone(), value.element.clone());
            if values.get(&name).is_none_or(|known| known.since <= value.since) {
                values.insert(name, value);
            }
        }
    }
    Ok(values)
}

/// What was changed side by side and waits for a person to say what holds (`resolve_conflict`):
/// entities of lists, and people (`people`) and households (`households`) of the register. Values
/// are read for the purpose that they are kept for, and the read is written down.
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
    let disputed = disputed(&lookup, &ledger).await?;
    let place = (&ledger, head.path.as_slice());
    let values = open(&mut lookup, &signed, place, &disputed).await?;
    let rules = lookup.rules(&ledger).await?;
    let mut conflicts = Vec::new();
    for it in &disputed {
        for conflict in &it.versions.conflicts {
            let mut view = shown(&mut lookup, &ledger, &values, (it, conflict)).await?;
            for value in &mut view.values {
                value.label = question(&rules, &it.list, &value.property);
            }
            conflicts.push(view);
        }
    }
    Ok(Json(ConflictList { conflicts }))
}

async fn shown(
    lookup: &mut Lookup<'_>,
    ledger: &LedgerId,
    values: &Values,
    (it, conflict): (&Disputed, &Conflict),
) -> Answer<ConflictView> {
    let item = conflict.submission.as_str();
    let submission: Option<Submission> = lookup.app.reading.get(ledger, item).await?;
    let both = conflict.properties.iter().map(|name| ConflictingValue {
        property: name.to_string(),
        label: Words::new(name.as_str(), name.as_str()),
        here: it.here(values, name.as_str()),
        there: it.value(values, item, name.as_str()),
    });
    Ok(ConflictView {
        list: it.list.clone(),
        entity: it.entity.clone(),
        label: it.here(values, it.called_by),
        submission: item.to_owned(),
        base: conflict.base,
        version: it.versions.version,
        by_name: match &submission {
            Some(submission) => Some(lookup.account_name(&submission.by).await?),
            None => None,
        },
        occurred_at: submission.map(|submission| submission.occurred_at.into()),
        values: both.collect(),
    })
}

/// What a form asks whose answer becomes a property of an entity.
fn question(rules: &Rules, list: &str, property: &str) -> Words {
    // The latest form is the last, and says it as it is asked now.
    let forms = lists::sheets(rules).filter(|form| form.changes(list));
    let asked = forms.filter_map(|form| {
        let mut nodes = form.converted().schema.nodes.iter();
        let saved = |name: &str| name.rsplit('#').next() == Some(property);
        nodes.find(|node| node.save_to.as_deref().is_some_and(saved))
    });
    asked.last().map_or_else(|| Words::new(property, property), |node| words(&node.label))
}
