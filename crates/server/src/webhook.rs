//! Tells others what the outbox holds: each entry by one POST to an address that the deployment
//! names, signed as Standard Webhooks 1.0 says (<https://www.standardwebhooks.com/>).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, Uri};
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use serde_json::{Value as Json, json};
use store::{OutboxEntry, StoreError};

use crate::App;
use crate::outgoing::{ANSWER_SECONDS, Outgoing};

/// What a secret begins with.
const SECRET_PREFIX: &str = "whsec_";
/// How many bytes a secret has.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// How many entries are told in one go.
const AT_ONCE: usize = 16;
/// How much time passes between two looks into the outbox.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);
/// How much time passes between two looks when there is nobody to tell.
const BETWEEN_LOOKS_FOR_NOBODY: Duration = Duration::from_mins(10);
/// How long an entry waits for a deployment that names nobody to tell.
const KEPT_FOR_NOBODY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whom the outbox is told to.
#[derive(Clone)]
pub struct Webhook {
    url: Uri,
    key: hmac::Key,
    http: Outgoing,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Webhook {
    /// Gets ready to tell an address, signing by a secret: `whsec_` and 24 to 64 bytes in base64.
    ///
    /// # Errors
    /// When the address or the secret is none, or the system has no certificates to know others
    /// by.
    pub fn new(url: &str, secret: &str) -> io::Result<Self> {
        let unfit = |what: &str| io::Error::new(io::ErrorKind::InvalidInput, what.to_owned());
        let url: Uri = url.parse().map_err(|_| unfit("the address is none"))?;
        if url.host().is_none() || url.scheme().is_none() {
            return Err(unfit("the address is none"));
        }
        let secret = secret
            .strip_prefix(SECRET_PREFIX)
            .and_then(|rest| BASE64.decode(rest).ok())
            .filter(|bytes| SECRET_BYTES.contains(&bytes.len()))
            .ok_or_else(|| unfit("the secret is not `whsec_` and 24 to 64 bytes in base64"))?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        Ok(Self { url, key, http: Outgoing::new()? })
    }

    /// A message, signed at an instant.
    fn message(&self, entry: &OutboxEntry, at: Timestamp) -> Result<Request<Vec<u8>>, String> {
        let mut data: Json =
            serde_json::from_str(&entry.body).map_err(|error| error.to_string())?;
        data["ledger"] = json!(entry.ledger);
        data["seq"] = json!(entry.seq);
        let body = json!({"type": entry.topic, "timestamp": entry.recorded_at, "data": data});
        let (body, seconds) = (body.to_string(), at.as_second());
        let id = format!("{}-{}", entry.ledger, entry.seq);
        let signed = hmac::sign(&self.key, format!("{id}.{seconds}.{body}").as_bytes());
        Request::post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", format!("v1,{}", BASE64.encode(signed)))
            .body(body.into_bytes())
            .map_err(|error| error.to_string())
    }

    /// Tells one entry.
    ///
    /// # Errors
    /// Why it was not taken.
    async fn tell(&self, entry: &OutboxEntry, at: Timestamp) -> Result<(), String> {
        let answer = self.http.ask(self.message(entry, at)?).await;
        let status = answer.map_err(|error| error.to_string())?.status();
        if status.is_success() { Ok(()) } else { Err(format!("answered {status}")) }
    }
}

/// Tells what waits in the outbox until the door closes. What waits for nobody is let go after a
/// week: whoever is named later is not told the year before.
pub(crate) async fn run(app: Arc<App>) {
    if app.options.wake_seconds == 0 {
        return;
    }
    let mut closing = app.closing.subscribe();
    let anybody = app.options.webhook.is_some();
    let between = if anybody { BETWEEN_LOOKS } else { BETWEEN_LOOKS_FOR_NOBODY };
    let mut looks = tokio::time::interval(between);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = closing.wait_for(|closing| *closing) => return,
            _ = looks.tick() => {}
        }
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "the outbox could not be looked into");
        }
    }
}

/// Tells what waits, or lets go what has waited for nobody.
async fn look(app: &App) -> Result<(), StoreError> {
    let store = &app.options.store;
    let Some(webhook) = &app.options.webhook else {
        return store.forget_outbox(app.now() - KEPT_FOR_NOBODY).await.map(drop);
    };
    // A claim lasts until the slowest answers are in.
    let seconds = u64::try_from(AT_ONCE).unwrap_or(u64::MAX).saturating_mul(ANSWER_SECONDS);
    let lasting = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)) * 2;
    loop {
        let at = app.wall_clock();
        let tell = |entry: OutboxEntry| async move { webhook.tell(&entry, at).await };
        let delivered = store.deliver_outbox(lasting, AT_ONCE, tell).await?;
        if delivered.given_up > 0 {
            tracing::warn!(letters = delivered.given_up, "could not be told: linli outbox");
        }
        if delivered.failed > 0 {
            tracing::warn!(entries = delivered.failed, "could not be told; tried again later");
        }
        if delivered.told < AT_ONCE || *app.closing.borrow() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_standard_says() {
        // The secret, the signed text and the signature of the specification's own example.
        let webhook =
            Webhook::new("https://example.org/hook", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
        let key = webhook.unwrap().key;
        let text = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk.1649367553.{\"email\":\"test@example.com\",\"username\":\"test_user\"}";
        let signed = BASE64.encode(hmac::sign(&key, text.as_bytes()));
        assert_eq!(signed, "tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    #[test]
    fn what_is_no_address_or_no_secret_is_refused() {
        let good = format!("whsec_{}", BASE64.encode([7; 32]));
        assert!(Webhook::new("https://example.org/hook", &good).is_ok());
        for (url, secret) in [
            ("example", good.as_str()),
            ("/hook", &good),
            ("https://example.org/hook", "secret"),
            ("https://example.org/hook", "whsec_AAAA"),
            ("https://example.org/hook", "whsec_ not base64 at all, and long enough"),
        ] {
            assert!(Webhook::new(url, secret).is_err(), "{url} {secret}");
        }
    }
}
