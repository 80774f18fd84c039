//! Whether the program is well, and what it has counted.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::App;
use crate::problems::{Answer, DoorCode};
use crate::wire::Problem;

/// Whether the program is up and the store can be reached.
#[utoipa::path(
    get, path = "/healthz", operation_id = "healthz", tag = "about",
    responses((status = 200, description = "`ok`", content_type = "text/plain"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn healthz(State(app): State<Arc<App>>) -> Answer<&'static str> {
    app.reading.reachable().await.map_err(|_| DoorCode::Unavailable)?;
    Ok("ok\n")
}

/// What was counted since the start, for Prometheus.
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics", tag = "about",
    responses((status = 200, description = "Prometheus text", content_type = "text/plain"))
)]
pub(crate) async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    let mut text = app.metrics.text();
    // Without a database there is nothing to say of it; what was counted here is said all the same.
    for (name, value) in app.reading.gauges().await.unwrap_or_default() {
        text.push_str(&format!("# TYPE linli_{name} gauge\nlinli_{name} {value}\n"));
    }
    ([(header::CONTENT_TYPE, kind)], text)
}
