//! Bodies of requests as bytes: never more than a bound, never for longer than a bound.

use std::error::Error as _;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body_util::LengthLimitError;

use crate::App;
use crate::problems::{Answer, DoorCode, Refused};

/// Reads a body of at most so many bytes. What is beyond is never read.
pub(crate) async fn read(app: &App, body: Body, most: usize) -> Answer<Bytes> {
    let wait = Duration::from_secs(app.options.body_seconds);
    let reading = axum::body::to_bytes(body, most);
    match tokio::time::timeout(wait, reading).await {
        Err(_) => {
            let seconds = app.options.body_seconds.to_string();
            Err(Refused::new(DoorCode::BodyTooSlow).with("most", seconds))
        }
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if error.source().is_some_and(|it| it.is::<LengthLimitError>()) => {
            Err(too_large(most))
        }
        Ok(Err(error)) => {
            tracing::debug!(%error, "a body ended early");
            Err(DoorCode::BodyBroken.into())
        }
    }
}

/// That a body is too large.
pub(crate) fn too_large(most: usize) -> Refused {
    let most = match most / 1024 {
        kilobytes if kilobytes < 1024 => format!("{kilobytes} KB"),
        kilobytes => format!("{} MB", kilobytes / 1024),
    };
    Refused::new(DoorCode::BodyTooLarge).with("most", most)
}

/// Refuses a body that would have to be unpacked first: a small one may unpack to anything.
pub(crate) fn check_encoding(headers: &HeaderMap) -> Answer<()> {
    let all = headers.get_all(header::CONTENT_ENCODING).iter();
    match all.into_iter().find(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        None => Ok(()),
        Some(_) => Err(DoorCode::EncodingNotTaken.into()),
    }
}
