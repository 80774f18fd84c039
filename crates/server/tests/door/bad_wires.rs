//! Connections that never end, never begin, or bring more than they may: cut, with words where
//! there is still somebody to tell.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use server::App;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::world::{Client, World};

/// A door on a socket; it closes when this goes.
struct Open {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

async fn open(app: Arc<App>) -> Open {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(server::serve(listener, app, async {
        let _ = stopped.await;
    }));
    Open { address, _stop: stop }
}

fn head(who: &Client, path: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: here\r\ncookie: linli_session={}\r\nx-csrf: {}\r\n\
         content-type: application/json\r\n{more}\r\n",
        who.cookie, who.csrf
    )
}

/// What came back until the other side closed, or nothing came for ten seconds.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(Ok(read)) =
        tokio::time::timeout(Duration::from_secs(10), stream.read(&mut chunk)).await
    {
        if read == 0 {
            break;
        }
        answer.extend_from_slice(&chunk[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

async fn is_well(address: SocketAddr) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let ask = b"GET /healthz HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
    stream.write_all(ask).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_stream_of_two_gigabytes_is_cut_at_the_limit() {
    World::each(async |world| {
        let (chen, door) = (world.client("zhou").await, open(Arc::clone(&world.app)).await);
        let before = world.store.heads().await.unwrap();
        for path in ["/api/commands", "/api/roster?ledger=c1", "/api/session"] {
            let mut stream = TcpStream::connect(door.address).await.unwrap();
            let head = head(&chen, path, "transfer-encoding: chunked\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let megabyte = [b"100000\r\n".to_vec(), vec![b' '; 1024 * 1024], b"\r\n".to_vec()];
            let megabyte = megabyte.concat();
            let mut sent = 0u32;
            while sent < 2048 {
                let sending = stream.write_all(&megabyte);
                match tokio::time::timeout(Duration::from_secs(5), sending).await {
                    Ok(Ok(())) => sent += 1,
                    _ => break,
                }
            }
            assert!(sent < 64, "{path}: {sent} MB were taken");
            is_well(door.address).await;
        }
        assert_eq!(world.store.heads().await.unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up_in_words() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        let door = open(world.door(|options| options.body_seconds = 1)).await;
        for ask in ["transfer-encoding: chunked\r\n", "content-length: 1000\r\n"] {
            let mut stream = TcpStream::connect(door.address).await.unwrap();
            let began = Instant::now();
            stream.write_all(head(&chen, "/api/commands", ask).as_bytes()).await.unwrap();
            let drip = if ask.contains("chunked") { "1\r\n \r\n" } else { " " };
            for _ in 0..3 {
                let _ = stream.write_all(drip.as_bytes()).await;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            let answer = rest(&mut stream).await;
            assert!(answer.starts_with("HTTP/1.1 408"), "{ask}: {answer}");
            assert!(answer.contains("body_too_slow") && answer.contains("秒内发完"), "{answer}");
            assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
            is_well(door.address).await;
        }
    })
    .await;
}

#[tokio::test]
async fn headers_that_are_too_many_too_long_or_never_end_are_cut() {
    World::each(async |world| {
        let door = open(Arc::clone(&world.app)).await;
        let many: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
        let long = format!("x: {}\r\n", "y".repeat(64 * 1024));
        for headers in [many, long] {
            let mut stream = TcpStream::connect(door.address).await.unwrap();
            let ask = format!("GET / HTTP/1.1\r\nhost: here\r\n{headers}\r\n");
            let _ = stream.write_all(ask.as_bytes()).await;
            let answer = rest(&mut stream).await;
            assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
            is_well(door.address).await;
        }
        let mut slow = TcpStream::connect(door.address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost: h").await.unwrap();
        let began = Instant::now();
        let mut left = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut left));
        assert!(ended.await.is_ok(), "headers that never end are waited for");
        assert!(began.elapsed() < Duration::from_secs(15));
        is_well(door.address).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_http_is_answered_or_cut_and_harms_nobody() {
    World::each(async |world| {
        let door = open(Arc::clone(&world.app)).await;
        let both = "POST /api/session HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\
            transfer-encoding: chunked\r\n\r\nzz\r\n";
        for bytes in
            [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..], b"\0\0\0\0\r\n\r\n", both.as_bytes()]
        {
            let mut stream = TcpStream::connect(door.address).await.unwrap();
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
            let answer = rest(&mut stream).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
            is_well(door.address).await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_comes_after_the_last_free_connection_waits_and_is_then_answered() {
    World::each(async |world| {
        let door = open(world.door(|options| options.connections = 2)).await;
        let mut idle = Vec::new();
        for _ in 0..2 {
            idle.push(TcpStream::connect(door.address).await.unwrap());
        }
        let address = door.address;
        let third = tokio::spawn(async move { is_well(address).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!third.is_finished(), "two are open, and there are two places");
        drop(idle.pop());
        third.await.unwrap();
    })
    .await;
}
