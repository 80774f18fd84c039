//! Signing in by a provider of OpenID Connect: by code, with PKCE, state and nonce.

mod provider;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use openidconnect::url::form_urlencoded;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use crate::problems::{Answer, DoorCode};
use crate::query::Asked;
use crate::sessions::{address, begin_session, cookie_named, same, secure, with_cookie};
use crate::wire::Problem;
use crate::wire::session::{OpenIdWay, SignInWays};
use provider::Trouble;
pub use provider::{OpenId, OpenIdSettings};

/// The cookie that remembers a sign-in under way.
const COOKIE: &str = "linli_openid";
/// How long somebody may take at the provider's, in seconds.
const SECONDS_MAX: u32 = 900;
/// The longest address of a page to come back to.
const THEN_BYTES_MAX: usize = 512;
/// The longest subject, in bytes (OpenID Connect Core 1.0, section 2: at most 255 ASCII characters).
const SUBJECT_BYTES_MAX: usize = 255;

/// Which page to come back to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BeginQuery {
    /// A page of this app; the day when absent.
    then: Option<String>,
}

/// What the provider sends somebody back with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BackQuery {
    /// What to exchange for the person's identity.
    code: Option<String>,
    /// What was sent along.
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

/// Which ways there are to sign in.
#[utoipa::path(
    get, path = "/api/session/ways", operation_id = "sign_in_ways", tag = "session",
    responses((status = 200, body = SignInWays), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn sign_in_ways(State(app): State<Arc<App>>) -> Json<SignInWays> {
    let openid = app.options.openid.as_ref().map(|provider| OpenIdWay {
        label: provider.label().to_owned(),
        path: "/api/session/openid".to_owned(),
    });
    Json(SignInWays { openid })
}

/// Sends a browser to the provider.
#[utoipa::path(
    get, path = "/api/session/openid", operation_id = "openid_begin", tag = "session", params(BeginQuery),
    responses((status = 303, description = "To the provider"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn openid_begin(
    State(app): State<Arc<App>>,
    Asked(query): Asked<BeginQuery>,
) -> Answer<Response> {
    let provider = app.options.openid.as_ref().ok_or(DoorCode::OpenIdAbsent)?;
    let then = query.then.filter(|then| is_ours(then)).unwrap_or_else(|| "/".to_owned());
    match provider.begin().await {
        Err(_) => back_to_sign_in("openid_unreached", "", &then),
        Ok(begun) => {
            let then: String = form_urlencoded::byte_serialize(then.as_bytes()).collect();
            // Lax: the way back begins at another site.
            let cookie = format!(
                "{COOKIE}={}.{}.{}.{then}; Path=/api/session/openid; Max-Age={SECONDS_MAX}; \
                 HttpOnly; SameSite=Lax{}",
                begun.state,
                begun.nonce,
                begun.verifier,
                secure(&app)
            );
            with_cookie(go(&begun.url), &cookie)
        }
    }
}

/// Takes somebody back from the provider: signed in, or to the sign-in page with what to do next.
#[utoipa::path(
    get, path = "/api/session/openid/back", operation_id = "openid_back", tag = "session", params(BackQuery),
    responses((status = 303, description = "To the page that was asked for, or back to signing in"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn openid_back(
    State(app): State<Arc<App>>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Asked(query): Asked<BackQuery>,
) -> Answer<Response> {
    let provider = app.options.openid.as_ref().ok_or(DoorCode::OpenIdAbsent)?;
    let peer = peer.map(|axum::Extension(ConnectInfo(peer))| peer);
    let keys = [format!("address:{}", address(&app, &headers, peer))];
    if app.throttle.wait(&keys, Instant::now()).is_some() {
        return forgotten(&app, back_to_sign_in("openid_wait", "", "/")?);
    }
    let begun = cookie_named(&headers, COOKIE).and_then(Remembered::read);
    let Some(begun) =
        begun.filter(|begun| same(&begun.state, query.state.as_deref().unwrap_or("")))
    else {
        return forgotten(&app, back_to_sign_in("openid_stale", "", "/")?);
    };
    let code = match (query.error, query.code) {
        (None, Some(code)) => code,
        _ => return forgotten(&app, back_to_sign_in("openid_given_up", "", &begun.then)?),
    };
    let outcome = signed_in_as(&app, provider, code, &begun).await?;
    if matches!(outcome, Err(("openid_untrue" | "openid_unlinked", _))) {
        app.throttle.fail(&keys, Instant::now());
    }
    match outcome {
        Ok(cookie) => forgotten(&app, with_cookie(go(&begun.then), &cookie)?),
        Err((why, subject)) => forgotten(&app, back_to_sign_in(why, &subject, &begun.then)?),
    }
}

/// The cookie of a new session; or why there is none, with the subject that is linked to nobody.
async fn signed_in_as(
    app: &App,
    provider: &OpenId,
    code: String,
    begun: &Remembered,
) -> Answer<Result<String, (&'static str, String)>> {
    let no = |why| Ok(Err((why, String::new())));
    let (verifier, nonce) = (begun.verifier.clone(), begun.nonce.clone());
    let subject = match provider.finish(code, verifier, nonce).await {
        Err(Trouble::Unreached) => return no("openid_unreached"),
        Err(Trouble::Untrue) => return no("openid_untrue"),
        Ok(subject) if subject.len() > SUBJECT_BYTES_MAX => return no("openid_untrue"),
        Ok(subject) => subject,
    };
    // Nobody gets an account by being known elsewhere: an operator has linked the two before.
    let Some(account) = app.reading.openid_account(provider.issuer(), &subject).await? else {
        return Ok(Err(("openid_unlinked", subject)));
    };
    match begin_session(app, &account).await {
        Ok((_, cookie)) => Ok(Ok(cookie)),
        // The account was closed.
        Err(refused) if refused.code() == DoorCode::SignInFailed.name() => {
            Ok(Err(("openid_unlinked", subject)))
        }
        Err(refused) => Err(refused),
    }
}

/// What a cookie remembers of a sign-in under way.
struct Remembered {
    state: String,
    nonce: String,
    verifier: String,
    then: String,
}

impl Remembered {
    fn read(cookie: &str) -> Option<Self> {
        let mut parts = cookie.splitn(4, '.').map(str::to_owned);
        let (state, nonce, verifier) = (parts.next()?, parts.next()?, parts.next()?);
        let then = format!("then={}", parts.next()?);
        let (_, then) = form_urlencoded::parse(then.as_bytes()).next()?;
        let whole = !state.is_empty() && !nonce.is_empty() && !verifier.is_empty();
        (whole && is_ours(&then)).then(|| Self { state, nonce, verifier, then: then.into_owned() })
    }
}

/// Whether an address is a page of this app: nothing that leads elsewhere.
fn is_ours(then: &str) -> bool {
    let elsewhere = then.starts_with("//") || then.contains('\\');
    then.starts_with('/')
        && !elsewhere
        && then.len() <= THEN_BYTES_MAX
        && !then.contains(char::is_control)
}

/// To the sign-in page, which has words for the code.
fn back_to_sign_in(code: &str, subject: &str, then: &str) -> Answer<Response> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("openid", code);
    if !subject.is_empty() {
        query.append_pair("subject", subject);
    }
    if then != "/" {
        query.append_pair("then", then);
    }
    Ok(go(&format!("/signin?{}", query.finish())))
}

/// Sends a browser on by a GET.
fn go(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// Forgets the sign-in under way: its cookie is good once.
fn forgotten(app: &App, response: Response) -> Answer<Response> {
    let gone = format!(
        "{COOKIE}=; Path=/api/session/openid; Max-Age=0; HttpOnly; SameSite=Lax{}",
        secure(app)
    );
    with_cookie(response, &gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_app_are_come_back_to() {
        for ours in ["/", "/cases/huaishu/1/", "/forms/fill?ledger=a&form=b"] {
            assert!(is_ours(ours), "{ours}");
        }
        let long = format!("/{}", "a".repeat(600));
        for not in ["", "cases", "//elsewhere", "/\\elsewhere", "https://elsewhere", "/a\nb", &long]
        {
            assert!(!is_ours(not), "{not}");
        }
    }

    #[test]
    fn what_is_remembered_reads_back_and_what_is_broken_is_nothing() {
        let read = Remembered::read("s.n.v.%2Fcases%3Fa%3Db.c").unwrap();
        assert_eq!((read.state.as_str(), read.then.as_str()), ("s", "/cases?a=b.c"));
        for broken in ["", "s.n.v", ".n.v.%2F", "s.n.v.https%3A%2F%2Felsewhere"] {
            assert!(Remembered::read(broken).is_none(), "{broken}");
        }
    }
}
