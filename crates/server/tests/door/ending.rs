//! The door closes: what is under way is still answered, what was answered is there.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::world::{World, envelope, fresh};

#[tokio::test]
async fn a_command_under_way_is_answered_when_the_door_closes() {
    World::each(async |world| {
        let wang = world.client("wang").await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server::serve(listener, Arc::clone(&world.app), async {
            let _ = stopped.await;
        }));
        let open = json!({"case": "case-1", "case_kind": "test.repair",
            "subject": {"kind": "household", "id": "h1"}, "fields": {"broken": "lamp"}});
        let body = json!({"commands": [envelope(&fresh("k"), "c1", "open_case", open)]}).to_string();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /api/commands HTTP/1.1\r\nhost: here\r\ncookie: linli_session={}\r\nx-csrf: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            wang.cookie, wang.csrf, body.len()
        );
        let (first, second) = body.split_at(body.len() / 2);
        stream.write_all(format!("{head}{first}").as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        stop.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(TcpStream::connect(address).await.is_err(), "nobody else comes in");
        assert!(!serving.is_finished(), "it waits for whoever is inside");
        stream.write_all(second.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let reading = stream.read_to_end(&mut answer);
        tokio::time::timeout(Duration::from_secs(5), reading).await.unwrap().unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"outcome\":\"done\""), "{answer}");
        tokio::time::timeout(Duration::from_secs(5), serving).await.unwrap().unwrap().unwrap();
        assert_eq!(wang.see("/api/cases/c1/case-1").await["case"]["id"], "case-1");
    })
    .await;
}
