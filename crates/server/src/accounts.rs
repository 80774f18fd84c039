//! Accounts that work can be given to in a ledger.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::Role;

use crate::App;
use crate::authority::{Sight, View, sight};
use crate::lookup::Lookup;
use crate::packs::role_names;
use crate::problems::{Answer, DoorCode};
use crate::query::Asked;
use crate::sessions::Signed;
use crate::wire::Problem;
use crate::wire::Words;
use crate::wire::places::{AccountRole, AccountView, Accounts, LedgerQuery};

/// People that work can be given to in a ledger: those with a role there, above or below.
#[utoipa::path(
    get, path = "/api/accounts", operation_id = "accounts", tag = "places", params(LedgerQuery),
    responses((status = 200, body = Accounts), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn accounts(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<LedgerQuery>,
) -> Answer<Json<Accounts>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    let now = app.now();
    let below = signed.paths.iter().filter(|path| path.contains(&head.place));
    let seen = below
        .map(|path| sight(&signed.actor, View::Accounts, path, now))
        .chain([sight(&signed.actor, View::Accounts, &head.path, now)])
        .max();
    if seen.unwrap_or(Sight::Nothing) == Sight::Nothing {
        return Err(DoorCode::MayNotSee.into());
    }
    let rules = lookup.rules(&ledger).await?;
    let names = role_names(rules.packs.iter().map(|pack| &**pack));
    let mut accounts = Vec::new();
    let (all, paths) = app.reading.accounts().await?;
    for account in all {
        if account.closed || account.machine {
            continue;
        }
        let mut roles = Vec::new();
        for grant in &account.grants {
            let around = paths
                .get(&grant.place)
                .is_some_and(|path| head.path.contains(&grant.place) || path.contains(&head.place));
            let over = grant.until.is_some_and(|until| until <= now);
            if !around || over || grant.role.0 == Role::ANALYST {
                continue;
            }
            let id = grant.role.0.clone();
            roles.push(AccountRole {
                name: names.get(&id).map_or_else(|| Words::new(&*id, &*id), Into::into),
                place: lookup.place_name(&ledger, &grant.place).await?,
                place_id: grant.place.to_string(),
                until: grant.until.map(Into::into),
                id,
            });
        }
        if !roles.is_empty() {
            let name = lookup.account_name(&account.id).await?;
            accounts.push(AccountView { id: account.id.to_string(), name, roles });
        }
    }
    Ok(Json(Accounts { accounts }))
}
