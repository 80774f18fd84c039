//! Rosters: a workbook of people comes in, good rows land, bad rows go back with what is wrong.

pub(crate) mod identity_number;
pub(crate) mod landing;
mod plan;
pub(crate) mod rows;
pub(crate) mod sheet;
pub(crate) mod workbook;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::ids::AccountId;

use crate::authority::{Sight, View, sight};
use crate::layers::UPLOAD_BYTES_MAX;
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode, Refused};
use crate::query::Asked;
use crate::sessions::Signed;
use crate::wire::Problem;
use crate::wire::places::{LedgerQuery, RosterReceipt};
use crate::{App, bodies};
use landing::Landing;
use rows::read_roster;
use workbook::WORKBOOK;

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
    let landing = Landing { reading: &app.reading, actor: &signed.actor, progress: &|_, _| {} };
    let (good, unchanged) = landing.land(&ledger, &head, &mut roster).await?;
    let workbook = if roster.bad.is_empty() {
        None
    } else {
        let bytes = workbook::bad_rows(&roster).map_err(|error| Refused::internal(&error))?;
        Some(format!("/api/roster/problems/{}", app.workbooks.put(&signed.actor.account, bytes)))
    };
    Ok(Json(RosterReceipt { good, bad: roster.bad.len(), unchanged, workbook }))
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
