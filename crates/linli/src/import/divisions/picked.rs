//! A picked street gets a ledger of its own, and so does each of its communities.

use anyhow::{Context, Result, bail};
use domain::ids::{LedgerId, PlaceId};
use domain::places::{OpenLedger, Place};

use crate::console;
use crate::deployment::Deployment;

/// How many communities of a street are looked at.
const COMMUNITIES_MAX: usize = 10_000;

/// Opens the ledgers of a street and its communities, those that are not there yet.
///
/// # Errors
/// When there is no such street, or the store fails.
pub(super) async fn open(deployment: &Deployment, street: &str) -> Result<()> {
    let id: PlaceId = street.parse().with_context(|| format!("`{street}` is no place"))?;
    let Some((_, street)) = deployment.place(&id).await? else {
        bail!("没有地点 there is no place `{id}`; bring in the file that has it");
    };
    if street.level != "street" {
        bail!("“{}”不是街道 `{id}` is a {}, not a street", street.name, street.level);
    }
    let communities = deployment.children(&id, COMMUNITIES_MAX).await?;
    let mut opened = 0;
    let places = communities.iter().map(|(_, place)| place).filter(|place| !place.retired);
    for place in std::iter::once(&street).chain(places) {
        opened += u64::from(open_one(deployment, place).await?);
    }
    let all = communities.len() + 1;
    println!("{} {id}: {opened} 账本已开 ledgers opened, {all} 共 in all", street.name);
    Ok(())
}

/// Whether the ledger was opened now.
async fn open_one(deployment: &Deployment, place: &Place) -> Result<bool> {
    let ledger = LedgerId::new(place.id.as_str())?;
    if deployment.ledger(&ledger).await?.is_some() {
        return Ok(false);
    }
    let open = OpenLedger {
        place: place.id.clone(),
        name: place.name.clone(),
        level: place.level.clone(),
        path: place.path.clone(),
    };
    console::give(deployment, &ledger, open).await?;
    Ok(true)
}
