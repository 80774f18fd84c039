//! Who speaks OpenRosa, for which ledger, and under which address.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header;
use axum::http::request::Parts;
use domain::ids::LedgerId;

use super::answer::{Declined, Language};
use crate::App;
use crate::problems::{Answer, DoorCode};
use crate::sessions::{Signed, by_token};

/// Whoever speaks OpenRosa.
pub(super) struct Caller {
    pub(super) signed: Signed,
    /// The ledger that the address names, or their own.
    pub(super) ledger: String,
    /// The address that everything else is below.
    pub(super) base: String,
    /// Whether only what they try out is meant.
    pub(super) drafts: bool,
    pub(super) language: Language,
}

impl Caller {
    /// A refusal in their language.
    pub(super) fn declined(&self, refused: impl Into<crate::problems::Refused>) -> Declined {
        Declined(refused.into(), self.language)
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Declined;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Declined> {
        let language = Language::of(&parts.headers);
        find(parts, app, language).await.map_err(|refused| Declined(refused, language))
    }
}

async fn find(parts: &mut Parts, app: &Arc<App>, language: Language) -> Answer<Caller> {
    let params = RawPathParams::from_request_parts(parts, app).await;
    let params = params.map_err(|_| DoorCode::NotFound)?;
    let named = |name: &str| {
        params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    };
    let token = named("token");
    let drafts = parts.uri.path().starts_with("/draft/");
    let signed = match &token {
        Some(token) => by_token(app, token).await?,
        None => Signed::from_request_parts(parts, app).await?,
    };
    let home = || signed.ledgers().into_iter().next().unwrap_or_else(LedgerId::root).to_string();
    let in_address = named("ledger");
    let door = match (&token, drafts) {
        (Some(token), true) => format!("/draft/{token}"),
        (Some(token), false) => format!("/key/{token}"),
        (None, _) => "/openrosa".to_owned(),
    };
    let below = in_address.as_ref().map(|it| format!("/ledgers/{it}")).unwrap_or_default();
    let base = format!("{}{door}{below}", origin(app, parts));
    let ledger = in_address.unwrap_or_else(home);
    Ok(Caller { signed, ledger, base, drafts, language })
}

/// Scheme and host of a request, as the client knows them.
fn origin(app: &App, parts: &Parts) -> String {
    let host = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '[' | ']');
    let host = host.filter(|host| host.chars().all(plain)).or_else(|| parts.uri.host());
    let scheme = if app.options.behind_tls { "https" } else { "http" };
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}
