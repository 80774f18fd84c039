//! One case: its values, its time line, what may be done, its care and its order.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use domain::cases::{ActOnCase, Case, Possible, Subject, care, possible_actions};
use domain::ids::{AccountId, CommandId, LedgerId, PersonId, PlaceId};
use domain::people::{Household, Person};
use domain::rules::{CaseKind, Pack, Rules, Type};
use domain::stock::Pool;
use domain::{Command, Context, Draft, Fact, Key, Moment, States, Words as DomainWords};
use serde_json::Value as Json_;

use super::{actions, rows, seen_case, texts, timeline};
use crate::App;
use crate::authority::{Sight, View, sight};
use crate::lookup::Lookup;
use crate::people::values::{self, May, Revealed};
use crate::problems::{Answer, DoorCode, Refused};
use crate::query::Asked;
use crate::reading::{Opened, Wanted};
use crate::sessions::Signed;
use crate::wire::cases::{
    CareNeed, CaseHome, CaseView, ExpectedForm, FieldValue, OrderView, RatingView, TimelineEntry,
};
use crate::wire::people::PurposeQuery;
use crate::wire::{Problem, Words};

/// The most lines of a time line.
const LINES_MAX: usize = 500;

/// One case. Personal values are there only with a purpose, and the read is written down.
#[utoipa::path(
    get, path = "/api/cases/{ledger}/{id}", operation_id = "case", tag = "cases",
    params(("ledger" = String, Path), ("id" = String, Path), PurposeQuery),
    responses((status = 200, body = CaseView), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn case(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((ledger, id)): Path<(String, String)>,
    Asked(asked): Asked<PurposeQuery>,
) -> Answer<Json<CaseView>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, case, _) = seen_case(&mut lookup, &signed, &ledger, &id).await?;
    let rules = lookup.rules(&ledger).await?;
    let pack = rules.pack(&case.pack_hash).ok_or_else(|| Refused::new(DoorCode::Unavailable))?;
    let kind = pack.kinds.get(&case.kind).ok_or_else(|| Refused::new(DoorCode::Unavailable))?;
    let states = states_around(&app, &ledger, &case).await?;
    let (possible, needs) =
        look_ahead(&app, &signed, (&ledger, &rules), &states, &case, kind).await?;
    // Facts first: what was written while the page was made is not taken for destroyed.
    let key = Key::new(domain::Kind::Case, case.id.as_str());
    let facts = app.reading.facts_about(&ledger, &key, LINES_MAX).await?;
    let may = values::may_read(&mut lookup, &signed, &ledger, &case).await?;
    let asked = (may, asked.purpose.as_deref());
    let revealed = values::of_case(&mut lookup, &signed, &ledger, &case, asked).await?;
    Ok(Json(CaseView {
        case: rows::case_row(&mut lookup, &ledger, &case).await?,
        fields: named(
            &mut lookup,
            &ledger,
            &pack,
            fields(&pack, kind, &case, &facts, &revealed.values),
        )
        .await?,
        timeline: lines(&mut lookup, (&pack, kind), &case, &facts, &revealed).await?,
        actions: possible.iter().map(|step| actions::case_action(&pack, kind, step)).collect(),
        care: cares(&mut lookup, &case, &needs).await?,
        order: case.order.as_ref().map(|order| OrderView {
            authority: order.authority.clone(),
            legal_basis: order.legal_basis.clone(),
            reason: texts::of_order(&case, &facts, &revealed),
            appeal: order.appeal.clone(),
            from: order.from.into(),
            until: order.until.into(),
            review_at: order.review_at.into(),
            leaves_home: order.leaves_home,
        }),
        rating: case
            .rating
            .map(|rating| RatingView { solved: rating.solved, satisfied: rating.satisfied }),
        home: home(&app, &signed, &ledger, &case).await?,
        expects: case.standing.expects.as_ref().and_then(|expected| {
            let name = (&pack.forms.get(&expected.form)?.name).into();
            let next_at = expected.next_at.into();
            Some(ExpectedForm { form: expected.form.to_string(), name, next_at })
        }),
        purpose: (may != May::Not).then(|| kind.purpose.to_string()),
    }))
}

/// Loads what acting on a case would read, as a command on it declares.
async fn states_around(app: &App, ledger: &LedgerId, case: &Case) -> Answer<States> {
    let probe = Command::from(ActOnCase {
        case: case.id.clone(),
        action: String::new(),
        fields: std::collections::BTreeMap::new(),
        reason: None,
    });
    let mut states = States::default();
    loop {
        let wanted = probe.needs(&states);
        let missing: Vec<Key> = wanted.into_iter().filter(|key| !states.knows(key)).collect();
        if missing.is_empty() {
            return Ok(states);
        }
        app.reading.load(ledger, &missing, &mut states).await?;
    }
}

/// What may be done now, and what would need an owner.
async fn look_ahead(
    app: &App,
    signed: &Signed,
    (ledger, rules): (&LedgerId, &Rules),
    states: &States,
    case: &Case,
    kind: &CaseKind,
) -> Answer<(Vec<Possible>, Vec<(String, DomainWords)>)> {
    let head = app.reading.head(ledger).await?.ok_or(DoorCode::NotFound)?;
    let moment = Moment { at: app.now(), zone: app.zone() };
    let command = CommandId::new("look").map_err(|error| Refused::internal(&error))?;
    let context = Context {
        ledger,
        path: &head.path,
        command: &command,
        actor: &signed.actor,
        occurred_at: moment.at,
        moment: &moment,
        rules,
        seed: [0; 32],
    };
    let draft = Draft::new(states, &context);
    let possible = possible_actions(&context, &draft, case);
    let mut needs = care::needs_of_kind(&draft, kind, case);
    needs.extend(case.care.keys().cloned());
    needs.sort_unstable();
    needs.dedup();
    let person = case.person().and_then(|id| draft.get::<Person>(id.as_str()));
    let named = needs.into_iter().map(|need| {
        let name = care::name(kind, person, &need);
        (need, name)
    });
    Ok((possible, named.collect()))
}

/// The values of a case: those asked at its opening first, then those that actions brought.
fn fields(
    pack: &Pack,
    kind: &CaseKind,
    case: &Case,
    facts: &[domain::Recorded],
    read: &[Opened],
) -> Vec<FieldValue> {
    let mut elements: Vec<String> =
        kind.fields.iter().map(|field| field.element.to_string()).collect();
    let sealed = sealed_elements(facts);
    let later = case.fields.keys().map(ToString::to_string).chain(sealed.iter().cloned());
    for element in later {
        if !elements.contains(&element) {
            elements.push(element);
        }
    }
    let value = |element: &str| {
        let open = case.fields.iter().find(|(id, _)| id.as_str() == element);
        let of_case = |it: &&Opened| it.item == case.id.as_str() && it.element == element;
        let from_vault = || read.iter().rfind(of_case);
        match open {
            Some((_, value)) => value.clone(),
            None => from_vault().map_or(Json_::Null, |it| Json_::from(it.value.as_str())),
        }
    };
    elements
        .into_iter()
        .map(|element| {
            let rule = pack.elements.iter().find(|(id, _)| id.as_str() == element);
            let value = value(&element);
            let sealed = sealed.contains(&element);
            FieldValue {
                name: rule.map_or_else(
                    || Words::new(element.as_str(), element.as_str()),
                    |(_, rule)| (&rule.name).into(),
                ),
                known: sealed || !value.is_null(),
                shown: rule.and_then(|(_, rule)| rows::said(rule, &value)),
                value,
                sealed,
                element,
            }
        })
        .collect()
}

/// The same values, with the names of things where they are ids of things.
async fn named(
    lookup: &mut Lookup<'_>,
    ledger: &LedgerId,
    pack: &Pack,
    mut fields: Vec<FieldValue>,
) -> Answer<Vec<FieldValue>> {
    for field in &mut fields {
        let rule = pack.elements.iter().find(|(id, _)| id.as_str() == field.element);
        let (Some((_, rule)), Some(id)) = (rule, field.value.as_str()) else { continue };
        let name = match rule.r#type {
            Type::Pool => lookup.app.reading.get::<Pool>(ledger, id).await?.map(|pool| pool.name),
            Type::Account => match AccountId::new(id) {
                Ok(account) => Some(lookup.account_name(&account).await?),
                Err(_) => None,
            },
            Type::Place => match PlaceId::new(id) {
                Ok(place) => Some(lookup.place_name(ledger, &place).await?),
                Err(_) => None,
            },
            _ => None,
        };
        field.shown =
            name.map(|name| Words::new(name.as_str(), name.as_str())).or(field.shown.take());
    }
    Ok(fields)
}

/// The household of whom a case is about, for those who may open it.
async fn home(
    app: &App,
    signed: &Signed,
    ledger: &LedgerId,
    case: &Case,
) -> Answer<Option<CaseHome>> {
    if sight(&signed.actor, View::Households, &case.path, app.now()) != Sight::Whole {
        return Ok(None);
    }
    let household = match &case.standing.subject {
        Some(Subject::Household(id)) => Some(id.clone()),
        Some(Subject::Person(id)) => {
            app.reading.get::<Person>(ledger, id.as_str()).await?.map(|person| person.household)
        }
        None => None,
    };
    let Some(id) = household else { return Ok(None) };
    let found = app.reading.get::<Household>(ledger, id.as_str()).await?;
    Ok(found.map(|home| CaseHome { household: id.to_string(), door: home.door }))
}

/// The elements of the case itself that are in the vault; what people wrote stands in the time line.
fn sealed_elements(facts: &[domain::Recorded]) -> Vec<String> {
    let mut elements = Vec::new();
    for recorded in facts {
        if let Fact::CaseOpened { sealed, .. } | Fact::CaseMoved { sealed, .. } = &recorded.fact {
            for value in sealed {
                if !elements.contains(&value.element.to_string()) {
                    elements.push(value.element.to_string());
                }
            }
        }
    }
    elements
}

async fn lines(
    lookup: &mut Lookup<'_>,
    (pack, kind): (&Pack, &CaseKind),
    case: &Case,
    facts: &[domain::Recorded],
    revealed: &Revealed,
) -> Answer<Vec<TimelineEntry>> {
    let zone = lookup.app.zone();
    let mut lines = Vec::with_capacity(facts.len());
    for recorded in facts {
        lines.push(TimelineEntry {
            seq: recorded.seq,
            fact: recorded.fact.name().to_owned(),
            at: recorded.recorded_at.into(),
            occurred_at: recorded.occurred_at.into(),
            actor_name: lookup.account_name(&recorded.actor).await?,
            words: timeline::words(&recorded.fact, Some((pack, kind)), &zone),
            details: timeline::details(&recorded.fact),
            texts: texts::of_line(case, recorded, revealed),
        });
    }
    Ok(lines)
}

async fn cares(
    lookup: &mut Lookup<'_>,
    case: &Case,
    needs: &[(String, DomainWords)],
) -> Answer<Vec<CareNeed>> {
    let mut cares = Vec::with_capacity(needs.len());
    for (need, name) in needs {
        let item = case.care.get(need).cloned().unwrap_or_default();
        let asked_name = match &item.asked {
            Some(account) => Some(lookup.account_name(account).await?),
            None => None,
        };
        let owner_name = match &item.owner {
            Some(account) => Some(lookup.account_name(account).await?),
            None => None,
        };
        cares.push(CareNeed {
            need: need.clone(),
            name: name.into(),
            dependant: need.strip_prefix(care::DEPENDANT).map(str::to_owned),
            asked: item.asked.as_ref().map(ToString::to_string),
            asked_name,
            owner: item.owner.as_ref().map(ToString::to_string),
            owner_name,
        });
    }
    Ok(cares)
}

/// What a case's personal values are wanted by: the person whom it is about, or the case itself.
pub(crate) fn wanted(case: &Case) -> Option<Wanted> {
    let itself = || PersonId::new(format!("case.{}", case.id)).ok();
    let person = case.person().cloned().or_else(itself)?;
    Some(Wanted { person, item: Some(case.id.to_string()) })
}
