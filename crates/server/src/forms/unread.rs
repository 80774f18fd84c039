//! Records that were kept while nobody here knew their form: who may publish forms sees that they
//! are here and until when, and they are read once their form is known.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::command::Envelope;
use domain::forms::{FILE_ELEMENT, RECORD_ELEMENT, ReadRecord, Submission, UNKNOWN};
use domain::ids::{FormId, LedgerId, PurposeId};
use domain::rules::Rules;
use domain::{Actor, Kind, Thing};
use jiff::{SignedDuration, Timestamp};

use super::record::{self, Head};
use super::workbook::publisher;
use crate::App;
use crate::lookup::Lookup;
use crate::problems::Answer;
use crate::query::Asked;
use crate::reading::{Listing, Opened, Reader, Wanted};
use crate::sessions::{Signed, actor_of};
use crate::wire::Problem;
use crate::wire::forms::{UnreadList, UnreadRecord};
use crate::wire::places::LedgerQuery;

/// The most records that are shown at once.
const SHOWN_MAX: usize = 200;
/// How many are looked at in one go.
const PAGE: usize = 200;

/// Until when a record that nobody could read is kept.
pub(super) fn ends_at(rules: &Rules, found: &Submission) -> Option<Timestamp> {
    let days = rules.days_kept(&PurposeId::new(UNKNOWN).ok()?)?;
    let kept = SignedDuration::from_hours(24 * i64::from(days));
    found.is_unread().then(|| found.recorded_at.checked_add(kept).ok()).flatten()
}

/// Records of forms that nobody here knows, the oldest first, each with the instant at which it is
/// destroyed. It is read when its form is published before that.
#[utoipa::path(
    get, path = "/api/submissions/unread", operation_id = "unread_records", tag = "forms", params(LedgerQuery),
    responses((status = 200, body = UnreadList), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn unread_records(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<LedgerQuery>,
) -> Answer<Json<UnreadList>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    publisher(&app, &signed, &head)?;
    let rules = lookup.rules(&ledger).await?;
    let listing = Listing { ledger: Some(ledger), limit: SHOWN_MAX, ..unread(None) };
    let mut records = Vec::new();
    for (_, thing, _) in app.reading.list(&listing).await?.things {
        let Thing::Submission(it) = thing else { continue };
        records.push(UnreadRecord {
            id: it.id.to_string(),
            form: it.form.to_string(),
            version: it.record.as_ref().map(|it| it.received.version.clone()).unwrap_or_default(),
            by_name: lookup.account_name(&it.by).await?,
            occurred_at: it.occurred_at.into(),
            recorded_at: it.recorded_at.into(),
            ends_at: ends_at(&rules, &it).map(Into::into),
        });
    }
    Ok(Json(UnreadList { records }))
}

fn unread(form: Option<&FormId>) -> Listing {
    Listing {
        status: vec!["unread".to_owned()],
        sort: form.map(ToString::to_string),
        limit: PAGE,
        ..Listing::new(Kind::Submission)
    }
}

/// Reads what was kept unread and whose form is known now, wherever it is kept; how many. Each is
/// read once, in the name of whoever sent it.
pub(crate) async fn read_again(app: &App, form: Option<&FormId>) -> Answer<usize> {
    let (mut listing, mut done) = (unread(form), 0);
    let mut lookup = Lookup::new(app);
    loop {
        let page = app.reading.list(&listing).await?;
        listing.after = page.things.last().map(|(_, _, key)| key.clone());
        for (ledger, thing, _) in page.things {
            let Thing::Submission(it) = thing else { continue };
            let rules = lookup.rules(&ledger).await?;
            let Some(hash) = known(&rules, &it) else { continue };
            if read(app, &ledger, &it, &hash).await? {
                done += 1;
            }
        }
        if !page.more {
            return Ok(done);
        }
    }
}

/// By what a record can be read now.
fn known(rules: &Rules, it: &Submission) -> Option<String> {
    let version = it.record.as_ref()?.received.version.as_str();
    let published = |form: &&domain::rules::PublishedForm| !form.published.draft;
    let exact = rules.published_form(&it.form, version).filter(published);
    let published = exact.or_else(|| rules.latest_form(&it.form));
    let pack = rules.pack_with(&it.form, version).map(|pack| pack.hash.clone());
    let pack = pack.or_else(|| rules.form(&it.form).map(|(pack, _)| pack.hash.clone()));
    pack.or_else(|| published.map(|form| form.published.hash.clone()))
}

async fn read(app: &App, ledger: &LedgerId, it: &Submission, hash: &str) -> Answer<bool> {
    let Some(kept) = &it.record else { return Ok(false) };
    let item = Some(it.id.to_string());
    let wanted = [Wanted { person: kept.received.owner.clone(), item }];
    let program = Actor::system();
    let reader = Reader { account: program.account.clone(), role: domain::Role::SYSTEM.to_owned() };
    let shown = |value: &Opened| value.purpose == UNKNOWN && value.element.starts_with("odk.");
    let opened = app.reading.open_values(ledger, &reader, UNKNOWN, &wanted, &shown).await?;
    // Whose record is destroyed has nothing to read any more.
    let Some(words) = opened.iter().find(|value| value.element == RECORD_ELEMENT) else {
        return Ok(false);
    };
    let named = opened.iter().filter(|value| value.element == FILE_ELEMENT);
    let files: BTreeMap<String, String> = named
        .filter_map(|value| Some((value.item.rsplit_once('/')?.1.to_owned(), value.value.clone())))
        .collect();
    let read = ReadRecord {
        submission: it.id.clone(),
        record: words.value.clone(),
        entities: Head::read(&words.value).entities,
        files,
    };
    // In the name of whoever sent it, with what they may do now.
    let nobody = Actor { account: it.by.clone(), person: None, grants: Vec::new() };
    let mut sender = actor_of(app, &it.by).await?.unwrap_or(nobody);
    sender.grants.extend(program.grants);
    let envelope = Envelope {
        id: record::command(&format!("read/{}/{hash}", it.id)),
        ledger: ledger.clone(),
        command: read.into(),
        device: None,
        occurred_at: it.occurred_at,
    };
    let given = app.reading.submit(&sender, vec![envelope]).await?.into_iter().next();
    Ok(given.is_some_and(|given| given.outcome.is_ok() && !given.repeated))
}
