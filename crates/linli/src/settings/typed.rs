//! The values of settings as what they are: paths, addresses, zones, numbers.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context as _;
use jiff::tz::{Offset, TimeZone};
use server::{OpenIdSettings, Webhook};

use super::{Setting, Settings};

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON object per line.
    Json,
}

/// Where a provider of OpenID Connect sends people back to.
const BACK: &str = "/api/session/openid/back";

impl Settings {
    /// What is wrong with the values: one sentence for each.
    pub(crate) fn wrong(&self) -> Vec<String> {
        let checks = [
            self.read_zone().err(),
            self.read_listen().err(),
            self.read_log_format().err(),
            self.read_log_level().err(),
            self.bounded("wait_seconds", 0, 3600).err(),
            self.bounded("session.hours", 1, 24 * 366).err(),
            self.bounded("session.idle_hours", 1, 24 * 366).err(),
            self.bounded("limits.requests", 1, 100_000).err(),
            self.bounded("limits.connections", 1, 1_000_000).err(),
            self.bounded("limits.body_seconds", 1, 3600).err(),
            self.bounded("limits.writers", 1, 64).err(),
            self.truth("behind_tls").err(),
            self.truth("behind_proxy").err(),
            self.database_wrong(),
        ];
        checks
            .into_iter()
            .flatten()
            .chain(self.openid_wrong())
            .chain(self.webhook_wrong())
            .collect()
    }

    fn text(&self, key: &str) -> &str {
        self.get(key).and_then(|setting| setting.text.as_deref()).unwrap_or_default()
    }

    fn unfit(&self, key: &str, what: &str) -> String {
        let Some(Setting { source, .. }) = self.get(key) else { return what.to_owned() };
        let shown = self.get(key).map(Setting::shown).unwrap_or_default();
        format!("`{key}` is `{shown}` ({source}), which is not {what}")
    }

    fn parsed<T: FromStr>(&self, key: &str, what: &str) -> Result<T, String> {
        self.text(key).parse().map_err(|_| self.unfit(key, what))
    }

    fn bounded(&self, key: &str, least: u64, most: u64) -> Result<u64, String> {
        let what = format!("a whole number from {least} to {most}");
        let number: u64 = self.parsed(key, &what)?;
        if (least..=most).contains(&number) { Ok(number) } else { Err(self.unfit(key, &what)) }
    }

    fn truth(&self, key: &str) -> Result<bool, String> {
        self.parsed(key, "true or false")
    }

    fn read_zone(&self) -> Result<TimeZone, String> {
        let text = self.text("zone");
        if let Some(offset) = offset(text) {
            return Ok(TimeZone::fixed(offset));
        }
        let what = "a time zone: an IANA name such as Etc/UTC, or an offset such as +08:00";
        TimeZone::get(text).map_err(|_| self.unfit("zone", what))
    }

    fn read_listen(&self) -> Result<SocketAddr, String> {
        self.parsed("listen", "an address and a port, such as 127.0.0.1:8700")
    }

    fn read_log_format(&self) -> Result<LogFormat, String> {
        match self.text("log.format") {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err(self.unfit("log.format", "`text` or `json`")),
        }
    }

    fn read_log_level(&self) -> Result<(), String> {
        let filter = tracing_subscriber::EnvFilter::try_new(self.text("log.level"));
        filter
            .map(drop)
            .map_err(|_| self.unfit("log.level", "off, error, warn, info, debug or trace"))
    }

    fn database_wrong(&self) -> Option<String> {
        let url = self.database()?;
        let fits = url.starts_with("postgres://") || url.starts_with("postgresql://");
        (!fits).then(|| self.unfit("database", "a URL that begins with postgres://"))
    }

    fn openid_wrong(&self) -> Option<String> {
        let keys = ["openid.issuer", "openid.client_id", "openid.redirect_url"];
        let missing: Vec<&str> = keys.into_iter().filter(|key| self.text(key).is_empty()).collect();
        let others = ["openid.client_secret_file", "openid.label"];
        let some =
            missing.len() < keys.len() || others.iter().any(|key| !self.text(key).is_empty());
        if !some {
            return None;
        }
        if !missing.is_empty() {
            return Some(format!("OpenID Connect is set in part; missing: {}", missing.join(", ")));
        }
        for key in ["openid.issuer", "openid.redirect_url"] {
            if let Some(wrong) = self.open_to_all(key) {
                return Some(wrong);
            }
        }
        if !self.text("openid.redirect_url").ends_with(BACK) {
            let ends = format!("this deployment's address with {BACK} behind it");
            return Some(self.unfit("openid.redirect_url", &ends));
        }
        self.openid().err().map(|error| format!("{error:#}"))
    }

    /// What is wrong with an address that others could listen to on the way.
    fn open_to_all(&self, key: &str) -> Option<String> {
        let url = self.text(key);
        let here = ["http://127.0.0.1", "http://localhost"].iter().any(|it| url.starts_with(it));
        let unfit = !url.starts_with("https://") && !here;
        unfit.then(|| self.unfit(key, "an address that begins with https://"))
    }

    fn webhook_wrong(&self) -> Option<String> {
        let missing = |key: &&&str| self.text(key).is_empty();
        let keys = ["webhook.url", "webhook.secret_file"];
        match keys.iter().filter(missing).collect::<Vec<_>>()[..] {
            [] => self
                .open_to_all("webhook.url")
                .or_else(|| self.webhook().err().map(|error| format!("{error:#}"))),
            [one] => Some(format!("the webhook is set in part; missing: {one}")),
            _ => None,
        }
    }

    /// Whom the outbox is told to; none when nobody is.
    ///
    /// # Errors
    /// When its secret cannot be read, or address or secret is none.
    pub(crate) fn webhook(&self) -> anyhow::Result<Option<Webhook>> {
        let url = self.text("webhook.url");
        if url.is_empty() {
            return Ok(None);
        }
        let secret = self.secret("webhook.secret_file")?;
        Webhook::new(url, &secret).map(Some).context("webhook")
    }

    /// What a file holds that only the deployment may know.
    fn secret(&self, key: &str) -> anyhow::Result<String> {
        let path = self.text(key);
        let read = std::fs::read_to_string(path).with_context(|| format!("{key}: {path}"))?;
        Ok(read.trim().to_owned())
    }

    /// The provider of OpenID Connect; none when people sign in by password only.
    ///
    /// # Errors
    /// When its secret cannot be read.
    pub(crate) fn openid(&self) -> anyhow::Result<Option<OpenIdSettings>> {
        let text = |key| self.text(key).to_owned();
        let issuer = text("openid.issuer");
        if issuer.is_empty() {
            return Ok(None);
        }
        let secret = Some("openid.client_secret_file").filter(|key| !self.text(key).is_empty());
        let client_secret = secret.map(|key| self.secret(key)).transpose()?;
        let host = issuer.split('/').nth(2).unwrap_or(&issuer).to_owned();
        let label = Some(text("openid.label")).filter(|label| !label.is_empty()).unwrap_or(host);
        Ok(Some(OpenIdSettings {
            issuer,
            client_id: text("openid.client_id"),
            client_secret,
            redirect_url: text("openid.redirect_url"),
            label,
        }))
    }

    /// The folder.
    pub(crate) fn dir(&self) -> PathBuf {
        PathBuf::from(self.text("dir"))
    }

    /// The PostgreSQL database; none for SQLite in the folder.
    pub(crate) fn database(&self) -> Option<&str> {
        Some(self.text("database")).filter(|url| !url.is_empty())
    }

    /// The time zone.
    pub(crate) fn zone(&self) -> TimeZone {
        self.read_zone().unwrap_or(TimeZone::UTC)
    }

    /// The address to answer at.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn listen(&self) -> anyhow::Result<SocketAddr> {
        self.read_listen().map_err(anyhow::Error::msg)
    }

    /// What is logged.
    pub(crate) fn log_level(&self) -> &str {
        self.text("log.level")
    }

    /// How it is logged.
    pub(crate) fn log_format(&self) -> LogFormat {
        self.read_log_format().unwrap_or(LogFormat::Text)
    }

    /// How long to wait for a database that another program is writing to.
    pub(crate) fn wait(&self) -> Duration {
        Duration::from_secs(self.bounded("wait_seconds", 0, 3600).unwrap_or(30))
    }

    /// How many writers run side by side on PostgreSQL.
    pub(crate) fn writers(&self) -> usize {
        usize::try_from(self.bounded("limits.writers", 1, 64).unwrap_or(4)).unwrap_or(4)
    }

    /// How many connections may be open at once.
    pub(crate) fn connections(&self) -> usize {
        let most = self.bounded("limits.connections", 1, 1_000_000).unwrap_or(10_000);
        usize::try_from(most).unwrap_or(10_000)
    }

    /// How long a client may take to send a body, in seconds.
    pub(crate) fn body_seconds(&self) -> u64 {
        self.bounded("limits.body_seconds", 1, 3600).unwrap_or(30)
    }

    /// How many requests may be under way at once.
    pub(crate) fn requests(&self) -> usize {
        let most = self.bounded("limits.requests", 1, 100_000).unwrap_or(1024);
        usize::try_from(most).unwrap_or(1024)
    }

    /// How many hours a session lasts: at most, and without a request.
    pub(crate) fn session_hours(&self) -> (i64, i64) {
        let hours = |key| i64::try_from(self.bounded(key, 1, 24 * 366).unwrap_or(72)).unwrap_or(72);
        (hours("session.hours"), hours("session.idle_hours"))
    }

    /// Whether people reach the program by HTTPS, and whether a proxy says whom a request is from.
    pub(crate) fn behind(&self) -> (bool, bool) {
        let yes = |key| self.truth(key).unwrap_or(false);
        (yes("behind_tls"), yes("behind_proxy"))
    }
}

/// An offset written as `+08:00` or `-03:30`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |text: &str| -> Option<i32> {
        let two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        two.then(|| text.parse().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Home;

    fn with(change: impl FnOnce(&mut Home)) -> Settings {
        let mut home = Home { dir: Some("/nowhere".to_owned()), ..Home::default() };
        change(&mut home);
        Settings::unchecked(&home, &[]).unwrap()
    }

    #[test]
    fn a_zone_is_a_name_or_an_offset() {
        for (zone, fits) in [
            ("+08:00", true),
            ("-03:30", true),
            ("Etc/UTC", true),
            ("+8", false),
            ("Nowhere", false),
        ] {
            let settings = with(|home| home.zone = Some(zone.to_owned()));
            assert_eq!(settings.wrong().is_empty(), fits, "{zone}");
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_named_with_where_it_came_from() {
        let settings = with(|home| home.log_format = Some("xml".to_owned()));
        assert_eq!(
            settings.wrong(),
            ["`log.format` is `xml` (--log-format), which is not `text` or `json`"]
        );
        let settings = with(|home| home.database = Some("mysql://ada:secret@db/x".to_owned()));
        assert!(!settings.wrong().join("").contains("secret"));
        assert_eq!(settings.wrong().len(), 1);
    }
}
