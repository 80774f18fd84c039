//! The rules in force per ledger and the roles per account, remembered until they change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::accounts::Account;
use domain::forms::Forms;
use domain::ids::{AccountId, LedgerId};
use domain::indicators::Board;
use domain::modes::Modes;
use domain::packs::Packs;
use domain::places::LedgerHead;
use domain::rules::{Library as _, Rules};
use domain::states::AsThing;
use domain::{Actor, Key, Kind, Thing};

use crate::StoreError;
use crate::shelf::Shelf;
use crate::sql::{Connection, params};

/// What holds in one ledger.
pub struct LedgerRules {
    /// Which place it keeps, and the path to it.
    pub head: LedgerHead,
    /// Packs and modes in force, its own and those of the ledgers above.
    pub rules: Arc<Rules>,
    /// Its indicators.
    pub(crate) board: Board,
    /// What its figures are worked out by: the hashes of its packs.
    pub(crate) basis: String,
}

#[derive(Default)]
struct Remembered {
    revision: i64,
    ledgers: HashMap<LedgerId, Arc<LedgerRules>>,
    actors: HashMap<AccountId, Option<Arc<Actor>>>,
    refreshed: i64,
}

/// What is remembered of settings. A revision in the database says when it is out of date.
pub(crate) struct Settings {
    remembered: Mutex<Remembered>,
    shelf: Arc<Shelf>,
}

impl Settings {
    pub(crate) fn new(shelf: Arc<Shelf>) -> Self {
        Self { remembered: Mutex::default(), shelf }
    }

    /// Asks the database for the present revision, and forgets what is older.
    pub(crate) async fn look(&self, link: &mut Connection) -> Result<i64, StoreError> {
        let sql = "SELECT value FROM setting WHERE ledger = 'root' AND name = 'revision'";
        let rows = link.rows(sql, params![]).await?;
        let revision = rows.first().map_or(Ok(0), |row| row.int(0))?;
        let old = {
            let mut it = self.lock();
            let old = it.revision != revision;
            if old {
                let refreshed = it.refreshed;
                *it = Remembered { revision, refreshed, ..Remembered::default() };
            }
            old
        };
        if old {
            self.shelf.fill(link).await?;
        }
        Ok(revision)
    }

    /// What holds in a ledger; none if there is no such ledger.
    pub(crate) async fn ledger(
        &self,
        link: &mut Connection,
        revision: i64,
        ledger: &LedgerId,
    ) -> Result<Option<Arc<LedgerRules>>, StoreError> {
        if let Some(found) = self.lock().ledgers.get(ledger) {
            return Ok(Some(Arc::clone(found)));
        }
        let found = self.read(link, ledger).await?;
        let mut it = self.lock();
        if let (Some(found), true) = (&found, it.revision == revision) {
            it.ledgers.insert(ledger.clone(), Arc::clone(found));
        }
        Ok(found)
    }

    /// What holds in a ledger, read anew: as it is within a transaction, for example.
    pub(crate) async fn read(
        &self,
        link: &mut Connection,
        ledger: &LedgerId,
    ) -> Result<Option<Arc<LedgerRules>>, StoreError> {
        let Some(head) = only::<LedgerHead>(link, ledger.as_str(), &Key::ledger()).await? else {
            return Ok(None);
        };
        let mut packs = std::collections::BTreeMap::new();
        let mut modes = Vec::new();
        let mut published = Vec::new();
        for place in &head.path {
            if let Some(adopted) = only::<Packs>(link, place.as_str(), &Key::packs()).await? {
                for (id, adopted) in adopted.adopted {
                    if let Some(pack) = self.shelf.pack(&adopted.hash) {
                        packs.insert(id, pack);
                    }
                }
            }
            if let Some(declared) = only::<Modes>(link, place.as_str(), &Key::modes()).await? {
                modes.extend(declared.active_modes());
            }
            if let Some(forms) = only::<Forms>(link, place.as_str(), &Key::forms()).await? {
                published.extend(forms.published(&*self.shelf));
            }
        }
        let packs: Vec<_> = packs.into_values().collect();
        let basis = packs.iter().map(|pack| pack.hash.as_str()).collect::<Vec<_>>().join(" ");
        let library = Arc::clone(&self.shelf) as Arc<dyn domain::rules::Library>;
        let rules = Rules { packs, modes, published, library };
        let board = Board::new(&rules);
        Ok(Some(Arc::new(LedgerRules { head, rules: Arc::new(rules), board, basis })))
    }

    /// The account as somebody who gives commands; none if it is unknown or closed.
    pub(crate) async fn actor(
        &self,
        link: &mut Connection,
        revision: i64,
        account: &AccountId,
    ) -> Result<Option<Arc<Actor>>, StoreError> {
        if let Some(found) = self.lock().actors.get(account) {
            return Ok(found.clone());
        }
        let key = Key::new(Kind::Account, account.as_str());
        let found = only::<Account>(link, "root", &key).await?.filter(|account| !account.closed);
        let found = found.map(|account| {
            Arc::new(Actor { account: account.id, person: account.person, grants: account.grants })
        });
        let mut it = self.lock();
        if it.revision == revision {
            it.actors.insert(account.clone(), found.clone());
        }
        Ok(found)
    }

    /// Forgets everything: something was changed here.
    pub(crate) fn forget(&self) {
        let mut it = self.lock();
        let refreshed = it.refreshed;
        *it = Remembered { refreshed, ..Remembered::default() };
    }

    /// The revision at which all figures were last found to be up to date.
    pub(crate) fn refreshed(&self) -> i64 {
        self.lock().refreshed
    }

    pub(crate) fn set_refreshed(&self, revision: i64) {
        self.lock().refreshed = revision;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The state of a thing, read by itself.
pub(crate) async fn only<T: AsThing + Clone>(
    link: &mut Connection,
    ledger: &str,
    key: &Key,
) -> Result<Option<T>, StoreError> {
    let sql = "SELECT body FROM thing WHERE ledger = $1 AND kind = $2 AND id = $3";
    let rows = link.rows(sql, params![ledger, key.kind.name(), &*key.id]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let thing = Thing::read(key.kind, &row.text(0)?).map_err(StoreError::damaged)?;
    Ok(T::of(&thing).cloned())
}
