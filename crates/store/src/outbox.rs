//! The outbox: what is to be told to others, written with its fact, told at least once.
//!
//! An entry is claimed for a while by one process; if that process dies, the claim runs out and
//! another takes it. What fails is tried again, each time after a longer wait; what has failed too
//! often is a dead letter, which stays until somebody looks at it.

use std::future::Future;

use domain::ids::LedgerId;
use jiff::{SignedDuration, Timestamp};

use crate::sql::{Row, params};
use crate::{Store, StoreError};

/// How often something is tried before it is a dead letter.
pub const TRIES_MAX: u32 = 12;
/// The wait after the first failure; each further one doubles it.
const WAIT_SECONDS: i64 = 15;
/// The longest wait between two tries.
const WAIT_SECONDS_MAX: i64 = 6 * 60 * 60;

/// Something to tell, claimed for a while.
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
    /// When the fact was recorded.
    pub recorded_at: Timestamp,
    /// How often it has been tried, this time included.
    pub tries: u32,
    /// Until when it is claimed: only within this time may it be told.
    pub claimed_until: Timestamp,
}

/// Something that could not be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The ledger.
    pub ledger: LedgerId,
    /// The fact that it came from.
    pub seq: i64,
    /// What it is about.
    pub topic: String,
    /// Why the last try failed.
    pub failure: String,
    /// When it was given up.
    pub dead_at: Timestamp,
}

/// What became of entries that were to be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Told.
    pub told: usize,
    /// Failed, to be tried again.
    pub failed: usize,
    /// Failed for the last time.
    pub given_up: usize,
}

/// How long after its nth failed try something is tried again.
fn wait(tries: u32) -> SignedDuration {
    let doubled = WAIT_SECONDS.saturating_mul(1_i64 << tries.saturating_sub(1).min(20));
    SignedDuration::from_secs(doubled.min(WAIT_SECONDS_MAX))
}

fn instant(row: &Row, column: usize) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(row.int(column)?).map_err(StoreError::damaged)
}

impl Store {
    /// Claims entries for a while, those that have waited longest first. If they are neither done
    /// nor failed by then, they can be claimed again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_outbox(
        &self,
        lasting: SignedDuration,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        let now = self.now().as_millisecond();
        let until = Timestamp::from_millisecond((self.now() + lasting).as_millisecond())
            .map_err(StoreError::damaged)?;
        let sql = "SELECT o.ledger, o.seq, o.topic, o.body, o.tries, f.recorded_at FROM outbox o \
                   JOIN fact f ON f.ledger = o.ledger AND f.seq = o.seq \
                   WHERE o.claimed_until <= $1 AND o.dead_at = 0 \
                   ORDER BY o.claimed_until, o.ledger, o.seq LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut taken = Vec::new();
        for row in self.inner.database.rows(sql, params![now, limit]).await? {
            let (ledger, seq, tries) = (row.text(0)?, row.int(1)?, row.int(4)?);
            // Another process may have been quicker.
            let sql = "UPDATE outbox SET claimed_until = $3, tries = $5 + 1 WHERE ledger = $1 AND seq = $2 \
                       AND claimed_until <= $4 AND tries = $5 AND dead_at = 0";
            let claim = params![ledger.as_str(), seq, until.as_millisecond(), now, tries];
            if self.inner.database.execute(sql, claim).await? == 1 {
                taken.push(OutboxEntry {
                    ledger: LedgerId::new(ledger).map_err(StoreError::damaged)?,
                    seq,
                    topic: row.text(2)?,
                    body: row.text(3)?,
                    recorded_at: instant(&row, 5)?,
                    tries: u32::try_from(tries + 1).unwrap_or(u32::MAX),
                    claimed_until: until,
                });
            }
        }
        Ok(taken)
    }

    /// An entry has been told. False if its claim had run out: then another may tell it again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_done(&self, entry: &OutboxEntry) -> Result<bool, StoreError> {
        let sql = "DELETE FROM outbox WHERE ledger = $1 AND seq = $2 AND tries = $3";
        let which = params![entry.ledger.as_str(), entry.seq, i64::from(entry.tries)];
        Ok(self.inner.database.execute(sql, which).await? == 1)
    }

    /// An entry could not be told: it is tried again after a wait, which is given, or it is a
    /// dead letter, and then there is no wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_failed(
        &self,
        entry: &OutboxEntry,
        failure: &str,
    ) -> Result<Option<SignedDuration>, StoreError> {
        let again = (entry.tries < TRIES_MAX).then(|| wait(entry.tries));
        let next = (self.now() + again.unwrap_or_default()).as_millisecond();
        let dead_at = if again.is_some() { 0 } else { self.now().as_millisecond() };
        let sql = "UPDATE outbox SET claimed_until = $4, failure = $5, dead_at = $6 \
                   WHERE ledger = $1 AND seq = $2 AND tries = $3";
        let row = params![
            entry.ledger.as_str(),
            entry.seq,
            i64::from(entry.tries),
            next,
            failure.replace('\0', ""),
            dead_at
        ];
        self.inner.database.execute(sql, row).await?;
        Ok(again)
    }

    /// Claims entries and tells each by `tell`, one after the other; notes what came of it.
    ///
    /// # Errors
    /// When the database fails. What `tell` says went wrong is kept with the entry instead.
    pub async fn deliver_outbox<F, Told>(
        &self,
        lasting: SignedDuration,
        limit: usize,
        tell: F,
    ) -> Result<Delivered, StoreError>
    where
        F: Fn(OutboxEntry) -> Told,
        Told: Future<Output = Result<(), String>>,
    {
        let mut delivered = Delivered::default();
        for entry in self.claim_outbox(lasting, limit).await? {
            // Those before it may have taken so long that it is somebody else's by now.
            if self.now() >= entry.claimed_until {
                break;
            }
            match tell(entry.clone()).await {
                Ok(()) => {
                    self.outbox_done(&entry).await?;
                    delivered.told += 1;
                }
                Err(failure) => match self.outbox_failed(&entry, &failure).await? {
                    Some(_) => delivered.failed += 1,
                    None => delivered.given_up += 1,
                },
            }
        }
        Ok(delivered)
    }

    /// Lets go what was recorded before an instant and has never been tried: for a deployment
    /// that names nobody to tell. How many entries it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_outbox(&self, before: Timestamp) -> Result<u64, StoreError> {
        let sql = "DELETE FROM outbox WHERE tries = 0 AND dead_at = 0 AND EXISTS (SELECT 1 FROM fact f \
                   WHERE f.ledger = outbox.ledger AND f.seq = outbox.seq AND f.recorded_at < $1)";
        self.inner.database.execute(sql, params![before.as_millisecond()]).await
    }

    /// What could not be told, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, StoreError> {
        let sql = "SELECT ledger, seq, topic, failure, dead_at FROM outbox WHERE dead_at > 0 \
                   ORDER BY dead_at DESC, ledger, seq LIMIT $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.inner.database.rows(sql, params![limit]).await?;
        let letter = |row: &Row| {
            Ok(DeadLetter {
                ledger: LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?,
                seq: row.int(1)?,
                topic: row.text(2)?,
                failure: row.text(3)?,
                dead_at: instant(row, 4)?,
            })
        };
        rows.iter().map(letter).collect()
    }

    /// Puts a dead letter back into the outbox, as if it had never been tried. False if there is
    /// no such letter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revive_dead_letter(
        &self,
        ledger: &LedgerId,
        seq: i64,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE outbox SET dead_at = 0, tries = 0, claimed_until = 0 \
                   WHERE ledger = $1 AND seq = $2 AND dead_at > 0";
        Ok(self.inner.database.execute(sql, params![ledger.as_str(), seq]).await? == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_twice_the_last_and_never_longer_than_six_hours() {
        assert_eq!(wait(1).as_secs(), 15);
        assert_eq!(wait(2).as_secs(), 30);
        assert_eq!(wait(40).as_secs(), WAIT_SECONDS_MAX);
    }
}
