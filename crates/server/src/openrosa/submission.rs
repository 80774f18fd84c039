//! What a device sends: first it asks how much it may send, then it sends the record and its files.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::answer::{Declined, said, with_headers};
use super::caller::Caller;
use crate::App;
use crate::forms::taking::{Beside, Taken, take};
use crate::lookup::Lookup;
use crate::problems::{Answer, Refused};
use crate::wire::Words;

/// Where to send, and how much at once.
pub(super) async fn greet(caller: Caller) -> Response {
    let mut response = with_headers(StatusCode::NO_CONTENT.into_response());
    locate(response.headers_mut(), &caller);
    response
}

fn locate(headers: &mut HeaderMap, caller: &Caller) {
    if let Ok(here) = HeaderValue::from_str(&format!("{}/submission", caller.base)) {
        headers.insert(header::LOCATION, here);
    }
}

/// Receives a record and its files. A record that is sent again is answered again; files may come
/// in several requests, each with the same record.
pub(super) async fn receive(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<Response, Declined> {
    let taken = taken(&app, &caller, request).await;
    let (status, words) = taken.map_err(|refused| caller.declined(refused))?;
    let mut response = said(status, "submit_success", caller.language.pick(&words));
    locate(response.headers_mut(), &caller);
    Ok(response)
}

async fn taken(app: &App, caller: &Caller, request: Request) -> Answer<(StatusCode, Words)> {
    let mut lookup = Lookup::new(app);
    let (ledger, _) = lookup.known_ledger(&caller.signed, &caller.ledger).await?;
    let taken = take(&mut lookup, &caller.signed, &ledger, request, Beside::default()).await?;
    let (record, refused, missing) = match taken {
        Taken::Tried { flags } => {
            let odd = flags.len();
            let zh = format!("试填收到并已检查，没有保存；有疑问的回答 {odd} 处。");
            let en = format!("Tried out: read, checked and not kept; {odd} answers look odd.");
            return Ok((StatusCode::CREATED, Words::new(zh, en)));
        }
        Taken::Kept { record, refused, missing, .. } => (record, refused, missing),
    };
    for given in std::iter::once(record).chain(refused) {
        given.outcome.map_err(Refused::from)?;
    }
    if missing > 0 {
        let zh = format!("填报已收到，还差 {missing} 个附件。");
        let en = format!("Received; {missing} files are still to come.");
        return Ok((StatusCode::ACCEPTED, Words::new(zh, en)));
    }
    let words = Words::new("填报已收到，谢谢。", "Received, thank you.");
    Ok((StatusCode::CREATED, words))
}
