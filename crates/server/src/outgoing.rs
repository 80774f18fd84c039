//! What the program asks of others: over HTTP, following them nowhere, for a bounded time and a
//! bounded answer.

use std::io;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// The most bytes that anybody may answer with.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// How long anybody may take for an answer, in seconds.
pub(crate) const ANSWER_SECONDS: u64 = 10;

/// Asks others.
#[derive(Clone)]
pub(crate) struct Outgoing(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Outgoing {
    /// Gets ready to ask.
    ///
    /// # Errors
    /// When the system has no certificates to know others by.
    pub(crate) fn new() -> io::Result<Self> {
        let connector =
            HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector.build())))
    }

    /// The answer to a request.
    ///
    /// # Errors
    /// When nobody answers in time, or with too much.
    pub(crate) async fn ask(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        let asking = async {
            let request = request.map(|body| Full::new(Bytes::from(body)));
            let (parts, body) =
                self.0.request(request).await.map_err(io::Error::other)?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(io::Error::other)?.to_bytes();
            Ok(Response::from_parts(parts, body.to_vec()))
        };
        let in_time = tokio::time::timeout(Duration::from_secs(ANSWER_SECONDS), asking).await;
        in_time.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))?
    }
}
