//! Figures: moved with each fact, worked out anew when the packs of a ledger have changed.

use std::collections::{BTreeMap, HashMap};

use domain::Thing;
use domain::ids::{LedgerId, PlaceId};
use domain::indicators::Figure;
use jiff::civil::Date;
use tokio::sync::oneshot;

use crate::sql::{Connection, params};
use crate::store::Inner;
use crate::submit::Job;
use crate::{Store, StoreError, rows};

/// How many things are read at a time when figures are worked out anew.
const PAGE: i64 = 2000;

/// Works out the figures of a ledger from all its things, within a transaction that holds its
/// head.
pub(crate) async fn recompute(
    inner: &Inner,
    link: &mut Connection,
    ledger: &LedgerId,
) -> Result<(), StoreError> {
    // Read anew: the ledger's own packs may have changed in this very transaction.
    let Some(holds) = inner.settings.read(link, ledger).await? else { return Ok(()) };
    let figures = sums(inner, link, ledger).await?;
    link.execute("DELETE FROM figure WHERE ledger = $1", params![ledger.as_str()]).await?;
    let all = figures.iter().map(|(figure, sum)| rows::figure(ledger.as_str(), figure, *sum));
    link.write(&rows::FIGURES, all.collect()).await?;
    let sql = "UPDATE head SET basis = $2 WHERE ledger = $1";
    link.execute(sql, params![ledger.as_str(), holds.basis.as_str()]).await?;
    Ok(())
}

/// The figures as they follow from the things that are there.
pub(crate) async fn sums(
    inner: &Inner,
    link: &mut Connection,
    ledger: &LedgerId,
) -> Result<BTreeMap<Figure, i64>, StoreError> {
    let mut figures = BTreeMap::new();
    let Some(holds) = inner.settings.read(link, ledger).await? else { return Ok(figures) };
    if holds.board.is_empty() {
        return Ok(figures);
    }
    for kind in ["case", "household", "person", "pool", "submission"] {
        let mut after = String::new();
        loop {
            let sql = "SELECT id, body FROM thing WHERE ledger = $1 AND kind = $2 AND id > $3 \
                       ORDER BY id LIMIT $4";
            let page = link.rows(sql, params![ledger.as_str(), kind, after.as_str(), PAGE]).await?;
            let Some(last) = page.last() else { break };
            after = last.text(0)?;
            for row in &page {
                let thing =
                    Thing::read(rows::kind(kind)?, &row.text(1)?).map_err(StoreError::damaged)?;
                let mut of_one = BTreeMap::new();
                holds.board.difference(None, Some(&thing), &inner.options.zone, &mut of_one);
                for (figure, by) in of_one {
                    *figures.entry(figure).or_default() += by;
                }
            }
        }
    }
    figures.retain(|_, sum| *sum != 0);
    Ok(figures)
}

/// Works out the figures of a ledger anew if they are of other packs than those in force.
pub(crate) async fn refresh(inner: &Inner, ledger: &LedgerId) -> Result<(), StoreError> {
    let mut link = inner.database.write().await?;
    match refresh_within(inner, &mut link, ledger).await {
        Ok(()) => Ok(()),
        Err(error) => {
            link.roll_back().await;
            Err(error)
        }
    }
}

async fn refresh_within(
    inner: &Inner,
    link: &mut Connection,
    ledger: &LedgerId,
) -> Result<(), StoreError> {
    link.begin().await?;
    let lock = if link.is_postgres() { "FOR UPDATE" } else { "" };
    let sql = format!("SELECT basis FROM head WHERE ledger = $1 {lock}");
    let basis = link.rows(&sql, params![ledger.as_str()]).await?;
    let revision = inner.settings.look(link).await?;
    let holds = inner.settings.ledger(link, revision, ledger).await?;
    if let (Some(row), Some(holds)) = (basis.first(), holds)
        && row.text(0)? != holds.basis
    {
        recompute(inner, link, ledger).await?;
    }
    link.commit().await
}

impl Store {
    /// Sees to it that the figures of all ledgers are by the packs in force now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_figures(&self) -> Result<(), StoreError> {
        let inner = &self.inner;
        let mut link = inner.database.read().await?;
        let revision = inner.settings.look(&mut link).await?;
        if inner.settings.refreshed() == revision {
            return Ok(());
        }
        let mut stale = Vec::new();
        for row in link.rows("SELECT ledger, basis FROM head WHERE seq > 0", params![]).await? {
            let ledger = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
            let basis = row.text(1)?;
            let holds = inner.settings.ledger(&mut link, revision, &ledger).await?;
            if holds.is_some_and(|holds| holds.basis != basis) {
                stale.push(ledger);
            }
        }
        drop(link);
        for ledger in stale {
            let (reply, done) = oneshot::channel();
            let closing = || StoreError::Unfit("the store is closing".to_owned());
            let job = Job::Refresh(ledger.clone(), reply);
            self.writers().sender(&ledger).send(job).await.map_err(|_| closing())?;
            done.await.map_err(|_| closing())??;
        }
        inner.settings.set_refreshed(revision);
        Ok(())
    }

    /// The figures of a place, of all ledgers together, in thousandths: standing ones and those
    /// of a day. The key says whether it is of the day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn figures(
        &self,
        place: &PlaceId,
        day: Date,
    ) -> Result<HashMap<(String, bool), i64>, StoreError> {
        self.refresh_figures().await?;
        let sql = "SELECT indicator, day, CAST(SUM(thousandths) AS BIGINT) FROM figure \
                   WHERE place = $1 AND day IN ('', $2) GROUP BY indicator, day";
        let rows = self.inner.database.rows(sql, params![place.as_str(), day.to_string()]).await?;
        rows.iter().map(|row| Ok(((row.text(0)?, !row.text(1)?.is_empty()), row.int(2)?))).collect()
    }

    /// The figures of a place over all days together, in thousandths.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn figure_sums(&self, place: &PlaceId) -> Result<HashMap<String, i64>, StoreError> {
        self.refresh_figures().await?;
        let sql = "SELECT indicator, CAST(SUM(thousandths) AS BIGINT) FROM figure WHERE place = $1 \
                   GROUP BY indicator";
        let rows = self.inner.database.rows(sql, params![place.as_str()]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
    }
}
