//! What the program does by itself when a time has come: once, however many processes run.

use domain::cases::WakeCase;
use domain::command::Envelope;
use domain::ids::{CommandId, LedgerId};
use domain::modes::ExpireModes;
use domain::stock::ExpireHolds;
use domain::{Actor, Command, Key, Kind};
use jiff::Timestamp;

use crate::sql::params;
use crate::{Store, StoreError, rows};

/// The most things that are woken at a time.
const WOKEN_MAX: usize = 256;

impl Store {
    /// What is due, the longest due first, with the instant at which it was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(LedgerId, Key, Timestamp)>, StoreError> {
        let sql = "SELECT ledger, kind, id, wake_at FROM thing WHERE wake_at > 0 AND wake_at <= $1 \
                   ORDER BY wake_at, ledger, kind, id LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut due = Vec::new();
        for row in self.inner.database.rows(sql, params![now.as_millisecond(), limit]).await? {
            let ledger = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
            let at = Timestamp::from_millisecond(row.int(3)?).map_err(StoreError::damaged)?;
            due.push((ledger, Key::new(rows::kind(&row.text(1)?)?, &row.text(2)?), at));
        }
        Ok(due)
    }

    /// Does what is due by the store's clock; says how many commands led to something. Call again
    /// until nothing is left.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn wake(&self) -> Result<usize, StoreError> {
        let now = self.now();
        let refused = self.refused(|refused| refused.len());
        let mut commands = Vec::new();
        for (ledger, key, at) in self.due(now, WOKEN_MAX + refused).await? {
            let name = format!("{ledger}/{}/{}/{}", key.kind.name(), key.id, at.as_millisecond());
            if self.refused(|refused| refused.contains(&name)) {
                continue;
            }
            let Some(command) = command(&key)? else { continue };
            let id =
                uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, format!("wake/{name}").as_bytes());
            let id = CommandId::new(format!("wake-{id}")).map_err(StoreError::damaged)?;
            let envelope = Envelope { id, ledger, command, device: None, occurred_at: now };
            commands.push((name, envelope));
        }
        let (names, envelopes): (Vec<String>, Vec<Envelope>) = commands.into_iter().unzip();
        let given = envelopes.into_iter().map(|envelope| (envelope, Actor::system())).collect();
        let answers = self.submit_all(given).await;
        let answers = answers.map_err(|error| StoreError::Unfit(error.to_string()))?;
        let mut done = 0;
        for (name, answer) in names.into_iter().zip(answers) {
            match answer.outcome {
                Ok(_) if !answer.repeated => done += 1,
                Ok(_) => {}
                Err(refusal) => {
                    tracing::warn!(
                        what = name,
                        code = refusal.code.name(),
                        "what is due was refused"
                    );
                    self.refused(|refused| refused.insert(name));
                }
            }
        }
        Ok(done)
    }

    fn refused<T>(&self, see: impl FnOnce(&mut std::collections::HashSet<String>) -> T) -> T {
        let mut refused =
            self.inner.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        see(&mut refused)
    }
}

/// The command that wakes a thing.
fn command(key: &Key) -> Result<Option<Command>, StoreError> {
    Ok(match key.kind {
        Kind::Modes => Some(ExpireModes {}.into()),
        Kind::Pool => {
            let pool = key.id.parse().map_err(StoreError::damaged)?;
            Some(ExpireHolds { pool }.into())
        }
        Kind::Case => {
            let case = key.id.parse().map_err(StoreError::damaged)?;
            Some(WakeCase { case }.into())
        }
        _ => None,
    })
}
