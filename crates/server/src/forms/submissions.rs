//! Filled forms as the app sends them: the record and its files in one request or several.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::forms::Prefilled;
use domain::ids::{CaseId, DeviceId, PlaceId};

use super::record::subject;
use super::taking::{Beside, Taken, take};
use crate::App;
use crate::commands::answered;
use crate::lookup::Lookup;
use crate::problems::DoorCode;
use crate::problems::{Answer, Refused};
use crate::query::Asked;
use crate::sessions::Signed;
use crate::wire::Problem;
use crate::wire::commands::{CommandAnswer, CommandOutcome};
use crate::wire::forms::SubmissionQuery;

/// Takes a filled form: `multipart/form-data` with the record in `xml_submission_file` and its
/// files beside it, as OpenRosa has it. The record's `instanceID` makes it the same one however
/// often it is sent, and files may come later with the same record.
#[utoipa::path(
    post, path = "/api/submissions", operation_id = "send_submission", tag = "forms", params(SubmissionQuery),
    request_body(content = String, content_type = "multipart/form-data", description = "The record and its files."),
    responses((status = 200, body = CommandAnswer), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn send_submission(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<SubmissionQuery>,
    request: Request,
) -> Answer<Response> {
    let mut lookup = Lookup::new(&app);
    let (ledger, _) = lookup.known_ledger(&signed, &query.ledger).await?;
    let beside = beside(&query)?;
    let taken = take(&mut lookup, &signed, &ledger, request, beside).await?;
    let answer = match taken {
        Taken::Tried { .. } => CommandAnswer {
            id: String::new(),
            outcome: CommandOutcome::Done,
            repeated: false,
            facts: Vec::new(),
            things: Vec::new(),
            problem: None,
        },
        Taken::Kept { command, record, refused, .. } => {
            let answer = answered(command.to_string(), record);
            match refused {
                Some(refused) if answer.problem.is_none() => answered(answer.id, refused),
                _ => answer,
            }
        }
    };
    let status = answer.problem.as_ref().map_or(200, |problem| problem.status);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT);
    Ok((status, Json(answer)).into_response())
}

fn beside(query: &SubmissionQuery) -> Answer<Beside> {
    let wrong = |field: &str, why: &str| {
        Refused::new(DoorCode::BadQuery).with("field", field).with("why", why)
    };
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let id = |field: &'static str| move |_| wrong(field, &domain::ids::NotAnId.to_string());
    let about = given(&query.subject)
        .map(|text| subject(&text).ok_or_else(|| wrong("subject", "person:ID / household:ID")));
    // A clock that says nothing sensible is no reason to turn a filled form away.
    let occurred_at = given(&query.occurred_at).and_then(|text| text.parse().ok());
    Ok(Beside {
        subject: about.transpose()?,
        case: given(&query.case).map(CaseId::new).transpose().map_err(id("case"))?,
        place: given(&query.place).map(PlaceId::new).transpose().map_err(id("place"))?,
        occurred_at,
        device: given(&query.device).map(DeviceId::new).transpose().map_err(id("device"))?,
        prefilled: Prefilled {
            confirmed: query.confirmed.unwrap_or_default(),
            corrected: query.corrected.unwrap_or_default(),
        },
    })
}
