//! What is known already for the questions of a form: shown to be confirmed, never asked blank.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use domain::cases::Subject;
use domain::forms::Submission;
use domain::ids::{ElementId, LedgerId, PlaceId};
use domain::people::{Household, Person};
use domain::rules::Rules;
use domain::{Kind, Thing};
use jiff::Timestamp;
use serde_json::Value;

use super::offers::{Filler, Offer};
use super::record::subject;
use crate::App;
use crate::authority::{Sight, View, sight, sight_of_household};
use crate::lookup::Lookup;
use crate::people::values::{self, For};
use crate::problems::{Answer, DoorCode, Refused};
use crate::query::Asked;
use crate::reading::{Listing, Wanted};
use crate::sessions::Signed;
use crate::wire::forms::{KnownAnswer, KnownQuery, KnownValues};
use crate::wire::{Problem, Words};

/// How many earlier submissions are looked through.
const SUBMISSIONS_MAX: usize = 50;
/// Where something is known from that was not filled in a form.
const REGISTER: &str = "register";

/// What is known of an element.
struct Found {
    value: String,
    at: Timestamp,
    from: String,
}

/// What is known already about somebody for the questions of a form that are bound to the
/// dictionary. Personal values are read for the form's purpose, and the read is written down.
#[utoipa::path(
    get, path = "/api/forms/{id}/known", operation_id = "known_values", tag = "forms",
    params(("id" = String, Path), KnownQuery),
    responses((status = 200, body = KnownValues), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn known_values(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    Asked(query): Asked<KnownQuery>,
) -> Answer<Json<KnownValues>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    let rules = lookup.rules(&ledger).await?;
    let offer = Filler::new(&rules, &signed, &head, app.now()).find(&id, None)?;
    let why = || {
        Refused::new(DoorCode::BadQuery)
            .with("field", "subject")
            .with("why", "person:ID / household:ID")
    };
    let about = subject(&query.subject).ok_or_else(why)?;
    let (path, own) = place_of(&lookup, &signed, &ledger, &about).await?;
    let mut found = BTreeMap::new();
    of_submissions(&lookup, &ledger, &about, &mut found).await?;
    if let Subject::Person(person) = &about {
        let wanted = Wanted { person: person.clone(), item: None };
        let place = (&ledger, path.as_slice());
        of_vault(&mut lookup, &signed, place, (&offer, own), wanted, &mut found).await?;
    }
    let values = offer.sheet.bound().iter().filter_map(|bound| {
        let known = found.get(&bound.element)?;
        Some(KnownAnswer {
            path: bound.path.clone(),
            element: bound.element.to_string(),
            value: known.value.clone(),
            known_at: known.at.into(),
            from: known.from.clone(),
            label: name(&rules, &bound.element),
        })
    });
    let mut values: Vec<KnownAnswer> = values.collect();
    values.extend(themselves(&offer, &query.subject, app.now()));
    Ok(Json(KnownValues { values }))
}

fn name(rules: &Rules, element: &ElementId) -> Words {
    let known = rules.element(element);
    known.map_or_else(|| Words::new(element.as_str(), element.as_str()), |it| (&it.name).into())
}

/// The question about whom the form is, where it asks that.
fn themselves(offer: &Offer, subject: &str, at: Timestamp) -> Option<KnownAnswer> {
    let asks = offer.subject != "place" && offer.source == "pack";
    asks.then(|| KnownAnswer {
        path: format!("/data/{}", packfile::SUBJECT),
        element: packfile::SUBJECT.to_owned(),
        value: subject.to_owned(),
        known_at: at.into(),
        from: REGISTER.to_owned(),
        label: Words::new("关于谁", "About whom"),
    })
}

/// Where somebody lives, for whoever works there or is it themselves; to others they are not there.
async fn place_of(
    lookup: &Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
    about: &Subject,
) -> Answer<(Vec<PlaceId>, bool)> {
    let reading = &lookup.app.reading;
    let home = match about {
        Subject::Household(id) => id.clone(),
        Subject::Person(id) => {
            let person: Option<Person> = reading.get(ledger, id.as_str()).await?;
            person.ok_or(DoorCode::NotFound)?.household
        }
    };
    let home: Household = reading.get(ledger, home.as_str()).await?.ok_or(DoorCode::NotFound)?;
    match sight_of_household(&signed.actor, ledger, &home, lookup.app.now()) {
        Sight::Whole => Ok((home.path, false)),
        Sight::Own => Ok((home.path, true)),
        _ => Err(DoorCode::NotFound.into()),
    }
}

/// The latest answers that are not personal.
async fn of_submissions(
    lookup: &Lookup<'_>,
    ledger: &LedgerId,
    about: &Subject,
    found: &mut BTreeMap<ElementId, Found>,
) -> Answer<()> {
    let listing = Listing {
        ledger: Some(ledger.clone()),
        about: Some(about.key().id.into()),
        newest_first: true,
        limit: SUBMISSIONS_MAX,
        ..Listing::new(Kind::Submission)
    };
    for (_, thing, _) in lookup.app.reading.list(&listing).await?.things {
        let Thing::Submission(it) = thing else { continue };
        if it.record.as_ref().is_some_and(|record| record.replaced_by.is_some()) {
            continue;
        }
        for (element, answer) in &it.answers {
            found.entry(element.clone()).or_insert_with(|| Found {
                value: as_in_a_record(answer),
                at: it.occurred_at,
                from: it.form.to_string(),
            });
        }
    }
    Ok(())
}

/// Personal values, for the form's purpose.
async fn of_vault(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    (ledger, path): (&LedgerId, &[PlaceId]),
    (offer, own): (&Offer, bool),
    wanted: Wanted,
    found: &mut BTreeMap<ElementId, Found>,
) -> Answer<()> {
    let now = lookup.app.now();
    let purpose = match own {
        true => {
            let home = lookup.home(signed).await?;
            let theirs = home.is_some_and(|me| {
                me.id == wanted.person || me.cares_for.contains_key(&wanted.person)
            });
            if !theirs {
                return Ok(());
            }
            For::Oneself
        }
        false if sight(&signed.actor, View::Values, path, now) == Sight::Whole => {
            For::Purpose(&offer.purpose)
        }
        false => return Ok(()),
    };
    let elements: Vec<&str> =
        offer.sheet.bound().iter().map(|bound| bound.element.as_str()).collect();
    let place = (ledger, path);
    let opened = values::open_some(lookup, signed, place, purpose, &[wanted], &elements).await?;
    for value in opened {
        let Ok(element) = ElementId::new(value.element.as_str()) else { continue };
        if found.get(&element).is_some_and(|known| known.at >= value.since) {
            continue;
        }
        let submission: Option<Submission> = match value.item.as_str() {
            "" => None,
            item => lookup.app.reading.get(ledger, item).await?,
        };
        let from = submission.map_or_else(|| REGISTER.to_owned(), |it| it.form.to_string());
        found.insert(element, Found { value: value.value, at: value.since, from });
    }
    Ok(())
}

/// An answer as it stands in a record.
fn as_in_a_record(answer: &Value) -> String {
    match answer {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(ids) => ids.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
