//! What every request passes through: limits, counting, safety headers, panics turned to problems.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::App;
use crate::bodies::{check_encoding, too_large};
use crate::envelope::BATCH_BYTES_MAX;
use crate::forms::parts::{SUBMISSION_BYTES_MAX, SUBMISSION_SECONDS};
use crate::openrosa;
use crate::problems::{Answer, DoorCode, Refused};

/// The longest body of an upload, in bytes.
pub(crate) const UPLOAD_BYTES_MAX: usize = 5 * 1024 * 1024;
/// The longest time until an answer begins.
const ANSWER_SECONDS: u64 = 60;
/// How long a client may take to send a body, in seconds, unless the deployment says otherwise.
pub(crate) const BODY_SECONDS: u64 = 30;
/// How many requests may be under way at once.
pub(crate) const REQUESTS_MAX: usize = 1024;

/// What pages may load: only what comes from here. The component kit writes its tokens as style
/// elements; the form component works out expressions by WebAssembly, which no script can become.
const CONTENT_SECURITY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self'; worker-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; \
    object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const SAFETY: &[(&str, &str)] = &[
    ("content-security-policy", CONTENT_SECURITY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

/// Puts the layers around the routes.
pub(crate) fn wrap(router: Router, app: &Arc<App>) -> Router {
    // One stack: each `Router::layer` would box and copy all that is below it for every request.
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(Arc::clone(app), around))
            .layer(CompressionLayer::new().gzip(true))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(DefaultBodyLimit::max(BATCH_BYTES_MAX)),
    )
}

/// Counts and bounds a request, and sends the safety headers with the answer.
async fn around(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("app", MatchedPath::as_str);
    let mut response = bounded(&app, request, next).await;
    let headers = response.headers_mut();
    headers.reserve(SAFETY.len() + 4);
    for (name, value) in SAFETY {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if app.options.behind_tls {
        let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    if route.starts_with("/api/") && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let (status, took) = (response.status().as_u16(), began.elapsed());
    app.metrics.request(&method, route, status, took);
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(method = method.as_str(), route, status, took_ms, "request");
    response
}

async fn bounded(app: &App, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let openrosa = openrosa::is_ours(matched).then(|| request.headers().clone());
    let answer = within(app, request, next).await;
    answer.unwrap_or_else(|refused| match openrosa {
        Some(headers) => openrosa::declined(&headers, refused),
        None => refused.into_response(),
    })
}

async fn within(app: &App, request: Request, next: Next) -> Answer<Response> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok()).unwrap_or(0);
    let matched = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    // Photographs come with a filled form, and from where the network is poor.
    let (most, seconds) = match matched.ends_with("/submission") || matched == "/api/submissions" {
        true => (SUBMISSION_BYTES_MAX, SUBMISSION_SECONDS),
        false => (UPLOAD_BYTES_MAX, ANSWER_SECONDS),
    };
    if length > most as u64 {
        return Err(too_large(most));
    }
    check_encoding(request.headers())?;
    let _permit = app.requests.try_acquire().map_err(|_| DoorCode::Busy)?;
    let answer = tokio::time::timeout(Duration::from_secs(seconds), next.run(request));
    answer.await.map_err(|_| DoorCode::TimedOut.into())
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let why = panic.downcast_ref::<String>().map(String::as_str);
    let why = why.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
    Refused::internal(&why).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_a_problem_that_tells_nothing_but_a_number() {
        let response = panicked(Box::new("the name of somebody".to_owned()));
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("\"code\":\"internal\"") && !text.contains("somebody"), "{text}");
    }

    #[test]
    fn scripts_come_from_here_and_nowhere_else() {
        assert!(CONTENT_SECURITY.contains("script-src 'self' 'wasm-unsafe-eval';"));
        assert!(!CONTENT_SECURITY.contains("'unsafe-eval'"));
    }
}
