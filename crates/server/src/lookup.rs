//! What one request has looked up so far: ledgers, rules, names of places and accounts.

use std::collections::HashMap;
use std::sync::Arc;

use domain::ids::{AccountId, LedgerId, PlaceId};
use domain::people::Person;
use domain::places::{LedgerHead, Place};
use domain::rules::Rules;

use crate::App;
use crate::authority::belongs;
use crate::problems::{Answer, DoorCode};
use crate::sessions::Signed;

/// Answers what rows and pages ask again and again, reading each thing once.
pub(crate) struct Lookup<'a> {
    pub(crate) app: &'a App,
    heads: HashMap<LedgerId, Option<Arc<LedgerHead>>>,
    rules: HashMap<LedgerId, Arc<Rules>>,
    places: HashMap<(LedgerId, PlaceId), String>,
    accounts: HashMap<AccountId, String>,
}

impl<'a> Lookup<'a> {
    /// Knows nothing yet.
    pub(crate) fn new(app: &'a App) -> Self {
        Self {
            app,
            heads: HashMap::new(),
            rules: HashMap::new(),
            places: HashMap::new(),
            accounts: HashMap::new(),
        }
    }

    /// Which place a ledger keeps; none when there is no such ledger.
    pub(crate) async fn head(&mut self, ledger: &LedgerId) -> Answer<Option<Arc<LedgerHead>>> {
        if let Some(head) = self.heads.get(ledger) {
            return Ok(head.clone());
        }
        let head = self.app.reading.head(ledger).await?.map(Arc::new);
        self.heads.insert(ledger.clone(), head.clone());
        Ok(head)
    }

    /// A ledger that the signed-in person may know of; to others it is not there.
    pub(crate) async fn known_ledger(
        &mut self,
        signed: &Signed,
        ledger: &str,
    ) -> Answer<(LedgerId, Arc<LedgerHead>)> {
        let ledger = LedgerId::new(ledger).map_err(|_| DoorCode::NotFound)?;
        let head = self.head(&ledger).await?.ok_or(DoorCode::NotFound)?;
        let kept_here = signed.actor.person.as_ref().is_some_and(|(of, _)| *of == ledger);
        let now = self.app.now();
        if !kept_here && !belongs(&signed.actor, &head.path, &signed.paths, now) {
            return Err(DoorCode::NotFound.into());
        }
        Ok((ledger, head))
    }

    /// The rules in force in a ledger.
    pub(crate) async fn rules(&mut self, ledger: &LedgerId) -> Answer<Arc<Rules>> {
        if let Some(rules) = self.rules.get(ledger) {
            return Ok(Arc::clone(rules));
        }
        let rules = self.app.reading.rules(ledger).await?;
        self.rules.insert(ledger.clone(), Arc::clone(&rules));
        Ok(rules)
    }

    /// The name of a place in a ledger or above it; its id when it has none.
    pub(crate) async fn place_name(
        &mut self,
        ledger: &LedgerId,
        place: &PlaceId,
    ) -> Answer<String> {
        let key = (ledger.clone(), place.clone());
        if let Some(name) = self.places.get(&key) {
            return Ok(name.clone());
        }
        let head = self.head(ledger).await?.filter(|head| head.place == *place);
        let name = match head {
            Some(head) => head.name.clone(),
            None => match self.app.reading.get::<Place>(ledger, place.as_str()).await? {
                Some(found) => found.name,
                None => self
                    .app
                    .reading
                    .place(place)
                    .await?
                    .map_or_else(|| place.to_string(), |(_, found)| found.name),
            },
        };
        self.places.insert(key, name.clone());
        Ok(name)
    }

    /// The name of an account; its id when it has none.
    pub(crate) async fn account_name(&mut self, account: &AccountId) -> Answer<String> {
        if account.as_str() == "system" {
            return Ok("系统 / System".to_owned());
        }
        if let Some(name) = self.accounts.get(account) {
            return Ok(name.clone());
        }
        let name = self.app.reading.account_name(account).await?;
        let name = name.unwrap_or_else(|| account.to_string());
        self.accounts.insert(account.clone(), name.clone());
        Ok(name)
    }

    /// The person behind the signed-in account.
    pub(crate) async fn home(&mut self, signed: &Signed) -> Answer<Option<Person>> {
        match &signed.actor.person {
            None => Ok(None),
            Some((ledger, person)) => self.app.reading.get(ledger, person.as_str()).await,
        }
    }
}
