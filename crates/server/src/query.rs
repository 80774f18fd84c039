//! Query parameters, with a problem in words when they do not fit.

use axum::extract::FromRequestParts;
use axum::extract::Query;
use axum::http::request::Parts;
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use crate::problems::{DoorCode, Refused};

/// The query of a request.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        let query = Query::<T>::try_from_uri(&parts.uri);
        query.map(|Query(asked)| Self(asked)).map_err(|error| {
            Refused::new(DoorCode::BadQuery).with("field", "?").with("why", error.body_text())
        })
    }
}

/// A day of the query.
///
/// # Errors
/// When it is not a day.
pub(crate) fn day(field: &str, text: Option<&str>, today: Date) -> Result<Date, Refused> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(today),
        Some(text) => text.parse().map_err(|_| {
            Refused::new(DoorCode::BadQuery).with("field", field).with("why", "YYYY-MM-DD")
        }),
    }
}

/// The size of a page.
#[must_use]
pub(crate) fn page_size(limit: Option<u32>) -> usize {
    limit.unwrap_or(50).clamp(1, 200) as usize
}
