//! The outbox: what is to be told to others, written with its fact, taken by one process at a time.

use domain::ids::LedgerId;
use jiff::{SignedDuration, Timestamp};

use crate::sql::params;
use crate::{Store, StoreError};

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The ledger.
    pub ledger: LedgerId,
    /// The fact that it came from.
    pub seq: i64,
    /// What it is about: `notice`.
    pub topic: String,
    /// The fact's body.
    pub body: String,
}

impl Store {
    /// Takes entries for a while: if they are not done by then, they can be taken again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_outbox(
        &self,
        lasting: SignedDuration,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        let now = self.now().as_millisecond();
        let until: Timestamp = self.now() + lasting;
        let sql = "SELECT ledger, seq, topic, body FROM outbox WHERE claimed_until <= $1 \
                   ORDER BY ledger, seq LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut taken = Vec::new();
        for row in self.inner.database.rows(sql, params![now, limit]).await? {
            let (ledger, seq) = (row.text(0)?, row.int(1)?);
            let sql = "UPDATE outbox SET claimed_until = $3 WHERE ledger = $1 AND seq = $2 AND claimed_until <= $4";
            let claim = params![ledger.as_str(), seq, until.as_millisecond(), now];
            if self.inner.database.execute(sql, claim).await? == 1 {
                let ledger = LedgerId::new(ledger).map_err(StoreError::damaged)?;
                taken.push(OutboxEntry { ledger, seq, topic: row.text(2)?, body: row.text(3)? });
            }
        }
        Ok(taken)
    }

    /// An entry has been told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_done(&self, ledger: &LedgerId, seq: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM outbox WHERE ledger = $1 AND seq = $2";
        self.inner.database.execute(sql, params![ledger.as_str(), seq]).await.map(drop)
    }
}
