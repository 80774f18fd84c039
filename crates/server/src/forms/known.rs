//! What is known already for the questions of a form: shown to be confirmed, never asked blank.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use domain::cases::Subject;
use domain::forms::Submission;
use domain::ids::{ElementId, FormId, LedgerId};
use domain::people::{Household, Person};
use domain::rules::{Element, Rules};
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
    /// Since when; what the register says without a date is known as it stands there.
    at: Option<Timestamp>,
    from: String,
}

/// Whom a form is about, as the register has them.
struct About {
    home: Household,
    person: Option<Person>,
    /// Whether they read what is about themselves.
    own: bool,
}

/// What is known already about somebody for the questions of a form that are bound to the
/// dictionary: what the register says, and earlier answers within the update cycle of their
/// element. What is observed anew each time is never given. Personal values are read for the
/// form's purpose, and the read is written down.
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
    let subject = subject(&query.subject).ok_or_else(why)?;
    let about = about(&lookup, &signed, &ledger, &subject).await?;
    let elements = lasting(&rules, &offer);
    let mut found = BTreeMap::new();
    if !elements.is_empty() {
        of_submissions(&lookup, &ledger, &subject, &elements, &mut found).await?;
        of_vault(&mut lookup, &signed, &ledger, (&offer, &about), &elements, &mut found).await?;
        of_register(&mut lookup, &ledger, &about, &elements, &mut found).await?;
    }
    let values = offer.sheet.bound().iter().filter_map(|bound| {
        let known = found.get(&bound.element)?;
        Some(KnownAnswer {
            path: bound.path.clone(),
            element: bound.element.to_string(),
            value: known.value.clone(),
            known_at: known.at.map(Into::into),
            from: known.from.clone(),
            from_name: source(&rules, &known.from),
            label: name(&rules, &bound.element),
        })
    });
    Ok(Json(KnownValues { values: values.collect() }))
}

/// The elements of a form's questions that may be known before they are asked.
pub(super) fn lasting<'r>(rules: &'r Rules, offer: &Offer) -> BTreeMap<ElementId, &'r Element> {
    let bound = offer.sheet.bound().iter();
    let elements = bound.filter_map(|bound| rules.element(&bound.element));
    let lasting = elements.filter(|element| element.may_be_known());
    lasting.map(|element| (element.id.clone(), element)).collect()
}

/// Where something is known from, in words.
fn source(rules: &Rules, from: &str) -> Words {
    let form = FormId::new(from).ok().filter(|_| from != REGISTER);
    let pack = form.as_ref().and_then(|id| rules.form(id)).map(|(_, form)| (&form.name).into());
    let published = || {
        let form = form.as_ref().and_then(|id| rules.latest_form(id));
        form.map(|form| (&form.published.name).into())
    };
    match form {
        None => Words::new("居民登记", "the register"),
        Some(_) => pack.or_else(published).unwrap_or_else(|| Words::new(from, from)),
    }
}

fn name(rules: &Rules, element: &ElementId) -> Words {
    let known = rules.element(element);
    known.map_or_else(|| Words::new(element.as_str(), element.as_str()), |it| (&it.name).into())
}

/// Whom a form is about, for whoever works there or is it themselves; to others they are not there.
async fn about(
    lookup: &Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
    subject: &Subject,
) -> Answer<About> {
    let reading = &lookup.app.reading;
    let (home, person) = match subject {
        Subject::Household(id) => (id.clone(), None),
        Subject::Person(id) => {
            let person: Option<Person> = reading.get(ledger, id.as_str()).await?;
            let person = person.ok_or(DoorCode::NotFound)?;
            (person.household.clone(), Some(person))
        }
    };
    let home: Household = reading.get(ledger, home.as_str()).await?.ok_or(DoorCode::NotFound)?;
    match sight_of_household(&signed.actor, ledger, &home, lookup.app.now()) {
        Sight::Whole => Ok(About { home, person, own: false }),
        Sight::Own => Ok(About { home, person, own: true }),
        _ => Err(DoorCode::NotFound.into()),
    }
}

/// The latest answers that are not personal, as long as they are known.
async fn of_submissions(
    lookup: &Lookup<'_>,
    ledger: &LedgerId,
    about: &Subject,
    elements: &BTreeMap<ElementId, &Element>,
    found: &mut BTreeMap<ElementId, Found>,
) -> Answer<()> {
    let listing = Listing {
        ledger: Some(ledger.clone()),
        about: Some(about.key().id.into()),
        newest_first: true,
        limit: SUBMISSIONS_MAX,
        ..Listing::new(Kind::Submission)
    };
    let now = lookup.app.now();
    for (_, thing, _) in lookup.app.reading.list(&listing).await?.things {
        let Thing::Submission(it) = thing else { continue };
        if it.record.as_ref().is_some_and(|record| record.replaced_by.is_some()) {
            continue;
        }
        for (element, answer) in &it.answers {
            let known = elements.get(element);
            if known.is_some_and(|known| known.is_known_of(it.occurred_at, now)) {
                found.entry(element.clone()).or_insert_with(|| Found {
                    value: as_in_a_record(answer),
                    at: Some(it.occurred_at),
                    from: it.form.to_string(),
                });
            }
        }
    }
    Ok(())
}

/// Personal values of a person, for the form's purpose.
async fn of_vault(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
    (offer, about): (&Offer, &About),
    elements: &BTreeMap<ElementId, &Element>,
    found: &mut BTreeMap<ElementId, Found>,
) -> Answer<()> {
    let Some(person) = about.person.as_ref().map(|person| &person.id) else { return Ok(()) };
    let (now, path) = (lookup.app.now(), about.home.path.as_slice());
    let purpose = match about.own {
        true => {
            let home = lookup.home(signed).await?;
            let theirs =
                home.is_some_and(|me| me.id == *person || me.cares_for.contains_key(person));
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
    let wanted = [Wanted { person: person.clone(), item: None }];
    let asked: Vec<&str> = elements.keys().map(ElementId::as_str).collect();
    let place = (ledger, path);
    let opened = values::open_some(lookup, signed, place, purpose, &wanted, &asked).await?;
    for value in opened {
        let Ok(element) = ElementId::new(value.element.as_str()) else { continue };
        let older = |known: &Found| known.at.is_none_or(|at| at < value.since);
        let Some(rule) = elements.get(&element) else { continue };
        if found.get(&element).is_some_and(|known| !older(known)) {
            continue;
        }
        let submission: Option<Submission> = match value.item.as_str() {
            "" => None,
            item => lookup.app.reading.get(ledger, item).await?,
        };
        let known = match (value.item.as_str(), &submission) {
            ("", _) => rule.in_register,
            (_, Some(it)) => rule.is_known_of(it.occurred_at, now),
            (_, None) => rule.is_known_of(value.since, now),
        };
        if known {
            let from = submission.map_or_else(|| REGISTER.to_owned(), |it| it.form.to_string());
            found.insert(element, Found { value: value.value, at: Some(value.since), from });
        }
    }
    Ok(())
}

/// What the register says of people and households that is not personal.
async fn of_register(
    lookup: &mut Lookup<'_>,
    ledger: &LedgerId,
    about: &About,
    elements: &BTreeMap<ElementId, &Element>,
    found: &mut BTreeMap<ElementId, Found>,
) -> Answer<()> {
    let About { home, person, .. } = about;
    for (id, element) in elements {
        if !element.in_register || found.contains_key(id) {
            continue;
        }
        let person = person.as_ref();
        let value = match id.as_str() {
            "born_year" => person.and_then(|it| it.born_year).map(|year| year.to_string()),
            "care_groups" => {
                person.map(|it| it.groups.iter().cloned().collect::<Vec<_>>().join(" "))
            }
            "people_registered" => Some(home.people.len().to_string()),
            "address" => {
                let place = lookup.place_name(ledger, &home.place).await?;
                Some(format!("{place} {}", home.door))
            }
            _ => None,
        };
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            found.insert(id.clone(), Found { value, at: None, from: REGISTER.to_owned() });
        }
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
