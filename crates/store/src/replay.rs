//! Views worked out again from facts alone: to check the live ones, and to make them anew.

use std::collections::BTreeMap;

use domain::ids::LedgerId;
use domain::states::{Changes, Stamp, apply};
use domain::{Key, Thing};

use crate::chain::{COLUMNS, FactRow};
use crate::sql::{Connection, Param, params};
use crate::store::Inner;
use crate::{Store, StoreError, figures, rows};

/// How many facts are read at a time.
const PAGE: i64 = 2000;

/// Told how far a long job is: facts done, facts in all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// The states of one ledger, in the order of their keys.
#[derive(Default)]
pub(crate) struct Replayed(pub(crate) BTreeMap<Key, Thing>);

impl Changes for Replayed {
    fn change(&mut self, key: &Key) -> Option<&mut Thing> {
        self.0.get_mut(key)
    }

    fn create(&mut self, key: Key, thing: Thing) {
        self.0.insert(key, thing);
    }
}

/// A page of the facts of a ledger, as rows.
pub(crate) async fn page(
    link: &mut Connection,
    ledger: &str,
    after: i64,
) -> Result<Vec<FactRow>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM fact WHERE ledger = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    let rows = link.rows(&sql, params![ledger, after, PAGE]).await?;
    rows.iter().map(FactRow::read).collect()
}

/// Applies a fact to replayed states.
pub(crate) fn follow(states: &mut Replayed, row: &FactRow) -> Result<(), StoreError> {
    let recorded = row.recorded()?;
    let stamp = Stamp {
        occurred_at: recorded.occurred_at,
        recorded_at: recorded.recorded_at,
        actor: recorded.actor.clone(),
    };
    apply(states, &recorded.fact, &stamp);
    Ok(())
}

/// How many facts there are.
pub(crate) async fn count(link: &mut Connection) -> Result<u64, StoreError> {
    let rows = link.rows("SELECT COUNT(*) FROM fact", params![]).await?;
    let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The ledgers that hold facts.
pub(crate) async fn ledgers(link: &mut Connection) -> Result<Vec<LedgerId>, StoreError> {
    let rows = link.rows("SELECT DISTINCT ledger FROM fact ORDER BY ledger", params![]).await?;
    rows.iter().map(|row| LedgerId::new(row.text(0)?).map_err(StoreError::damaged)).collect()
}

impl Store {
    /// Makes all views anew from facts alone; says how many facts there were.
    ///
    /// # Errors
    /// When the store fails, or a fact does not read: then the views are as they were.
    pub async fn rebuild(&self, progress: Progress<'_>) -> Result<u64, StoreError> {
        let mut link = self.inner.database.write().await?;
        let done = rebuild_within(&self.inner, &mut link, progress).await;
        match &done {
            Ok(_) => drop(link),
            Err(_) => link.roll_back().await,
        }
        self.inner.settings.forget();
        let done = done?;
        while self.follow().await? > 0 {}
        Ok(done)
    }
}

impl Store {
    /// Makes the views anew if those that are there were written by a program that knew less.
    pub(crate) async fn renew(&self) -> Result<(), StoreError> {
        let sql = "SELECT value FROM setting WHERE ledger = 'root' AND name = 'outdated'";
        let rows = self.inner.database.rows(sql, params![]).await?;
        if rows.first().map_or(Ok(0), |row| row.int(0))? == 0 {
            return Ok(());
        }
        let facts = self.rebuild(&|_, _| {}).await?;
        tracing::info!(facts, "the views are those of this program now");
        let sql = "UPDATE setting SET value = 0 WHERE ledger = 'root' AND name = 'outdated'";
        self.inner.database.execute(sql, params![]).await.map(drop)
    }
}

async fn rebuild_within(
    inner: &Inner,
    link: &mut Connection,
    progress: Progress<'_>,
) -> Result<u64, StoreError> {
    link.begin().await?;
    if link.is_postgres() {
        // Writers wait at the heads until the views are whole again.
        link.execute("LOCK TABLE head IN EXCLUSIVE MODE", params![]).await?;
    }
    for table in ["thing", "touch", "party", "figure"] {
        link.execute(&format!("DELETE FROM {table}"), params![]).await?;
    }
    crate::following::forget(link).await?;
    let all = count(link).await?;
    let mut done = 0;
    let ledgers = ledgers(link).await?;
    for ledger in &ledgers {
        let mut states = Replayed::default();
        let mut after = 0;
        loop {
            let facts = page(link, ledger.as_str(), after).await?;
            let Some(last) = facts.last() else { break };
            after = last.seq;
            let mut touches: Vec<Vec<Param>> = Vec::new();
            for fact in &facts {
                follow(&mut states, fact)?;
                touches.extend(rows::touches(ledger.as_str(), fact.seq, &fact.recorded()?.fact));
            }
            link.write(&rows::TOUCHES, touches).await?;
            done += facts.len() as u64;
            progress(done, all);
        }
        write(link, ledger, states).await?;
    }
    // Figures follow the packs in force, which may stand in ledgers that came later.
    for ledger in &ledgers {
        figures::recompute(inner, link, ledger).await?;
    }
    link.commit().await?;
    Ok(done)
}

async fn write(
    link: &mut Connection,
    ledger: &LedgerId,
    states: Replayed,
) -> Result<(), StoreError> {
    let mut things = Vec::new();
    let mut parties = Vec::new();
    for (key, thing) in states.0 {
        let row =
            |account: &domain::ids::AccountId| params![ledger.as_str(), account.as_str(), &*key.id];
        parties.extend(rows::parties(Some(&thing)).iter().map(row));
        things.push(rows::thing(ledger.as_str(), &key, &thing));
        if things.len() >= 2048 {
            link.write(&rows::NEW_THINGS, std::mem::take(&mut things)).await?;
        }
    }
    link.write(&rows::NEW_THINGS, things).await?;
    link.write(&rows::PARTIES, parties).await
}
