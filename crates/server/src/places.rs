//! Places: what lies below, their figures, their households, the modes in force there.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use domain::ids::{LedgerId, PlaceId};
use domain::places::Place;
use domain::{Kind, Thing};

use crate::App;
use crate::authority::{Sight, View, belongs, sight};
use crate::indicators::figures_of;
use crate::lookup::Lookup;
use crate::modes::modes_at;
use crate::problems::{Answer, DoorCode};
use crate::query::{Asked, day, page_size};
use crate::reading::{Listing, Under};
use crate::sessions::Signed;
use crate::wire::places::{
    ChildPlace, HouseholdRow, PlacePage, PlaceQuery, PlaceSearch, PlaceSearchQuery, PlaceStep,
    PlaceView,
};
use crate::wire::{Problem, Words};

/// How many places a search gives.
const FOUND_MAX: usize = 30;
/// How many children of a place are shown.
const CHILDREN_MAX: usize = 500;
/// Among how many children open cases are still counted for each.
const COUNTED_MAX: usize = 100;

/// A place that the signed-in person may know of; to others it is not there.
pub(crate) async fn known_place(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    id: &str,
) -> Answer<(LedgerId, Place)> {
    let id = PlaceId::new(id).map_err(|_| DoorCode::NotFound)?;
    let (ledger, place) = lookup.app.reading.place(&id).await?.ok_or(DoorCode::NotFound)?;
    if belongs(&signed.actor, &place.path, &signed.paths, lookup.app.now()) {
        Ok((ledger, place))
    } else {
        Err(DoorCode::NotFound.into())
    }
}

/// Places by a part of their name, among those that the signed-in person may know of.
#[utoipa::path(
    get, path = "/api/places", operation_id = "find_places", tag = "places", params(PlaceSearchQuery),
    responses((status = 200, body = PlaceSearch), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn find_places(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<PlaceSearchQuery>,
) -> Answer<Json<PlaceSearch>> {
    let mut lookup = Lookup::new(&app);
    let text = query.text.unwrap_or_default();
    let text = text.trim();
    let mut places = Vec::new();
    if text.is_empty() {
        // Nothing to look for: the places where one has a role.
        for path in &signed.paths {
            let Some(place) = path.last() else { continue };
            if let Some((ledger, place)) = app.reading.place(place).await? {
                places.push(place_view(&mut lookup, &ledger, &place).await?);
            }
        }
        return Ok(Json(PlaceSearch { places }));
    }
    let mut found = above(&app, &signed, text).await?;
    found.extend(app.reading.find_places(text, &signed.paths, FOUND_MAX).await?);
    let mut seen = BTreeSet::new();
    found.retain(|(_, place)| seen.insert(place.id.clone()));
    found.truncate(FOUND_MAX);
    for (ledger, place) in found {
        if belongs(&signed.actor, &place.path, &signed.paths, app.now()) {
            places.push(place_view(&mut lookup, &ledger, &place).await?);
        }
    }
    Ok(Json(PlaceSearch { places }))
}

/// Places above one's own whose name has a text.
async fn above(app: &App, signed: &Signed, text: &str) -> Answer<Vec<(LedgerId, Place)>> {
    let ids: BTreeSet<&PlaceId> = signed.paths.iter().flatten().collect();
    let (text, mut found) = (text.to_lowercase(), Vec::new());
    for id in ids {
        let place = app.reading.place(id).await?;
        found.extend(place.filter(|(_, place)| place.name.to_lowercase().contains(&text)));
    }
    Ok(found)
}

/// A place with what lies below, its figures, a page of its households and its modes. Households
/// and figures are there for those who may see them.
#[utoipa::path(
    get, path = "/api/places/{id}", operation_id = "place", tag = "places",
    params(("id" = String, Path), PlaceQuery),
    responses((status = 200, body = PlacePage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn place(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    Asked(query): Asked<PlaceQuery>,
) -> Answer<Json<PlacePage>> {
    let mut lookup = Lookup::new(&app);
    let now = app.now();
    let on = day("day", query.day.as_deref(), app.today())?;
    let (ledger, place) = known_place(&mut lookup, &signed, &id).await?;
    let counts = sight(&signed.actor, View::Figures, &place.path, now) >= Sight::Figures;
    let indicators =
        if counts { figures_of(&mut lookup, &ledger, &place.id, on).await? } else { Vec::new() };
    let whole = sight(&signed.actor, View::Households, &place.path, now) == Sight::Whole;
    let (households, next) = if whole {
        households(&mut lookup, &place, query.after, page_size(query.limit)).await?
    } else {
        (Vec::new(), None)
    };
    Ok(Json(PlacePage {
        children: children(&app, &place, counts).await?,
        indicators,
        households,
        next,
        modes: modes_at(&mut lookup, &ledger, true).await?.0,
        place: place_view(&mut lookup, &ledger, &place).await?,
    }))
}

async fn households(
    lookup: &mut Lookup<'_>,
    place: &Place,
    after: Option<String>,
    limit: usize,
) -> Answer<(Vec<HouseholdRow>, Option<String>)> {
    let under = Under { paths: vec![place.path.clone()], ..Under::default() };
    let listing = Listing { under, after, limit, ..Listing::new(Kind::Household) };
    let page = lookup.app.reading.list(&listing).await?;
    let next = page.things.last().filter(|_| page.more).map(|(_, _, key)| key.clone());
    let mut rows = Vec::with_capacity(page.things.len());
    for (ledger, thing, _) in page.things {
        let Thing::Household(home) = thing else { continue };
        rows.push(HouseholdRow {
            place_name: lookup.place_name(&ledger, &home.place).await?,
            ledger: ledger.to_string(),
            id: home.id.to_string(),
            name: home.door.clone(),
            people: home.people.len(),
            open_cases: home.open_cases.len(),
        });
    }
    Ok((rows, next))
}

async fn children(app: &App, place: &Place, counts: bool) -> Answer<Vec<ChildPlace>> {
    let mut children = Vec::new();
    let found = app.reading.children(&place.id, CHILDREN_MAX).await?;
    let counts = counts && found.len() <= COUNTED_MAX;
    for (own, child) in found {
        let count = match counts {
            true => Some(app.reading.open_cases_below(&child.path).await?),
            false => None,
        };
        children.push(ChildPlace {
            id: child.id.to_string(),
            name: child.name,
            level: child.level,
            ledger: own.map(|ledger| ledger.to_string()),
            count,
        });
    }
    Ok(children)
}

/// A place as the wire tells it.
pub(crate) async fn place_view(
    lookup: &mut Lookup<'_>,
    ledger: &LedgerId,
    place: &Place,
) -> Answer<PlaceView> {
    let mut path = Vec::with_capacity(place.path.len());
    for step in &place.path {
        let name = if *step == place.id {
            place.name.clone()
        } else {
            lookup.place_name(ledger, step).await?
        };
        path.push(PlaceStep { id: step.to_string(), name });
    }
    Ok(PlaceView {
        id: place.id.to_string(),
        name: place.name.clone(),
        level: place.level.clone(),
        level_name: level_name(&place.level),
        ledger: ledger.to_string(),
        path,
    })
}

/// The name of a level; levels that only one deployment knows keep their own.
pub(crate) fn level_name(level: &str) -> Words {
    let (zh, en) = match level {
        "root" => ("全部", "Everything"),
        "country" => ("国家", "Country"),
        "province" => ("省级", "Province"),
        "city" => ("地级", "City"),
        "county" => ("县级", "County or district"),
        "street" => ("街道（乡镇）", "Street or town"),
        "community" => ("社区（村）", "Community or village"),
        "grid" => ("网格", "Grid cell"),
        "building" => ("楼栋", "Building"),
        "stairwell" | "unit" => ("单元", "Stairwell"),
        other => (other, other),
    };
    Words::new(zh, en)
}
