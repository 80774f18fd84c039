//! What a device fetches: the list of forms, a form, its manifest and the files in it.

use std::sync::Arc;

use axum::extract::{RawPathParams, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::entities::{Entity, Registered};
use domain::ids::{EntityId, LedgerId, ListId};
use domain::people::{Household, Person};
use domain::places::LedgerHead;
use serde::Deserialize;

use super::answer::{Declined, document, with_headers, xml};
use super::caller::Caller;
use crate::App;
use crate::forms::lists;
use crate::forms::offers::{Filler, Offer};
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode};
use crate::query::Asked;
use crate::wire::Words;

/// The most entities whose being is asked for at once.
const ASKED_MAX: usize = 500;

/// What the list of forms is asked for by.
#[derive(Debug, Deserialize)]
pub(super) struct ListQuery {
    /// One form alone.
    #[serde(rename = "formID")]
    form: Option<String>,
    /// Whether each says what it is for.
    verbose: Option<String>,
}

/// Which version of a form.
#[derive(Debug, Deserialize)]
pub(super) struct VersionQuery {
    version: Option<String>,
}

/// Which entities.
#[derive(Debug, Deserialize)]
pub(super) struct IntegrityQuery {
    id: Option<String>,
}

/// A part of a path or query that means nothing but itself.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                quoted.push(char::from(byte));
            }
            _ => quoted += &format!("%{byte:02X}"),
        }
    }
    quoted
}

/// The forms that the caller may fill.
pub(super) async fn form_list(
    State(app): State<Arc<App>>,
    caller: Caller,
    query: Result<Asked<ListQuery>, crate::problems::Refused>,
) -> Result<Response, Declined> {
    let Asked(query) = query.map_err(|refused| caller.declined(refused))?;
    let verbose = query.verbose.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("true"));
    let listed = list(&app, &caller, query.form.as_deref(), verbose).await;
    listed.map(document).map_err(|refused| caller.declined(refused))
}

async fn list(app: &App, caller: &Caller, form: Option<&str>, verbose: bool) -> Answer<String> {
    let mut lookup = Lookup::new(app);
    let (ledger, head) = lookup.known_ledger(&caller.signed, &caller.ledger).await?;
    let offers = offers(&mut lookup, caller, &ledger, &head).await?;
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                    <xforms xmlns=\"http://openrosa.org/xforms/xformsList\">"
        .to_owned();
    for offer in offers.iter().filter(|offer| form.is_none_or(|form| offer.id.as_str() == form)) {
        let words = |words: &domain::Words| xml(caller.language.pick(&Words::from(words)));
        let below = format!("{}/forms/{}", caller.base, quoted(offer.id.as_str()));
        let version = quoted(offer.version());
        text += &format!(
            "<xform><formID>{}</formID><name>{}</name><version>{}</version><hash>{}</hash>",
            xml(offer.id.as_str()),
            words(&offer.name),
            xml(offer.version()),
            offer.hash()
        );
        if verbose {
            text += &format!("<descriptionText>{}</descriptionText>", words(&offer.about));
        }
        text += &format!("<downloadUrl>{below}/xform?version={version}</downloadUrl>");
        if !lists::media(&mut lookup, (&ledger, &head), offer).await?.is_empty() {
            text += &format!("<manifestUrl>{below}/manifest?version={version}</manifestUrl>");
        }
        text += "</xform>";
    }
    Ok(text + "</xforms>")
}

async fn offers(
    lookup: &mut Lookup<'_>,
    caller: &Caller,
    ledger: &LedgerId,
    head: &LedgerHead,
) -> Answer<Vec<Offer>> {
    let rules = lookup.rules(ledger).await?;
    let filler = Filler::new(&rules, &caller.signed, head, lookup.app.now());
    Ok(if caller.drafts { filler.drafts() } else { filler.offers() })
}

/// The form that an address names, and where it is filled.
async fn named(
    lookup: &mut Lookup<'_>,
    caller: &Caller,
    params: &RawPathParams,
    version: Option<&str>,
) -> Answer<(Offer, LedgerId, Arc<LedgerHead>)> {
    let (ledger, head) = lookup.known_ledger(&caller.signed, &caller.ledger).await?;
    let rules = lookup.rules(&ledger).await?;
    let form = param(params, "form");
    let filler = Filler::new(&rules, &caller.signed, &head, lookup.app.now());
    let offer = filler.find(form, version)?;
    if caller.drafts != (offer.source == "draft") {
        return Err(DoorCode::NotFound.into());
    }
    Ok((offer, ledger, head))
}

fn param<'p>(params: &'p RawPathParams, name: &str) -> &'p str {
    params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

/// A form.
pub(super) async fn xform(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: RawPathParams,
    Asked(query): Asked<VersionQuery>,
) -> Result<Response, Declined> {
    let mut lookup = Lookup::new(&app);
    let found = named(&mut lookup, &caller, &params, query.version.as_deref()).await;
    let (offer, ..) = found.map_err(|refused| caller.declined(refused))?;
    Ok(document(offer.sheet.xform().to_owned()))
}

/// What comes with a form.
pub(super) async fn manifest(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: RawPathParams,
    Asked(query): Asked<VersionQuery>,
) -> Result<Response, Declined> {
    let mut lookup = Lookup::new(&app);
    let found = named(&mut lookup, &caller, &params, query.version.as_deref()).await;
    let (offer, ledger, head) = found.map_err(|refused| caller.declined(refused))?;
    let media = lists::media(&mut lookup, (&ledger, &head), &offer).await;
    let media = media.map_err(|refused| caller.declined(refused))?;
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                    <manifest xmlns=\"http://openrosa.org/xforms/xformsManifest\">"
        .to_owned();
    for medium in media {
        let (name, base) = (quoted(&medium.name), &caller.base);
        let (form, version) = (quoted(offer.id.as_str()), quoted(offer.version()));
        let kind = if medium.is_list { " type=\"entityList\"" } else { "" };
        text += &format!(
            "<mediaFile{kind}><filename>{}</filename><hash>{}</hash>\
             <downloadUrl>{base}/forms/{form}/media/{name}?version={version}</downloadUrl>",
            xml(&medium.name),
            medium.hash
        );
        if medium.is_list {
            text += &format!("<integrityUrl>{base}/lists/{name}/integrity</integrityUrl>");
        }
        text += "</mediaFile>";
    }
    Ok(document(text + "</manifest>"))
}

/// A file that comes with a form.
pub(super) async fn media(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: RawPathParams,
    Asked(query): Asked<VersionQuery>,
) -> Result<Response, Declined> {
    let mut lookup = Lookup::new(&app);
    let found = named(&mut lookup, &caller, &params, query.version.as_deref()).await;
    let (offer, ledger, head) = found.map_err(|refused| caller.declined(refused))?;
    let name = param(&params, "name");
    let place = (&ledger, &*head);
    let bytes = lists::medium(&mut lookup, &caller.signed, place, &offer, name).await;
    let bytes = bytes.map_err(|refused| caller.declined(refused))?;
    let kind = HeaderValue::from_static(lists::kind_of(name));
    Ok(with_headers(([(header::CONTENT_TYPE, kind)], bytes).into_response()))
}

/// Which of some entities are there no longer, for a device that has them.
pub(super) async fn integrity(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: RawPathParams,
    Asked(query): Asked<IntegrityQuery>,
) -> Result<Response, Declined> {
    let name = param(&params, "name");
    let gone = gone(&app, &caller, name, query.id.as_deref().unwrap_or_default()).await;
    gone.map(document).map_err(|refused| caller.declined(refused))
}

async fn gone(app: &App, caller: &Caller, list: &str, ids: &str) -> Answer<String> {
    let mut lookup = Lookup::new(app);
    let (ledger, _) = lookup.known_ledger(&caller.signed, &caller.ledger).await?;
    let mut text = "<data><entities>".to_owned();
    for asked in ids.split(',').filter(|id| !id.is_empty()).take(ASKED_MAX) {
        if let Some(gone) = is_gone(&lookup, &ledger, list, asked).await? {
            let asked = xml(asked);
            text += &format!("<entity id=\"{asked}\"><deleted>{gone}</deleted></entity>");
        }
    }
    Ok(text + "</entities></data>")
}

/// Whether an entity is there no longer; nothing where it is not known yet, because a device made
/// it and has not sent it. Whoever a device has made is in the list by another name afterwards.
async fn is_gone(
    lookup: &Lookup<'_>,
    ledger: &LedgerId,
    list: &str,
    asked: &str,
) -> Answer<Option<bool>> {
    let reading = &lookup.app.reading;
    let list = list.trim_end_matches(".csv");
    let (Ok(of), Ok(id)) = (ListId::new(list), EntityId::new(asked)) else { return Ok(None) };
    let Some(it) = Registered::of(&of, &id) else {
        let there = reading.get::<Entity>(ledger, &format!("{list}/{asked}")).await?.is_some();
        return Ok(there.then_some(false));
    };
    let there = match &it {
        Registered::Person(id) => reading.get::<Person>(ledger, id.as_str()).await?.is_some(),
        Registered::Household(id) => reading.get::<Household>(ledger, id.as_str()).await?.is_some(),
    };
    let as_listed = it.entity().1 == id;
    Ok((there || as_listed).then_some(!(there && as_listed)))
}
