//! Serves the door on a listener: limits on slow headers, graceful end.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::{App, jobs, webhook};

/// The longest time for a client to send its headers.
const HEADERS_SECONDS: u64 = 10;
/// The most bytes that the headers of a request may have.
const HEADER_BYTES_MAX: usize = 32 * 1024;
/// The most headers that a request may have.
const HEADERS_MAX: usize = 100;
/// How many connections may be open at once, unless the program is told otherwise.
pub(crate) const CONNECTIONS_MAX: usize = 10_000;
/// The longest time that requests under way get to end.
const GRACE_SECONDS: u64 = 10;

/// Serves until `shutdown` is done, then lets requests under way end. Does what is due meanwhile.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    shutdown: impl Future<Output = ()> + Send,
) -> std::io::Result<()> {
    let router = app.router();
    let jobs = tokio::spawn(jobs::run(Arc::clone(&app)));
    let telling = tokio::spawn(webhook::run(Arc::clone(&app)));
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(app.options.connections));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = accept(&listener, &places) => match accepted {
                Ok((stream, peer, place)) => {
                    answer((stream, place), peer, router.clone(), &graceful);
                }
                // Out of file handles, or a connection that is gone already: wait and go on.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    app.close();
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(Duration::from_secs(GRACE_SECONDS)) => {
            tracing::warn!("requests still under way were cut off");
        }
    }
    let _ = jobs.await;
    // Whom it tells may be slow to answer; what was not told is told again.
    telling.abort();
    Ok(())
}

/// The next connection, when there is a place for it. Until then it waits with the system.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, place))
}

fn answer(
    (stream, place): (TcpStream, OwnedSemaphorePermit),
    peer: SocketAddr,
    app: Router,
    graceful: &GracefulShutdown,
) {
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let app = app.clone();
        async move { Ok::<_, Infallible>(app.oneshot(request).await.unwrap_or_else(|e| match e {})) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEADERS_SECONDS))
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .half_close(false)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(place);
    });
}
