//! OpenRosa 1.0: the protocol by which ODK Collect and its kin fetch forms and send what was filled.
//!
//! Everything is below `/key/{token}` for a device, below `/openrosa` for whoever is signed in, and
//! below `/draft/{token}` for an author who tries a form out; each may name a ledger by
//! `/ledgers/{ledger}`, else it is the account's own.

mod answer;
mod caller;
mod listing;
mod submission;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use crate::App;
use crate::forms::parts::SUBMISSION_BYTES_MAX;
use crate::problems::Refused;
use answer::{Declined, Language};

/// The doors, each with and without a ledger.
const DOORS: &[&str] = &[
    "/key/{token}",
    "/key/{token}/ledgers/{ledger}",
    "/draft/{token}",
    "/draft/{token}/ledgers/{ledger}",
    "/openrosa",
    "/openrosa/ledgers/{ledger}",
];

/// Whether a route is one of OpenRosa's.
pub(crate) fn is_ours(route: &str) -> bool {
    DOORS.iter().any(|door| route.strip_prefix(door).is_some_and(|rest| rest.starts_with('/')))
}

/// A refusal before a route is reached, as OpenRosa has it.
pub(crate) fn declined(headers: &HeaderMap, refused: Refused) -> Response {
    Declined(refused, Language::of(headers)).into_response()
}

/// The routes of OpenRosa. They are no part of the API's description: OpenRosa describes them.
pub(crate) fn routes() -> Router<Arc<App>> {
    let mut router = Router::new();
    for door in DOORS {
        let sending = post(submission::receive).head(submission::greet).options(submission::greet);
        let sending = sending.layer(DefaultBodyLimit::max(SUBMISSION_BYTES_MAX));
        router = router
            .route(&format!("{door}/formList"), get(listing::form_list))
            .route(&format!("{door}/forms/{{form}}/xform"), get(listing::xform))
            .route(&format!("{door}/forms/{{form}}/manifest"), get(listing::manifest))
            .route(&format!("{door}/forms/{{form}}/media/{{name}}"), get(listing::media))
            .route(&format!("{door}/lists/{{name}}/integrity"), get(listing::integrity))
            .route(&format!("{door}/submission"), sending);
    }
    router
}
