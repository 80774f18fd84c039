//! What somebody with a phone can see of their community, as it was when the phone last had a network.

use domain::cases::Case;
use domain::people::{Household, Person};
use domain::states::AsThing;
use domain::stock::Pool;
use domain::{Kind, Thing};
use store::{Listing, Store, StoreError};

use super::street::id;

/// A community at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sight {
    pub(crate) cases: Vec<Case>,
    pub(crate) people: Vec<Person>,
    pub(crate) homes: Vec<Household>,
    pub(crate) pools: Vec<Pool>,
}

impl Sight {
    /// Looks at a ledger.
    pub(crate) async fn of(store: &Store, ledger: &str) -> Result<Self, StoreError> {
        Ok(Self {
            cases: all(store, ledger).await?,
            people: all(store, ledger).await?,
            homes: all(store, ledger).await?,
            pools: all(store, ledger).await?,
        })
    }
}

/// All things of a kind in a ledger, page by page.
pub(crate) async fn all<T: AsThing + Clone>(
    store: &Store,
    ledger: &str,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    for thing in things(store, ledger, T::KIND).await? {
        found.extend(T::of(&thing).cloned());
    }
    Ok(found)
}

async fn things(store: &Store, ledger: &str, kind: Kind) -> Result<Vec<Thing>, StoreError> {
    let mut listing = Listing::new(kind);
    listing.ledger = Some(id(ledger));
    listing.limit = 1000;
    let mut found = Vec::new();
    loop {
        let page = store.list(&listing).await?;
        listing.after = page.things.last().map(|(_, _, cursor)| cursor.clone());
        found.extend(page.things.into_iter().map(|(_, thing, _)| thing));
        if !page.more {
            return Ok(found);
        }
    }
}
