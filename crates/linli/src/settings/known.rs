//! The settings that there are: each with its key, its variable and what holds when nobody says.

/// A setting.
#[derive(Debug)]
pub(crate) struct Known {
    /// Its key in the file; a dot stands for a table.
    pub(crate) key: &'static str,
    /// Its variable in the environment.
    pub(crate) variable: &'static str,
    /// What holds when nobody says; nothing when it may be absent.
    pub(crate) default: Option<&'static str>,
    /// Whether it may hold a password, which is never shown.
    pub(crate) secret: bool,
    /// Whether it is a path, which in the file is meant from the file's own folder.
    pub(crate) path: bool,
}

const fn known(key: &'static str, variable: &'static str, default: Option<&'static str>) -> Known {
    Known { key, variable, default, secret: false, path: false }
}

/// Every setting, in the order in which `linli doctor` shows them.
pub(crate) const KNOWN: &[Known] = &[
    Known { path: true, ..known("dir", "LINLI_DIR", Some("linli-data")) },
    Known { secret: true, ..known("database", "LINLI_DATABASE", None) },
    known("zone", "LINLI_ZONE", Some("+08:00")),
    known("log.level", "LINLI_LOG_LEVEL", Some("warn")),
    known("log.format", "LINLI_LOG_FORMAT", Some("text")),
    known("wait_seconds", "LINLI_WAIT_SECONDS", Some("30")),
    known("listen", "LINLI_LISTEN", Some("127.0.0.1:8700")),
    known("behind_tls", "LINLI_BEHIND_TLS", Some("false")),
    known("behind_proxy", "LINLI_BEHIND_PROXY", Some("false")),
    known("session.hours", "LINLI_SESSION_HOURS", Some("336")),
    known("session.idle_hours", "LINLI_SESSION_IDLE_HOURS", Some("72")),
    known("limits.requests", "LINLI_LIMITS_REQUESTS", Some("1024")),
    known("limits.connections", "LINLI_LIMITS_CONNECTIONS", Some("10000")),
    known("limits.body_seconds", "LINLI_LIMITS_BODY_SECONDS", Some("30")),
    known("limits.writers", "LINLI_LIMITS_WRITERS", Some("4")),
    known("openid.issuer", "LINLI_OPENID_ISSUER", None),
    known("openid.client_id", "LINLI_OPENID_CLIENT_ID", None),
    Known {
        path: true,
        ..known("openid.client_secret_file", "LINLI_OPENID_CLIENT_SECRET_FILE", None)
    },
    known("openid.redirect_url", "LINLI_OPENID_REDIRECT_URL", None),
    known("openid.label", "LINLI_OPENID_LABEL", None),
    known("webhook.url", "LINLI_WEBHOOK_URL", None),
    Known { path: true, ..known("webhook.secret_file", "LINLI_WEBHOOK_SECRET_FILE", None) },
];
