//! Somebody at the door: a real HTTP client with a cookie.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value as Json, json};
use store::Clock as _;

use crate::HandClock;

static GIVEN: AtomicU64 = AtomicU64::new(0);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Bytes,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.bytes)))
    }
}

/// Somebody at the door, signed in or not.
#[derive(Clone)]
pub struct Visitor {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
    clock: HandClock,
    /// The account, once signed in.
    pub account: String,
    cookie: String,
    csrf: String,
}

impl Visitor {
    /// Somebody who has not signed in; what they say happened when their clock says so.
    #[must_use]
    pub fn new(address: SocketAddr, clock: HandClock) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let empty = String::new();
        let (account, cookie, csrf) = (empty.clone(), empty.clone(), empty);
        Self { client, address, clock, account, cookie, csrf }
    }

    /// Signs in with a password.
    ///
    /// # Panics
    /// When that is refused.
    #[must_use]
    pub async fn sign_in(self, name: &str, password: &str) -> Self {
        let answer =
            self.post("/api/session", &json!({ "name": name, "password": password })).await;
        self.welcome(&answer)
    }

    /// Signs in to a demo.
    ///
    /// # Panics
    /// When that is refused.
    #[must_use]
    pub async fn sign_in_to_demo(self, account: &str) -> Self {
        let answer = self.post("/api/demo/session", &json!({ "account": account })).await;
        self.welcome(&answer)
    }

    fn welcome(mut self, answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
        let cookie = answer.headers[SET_COOKIE].to_str().expect("plain");
        cookie.split(';').next().expect("a cookie").clone_into(&mut self.cookie);
        let session = answer.json();
        session["csrf"].as_str().expect("a secret").clone_into(&mut self.csrf);
        session["account"].as_str().expect("an account").clone_into(&mut self.account);
        self
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: Bytes) -> Answer {
        self.try_send(method, path, kind, body).await.unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    /// Sends a request; an error when the connection broke.
    ///
    /// # Errors
    /// In words, when the other side is gone.
    ///
    /// # Panics
    /// When the path is none.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: Bytes,
    ) -> Result<Answer, String> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header(CONTENT_TYPE, kind);
        if !self.cookie.is_empty() {
            request = request.header(COOKIE, &self.cookie).header("x-csrf", &self.csrf);
        }
        let request = request.body(Full::new(body)).expect("a request");
        let response = self.client.request(request).await.map_err(|error| error.to_string())?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, bytes })
    }

    /// Gets a path.
    ///
    /// # Panics
    /// When the server is gone.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", Bytes::new()).await
    }

    /// Gets a view that must be there.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn see(&self, path: &str) -> Json {
        let answer = self.get(path).await;
        let text = String::from_utf8_lossy(&answer.bytes);
        assert_eq!(answer.status, 200, "{} at {path}: {text}", self.account);
        answer.json()
    }

    /// Posts JSON.
    ///
    /// # Panics
    /// When the server is gone.
    pub async fn post(&self, path: &str, body: &Json) -> Answer {
        self.send(Method::POST, path, "application/json", body.to_string().into()).await
    }

    /// Posts the bytes of a file.
    ///
    /// # Panics
    /// When the server is gone.
    pub async fn upload(&self, path: &str, bytes: Vec<u8>) -> Answer {
        self.send(Method::POST, path, "application/octet-stream", bytes.into()).await
    }

    /// A command that happens now, under an id of its own.
    #[must_use]
    pub fn command(&self, ledger: &str, kind: &str, body: &Json) -> Json {
        let id = format!("{}-{}", self.account, GIVEN.fetch_add(1, Ordering::Relaxed));
        json!({
            "id": id, "ledger": ledger, "kind": kind, "body": body,
            "occurred_at": self.clock.now(),
        })
    }

    /// Gives commands; the answers in their order.
    ///
    /// # Panics
    /// When the list as a whole is refused.
    pub async fn give_all(&self, commands: &[Json]) -> Vec<Json> {
        let answer = self.post("/api/commands", &json!({ "commands": commands })).await;
        let text = String::from_utf8_lossy(&answer.bytes);
        assert_eq!(answer.status, 200, "{}: {text}", self.account);
        answer.json()["answers"].as_array().expect("answers").clone()
    }

    /// Gives a command that must be done; its answer.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn done(&self, ledger: &str, kind: &str, body: Json) -> Json {
        let answers = self.give_all(&[self.command(ledger, kind, &body)]).await;
        assert_eq!(
            answers[0]["outcome"], "done",
            "{} {kind} {body}: {:#}",
            self.account, answers[0]
        );
        answers[0].clone()
    }

    /// Gives a command that must be refused; the problem.
    ///
    /// # Panics
    /// When it is done.
    pub async fn refused(&self, ledger: &str, kind: &str, body: Json) -> Json {
        let answers = self.give_all(&[self.command(ledger, kind, &body)]).await;
        assert_eq!(answers[0]["outcome"], "refused", "{} {kind} {body}", self.account);
        answers[0]["problem"].clone()
    }
}
