//! The program behind the door: the store, the options, and what all requests share.

use std::sync::Arc;

use axum::Router;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::Store;
use tokio::sync::{Semaphore, watch};

use crate::demo::Demo;
use crate::layers::{self, BODY_SECONDS, REQUESTS_MAX};
use crate::metrics::Metrics;
use crate::openapi;
use crate::openid::OpenId;
use crate::openrosa;
use crate::reading::Reading;
use crate::roster::Workbooks;
use crate::serve::CONNECTIONS_MAX;
use crate::sessions::{IDLE_HOURS, Remembered, SESSION_HOURS};
use crate::throttle::Throttle;
use crate::webapp;
use crate::webhook::Webhook;

/// What the door needs to know to open.
#[derive(Clone)]
pub struct AppOptions {
    /// Where everything is kept.
    pub store: Arc<Store>,
    /// The demo's people, when this is a demo.
    pub demo: Option<Demo>,
    /// The provider of OpenID Connect that people may sign in by.
    pub openid: Option<Arc<OpenId>>,
    /// Whom the outbox is told to.
    pub webhook: Option<Webhook>,
    /// Whether people reach it by HTTPS: cookies are then secure, and browsers told to stay so.
    pub behind_tls: bool,
    /// Whether a proxy in front says whom a request comes from (`x-forwarded-for`).
    pub behind_proxy: bool,
    /// How often the program looks whether something is due, in seconds; never when 0.
    pub wake_seconds: u64,
    /// How long a session lasts at most, in hours.
    pub session_hours: i64,
    /// How long a session lasts without a request, in hours.
    pub idle_hours: i64,
    /// How long a client may take to send a body, in seconds.
    pub body_seconds: u64,
    /// How many requests may be under way at once.
    pub requests: usize,
    /// How many connections may be open at once; whoever comes after them waits for one to end.
    /// Each app that is open somewhere holds one, for its stream of changes.
    pub connections: usize,
}

impl AppOptions {
    /// Plain options over a store: no demo, no TLS, no proxy, a look at what is due every 5 s,
    /// sessions of two weeks that end after three days without a request.
    #[must_use]
    pub fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            demo: None,
            openid: None,
            webhook: None,
            behind_tls: false,
            behind_proxy: false,
            wake_seconds: 5,
            session_hours: SESSION_HOURS,
            idle_hours: IDLE_HOURS,
            body_seconds: BODY_SECONDS,
            requests: REQUESTS_MAX,
            connections: CONNECTIONS_MAX,
        }
    }
}

/// The program behind the door.
pub struct App {
    pub(crate) options: AppOptions,
    pub(crate) reading: Reading,
    pub(crate) sessions: Remembered,
    pub(crate) throttle: Throttle,
    pub(crate) metrics: Metrics,
    pub(crate) workbooks: Workbooks,
    pub(crate) requests: Semaphore,
    pub(crate) closing: watch::Sender<bool>,
}

impl App {
    /// Puts the program together. Nothing runs yet.
    #[must_use]
    pub fn new(options: AppOptions) -> Arc<Self> {
        Arc::new(Self {
            reading: Reading::new(Arc::clone(&options.store)),
            sessions: Remembered::default(),
            throttle: Throttle::default(),
            metrics: Metrics::default(),
            workbooks: Workbooks::default(),
            requests: Semaphore::new(options.requests),
            options,
            closing: watch::Sender::new(false),
        })
    }

    /// The routes, with every layer around them.
    pub fn router(self: &Arc<Self>) -> Router {
        let (routes, _) = openapi::routes();
        let router =
            routes.merge(openrosa::routes()).fallback(webapp::page).with_state(Arc::clone(self));
        layers::wrap(router, self)
    }

    /// Ends the streams that would otherwise stay open.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Now, by the store's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.reading.now()
    }

    /// Now, by the machine's clock: sessions last as long as people wait.
    pub(crate) fn wall_clock(&self) -> Timestamp {
        Timestamp::now()
    }

    /// The time zone of the deployment.
    pub(crate) fn zone(&self) -> TimeZone {
        self.reading.zone()
    }

    /// The day that it is in the deployment.
    pub(crate) fn today(&self) -> Date {
        self.now().to_zoned_datetime(self.zone()).date()
    }
}
