//! Rosters: a workbook of people comes in, good rows land, bad rows go back with what is wrong.

pub(crate) mod identity_number;
mod plan;
pub(crate) mod rows;
pub(crate) mod sheet;
pub(crate) mod workbook;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::command::Envelope;
use domain::ids::{AccountId, LedgerId};
use domain::places::LedgerHead;
use domain::{Code, Refusal};

use crate::authority::{Sight, View, sight};
use crate::layers::UPLOAD_BYTES_MAX;
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode, Refused};
use crate::query::Asked;
use crate::reading::Given;
use crate::sessions::Signed;
use crate::wire::places::{LedgerQuery, RosterReceipt};
use crate::wire::{Problem, Words};
use crate::{App, bodies};
use plan::{Ground, Plan, plan};
use rows::{BadRow, Roster, Row, read_roster};
use workbook::WORKBOOK;

/// How many commands are given at once.
const BATCH: usize = 500;
/// How many places of a ledger are looked through.
const PLACES_MAX: usize = 20_000;
/// How long the bad rows of a roster can be fetched.
const KEPT: Duration = Duration::from_secs(3600);
/// How many workbooks of bad rows are kept at once.
const WORKBOOKS_MAX: usize = 64;

/// Bad rows on their way back. They hold names: in memory only, and only for whoever sent them.
#[derive(Default)]
pub(crate) struct Workbooks {
    kept: Mutex<HashMap<String, KeptBook>>,
}

/// Whose it is, since when, and its bytes.
type KeptBook = (AccountId, Instant, Arc<[u8]>);

impl Workbooks {
    fn put(&self, account: &AccountId, bytes: Vec<u8>) -> String {
        let id = uuid::Uuid::new_v4().to_string();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (_, at, _)| at.elapsed() < KEPT);
        if kept.len() >= WORKBOOKS_MAX {
            let oldest = kept.iter().min_by_key(|(_, (_, at, _))| *at).map(|(id, _)| id.clone());
            oldest.and_then(|oldest| kept.remove(&oldest));
        }
        kept.insert(id.clone(), (account.clone(), Instant::now(), bytes.into()));
        id
    }

    fn get(&self, id: &str, account: &AccountId) -> Option<Arc<[u8]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (owner, at, bytes) = kept.get(id)?;
        (owner == account && at.elapsed() < KEPT).then(|| Arc::clone(bytes))
    }
}

/// Takes a roster (.xlsx, or .csv in UTF-8 or GB 18030). Good rows land; bad rows come back as a
/// workbook that says what is wrong in each; sending the same again changes nothing.
#[utoipa::path(
    post, path = "/api/roster", operation_id = "import_roster", tag = "people", params(LedgerQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The bytes of the file."),
    responses((status = 200, body = RosterReceipt), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn import_roster(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<LedgerQuery>,
    body: Body,
) -> Answer<Json<RosterReceipt>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    if sight(&signed.actor, View::Roster, &head.path, app.now()) != Sight::Whole {
        return Err(DoorCode::MayNotSee.into());
    }
    let bytes = bodies::read(&app, body, UPLOAD_BYTES_MAX).await?;
    let today = app.today();
    let roster = tokio::task::spawn_blocking(move || read_roster(&bytes, today)).await;
    let mut roster = roster.map_err(|error| Refused::internal(&error))??;
    let mut tally = Tally::default();
    for (ledger, head, rows) in sorted(&app, &ledger, &head, &mut roster).await? {
        let lines: BTreeSet<usize> = rows.into_iter().collect();
        let rows: Vec<&Row> = roster.rows.iter().filter(|row| lines.contains(&row.line)).collect();
        let places = app.reading.places_of(&ledger, PLACES_MAX).await?;
        let ground = Ground { ledger: &ledger, head: &head, places: &places, now: app.now() };
        give(&app, &signed, plan(&ground, &rows), &mut tally).await?;
    }
    roster.bad.append(&mut tally.bad);
    roster.bad.sort_by_key(|bad| bad.line);
    let workbook = if roster.bad.is_empty() {
        None
    } else {
        let bytes = workbook::bad_rows(&roster).map_err(|error| Refused::internal(&error))?;
        Some(format!("/api/roster/problems/{}", app.workbooks.put(&signed.actor.account, bytes)))
    };
    let (good, unchanged) = (tally.good, tally.unchanged);
    Ok(Json(RosterReceipt { good, bad: roster.bad.len(), unchanged, workbook }))
}

/// What became of the rows so far.
#[derive(Default)]
struct Tally {
    good: usize,
    unchanged: usize,
    bad: Vec<BadRow>,
}

type OfLedger = (LedgerId, Arc<LedgerHead>, Vec<usize>);

/// Sorts rows by the ledger of their community; the lines of rows whose community is not here
/// become bad ones.
async fn sorted(
    app: &App,
    ledger: &LedgerId,
    head: &Arc<LedgerHead>,
    roster: &mut Roster,
) -> Answer<Vec<OfLedger>> {
    let children = app.reading.children(&head.place, PLACES_MAX).await?;
    let mut own: BTreeMap<String, LedgerId> = BTreeMap::new();
    for (kept_by, child) in children {
        if let Some(kept_by) = kept_by.filter(|kept_by| kept_by != ledger) {
            own.insert(child.name, kept_by);
        }
    }
    let mut by_ledger: BTreeMap<LedgerId, Vec<usize>> = BTreeMap::new();
    for row in &roster.rows {
        let found = match &row.community {
            None if own.is_empty() => Ok(ledger.clone()),
            None => Err(Words::new("请填写“社区”。", "Please fill in \"community\".")),
            Some(name) if *name == head.name => Ok(ledger.clone()),
            Some(name) => own.get(name).cloned().ok_or_else(|| {
                Words::new(
                    format!("“{}”下没有社区“{name}”。", head.name),
                    format!("There is no community \"{name}\" in \"{}\".", head.name),
                )
            }),
        };
        match found {
            Ok(found) => by_ledger.entry(found).or_default().push(row.line),
            Err(why) => roster.bad.push(BadRow { line: row.line, why }),
        }
    }
    let mut sorted = Vec::new();
    for (ledger, lines) in by_ledger {
        let head = app.reading.head(&ledger).await?.ok_or(DoorCode::NotFound)?;
        sorted.push((ledger, Arc::new(head), lines));
    }
    Ok(sorted)
}

/// Gives the commands of a plan in their order, and counts what became of each row.
async fn give(app: &App, signed: &Signed, plan: Plan, tally: &mut Tally) -> Answer<()> {
    let Plan { ground, people, care, bad } = plan;
    tally.bad.extend(bad.into_iter().map(|(line, why)| BadRow { line, why: why.into() }));
    submit(app, signed, ground).await?;
    let (mut known, mut registers) = (Vec::new(), Vec::new());
    for (line, register, correct) in people {
        known.push((line, correct));
        registers.push(register);
    }
    let answers = submit(app, signed, registers).await?;
    let mut corrections = Vec::new();
    for ((line, correct), given) in known.into_iter().zip(answers) {
        match given.outcome {
            Err(refusal) if refusal.code == Code::Exists => corrections.push((line, correct)),
            outcome => count(tally, line, given.repeated, outcome.err().as_ref()),
        }
    }
    let (lines, envelopes): (Vec<usize>, Vec<Envelope>) = corrections.into_iter().unzip();
    let answers = submit(app, signed, envelopes).await?;
    for (line, given) in lines.into_iter().zip(answers) {
        count(tally, line, given.repeated, given.outcome.err().as_ref());
    }
    let (lines, envelopes): (Vec<usize>, Vec<Envelope>) = care.into_iter().unzip();
    let answers = submit(app, signed, envelopes).await?;
    for (line, given) in lines.into_iter().zip(answers) {
        let told = tally.bad.iter().any(|bad| bad.line == line);
        if let Err(refusal) = given.outcome
            && !told
        {
            tally.good = tally.good.saturating_sub(1);
            tally.bad.push(BadRow { line, why: refusal.words().into() });
        }
    }
    Ok(())
}

fn count(tally: &mut Tally, line: usize, repeated: bool, refusal: Option<&Refusal>) {
    match refusal {
        Some(refusal) => tally.bad.push(BadRow { line, why: refusal.words().into() }),
        None if repeated => tally.unchanged += 1,
        None => tally.good += 1,
    }
}

async fn submit(app: &App, signed: &Signed, all: Vec<Envelope>) -> Answer<Vec<Given>> {
    let mut answers = Vec::with_capacity(all.len());
    let mut rest = all.into_iter().peekable();
    while rest.peek().is_some() {
        let batch: Vec<Envelope> = rest.by_ref().take(BATCH).collect();
        answers.extend(app.reading.submit(&signed.actor, batch).await?);
    }
    Ok(answers)
}

/// An empty roster to fill in.
#[utoipa::path(
    get, path = "/api/roster/template.xlsx", operation_id = "roster_template", tag = "people",
    responses((status = 200, description = "A workbook.", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn roster_template(_signed: Signed) -> Answer<Response> {
    let bytes = workbook::template().map_err(|error| Refused::internal(&error))?;
    Ok(download("roster-template.xlsx", bytes))
}

/// The bad rows of a roster, for whoever sent it.
#[utoipa::path(
    get, path = "/api/roster/problems/{id}", operation_id = "roster_problems", tag = "people",
    params(("id" = String, Path)),
    responses((status = 200, description = "A workbook.", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn roster_problems(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer<Response> {
    let found = app.workbooks.get(&id, &signed.actor.account).ok_or(DoorCode::NotFound)?;
    Ok(download("roster-to-correct.xlsx", found.to_vec()))
}

fn download(name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let head =
        [(header::CONTENT_TYPE, WORKBOOK.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (head, bytes).into_response()
}
