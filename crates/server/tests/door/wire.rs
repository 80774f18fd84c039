//! The door over a real connection: it answers, refuses what is too large, and ends gracefully.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::world::World;

async fn talk(address: std::net::SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(5), read).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn the_door_answers_on_a_listener_and_ends_when_it_is_told_to() {
    World::each(async |world| {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server::serve(listener, Arc::clone(&world.app), async {
        let _ = stopped.await;
    }));
    let well =
        talk(address, b"GET /healthz HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await;
    assert!(well.starts_with("HTTP/1.1 200"), "{well}");
    let large = b"POST /api/commands HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: 2147483648\r\nconnection: close\r\n\r\n";
    let refused = talk(address, large).await;
    assert!(refused.starts_with("HTTP/1.1 413") && refused.contains("body_too_large"), "{refused}");
    let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(64 * 1024));
    let refused = talk(address, long.as_bytes()).await;
    assert!(refused.starts_with("HTTP/1.1 431"), "{refused}");
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), serving).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    })
    .await;
}
