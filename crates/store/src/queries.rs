//! Questions about single things, time lines and ledgers.

use domain::ids::{LedgerId, PlaceId};
use domain::modes::Modes;
use domain::places::{LedgerHead, Place};
use domain::states::AsThing;
use domain::{Fact, Key, Kind, Recorded, States, Thing};
use jiff::Timestamp;

use crate::chain::{COLUMNS, FactRow};
use crate::sql::{Connection, Row, params};
use crate::{Store, StoreError, listing, rows, settings};

/// Facts of a ledger after one number and up to another.
pub(crate) async fn facts(
    link: &mut Connection,
    ledger: &str,
    after: i64,
    to: i64,
) -> Result<Vec<Recorded>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM fact WHERE ledger = $1 AND seq > $2 AND seq <= $3 ORDER BY seq"
    );
    let rows = link.rows(&sql, params![ledger, after, to]).await?;
    recorded(&rows)
}

fn recorded(rows: &[Row]) -> Result<Vec<Recorded>, StoreError> {
    rows.iter().map(|row| FactRow::read(row)?.recorded()).collect()
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl Store {
    /// The state of a thing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn get<T: AsThing + Clone>(
        &self,
        ledger: &LedgerId,
        id: &str,
    ) -> Result<Option<T>, StoreError> {
        let mut link = self.inner.database.read().await?;
        settings::only(&mut link, ledger.as_str(), &Key::new(T::KIND, id)).await
    }

    /// Loads things into states, or that they are not there.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn load(
        &self,
        ledger: &LedgerId,
        keys: &[Key],
        states: &mut States,
    ) -> Result<(), StoreError> {
        let mut link = self.inner.database.read().await?;
        let found =
            rows::load(&mut link, keys.iter().map(|key| (ledger.as_str(), key)).collect()).await?;
        for key in keys {
            states.put(key.clone(), None);
        }
        for (_, key, thing) in found {
            states.put(key, Some(thing));
        }
        Ok(())
    }

    /// The facts that touch a thing, in order, after a number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn timeline(
        &self,
        ledger: &LedgerId,
        key: &Key,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        let columns =
            COLUMNS.split(", ").map(|column| format!("f.{column}")).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT {columns} FROM touch t JOIN fact f ON f.ledger = t.ledger AND f.seq = t.seq \
             WHERE t.ledger = $1 AND t.kind = $2 AND t.id = $3 AND t.seq > $4 ORDER BY t.seq LIMIT $5"
        );
        let with = params![ledger.as_str(), key.kind.name(), &*key.id, after, most(limit)];
        recorded(&self.inner.database.rows(&sql, with).await?)
    }

    /// How many facts touch a thing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn count_facts_about(
        &self,
        ledger: &LedgerId,
        key: &Key,
    ) -> Result<usize, StoreError> {
        let sql = "SELECT COUNT(*) FROM touch WHERE ledger = $1 AND kind = $2 AND id = $3";
        let with = params![ledger.as_str(), key.kind.name(), &*key.id];
        let row = self.inner.database.row(sql, with).await?;
        let count = row.map_or(Ok(0), |row| row.int(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Facts of a ledger after a number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn facts_after(
        &self,
        ledger: &LedgerId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        let mut link = self.inner.database.read().await?;
        facts(&mut link, ledger.as_str(), after, after.saturating_add(most(limit))).await
    }

    /// The latest notices of a ledger, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn notices(
        &self,
        ledger: &LedgerId,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM fact WHERE ledger = $1 AND fact = 'notice.given' ORDER BY seq DESC LIMIT $2"
        );
        recorded(&self.inner.database.rows(&sql, params![ledger.as_str(), most(limit)]).await?)
    }

    /// The number of the last fact of a ledger.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_seq(&self, ledger: &LedgerId) -> Result<i64, StoreError> {
        let sql = "SELECT seq FROM head WHERE ledger = $1";
        let row = self.inner.database.row(sql, params![ledger.as_str()]).await?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// The head of each ledger's chain: the number and the hash of its last fact.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn heads(&self) -> Result<Vec<(LedgerId, i64, Vec<u8>)>, StoreError> {
        let sql = "SELECT ledger, seq, hash FROM head WHERE seq > 0 ORDER BY ledger";
        let mut heads = Vec::new();
        for row in self.inner.database.rows(sql, params![]).await? {
            let ledger = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
            heads.push((ledger, row.int(1)?, row.blob(2)?));
        }
        Ok(heads)
    }

    /// All ledgers with the places that they keep, from the root down.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn ledgers(&self) -> Result<Vec<(LedgerId, LedgerHead)>, StoreError> {
        let sql = "SELECT ledger, body FROM thing WHERE kind = 'ledger' ORDER BY path, ledger";
        let mut ledgers = Vec::new();
        for row in self.inner.database.rows(sql, params![]).await? {
            let head = Thing::read(Kind::Ledger, &row.text(1)?).map_err(StoreError::damaged)?;
            if let Thing::Ledger(head) = head {
                ledgers.push((LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?, *head));
            }
        }
        Ok(ledgers)
    }

    /// A place by its id, with the ledger that keeps it: its own where it has one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn place(&self, place: &PlaceId) -> Result<Option<(LedgerId, Place)>, StoreError> {
        if let Ok(ledger) = LedgerId::new(place.as_str())
            && let Some(head) = self.get::<LedgerHead>(&ledger, "ledger").await?
        {
            let LedgerHead { place, name, level, path } = head;
            return Ok(Some((ledger, Place { id: place, name, level, path, retired: false })));
        }
        let sql = "SELECT ledger, body FROM thing WHERE kind = 'place' AND id = $1 ORDER BY ledger LIMIT 1";
        let row = self.inner.database.row(sql, params![place.as_str()]).await?;
        row.map(|row| listing::place(&row)).transpose()
    }

    /// The places that stand directly in a place, each with its own ledger where it has one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn children(
        &self,
        place: &PlaceId,
        limit: usize,
    ) -> Result<Vec<(Option<LedgerId>, Place)>, StoreError> {
        // SQLite takes the partial index only where its own condition is repeated.
        let sql = "SELECT t.ledger, t.body, COALESCE(l.ledger, '') FROM thing t LEFT JOIN thing l \
                   ON l.ledger = t.id AND l.kind = 'ledger' AND l.id = 'ledger' \
                   WHERE t.kind = 'place' AND t.kind IN ('place', 'household', 'pool') \
                   AND t.place = $1 ORDER BY t.id, t.ledger LIMIT $2";
        let mut children: Vec<(Option<LedgerId>, Place)> = Vec::new();
        for row in self.inner.database.rows(sql, params![place.as_str(), most(limit)]).await? {
            let (_, place) = listing::place(&row)?;
            children.push((LedgerId::new(row.text(2)?).ok(), place));
        }
        Ok(children)
    }

    /// The modes declared in a ledger and in those above it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn modes_above(
        &self,
        ledger: &LedgerId,
    ) -> Result<Vec<(LedgerId, Modes)>, StoreError> {
        let Some(holds) = self.ledger(ledger).await? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for place in &holds.head.path {
            let Ok(above) = LedgerId::new(place.as_str()) else { continue };
            if let Some(modes) = self.get::<Modes>(&above, "modes").await? {
                found.push((above, modes));
            }
        }
        Ok(found)
    }

    /// When a mode last ended in a ledger, by itself or by a decision.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn mode_ended(
        &self,
        ledger: &LedgerId,
        mode: &domain::ids::ModeId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let facts = self.timeline(ledger, &Key::modes(), 0, usize::MAX).await?;
        let ended = facts.iter().rev().find(|recorded| match &recorded.fact {
            Fact::ModeEnded { mode: it, .. } | Fact::ModeExpired { mode: it } => it == mode,
            _ => false,
        });
        Ok(ended.map(|recorded| recorded.recorded_at))
    }
}
