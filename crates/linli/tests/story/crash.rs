//! The program is killed in the middle of load: all that it acknowledged is there, the chain
//! verifies, and it starts again by itself.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use testkit::{HandClock, Visitor, databases};

/// How many people send commands at once.
const CLIENTS: usize = 16;
/// How many lists each of them would send.
const LISTS: usize = 2000;
/// After how many answers the program is killed.
const ANSWERED: usize = 200;
/// How many commands are in a list.
const LIST: usize = 5;

fn linli(verb: &str, folder: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linli"));
    command.arg(verb).arg("--dir").arg(folder);
    if let Some(database) = database {
        command.arg("--database").arg(database);
    }
    command
}

/// The program serving; killed when a test ends early.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the demo on an address and waits until it answers.
async fn start(folder: &Path, database: Option<&str>, address: SocketAddr) -> Serving {
    let mut demo = linli("demo", folder, database);
    demo.args(["--days", "0", "--listen", &address.to_string()]);
    let child = demo.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let serving = Serving(child);
    for _ in 0..1200 {
        if std::net::TcpStream::connect(address).is_ok() {
            return serving;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the program does not answer");
}

fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Someone who signs in with one press.
async fn coordinator(address: SocketAddr) -> Visitor {
    let visitor = Visitor::new(address, HandClock::at(Timestamp::now()));
    let page = visitor.see("/api/demo/people").await;
    let people = page["people"].as_array().unwrap();
    let it = people.iter().find(|it| it["role"]["en"] == "Operator").unwrap();
    visitor.sign_in_to_demo(it["account"].as_str().unwrap()).await
}

/// One client's lists of commands, each opening places of its own.
fn lists(visitor: &Visitor, client: usize) -> Vec<Vec<Json>> {
    let place = |list: usize, number: usize| {
        let id = format!("load-{client}-{list}-{number}");
        let places = json!([{ "id": id, "name": id, "level": "county" }]);
        let mut command = visitor.command("root", "add_places", &json!({ "places": places }));
        command["id"] = json!(id);
        command
    };
    (0..LISTS).map(|list| (0..LIST).map(|number| place(list, number)).collect()).collect()
}

/// Sends lists until the other side is gone; the lists that were answered, with their answers.
async fn load(
    visitor: Visitor,
    client: usize,
    count: Arc<AtomicUsize>,
) -> Vec<(Vec<Json>, Vec<Json>)> {
    let mut answered = Vec::new();
    for list in lists(&visitor, client) {
        let body = json!({ "commands": list }).to_string();
        let post = hyper::Method::POST;
        let sent = visitor.try_send(post, "/api/commands", "application/json", body.into()).await;
        let Ok(answer) = sent else { break };
        assert_eq!(answer.status, 200);
        count.fetch_add(1, Ordering::Relaxed);
        answered.push((list, answer.json()["answers"].as_array().unwrap().clone()));
    }
    answered
}

async fn killed_in_the_middle_of_load(database: Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let (folder, database) = (folder.path().join("data"), database.as_deref());
    let address = free_address();
    let mut serving = start(&folder, database, address).await;
    let visitor = coordinator(address).await;
    let count = Arc::new(AtomicUsize::new(0));
    let loads: Vec<_> = (0..CLIENTS)
        .map(|client| tokio::spawn(load(visitor.clone(), client, Arc::clone(&count))))
        .collect();
    while count.load(Ordering::Relaxed) < ANSWERED {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    serving.0.kill().unwrap();
    serving.0.wait().unwrap();
    let mut answered = Vec::new();
    for load in loads {
        answered.extend(load.await.unwrap());
    }
    assert!(answered.len() < CLIENTS * LISTS, "it was killed before all was sent");
    let serving = start(&folder, database, address).await;
    let visitor = coordinator(address).await;
    for (list, before) in answered {
        let after = visitor.give_all(&list).await;
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(after["repeated"], json!(true), "acknowledged, so it is there: {after:#}");
            assert_eq!(before["facts"], after["facts"]);
        }
    }
    drop(serving);
    let verify = linli("verify", &folder, database).output().unwrap();
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill_on_sqlite() {
    killed_in_the_middle_of_load(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill_on_postgresql() {
    if let Some(database) = databases::postgres().await {
        killed_in_the_middle_of_load(Some(database)).await;
    }
}
