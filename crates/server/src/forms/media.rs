//! Files that come with a form which is given out already: lists, pictures, recordings.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use domain::Command;
use domain::command::Envelope;
use domain::forms::{Forms, PublishForm};
use domain::ids::{CommandId, FormId};

use super::lists::kind_of;
use super::workbook::{check_addressed, publisher};
use crate::commands::answered;
use crate::layers::UPLOAD_BYTES_MAX;
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode, Refused};
use crate::query::Asked;
use crate::sessions::Signed;
use crate::wire::Problem;
use crate::wire::commands::CommandAnswer;
use crate::wire::forms::PutMediaQuery;
use crate::{App, bodies};

/// Puts a file with a version of a form that was published here. The form asks for it by its name.
#[utoipa::path(
    put, path = "/api/forms/{id}/media/{name}", operation_id = "bring_form_media", tag = "forms",
    params(("id" = String, Path), ("name" = String, Path), PutMediaQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The bytes of the file."),
    responses((status = 200, body = CommandAnswer), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn bring_form_media(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((id, name)): Path<(String, String)>,
    Asked(query): Asked<PutMediaQuery>,
    body: Body,
) -> Answer<Json<CommandAnswer>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    publisher(&app, &signed, &head)?;
    let command = CommandId::new(query.command.as_str()).map_err(|error| {
        Refused::new(DoorCode::BadQuery).with("field", "command").with("why", error.to_string())
    })?;
    let form = FormId::new(id).map_err(|_| DoorCode::NotFound)?;
    let kept: Option<Forms> = app.reading.get(&ledger, "forms").await?;
    let version = query.version.unwrap_or_default();
    let versions = kept.and_then(|mut kept| kept.forms.remove(&form)).unwrap_or_default();
    let before = versions.into_iter().map(|it| it.published).find(|it| it.version == version);
    let before = before.ok_or(DoorCode::NotFound)?;
    let bytes = bodies::read(&app, body, UPLOAD_BYTES_MAX).await?;
    let file = app.reading.keep_bytes(&ledger, kind_of(&name), &bytes).await?;
    let mut media = before.media;
    media.insert(name, file.hash);
    let publish = Command::from(PublishForm {
        form,
        version,
        hash: before.hash,
        name: before.name,
        subject: before.subject,
        filled_by: before.filled_by,
        purpose: before.purpose,
        draft: before.draft,
        media,
    });
    check_addressed(&app, &signed, (&ledger, &head), &publish)?;
    let (id, occurred_at) = (command.clone(), app.now());
    let envelope = Envelope { id, ledger, command: publish, device: None, occurred_at };
    let given = app.reading.submit(&signed.actor, vec![envelope]).await?.into_iter().next();
    let given = given.ok_or_else(|| Refused::internal(&"a command was left without an answer"))?;
    Ok(Json(answered(command.to_string(), given)))
}
