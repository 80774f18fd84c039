//! Households with their people, and the purposes for which personal values are read.

pub(crate) mod kept;
pub(crate) mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use domain::accounts::Account;
use domain::ids::{AccountId, LedgerId, PersonId};
use domain::people::{Household, Person, Whereabouts};
use domain::{Kind, Thing};

use crate::App;
use crate::authority::{Sight, sight_of_household};
use crate::cases::rows::{case_row, said};
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode, Refused};
use crate::query::Asked;
use crate::reading::{Listing, Opened, Wanted};
use crate::roster::identity_number::masked;
use crate::sessions::Signed;
use crate::wire::cases::{CaseRow, FieldValue};
use crate::wire::people::{
    CareLink, HouseholdPage, HouseholdView, PersonView, PurposeQuery, Purposes, SubmissionView,
    WhereaboutsView,
};
use crate::wire::{Named, Problem, Words};
use values::{For, REGISTER};

/// How many observations of a household are shown.
const SUBMISSIONS_MAX: usize = 50;

/// A household with its people. Personal values are there only with a purpose, and the read is
/// written down; people see their own without.
#[utoipa::path(
    get, path = "/api/households/{ledger}/{id}", operation_id = "household", tag = "people",
    params(("ledger" = String, Path), ("id" = String, Path), PurposeQuery),
    responses((status = 200, body = HouseholdPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn household(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((ledger, id)): Path<(String, String)>,
    Asked(asked): Asked<PurposeQuery>,
) -> Answer<Json<HouseholdPage>> {
    let nothing = || Refused::new(DoorCode::NotFound);
    let mut lookup = Lookup::new(&app);
    let ledger = LedgerId::new(ledger).map_err(|_| nothing())?;
    let home = app.reading.get::<Household>(&ledger, &id).await?.ok_or_else(nothing)?;
    let seen = sight_of_household(&signed.actor, &ledger, &home, app.now());
    if seen == Sight::Nothing {
        return Err(nothing());
    }
    let mut people = Vec::new();
    for id in &home.people {
        people.extend(app.reading.get::<Person>(&ledger, id.as_str()).await?);
    }
    let purpose = asked.purpose.as_deref().filter(|purpose| !purpose.is_empty());
    let (purpose, wanted) = match seen {
        Sight::Whole => (purpose.map(For::Purpose), people.iter().collect::<Vec<_>>()),
        _ => (Some(For::Oneself), own_people(&signed, &people)),
    };
    let wanted: Vec<Wanted> = wanted
        .into_iter()
        .map(|person| Wanted { person: person.id.clone(), item: Some(String::new()) })
        .collect();
    let opened = match purpose {
        None => Vec::new(),
        Some(purpose) => {
            values::open(&mut lookup, &signed, (&ledger, &home.path), purpose, &wanted).await?
        }
    };
    let views = people.iter().map(|person| person_view(person, &opened)).collect();
    Ok(Json(HouseholdPage {
        place_name: lookup.place_name(&ledger, &home.place).await?,
        sealed: purpose.is_none(),
        people: views,
        cases: cases_about(&mut lookup, &ledger, &home).await?,
        submissions: submissions(&mut lookup, &ledger, &home).await?,
        household: HouseholdView {
            ledger: ledger.to_string(),
            id: home.id.to_string(),
            place: home.place.to_string(),
            door: home.door.clone(),
        },
    }))
}

/// Those of a household whose values somebody may read as their own: themselves and dependants.
fn own_people<'a>(signed: &Signed, people: &'a [Person]) -> Vec<&'a Person> {
    let Some((_, me)) = &signed.actor.person else { return Vec::new() };
    people.iter().filter(|p| p.id == *me || p.cared_by.contains_key(me)).collect()
}

/// A person as the wire tells it.
pub(crate) fn person_view(person: &Person, opened: &[Opened]) -> PersonView {
    let value = |element: &str| {
        let own = opened.iter().filter(|value| value.person == person.id.as_str());
        own.rev().find(|value| value.element == element).map(|value| value.value.clone())
    };
    let link = |(person, kind): (&PersonId, &String)| CareLink {
        person: person.to_string(),
        kind: kind.clone(),
    };
    let name = value("name");
    PersonView {
        id: person.id.to_string(),
        sealed: name.is_none(),
        name,
        born_year: person.born_year,
        phone: value("phone"),
        identity_number: value("identity_number").as_deref().map(masked),
        groups: person.groups.iter().cloned().collect(),
        cares_for: person.cares_for.iter().map(link).collect(),
        cared_by: person.cared_by.iter().map(link).collect(),
        restricted: person.order.is_some(),
        whereabouts: whereabouts(&person.whereabouts),
    }
}

fn whereabouts(whereabouts: &Whereabouts) -> WhereaboutsView {
    let (at, pool, words) = match whereabouts {
        Whereabouts::Home => ("home", None, Words::new("在家", "At home")),
        Whereabouts::Pool { pool } => {
            ("pool", Some(pool.to_string()), Words::new("在安置点", "In a room or shelter"))
        }
        Whereabouts::Gone => ("gone", None, Words::new("不再居住于此", "No longer here")),
    };
    WhereaboutsView { at: at.to_owned(), pool, words }
}

/// Cases about a household or its people, the newest first.
async fn cases_about(
    lookup: &mut Lookup<'_>,
    ledger: &LedgerId,
    home: &Household,
) -> Answer<Vec<CaseRow>> {
    let mut cases = Vec::new();
    let about =
        std::iter::once(home.id.to_string()).chain(home.people.iter().map(ToString::to_string));
    for about in about {
        for case in about_cases(lookup, ledger, &about).await? {
            cases.push(case);
        }
    }
    cases.sort_by_key(|case| std::cmp::Reverse(case.opened_at));
    Ok(cases)
}

/// Cases about one person or household.
pub(crate) async fn about_cases(
    lookup: &mut Lookup<'_>,
    ledger: &LedgerId,
    about: &str,
) -> Answer<Vec<CaseRow>> {
    let listing = Listing {
        ledger: Some(ledger.clone()),
        about: Some(about.to_owned()),
        newest_first: true,
        limit: 100,
        ..Listing::new(Kind::Case)
    };
    let mut rows = Vec::new();
    for (ledger, thing, _) in lookup.app.reading.list(&listing).await?.things {
        if let Thing::Case(case) = thing {
            rows.push(case_row(lookup, &ledger, &case).await?);
        }
    }
    Ok(rows)
}

/// Who sent an observation. Those who live there are not named: their names are sealed here.
async fn by_name(lookup: &mut Lookup<'_>, home: &Household, by: &AccountId) -> Answer<String> {
    let account = lookup.app.reading.get::<Account>(&LedgerId::root(), by.as_str()).await?;
    let person = account.and_then(|account| account.person);
    if person.is_some_and(|(_, person)| home.people.contains(&person)) {
        return Ok("家里人 / Somebody at home".to_owned());
    }
    lookup.account_name(by).await
}

async fn submissions(
    lookup: &mut Lookup<'_>,
    ledger: &LedgerId,
    home: &Household,
) -> Answer<Vec<SubmissionView>> {
    let rules = lookup.rules(ledger).await?;
    let mut views = Vec::new();
    let about =
        std::iter::once(home.id.to_string()).chain(home.people.iter().map(ToString::to_string));
    for about in about {
        let listing = Listing {
            ledger: Some(ledger.clone()),
            about: Some(about),
            newest_first: true,
            limit: SUBMISSIONS_MAX,
            ..Listing::new(Kind::Submission)
        };
        for (_, thing, _) in lookup.app.reading.list(&listing).await?.things {
            let Thing::Submission(it) = thing else { continue };
            let pack = rules.pack(&it.pack_hash);
            let form = pack.as_ref().and_then(|pack| pack.forms.get(&it.form));
            let published = rules.published.iter().find(|form| form.published.hash == it.pack_hash);
            let form_name = form.map(|form| &form.name);
            let form_name = form_name.or(published.map(|form| &form.published.name));
            let rule = |element| match &pack {
                Some(pack) => pack.elements.get(element),
                None => rules.element(element),
            };
            let answers = it.answers.iter().map(|(element, value)| FieldValue {
                shown: rule(element).and_then(|rule| said(rule, value)),
                element: element.to_string(),
                name: rule(element).map_or_else(
                    || Words::new(element.as_str(), element.as_str()),
                    |rule| (&rule.name).into(),
                ),
                value: value.clone(),
                known: true,
                sealed: false,
            });
            views.push(SubmissionView {
                id: it.id.to_string(),
                form: it.form.to_string(),
                form_name: form_name
                    .map_or_else(|| Words::new(it.form.as_str(), it.form.as_str()), Into::into),
                occurred_at: it.occurred_at.into(),
                recorded_at: it.recorded_at.into(),
                by_name: by_name(lookup, home, &it.by).await?,
                answers: answers.collect(),
                flags: it.flags.iter().map(flag_name).collect(),
            });
        }
    }
    views.sort_by_key(|view| std::cmp::Reverse(view.recorded_at));
    views.truncate(SUBMISSIONS_MAX);
    Ok(views)
}

fn flag_name(flag: &domain::forms::Flag) -> String {
    let json = serde_json::to_value(flag).unwrap_or_default();
    json.get("flag").and_then(|name| name.as_str()).unwrap_or_default().to_owned()
}

/// Purposes for which the signed-in person may read personal values, where they work.
#[utoipa::path(
    get, path = "/api/purposes", operation_id = "purposes", tag = "people",
    responses((status = 200, body = Purposes), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn purposes(
    State(app): State<Arc<App>>,
    signed: Signed,
) -> Answer<Json<Purposes>> {
    let mut lookup = Lookup::new(&app);
    let now = app.now();
    let mut names: BTreeMap<String, Words> = BTreeMap::new();
    for ledger in signed.ledgers() {
        let rules = lookup.rules(&ledger).await?;
        for id in rules.packs.iter().flat_map(|pack| pack.purposes.keys()) {
            if values::check_purpose(&rules, id.as_str(), now).is_ok() {
                names.insert(id.to_string(), values::purpose_name(&rules, id.as_str()));
            }
        }
        names.insert(REGISTER.to_owned(), values::purpose_name(&rules, REGISTER));
    }
    let purposes = names.into_iter().map(|(id, name)| Named { id, name }).collect();
    Ok(Json(Purposes { purposes }))
}
