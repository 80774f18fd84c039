//! Who is signed in: cookies for people, tokens for machines, and what protects them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::accounts::Account;
use domain::ids::{AccountId, LedgerId, PlaceId};
use domain::{Actor, Role};
use jiff::{SignedDuration, Timestamp};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

use crate::commands::check_json;
use crate::lookup::Lookup;
use crate::packs::role_names;
use crate::passwords::password_fits;
use crate::problems::{Answer, DoorCode, Refused};
use crate::wire::session::{GrantView, Session, SignIn};
use crate::wire::{PersonRef, Problem, Words};
use crate::{App, bodies};

/// The name of the cookie.
pub const COOKIE: &str = "linli_session";
/// How long a session lasts at most, unless the deployment says otherwise.
pub(crate) const SESSION_HOURS: i64 = 24 * 14;
/// How long a session lasts without a request, unless the deployment says otherwise.
pub(crate) const IDLE_HOURS: i64 = 24 * 3;
/// How long what was found about a session is believed without looking again.
const BELIEVED: Duration = Duration::from_secs(2);
/// How many sessions are kept in mind.
const REMEMBERED_MAX: usize = 10_000;
/// The longest body of a sign-in, in bytes.
const SIGN_IN_BYTES_MAX: usize = 8 * 1024;

/// The account that sends a request, with what it may do.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub(crate) actor: Actor,
    /// The path from the root to the place of each grant.
    pub(crate) paths: Vec<Vec<PlaceId>>,
    /// The ledger that keeps the place of each grant.
    ledgers: Vec<LedgerId>,
    csrf: String,
    by_cookie: bool,
}

impl Signed {
    /// The first place in a ledger where the account has a role.
    pub(crate) fn place_in(&self, ledger: &LedgerId) -> Option<&PlaceId> {
        let mut own = self.ledgers.iter().zip(&self.paths).filter(|(of, _)| *of == ledger);
        own.next().and_then(|(_, path)| path.last())
    }

    /// The ledgers where the account has a role or is kept, each once.
    pub(crate) fn ledgers(&self) -> Vec<LedgerId> {
        let kept = self.actor.person.iter().map(|(ledger, _)| ledger);
        let mut ledgers: Vec<LedgerId> = kept.chain(&self.ledgers).cloned().collect();
        let mut seen = std::collections::BTreeSet::new();
        ledgers.retain(|ledger| seen.insert(ledger.clone()));
        ledgers
    }
}

/// Sessions that were looked at a moment ago.
#[derive(Default)]
pub(crate) struct Remembered {
    found: Mutex<HashMap<String, (Signed, Instant)>>,
}

impl Remembered {
    fn get(&self, hash: &str) -> Option<Signed> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let (signed, at) = found.get(hash)?;
        (at.elapsed() < BELIEVED).then(|| signed.clone())
    }

    fn put(&self, hash: String, signed: Signed) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= REMEMBERED_MAX {
            found.retain(|_, (_, at)| at.elapsed() < BELIEVED);
        }
        if found.len() < REMEMBERED_MAX {
            found.insert(hash, (signed, Instant::now()));
        }
    }

    /// Looks at every session anew: a role was given or taken back.
    pub(crate) fn forget_all(&self) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The form in which secrets are stored: SHA-256 in hexadecimal.
#[must_use]
pub fn hash_of(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Bytes as hexadecimal text. Every request is looked up by such a text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

fn csrf_of(secret: &str) -> String {
    hash_of(&format!("csrf:{secret}"))[..40].to_owned()
}

/// A new secret of 256 random bits, in hexadecimal: a session's, or a machine's token.
///
/// # Errors
/// When the system gives no randomness.
pub fn new_secret() -> Answer<String> {
    let mut bytes = [0u8; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Refused::internal(&"the system gives no randomness"))?;
    Ok(hex(&bytes))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    cookie_named(headers, COOKIE)
}

/// The value of a cookie.
pub(crate) fn cookie_named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Compares without telling by time where two texts differ.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

impl FromRequestParts<Arc<App>> for Signed {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Answer<Self> {
        let signed = find(app, &parts.headers).await?;
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        if signed.by_cookie && !reads {
            let sent = parts.headers.get("x-csrf").and_then(|value| value.to_str().ok());
            if !sent.is_some_and(|sent| same(sent, &signed.csrf)) {
                return Err(DoorCode::Csrf.into());
            }
        }
        Ok(signed)
    }
}

/// The account of a token.
pub(crate) async fn by_token(app: &App, token: &str) -> Answer<Signed> {
    let hash = hash_of(token);
    if let Some(signed) = app.sessions.get(&hash) {
        return if signed.by_cookie { Err(DoorCode::TokenUnknown.into()) } else { Ok(signed) };
    }
    let account = app.reading.token_account(&hash, app.now()).await?;
    let account = account.ok_or(DoorCode::TokenUnknown)?;
    let signed = signed(app, &account, String::new(), false).await?;
    let signed = signed.ok_or(DoorCode::TokenUnknown)?;
    app.sessions.put(hash, signed.clone());
    Ok(signed)
}

async fn find(app: &App, headers: &HeaderMap) -> Answer<Signed> {
    if let Some(token) = bearer(headers) {
        return by_token(app, token).await;
    }
    let secret = cookie(headers).ok_or(DoorCode::NotSignedIn)?;
    let hash = hash_of(secret);
    if let Some(signed) = app.sessions.get(&hash) {
        return Ok(signed);
    }
    let now = app.wall_clock();
    let idle = SignedDuration::from_hours(app.options.idle_hours);
    let account = app.reading.session_account(&hash, now, idle).await?;
    let account = account.ok_or(DoorCode::SessionOver)?;
    let signed = signed(app, &account, csrf_of(secret), true).await?;
    let signed = signed.ok_or(DoorCode::SessionOver)?;
    app.sessions.put(hash, signed.clone());
    Ok(signed)
}

/// What an account may do now; nothing when it is closed.
async fn signed(
    app: &App,
    account: &AccountId,
    csrf: String,
    by_cookie: bool,
) -> Answer<Option<Signed>> {
    let Some(account) = app.reading.account(account).await?.filter(|account| !account.closed)
    else {
        return Ok(None);
    };
    let now = app.now();
    let Account { id, person, grants, .. } = account;
    // The program itself never comes in by the door.
    let grants: Vec<_> = grants
        .into_iter()
        .filter(|grant| grant.role.0 != Role::SYSTEM && grant.until.is_none_or(|until| now < until))
        .collect();
    let (mut paths, mut ledgers) = (Vec::new(), Vec::new());
    for grant in &grants {
        if let Some((ledger, place)) = app.reading.place(&grant.place).await? {
            ledgers.push(ledger);
            paths.push(place.path);
        }
    }
    let actor = Actor { account: id, person, grants };
    Ok(Some(Signed { actor, paths, ledgers, csrf, by_cookie }))
}

/// An account with what it may do now, for what the program does in its name.
pub(crate) async fn actor_of(app: &App, account: &AccountId) -> Answer<Option<Actor>> {
    let found = signed(app, account, String::new(), false).await?;
    Ok(found.map(|signed| signed.actor))
}

/// Signs in by name and password.
#[utoipa::path(
    post, path = "/api/session", operation_id = "sign_in", tag = "session", request_body = SignIn,
    responses((status = 200, body = Session), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: axum::body::Body,
) -> Answer<Response> {
    let asked: SignIn = small_json(&app, &headers, body).await?;
    let address = address(&app, &headers, peer.map(|axum::Extension(ConnectInfo(peer))| peer));
    let name = asked.name.trim().to_lowercase();
    let keys = [format!("name:{name}"), format!("address:{address}")];
    if let Some(wait) = app.throttle.wait(&keys, Instant::now()) {
        let seconds = wait.as_secs().max(1).to_string();
        return Err(Refused::new(DoorCode::TooManyAttempts).with("seconds", seconds));
    }
    let known = app.reading.credentials(&name).await?;
    let hash = known.as_ref().map(|(_, hash)| hash.clone());
    // Hashing takes a core for a while: away from those who answer others.
    let fits = tokio::task::spawn_blocking(move || password_fits(&asked.password, hash.as_deref()))
        .await
        .map_err(|error| Refused::internal(&error))?;
    let account = known.map(|(account, _)| account).filter(|_| fits);
    let Some(account) = account else {
        app.throttle.fail(&keys, Instant::now());
        return Err(DoorCode::SignInFailed.into());
    };
    app.throttle.forget(&keys[0]);
    open_session(&app, &account).await
}

/// Reads a small JSON body.
pub(crate) async fn small_json<T: serde::de::DeserializeOwned>(
    app: &App,
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Answer<T> {
    check_json(headers)?;
    let bytes = bodies::read(app, body, SIGN_IN_BYTES_MAX).await?;
    std::str::from_utf8(&bytes).map_err(|_| DoorCode::NotUtf8)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Refused::new(DoorCode::BadJson).with("why", error.to_string()))
}

/// The address that attempts are counted by.
pub(crate) fn address(app: &App, headers: &HeaderMap, peer: Option<SocketAddr>) -> String {
    let forwarded = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    let forwarded = forwarded.and_then(|text| text.rsplit(',').next()).map(str::trim);
    match forwarded.filter(|_| app.options.behind_proxy) {
        Some(forwarded) => forwarded.chars().take(64).collect(),
        None => peer.map_or_else(|| "here".to_owned(), |peer| peer.ip().to_string()),
    }
}

/// Opens a session for an account and sends its cookie.
pub(crate) async fn open_session(app: &App, account: &AccountId) -> Answer<Response> {
    let (found, cookie) = begin_session(app, account).await?;
    let session = session_view(app, &found).await?;
    with_cookie(Json(session).into_response(), &cookie)
}

/// Opens a session for an account; gives what it may do, and the cookie.
pub(crate) async fn begin_session(app: &App, account: &AccountId) -> Answer<(Signed, String)> {
    let secret = new_secret()?;
    let found = signed(app, account, csrf_of(&secret), true).await?;
    let found = found.ok_or(DoorCode::SignInFailed)?;
    let now: Timestamp = app.wall_clock();
    let expires_at = now + SignedDuration::from_hours(app.options.session_hours);
    app.reading.save_session(&hash_of(&secret), account, now, expires_at).await?;
    let seconds = app.options.session_hours * 3600;
    let secure = secure(app);
    let cookie =
        format!("{COOKIE}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    Ok((found, cookie))
}

/// What a cookie says besides when people come by HTTPS.
pub(crate) fn secure(app: &App) -> &'static str {
    if app.options.behind_tls { "; Secure" } else { "" }
}

/// A response that sends a cookie, besides those that it sends already.
pub(crate) fn with_cookie(mut response: Response, cookie: &str) -> Answer<Response> {
    let value = HeaderValue::from_str(cookie).map_err(|error| Refused::internal(&error))?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(response)
}

/// Who is signed in.
#[utoipa::path(
    get, path = "/api/session", operation_id = "who_am_i", tag = "session",
    responses((status = 200, body = Session), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn who_am_i(State(app): State<Arc<App>>, signed: Signed) -> Answer<Json<Session>> {
    Ok(Json(session_view(&app, &signed).await?))
}

/// Signs out.
#[utoipa::path(
    delete, path = "/api/session", operation_id = "sign_out", tag = "session",
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn sign_out(
    State(app): State<Arc<App>>,
    _signed: Signed,
    headers: HeaderMap,
) -> Answer<Response> {
    if let Some(secret) = cookie(&headers) {
        app.reading.end_session(&hash_of(secret)).await?;
        app.sessions.forget_all();
    }
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    with_cookie(StatusCode::NO_CONTENT.into_response(), &gone)
}

async fn session_view(app: &App, signed: &Signed) -> Answer<Session> {
    let mut lookup = Lookup::new(app);
    let mut grants = Vec::new();
    for grant in &signed.actor.grants {
        let found = app.reading.place(&grant.place).await?;
        let ledger = found.as_ref().map_or_else(LedgerId::root, |(ledger, _)| ledger.clone());
        let rules = lookup.rules(&ledger).await?;
        let names = role_names(rules.packs.iter().map(|pack| &**pack));
        let role = grant.role.0.clone();
        grants.push(GrantView {
            role_words: names.get(&role).map_or_else(|| Words::new(&*role, &*role), Into::into),
            role,
            place: grant.place.to_string(),
            place_name: found.map_or_else(|| grant.place.to_string(), |(_, place)| place.name),
            ledger: ledger.to_string(),
        });
    }
    let home = signed.ledgers().into_iter().next().unwrap_or_else(LedgerId::root);
    let person = signed.actor.person.as_ref();
    Ok(Session {
        account: signed.actor.account.to_string(),
        name: lookup.account_name(&signed.actor.account).await?,
        person: person
            .map(|(ledger, id)| PersonRef { ledger: ledger.to_string(), id: id.to_string() }),
        grants,
        csrf: signed.csrf.clone(),
        demo: app.options.demo.is_some(),
        home_ledger: home.to_string(),
        language: "zh-Hans".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; linli_session=abc; b=2"));
        assert_eq!(cookie(&headers), Some("abc"));
        assert_eq!(bearer(&headers), None);
    }

    #[test]
    fn secrets_are_long_and_never_twice_the_same() {
        let (a, b) = (new_secret().unwrap(), new_secret().unwrap());
        assert!(a.len() == 64 && a != b && hash_of(&a) != a && csrf_of(&a) != hash_of(&a)[..40]);
    }
}
