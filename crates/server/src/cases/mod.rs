//! Cases: the list, and one case with its time line and what may be done.

pub(crate) mod actions;
pub(crate) mod page;
pub(crate) mod rows;
pub(crate) mod texts;
pub(crate) mod timeline;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::cases::Case;
use domain::ids::{LedgerId, PlaceId};
use domain::people::Person;
use domain::{Kind, Thing};

use crate::App;
use crate::authority::{Sight, View, belongs, is_own_case, sight, sight_of_case};
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode, Refused};
use crate::query::{Asked, page_size};
use crate::reading::{Listing, Under};
use crate::sessions::Signed;
use crate::wire::Problem;
use crate::wire::cases::{CaseFilter, CaseList, CaseRow};

/// How many cases are looked through for one page at most.
const LOOKED_AT_MAX: usize = 5_000;

/// Cases that the signed-in person may see, the newest first.
#[utoipa::path(
    get, path = "/api/cases", operation_id = "cases", tag = "cases", params(CaseFilter),
    responses((status = 200, body = CaseList), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn cases(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(filter): Asked<CaseFilter>,
) -> Answer<Json<CaseList>> {
    let mut lookup = Lookup::new(&app);
    let under = scope_of(&mut lookup, &signed, &filter).await?;
    let stages = match filter.stage.as_deref() {
        None | Some("") => Vec::new(),
        Some("open") => open_stages(),
        Some(stage) => vec![stage.to_owned()],
    };
    let mut listing = Listing {
        kind: Kind::Case,
        ledger: filter.ledger.as_deref().and_then(|id| LedgerId::new(id).ok()),
        under,
        sort: filter.kind.clone().filter(|kind| !kind.is_empty()),
        status: stages,
        due_before: filter.late.unwrap_or(false).then(|| app.now()),
        newest_first: true,
        after: filter.after.clone(),
        limit: page_size(filter.limit),
        ..Listing::new(Kind::Case)
    };
    let limit = listing.limit;
    let home = lookup.home(&signed).await?;
    let (mut cases, mut next, mut looked_at) = (Vec::new(), None, 0);
    while cases.len() < limit && looked_at < LOOKED_AT_MAX {
        let page = app.reading.list(&listing).await?;
        looked_at += page.things.len();
        for (ledger, thing, key) in page.things {
            let Thing::Case(case) = thing else { continue };
            next = Some(key);
            let chosen =
                choose(&mut lookup, &signed, &filter, (&ledger, &case), home.as_ref()).await?;
            cases.extend(chosen);
            if cases.len() == limit {
                break;
            }
        }
        if !page.more && cases.len() < limit {
            next = None;
            break;
        }
        listing.after.clone_from(&next);
    }
    Ok(Json(CaseList { cases, next }))
}

fn open_stages() -> Vec<String> {
    let open = domain::rules::Stage::ALL.into_iter().filter(|stage| !stage.is_final());
    open.map(|stage| stage.name().to_owned()).collect()
}

/// Where to look: the place asked for, else everywhere that a role lets one look.
async fn scope_of(lookup: &mut Lookup<'_>, signed: &Signed, filter: &CaseFilter) -> Answer<Under> {
    let now = lookup.app.now();
    if let Some(ledger) = filter.ledger.as_deref().filter(|id| !id.is_empty()) {
        lookup.known_ledger(signed, ledger).await?;
    }
    let Some(place) = filter.place.as_deref().filter(|id| !id.is_empty()) else {
        return Ok(whereabouts(signed, View::Cases, now));
    };
    let place = PlaceId::new(place).map_err(|_| DoorCode::NotFound)?;
    let found = lookup.app.reading.place(&place).await?;
    let (_, place) = found.ok_or(DoorCode::NotFound)?;
    if !belongs(&signed.actor, &place.path, &signed.paths, now) {
        return Err(DoorCode::NotFound.into());
    }
    Ok(Under { paths: vec![place.path], ..Under::default() })
}

/// Everywhere that somebody sees the whole of a view, and whatever is theirs.
pub(crate) fn whereabouts(signed: &Signed, view: View, now: jiff::Timestamp) -> Under {
    let seen =
        signed.paths.iter().filter(|path| sight(&signed.actor, view, path, now) == Sight::Whole);
    Under {
        paths: seen.cloned().collect(),
        account: Some(signed.actor.account.clone()),
        person: signed.actor.person.clone(),
    }
}

async fn choose(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    filter: &CaseFilter,
    (ledger, case): (&LedgerId, &Case),
    home: Option<&Person>,
) -> Answer<Option<CaseRow>> {
    let now = lookup.app.now();
    let own = is_own_case(&signed.actor, ledger, case, home);
    let seen = sight_of_case(&signed.actor, ledger, case, home, now);
    let wanted = (!filter.mine.unwrap_or(false) || own)
        && (!filter.late.unwrap_or(false) || case.is_late(now));
    if seen == Sight::Nothing || !wanted {
        return Ok(None);
    }
    let row = rows::case_row(lookup, ledger, case).await?;
    let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let found = text.is_none_or(|text| rows::holds_text(&row, case, text));
    Ok(found.then_some(row))
}

/// A case that the signed-in person may see; to others it is not there.
pub(crate) async fn seen_case(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    ledger: &str,
    id: &str,
) -> Answer<(LedgerId, Case, Sight)> {
    let nothing = || Refused::new(DoorCode::NotFound);
    let ledger = LedgerId::new(ledger).map_err(|_| nothing())?;
    let case = lookup.app.reading.get::<Case>(&ledger, id).await?.ok_or_else(nothing)?;
    let home = lookup.home(signed).await?;
    let seen = sight_of_case(&signed.actor, &ledger, &case, home.as_ref(), lookup.app.now());
    if seen == Sight::Nothing { Err(nothing()) } else { Ok((ledger, case, seen)) }
}
