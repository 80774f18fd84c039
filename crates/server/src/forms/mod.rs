//! Forms as XForms: what may be filled, the forms themselves and the files that come with them.

pub(crate) mod conflicts;
mod entities;
pub(crate) mod known;
pub(crate) mod lists;
pub(crate) mod media;
pub(crate) mod offers;
pub(crate) mod parts;
mod people;
pub(crate) mod record;
pub(crate) mod review;
pub(crate) mod submissions;
pub(crate) mod taking;
pub(crate) mod unread;
pub(crate) mod workbook;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::forms::{Forms, Version};
use domain::ids::LedgerId;
use domain::places::LedgerHead;

use crate::App;
use crate::lookup::Lookup;
use crate::packs::subject_name;
use crate::problems::Answer;
use crate::query::Asked;
use crate::sessions::Signed;
use crate::wire::Problem;
use crate::wire::forms::{
    FormList, FormMedia, FormOffer, FormQuery, PublishedForms, PublishedVersion,
};
use crate::wire::places::LedgerQuery;
use offers::{Filler, Offer};

/// Forms that the signed-in person may fill in a ledger now, and the drafts that are theirs.
#[utoipa::path(
    get, path = "/api/forms", operation_id = "forms", tag = "forms", params(LedgerQuery),
    responses((status = 200, body = FormList), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn forms(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<LedgerQuery>,
) -> Answer<Json<FormList>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    let rules = lookup.rules(&ledger).await?;
    let filler = Filler::new(&rules, &signed, &head, app.now());
    let mut forms = Vec::new();
    for offer in filler.offers().into_iter().chain(filler.drafts()) {
        let may_be_known = !known::lasting(&rules, &offer).is_empty();
        let form = view(&mut lookup, (&ledger, &head), &offer).await?;
        forms.push(FormOffer { may_be_known, ..form });
    }
    Ok(Json(FormList { forms }))
}

/// The forms that were published in a ledger, in all their versions, for whoever may publish there.
#[utoipa::path(
    get, path = "/api/forms/published", operation_id = "published_forms", tag = "forms", params(LedgerQuery),
    responses((status = 200, body = PublishedForms), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn published_forms(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<LedgerQuery>,
) -> Answer<Json<PublishedForms>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    workbook::publisher(&app, &signed, &head)?;
    let rules = lookup.rules(&ledger).await?;
    let kept: Option<Forms> = app.reading.get(&ledger, "forms").await?;
    let mut forms = Vec::new();
    for (id, versions) in kept.unwrap_or_default().forms {
        for Version { published, by, at, retired } in versions {
            forms.push(PublishedVersion {
                files: lists::asked(&rules, &id, &published),
                id: id.to_string(),
                version: published.version,
                name: published.name.into(),
                subject: subject_name(published.subject).to_owned(),
                filled_by: published.filled_by,
                purpose: published.purpose.to_string(),
                draft: published.draft,
                retired,
                by_name: lookup.account_name(&by).await?,
                published_at: at.into(),
            });
        }
    }
    Ok(Json(PublishedForms { forms }))
}

async fn view(
    lookup: &mut Lookup<'_>,
    (ledger, head): (&LedgerId, &LedgerHead),
    offer: &Offer,
) -> Answer<FormOffer> {
    let form = offer.sheet.as_any().downcast_ref::<packfile::XForm>();
    let asks_whom = offer.subject != "place";
    let media = lists::media(lookup, (ledger, head), offer).await?.into_iter();
    // Whom it is about is clear before it is opened: no list of everybody goes to the device.
    let media = media
        .filter(|medium| !(asks_whom && form.is_some_and(|form| form.asks_whom_by(&medium.name))));
    let media = media.map(|medium| FormMedia {
        url: format!("/api/forms/{}/media/{}?ledger={ledger}", offer.id, medium.name),
        name: medium.name,
        hash: medium.hash,
    });
    Ok(FormOffer {
        id: offer.id.to_string(),
        version: offer.version().to_owned(),
        hash: offer.hash(),
        name: (&offer.name).into(),
        about: (&offer.about).into(),
        subject: offer.subject.to_owned(),
        source: offer.source.to_owned(),
        may_fill: offer.source != "draft",
        may_be_known: false,
        media: media.collect(),
    })
}

/// A form as an ODK XForm.
#[utoipa::path(
    get, path = "/api/forms/{id}/xform", operation_id = "xform", tag = "forms",
    params(("id" = String, Path), FormQuery),
    responses((status = 200, description = "The XForm.", content_type = "application/xml"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn xform(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    Asked(query): Asked<FormQuery>,
) -> Answer<Response> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    let rules = lookup.rules(&ledger).await?;
    let filler = Filler::new(&rules, &signed, &head, app.now());
    let offer = filler.find(&id, query.version.as_deref())?;
    let kind = [(header::CONTENT_TYPE, "application/xml; charset=utf-8")];
    Ok((kind, offer.sheet.xform().to_owned()).into_response())
}

/// A file that comes with a form. A list of people holds their names only for whoever keeps the
/// register, and the read is written down.
#[utoipa::path(
    get, path = "/api/forms/{id}/media/{name}", operation_id = "form_media", tag = "forms",
    params(("id" = String, Path), ("name" = String, Path), FormQuery),
    responses((status = 200, description = "The file.", content_type = "text/csv"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn form_media(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((id, name)): Path<(String, String)>,
    Asked(query): Asked<FormQuery>,
) -> Answer<Response> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    let rules = lookup.rules(&ledger).await?;
    let offer = {
        let filler = Filler::new(&rules, &signed, &head, app.now());
        filler.find(&id, query.version.as_deref())?
    };
    let bytes = lists::medium(&mut lookup, &signed, (&ledger, &head), &offer, &name).await?;
    Ok(([(header::CONTENT_TYPE, lists::kind_of(&name))], bytes).into_response())
}
