//! What is kept about the signed-in person, for what, until when, and who read it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::cases::is_text_item;
use domain::forms::{FILE_ELEMENT, RECORD_ELEMENT, Submission};
use domain::ids::{LedgerId, PersonId};
use domain::people::Person;
use domain::rules::Rules;
use domain::{Fact, Key, Kind, Thing};

use super::values::{self, For};
use super::{about_cases, person_view};
use crate::App;
use crate::cases::rows::{case_row, said};
use crate::cases::texts;
use crate::forms::review::in_words;
use crate::lookup::Lookup;
use crate::packs::role_names;
use crate::problems::{Answer, DoorCode};
use crate::reading::{Listing, Opened, Under, Wanted};
use crate::sessions::Signed;
use crate::wire::cases::CaseRow;
use crate::wire::kept::{CertificateView, DestructionView, Kept, KeptValue, ReadView};
use crate::wire::{Instant, Problem, Words};

/// What is kept about the signed-in person, and who read it.
#[utoipa::path(
    get, path = "/api/kept", operation_id = "kept", tag = "people",
    responses((status = 200, body = Kept), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn kept(State(app): State<Arc<App>>, signed: Signed) -> Answer<Json<Kept>> {
    let mut lookup = Lookup::new(&app);
    let Some((ledger, id)) = signed.actor.person.clone() else {
        return Err(DoorCode::NotFound.into());
    };
    let person: Person = app.reading.get(&ledger, id.as_str()).await?.ok_or(DoorCode::NotFound)?;
    let rules = lookup.rules(&ledger).await?;
    let wanted = [Wanted { person: id.clone(), item: None }];
    let place = (&ledger, person.path.as_slice());
    let opened = values::open(&mut lookup, &signed, place, For::Oneself, &wanted).await?;
    let key = Key::new(Kind::Person, id.as_str());
    let facts_count = app.reading.count_facts_about(&ledger, &key).await?;
    let mut values = Vec::with_capacity(opened.len());
    for value in &opened {
        values.push(kept_value(&app, &ledger, &rules, value).await?);
    }
    Ok(Json(Kept {
        person: person_view(&person, &opened),
        household: person.household.to_string(),
        facts_count,
        values,
        requests: requests(&mut lookup, &signed).await?,
        cases: about_cases(&mut lookup, &ledger, id.as_str()).await?,
        reads: reads(&mut lookup, &signed, &ledger, &rules).await?,
        destroyed: destroyed(&app, &ledger, &id, &rules).await?,
        ledger: ledger.to_string(),
    }))
}

async fn kept_value(
    app: &App,
    ledger: &LedgerId,
    rules: &Rules,
    value: &Opened,
) -> Answer<KeptValue> {
    let written = is_text_item(&value.item);
    let element = rules.packs.iter().filter(|_| !written).find_map(|pack| {
        pack.elements.iter().find(|(id, _)| id.as_str() == value.element).map(|(_, rule)| rule)
    });
    let submission: Option<Submission> = match value.element.as_str() {
        RECORD_ELEMENT => app.reading.get(ledger, &value.item).await?,
        _ => None,
    };
    // Of a form that was filled people read what was answered, not how it is written down.
    let filled = submission.and_then(|it| in_words(rules, &it, &value.value));
    let (form, answers) = filled.unzip();
    Ok(KeptValue {
        element: value.element.clone(),
        name: match (element, form) {
            _ if written => texts::name(&value.element),
            (Some(rule), _) => (&rule.name).into(),
            (None, Some(form)) => form,
            (None, None) => register_name(&value.element),
        },
        shown: answers.or(element.and_then(|rule| said(rule, &value.value.as_str().into()))),
        value: value.value.clone(),
        purpose: value.purpose.clone(),
        purpose_name: values::purpose_name(rules, &value.purpose),
        item: value.item.clone(),
        since: value.since.into(),
        until: until(app, ledger, rules, value).await?,
    })
}

/// The names of the register's own elements, where no pack has them.
fn register_name(element: &str) -> Words {
    match element {
        "name" => Words::new("姓名", "Name"),
        "phone" => Words::new("电话", "Telephone"),
        "identity_number" => Words::new("身份证号", "Identity number"),
        RECORD_ELEMENT => Words::new("填报原件", "A filled form, word for word"),
        FILE_ELEMENT => Words::new("附件的文件名", "The name of a file"),
        _ => Words::new(element, element),
    }
}

/// When a value is destroyed, as far as that is known: from its own day, or from the end of the
/// mode that it was given for.
async fn until(
    app: &App,
    ledger: &LedgerId,
    rules: &Rules,
    value: &Opened,
) -> Answer<Option<Instant>> {
    let purpose = rules.packs.iter().find_map(|pack| {
        pack.purposes.iter().find(|(id, _)| id.as_str() == value.purpose).map(|(_, rule)| rule)
    });
    let Some(purpose) = purpose else { return Ok(None) };
    let days = jiff::SignedDuration::from_hours(24 * i64::from(purpose.retention_days));
    let from = match &purpose.mode {
        None => Some(value.since),
        Some(mode) => {
            let active = rules.modes.iter().find(|active| active.mode == *mode);
            match active {
                Some(active) => Some(active.until),
                // Without such a mode, or after its end, the value has its own clock.
                None => {
                    let ended = app.reading.mode_ended(ledger, mode).await?;
                    Some(ended.map_or(value.since, |ended| ended.max(value.since)))
                }
            }
        }
    };
    Ok(from.and_then(|from| from.checked_add(days).ok()).map(Into::into))
}

/// What the signed-in person reported, the newest first.
async fn requests(lookup: &mut Lookup<'_>, signed: &Signed) -> Answer<Vec<CaseRow>> {
    let under = Under { account: Some(signed.actor.account.clone()), ..Under::default() };
    let listing = Listing { under, newest_first: true, limit: 100, ..Listing::new(Kind::Case) };
    let mut rows = Vec::new();
    for (ledger, thing, _) in lookup.app.reading.list(&listing).await?.things {
        if let Thing::Case(case) = thing
            && case.reporter == signed.actor.account
        {
            rows.push(case_row(lookup, &ledger, &case).await?);
        }
    }
    Ok(rows)
}

/// Who read the values, without the person's own looks at them.
async fn reads(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
    rules: &Rules,
) -> Answer<Vec<ReadView>> {
    let Some((_, person)) = &signed.actor.person else { return Ok(Vec::new()) };
    let names = role_names(rules.packs.iter().map(|pack| &**pack));
    let mut reads = Vec::new();
    for read in lookup.app.reading.reads_of(ledger, person).await? {
        if read.reader == signed.actor.account {
            continue;
        }
        reads.push(ReadView {
            at: read.at.into(),
            reader_name: lookup.account_name(&read.reader).await?,
            role: names
                .get(&read.role)
                .map_or_else(|| Words::new(read.role.as_str(), read.role.as_str()), Into::into),
            purpose: values::purpose_name(rules, &read.purpose),
            elements: read.elements,
        });
    }
    Ok(reads)
}

/// What was destroyed that concerns the person.
async fn destroyed(
    app: &App,
    ledger: &LedgerId,
    person: &PersonId,
    rules: &Rules,
) -> Answer<Vec<DestructionView>> {
    let mut views = Vec::new();
    for (recorded, certificate) in app.reading.destructions(ledger, person).await? {
        let Fact::ValuesDestroyed { purpose, persons, values, .. } = &recorded.fact else {
            continue;
        };
        views.push(DestructionView {
            at: recorded.recorded_at.into(),
            purpose: purpose.as_ref().map(ToString::to_string),
            purpose_name: purpose.as_ref().map(|it| values::purpose_name(rules, it.as_str())),
            persons: *persons,
            values: *values,
            certificate: CertificateView {
                text: certificate.text,
                signature: certificate.signature,
                public_key: certificate.public_key,
            },
        });
    }
    Ok(views)
}
