//! The demo: its people, each one click away. Not there in any other deployment.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::ids::AccountId;

use crate::App;
use crate::problems::{Answer, DoorCode};
use crate::sessions::{open_session, small_json};
use crate::wire::Problem;
use crate::wire::session::{DemoPeople, DemoPerson, DemoSignIn, Session};

/// A demo: anybody may be any of these people.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The people, in the order in which they are offered.
    pub people: Vec<DemoPerson>,
}

/// The demo's people.
#[utoipa::path(
    get, path = "/api/demo/people", operation_id = "demo_people", tag = "session",
    responses((status = 200, body = DemoPeople), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn demo_people(State(app): State<Arc<App>>) -> Answer<Json<DemoPeople>> {
    let demo = app.options.demo.as_ref().ok_or(DoorCode::NotADemo)?;
    Ok(Json(DemoPeople { people: demo.people.clone() }))
}

/// Signs in as one of the demo's people.
#[utoipa::path(
    post, path = "/api/demo/session", operation_id = "demo_sign_in", tag = "session",
    request_body = DemoSignIn,
    responses((status = 200, body = Session), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn demo_sign_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let demo = app.options.demo.as_ref().ok_or(DoorCode::NotADemo)?;
    let asked: DemoSignIn = small_json(&app, &headers, body).await?;
    if !demo.people.iter().any(|person| person.account == asked.account) {
        return Err(DoorCode::SignInFailed.into());
    }
    let account = AccountId::new(asked.account).map_err(|_| DoorCode::SignInFailed)?;
    open_session(&app, &account).await
}
