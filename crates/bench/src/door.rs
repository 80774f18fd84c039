//! The door: commands by HTTP over real sockets, against a bare handler that reads the same
//! request and answers the same bytes.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
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
use crate::import::linli;
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
async fn token(store: &Store, name: &str) -> Result<String> {
    let role = json!({ "account": name, "role": "operator", "place": "root" });
    for (kind, body) in [("open_account", json!({ "account": name })), ("grant_role", role)] {
        let id = format!("{name}-{kind}");
        let answer = store.submit(envelope(&id, "root", kind, &body)?, operator()).await?;
        answer.outcome.ok().with_context(|| kind.to_owned())?;
    }
    let token = server::new_secret().ok().context("randomness")?;
    let ends = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    store.save_token(&server::hash_of(&token), &name.parse()?, "bench", ends).await?;
    Ok(token)
}

/// The program on a socket, over a fresh store.
async fn program(folder: &Path) -> Result<(Sender, Arc<Store>)> {
    let store = Ground::sqlite(folder).found().await?;
    let token = token(&store, "machine").await?;
    let app = App::new(AppOptions::new(Arc::clone(&store)));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let sender = Sender::new(listener.local_addr()?, &token);
    tokio::spawn(server::serve(listener, app, std::future::pending()));
    Ok((sender, store))
}

/// A handler that reads a request and answers these bytes.
fn handler(answer: Bytes) -> Router {
    let handler = move |_: Bytes| {
        let answer = answer.clone();
        async move { ([("content-type", "application/json")], answer) }
    };
    Router::new().route("/api/commands", post(handler))
}

/// The same on a socket.
async fn bare(answer: Bytes) -> Result<Sender> {
    let router = handler(answer);
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

/// What the door costs before the database works: every layer, the token, the whole command read.
/// The processor time of the program that answers is counted, not that of who asks.
async fn turned_away(size: &Size, each: usize) -> Result<Line> {
    // The clock of the one who sends it is wrong: known only when all of it has been read.
    let body = Bytes::from_static(br#"{"commands":[{"id":"a","ledger":"community","kind":"rate_case","body":{"case":"c","solved":true,"satisfied":5},"occurred_at":"2100-01-01T00:00:00Z"}]}"#);
    let each = each * 8;
    let all = || vec![vec![body.clone(); each]; CONNECTIONS];
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        let folder = tempfile::tempdir()?;
        let (_, store) = program(folder.path()).await?;
        let token = token(&store, "beside").await?;
        store.close().await;
        let mut serve = Command::new(linli()?);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--dir"]).arg(folder.path());
        let program = Answering::start(serve, &token)?;
        let (status, answer) = program.sender.send(body.clone()).await?;
        if status != 200 || !String::from_utf8_lossy(&answer).contains("clock_wrong") {
            bail!("{status}: {}", String::from_utf8_lossy(&answer));
        }
        ours.push(program.rate(all(), each).await?);
        let mut bare = Command::new(std::env::current_exe()?);
        bare.arg(BARE).arg(String::from_utf8_lossy(&answer).as_ref());
        peers.push(Answering::start(bare, "none")?.rate(all(), each).await?);
    }
    Ok(Line {
        name: "requests a second of the server's processor time, before the database's work"
            .to_owned(),
        unit: "/s",
        ours: Rounds(ours),
        peer: Some(("bare axum handler".to_owned(), Rounds(peers))),
        goal: Goal::RatioAtLeast(0.5),
        note: "layers, token, a whole command read and refused; each a program of its own"
            .to_owned(),
    })
}

/// The argument by which this program becomes the bare handler.
pub(crate) const BARE: &str = "--bare-door";

/// Answers every request with these bytes, until it is killed.
pub(crate) async fn be_bare(answer: String) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, handler(Bytes::from(answer))).await?)
}

/// A program that answers; it ends with this.
struct Answering {
    process: Child,
    sender: Sender,
}

impl Drop for Answering {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Answering {
    /// Starts a program that prints its address on its first line.
    fn start(mut command: Command, token: &str) -> Result<Self> {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.trim().trim_start_matches("http://").parse();
        match address {
            Ok(address) => Ok(Self { process, sender: Sender::new(address, token) }),
            Err(_) => {
                let _ = process.kill();
                bail!("{command:?} told no address but {line:?}");
            }
        }
    }

    /// Requests answered for each second of the program's processor time, after a warm start.
    async fn rate(&self, bodies: Vec<Vec<Bytes>>, each: usize) -> Result<f64> {
        let few = bodies.iter().map(|all| all[..each.div_ceil(10)].to_vec()).collect();
        load(&self.sender, few, 200).await?;
        let before = self.processor_seconds()?;
        let count: usize = bodies.iter().map(Vec::len).sum();
        load(&self.sender, bodies, 200).await?;
        Ok(count as f64 / (self.processor_seconds()? - before))
    }

    /// What the system says that the program has used, in user and system together (proc(5): the
    /// 14th and 15th word of `stat`, in ticks of 10 ms).
    fn processor_seconds(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let (_, after_name) = stat.rsplit_once(')').context("proc")?;
        let words: Vec<&str> = after_name.split_whitespace().collect();
        let ticks = |at: usize| -> Result<f64> { Ok(words.get(at).context("proc")?.parse()?) };
        Ok((ticks(11)? + ticks(12)?) / 100.0)
    }
}
