//! The door: commands by HTTP over real sockets, against a bare handler that reads the same
//! request and answers the same bytes.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use server::{App, AppOptions};
use store::Store;
use tokio::net::TcpListener;

use crate::Size;
use crate::ground::{COMMUNITY, Ground, envelope, operator};
use crate::load::Load;
use crate::report::{Goal, Line, Rounds};

/// How many connections are open at once.
const CONNECTIONS: usize = 64;

/// A client of one connection after the other.
#[derive(Clone)]
struct Sender {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
    token: String,
}

impl Sender {
    fn new(address: SocketAddr, token: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, address, token: token.to_owned() }
    }

    async fn send(&self, body: Bytes) -> Result<(u16, Bytes)> {
        let request = Request::post(format!("http://{}/api/commands", self.address))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token))
            .body(Full::new(body))?;
        let response = self.client.request(request).await?;
        let status = response.status().as_u16();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}

/// Requests a second, and the last answer.
async fn load(sender: &Sender, bodies: Vec<Vec<Bytes>>, expected: u16) -> Result<(Load, Bytes)> {
    let count = bodies.iter().map(Vec::len).sum();
    let began = Instant::now();
    let tasks: Vec<_> = bodies
        .into_iter()
        .map(|bodies| {
            let sender = sender.clone();
            tokio::spawn(async move {
                let (mut waits, mut last) = (Vec::with_capacity(bodies.len()), Bytes::new());
                for body in bodies {
                    let began = Instant::now();
                    let (status, answer) = sender.send(body).await?;
                    waits.push(began.elapsed());
                    if status != expected {
                        bail!("{status}: {}", String::from_utf8_lossy(&answer));
                    }
                    last = answer;
                }
                Ok((waits, last))
            })
        })
        .collect();
    let (mut waits, mut last) = (Vec::new(), Bytes::new());
    for task in tasks {
        let (some, answer) = task.await??;
        waits.extend(some);
        last = answer;
    }
    Ok((Load::of(count, began.elapsed(), waits), last))
}

/// What each connection sends: lists of commands of so many each.
fn bodies(name: &str, each: usize, list: usize) -> Vec<Vec<Bytes>> {
    let command = |id: String| {
        json!({
            "id": id, "ledger": COMMUNITY, "kind": "register_household",
            "body": { "household": id, "place": "b1", "door": "1-101" },
            "occurred_at": "2026-01-01T00:00:00Z",
        })
    };
    let body = |connection: usize, number: usize| {
        let commands: Vec<_> =
            (0..list).map(|at| command(format!("{name}-{connection}-{number}-{at}"))).collect();
        Bytes::from(json!({ "commands": commands }).to_string())
    };
    (0..CONNECTIONS).map(|c| (0..each).map(|number| body(c, number)).collect()).collect()
}

/// A machine's token at the store, which may do everything.
async fn token(store: &Store) -> Result<String> {
    for (id, kind, body) in [
        ("machine", "open_account", json!({ "account": "machine" })),
        (
            "role",
            "grant_role",
            json!({ "account": "machine", "role": "operator", "place": "root" }),
        ),
    ] {
        let answer = store.submit(envelope(id, "root", kind, &body)?, operator()).await?;
        answer.outcome.ok().with_context(|| kind.to_owned())?;
    }
    let token = server::new_secret().ok().context("randomness")?;
    let ends = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    store.save_token(&server::hash_of(&token), &"machine".parse()?, "bench", ends).await?;
    Ok(token)
}

/// The program on a socket, over a fresh store.
async fn program(folder: &Path) -> Result<(Sender, Arc<Store>)> {
    let store = Ground::sqlite(folder).found().await?;
    let token = token(&store).await?;
    let app = App::new(AppOptions::new(Arc::clone(&store)));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let sender = Sender::new(listener.local_addr()?, &token);
    tokio::spawn(server::serve(listener, app, std::future::pending()));
    Ok((sender, store))
}

/// A handler that reads a request and answers these bytes.
async fn bare(answer: Bytes) -> Result<Sender> {
    let handler = move |_: Bytes| {
        let answer = answer.clone();
        async move { ([("content-type", "application/json")], answer) }
    };
    let router = Router::new().route("/api/commands", post(handler));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let sender = Sender::new(listener.local_addr()?, "none");
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(sender)
}

/// Commands by HTTP; and requests that are turned away before they reach the database.
pub(crate) async fn measure(size: &Size) -> Result<Vec<Line>> {
    let each = size.commands(CONNECTIONS) * 2;
    let mut lines = Vec::new();
    for (list, name) in [(1, "one command a request"), (100, "a hundred commands a request")] {
        let each = if list == 1 { each } else { each.div_ceil(20) };
        let (mut ours, mut peers, mut waits) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..size.rounds {
            let folder = tempfile::tempdir()?;
            let (sender, store) = program(folder.path()).await?;
            let (measured, answer) =
                load(&sender, bodies(&format!("r{round}"), each, list), 200).await?;
            ours.push(measured.rate * list as f64);
            waits.push(measured.p99_ms);
            let (measured, _) =
                load(&bare(answer).await?, bodies(&format!("p{round}"), each, list), 200).await?;
            peers.push(measured.rate * list as f64);
            store.close().await;
        }
        lines.push(Line {
            name: format!("durable commands a second by HTTP, 64 connections, {name}"),
            unit: "/s",
            ours: Rounds(ours),
            peer: Some(("bare axum handler, nothing kept".to_owned(), Rounds(peers))),
            goal: Goal::None,
            note: format!("99 of 100 waits below {:.1} ms", Rounds(waits).median()),
        });
    }
    lines.push(turned_away(size, each).await?);
    Ok(lines)
}

/// What the door costs before the database works: every layer, the session and the envelope.
async fn turned_away(size: &Size, each: usize) -> Result<Line> {
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        let folder = tempfile::tempdir()?;
        let (sender, store) = program(folder.path()).await?;
        let body = Bytes::from_static(br#"{"commands":[{"id":"a","ledger":"community","kind":"none","body":{},"occurred_at":"2026-01-01T00:00:00Z"}]}"#);
        let (status, _) = sender.send(body.clone()).await?;
        let all = || vec![vec![body.clone(); each]; CONNECTIONS];
        let (measured, answer) = load(&sender, all(), status).await?;
        ours.push(measured.rate);
        peers.push(load(&bare(answer).await?, all(), 200).await?.0.rate);
        store.close().await;
    }
    Ok(Line {
        name: "requests a second before the database's work".to_owned(),
        unit: "/s",
        ours: Rounds(ours),
        peer: Some(("bare axum handler".to_owned(), Rounds(peers))),
        goal: Goal::RatioAtLeast(0.5),
        note: "layers, token, envelope; both with the client on the same two cores".to_owned(),
    })
}
