//! Pools of stock with what is held, taken and free.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::ids::{HoldId, LedgerId};
use domain::rules::Rules;
use domain::stock::{Hold, Pool};
use domain::{Kind, Thing};

use crate::App;
use crate::authority::{Sight, View, roles_around, sight, sight_of_role};
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode};
use crate::query::Asked;
use crate::reading::Listing;
use crate::sessions::Signed;
use crate::wire::places::{HoldView, LedgerQuery, PoolView, SortView, StockView};
use crate::wire::{Problem, Words};

/// How many pools are shown.
const POOLS_MAX: usize = 500;

/// The pools of a ledger. Those who only read figures do not see for which case a hold is.
#[utoipa::path(
    get, path = "/api/stock", operation_id = "stock", tag = "places", params(LedgerQuery),
    responses((status = 200, body = StockView), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn stock(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<LedgerQuery>,
) -> Answer<Json<StockView>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    let roles = roles_around(&signed.actor, &head.path, &signed.paths, app.now());
    let here = roles.into_iter().map(|role| sight_of_role(View::Stock, role)).max();
    let here = here.unwrap_or(Sight::Nothing);
    let rules = lookup.rules(&ledger).await?;
    let listing =
        Listing { ledger: Some(ledger.clone()), limit: POOLS_MAX, ..Listing::new(Kind::Pool) };
    let mut pools = Vec::new();
    for (_, thing, _) in app.reading.list(&listing).await?.things {
        let Thing::Pool(pool) = thing else { continue };
        let seen = here.max(sight(&signed.actor, View::Stock, &pool.path, app.now()));
        if seen >= Sight::Figures {
            let place_name = lookup.place_name(&ledger, &pool.place).await?;
            pools.push(pool_view(&rules, &ledger, &pool, place_name, seen));
        }
    }
    if pools.is_empty() && here < Sight::Figures {
        return Err(DoorCode::MayNotSee.into());
    }
    let sorts = rules.packs.iter().flat_map(|pack| {
        pack.stock.values().map(move |sort| SortView {
            id: format!("{}.{}", pack.id, sort.id),
            name: (&sort.name).into(),
            unit: (&sort.unit).into(),
            hold_minutes_max: sort.hold_minutes_max,
        })
    });
    Ok(Json(StockView { pools, sorts: sorts.collect() }))
}

fn pool_view(
    rules: &Rules,
    ledger: &LedgerId,
    pool: &Pool,
    place_name: String,
    seen: Sight,
) -> PoolView {
    let sort = rules.packs.iter().find_map(|pack| {
        let id = pool.sort.strip_prefix(pack.id.as_str())?.strip_prefix('.')?;
        pack.stock.get(id).or_else(|| pack.stock.get(&pool.sort))
    });
    let hold = |(id, hold): (&HoldId, &Hold), taken| HoldView {
        id: id.to_string(),
        amount: hold.amount,
        until: hold.until.into(),
        taken,
        case: hold.case.as_ref().filter(|_| seen == Sight::Whole).map(ToString::to_string),
    };
    let held = pool.holds.iter().map(|entry| hold(entry, false));
    let mut holds: Vec<HoldView> =
        held.chain(pool.taken.iter().map(|entry| hold(entry, true))).collect();
    holds.sort_by_key(|hold| (hold.taken, hold.until));
    let unnamed = || Words::new(pool.sort.as_str(), pool.sort.as_str());
    PoolView {
        ledger: ledger.to_string(),
        id: pool.id.to_string(),
        name: pool.name.clone(),
        sort_name: sort.map_or_else(unnamed, |sort| (&sort.name).into()),
        unit: sort.map_or_else(|| Words::new("件", "pieces"), |sort| (&sort.unit).into()),
        sort: pool.sort.clone(),
        place_name,
        total: pool.total,
        held: pool.held(),
        taken: pool.taken(),
        free: pool.free(),
        holds,
    }
}
