//! Indicators of places, and the tables that departments read.

pub(crate) mod tables;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::ids::{LedgerId, PlaceId};
use jiff::civil::Date;

use crate::App;
use crate::authority::{Sight, View, sight};
use crate::lookup::Lookup;
use crate::places::{known_place, place_view};
use crate::problems::{Answer, DoorCode};
use crate::query::{Asked, day};
use crate::sessions::Signed;
use crate::wire::Problem;
use crate::wire::figures::{Figure, FigureQuery, Indicators};

/// The figures of a place: standing ones, and those of one day.
#[utoipa::path(
    get, path = "/api/indicators", operation_id = "indicators", tag = "figures", params(FigureQuery),
    responses((status = 200, body = Indicators), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn indicators(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<FigureQuery>,
) -> Answer<Json<Indicators>> {
    let mut lookup = Lookup::new(&app);
    let on = day("day", query.day.as_deref(), app.today())?;
    let (ledger, place) = known_place(&mut lookup, &signed, &query.place).await?;
    if sight(&signed.actor, View::Figures, &place.path, app.now()) < Sight::Figures {
        return Err(DoorCode::MayNotSee.into());
    }
    Ok(Json(Indicators {
        indicators: figures_of(&mut lookup, &ledger, &place.id, on).await?,
        place: place_view(&mut lookup, &ledger, &place).await?,
    }))
}

/// Every figure of a place: those that belong to no day, and those of a day.
pub(crate) async fn figures_of(
    lookup: &mut Lookup<'_>,
    ledger: &LedgerId,
    place: &PlaceId,
    on: Date,
) -> Answer<Vec<Figure>> {
    let rules = lookup.rules(ledger).await?;
    let numbers = lookup.app.reading.figures(place, on).await?;
    let mut figures = Vec::new();
    for pack in &rules.packs {
        for indicator in pack.indicators.values() {
            let by_day = indicator.on.is_some();
            let found = numbers.get(&(indicator.id.to_string(), by_day));
            figures.push(Figure {
                id: indicator.id.to_string(),
                name: (&indicator.name).into(),
                definition: (&indicator.definition).into(),
                value: number(found.copied().unwrap_or(0)),
                unit: indicator.unit.as_ref().map(Into::into),
                pack: pack.id.to_string(),
                day: by_day.then_some(on.into()),
            });
        }
    }
    Ok(figures)
}

/// Thousandths as a number.
#[expect(clippy::cast_precision_loss, reason = "figures of people are far below 2^53")]
pub(crate) fn number(thousandths: i64) -> f64 {
    thousandths as f64 / 1000.0
}
