//! Values whose purpose has ended: which are due, and a signed certificate when they are gone.

use domain::command::Envelope;
use domain::ids::{CommandId, LedgerId, PurposeId};
use domain::people::DestroyValues;
use domain::{Actor, Fact};
use jiff::{SignedDuration, Timestamp};

use crate::sql::params;
use crate::{Answer, Store, StoreError, SubmitError, queries, vault};

/// Values that are due to be destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destruction {
    /// The ledger.
    pub ledger: LedgerId,
    /// The purpose that has ended.
    pub purpose: PurposeId,
    /// Values given before this instant.
    pub before: Timestamp,
}

/// What was destroyed, signed by the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// What it says: one line of text, the same for the same fact.
    pub text: String,
    /// Ed25519 over the text, in hexadecimal.
    pub signature: String,
    /// The key to check it by, in hexadecimal.
    pub public_key: String,
}

impl Store {
    /// Values whose purpose has ended and whose retention has passed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn due_destructions(&self, now: Timestamp) -> Result<Vec<Destruction>, StoreError> {
        let sql = "SELECT ledger, purpose, MIN(given_at) FROM vault GROUP BY ledger, purpose ORDER BY ledger, purpose";
        let mut due = Vec::new();
        for row in self.inner.database.rows(sql, params![]).await? {
            let ledger = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
            let purpose: PurposeId = row.text(1)?.parse().map_err(StoreError::damaged)?;
            let first = Timestamp::from_millisecond(row.int(2)?).map_err(StoreError::damaged)?;
            let before = self.ended(&ledger, &purpose, now).await?;
            if let Some(before) = before.filter(|before| first < *before) {
                due.push(Destruction { ledger, purpose, before });
            }
        }
        Ok(due)
    }

    /// Values given before which instant are to go, by the packs and modes of a ledger.
    async fn ended(
        &self,
        ledger: &LedgerId,
        purpose: &PurposeId,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let days = |days: u16| SignedDuration::from_hours(24 * i64::from(days));
        let mut ended: Option<Timestamp> = None;
        for (above, modes) in self.modes_above(ledger).await? {
            let keeps = |retention: &[(PurposeId, u16)]| {
                retention.iter().find(|(it, _)| it == purpose).map(|(_, days)| *days)
            };
            if modes.active.values().any(|declared| keeps(&declared.retention).is_some()) {
                return Ok(None);
            }
            for (mode, declared) in &modes.ended {
                let Some(kept) = keeps(&declared.retention) else { continue };
                let end =
                    self.mode_ended(&above, mode).await?.unwrap_or(declared.until) + days(kept);
                if end > now {
                    return Ok(None);
                }
                // What came in after the end, from a phone that was away, has its own clock; what
                // was there before it is older than that.
                ended = ended.max(Some(now - days(kept)));
            }
        }
        if ended.is_some() {
            return Ok(ended);
        }
        let Some(rules) = self.rules(ledger).await? else { return Ok(None) };
        // Of a mode's purpose too: while no such mode is or was in force, nothing else ends it.
        Ok(rules.days_kept(purpose).map(|kept| now - days(kept)))
    }

    /// Destroys what is due, as the program itself.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn destroy_due(&self) -> Result<Vec<Certificate>, StoreError> {
        let mut certificates = Vec::new();
        for due in self.due_destructions(self.now()).await? {
            let name =
                format!("destroy/{}/{}/{}", due.ledger, due.purpose, due.before.as_millisecond());
            let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes());
            let id = CommandId::new(format!("destroy-{id}")).map_err(StoreError::damaged)?;
            let destroy = DestroyValues {
                purpose: Some(due.purpose),
                person: None,
                persons: 0,
                values: 0,
                before: due.before,
            };
            let answer = self.destroy_one(&due.ledger, id, destroy, Actor::system()).await;
            let (_, certificate) = answer.map_err(|error| StoreError::Unfit(error.to_string()))?;
            certificates.extend(certificate);
        }
        // Also what a command or a process that was killed has left.
        self.forget_old_pages().await?;
        Ok(certificates)
    }

    /// How many persons have values, and how many values there are, that would be destroyed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn count_values(
        &self,
        ledger: &LedgerId,
        destroy: &DestroyValues,
    ) -> Result<(u64, u64), StoreError> {
        let mut link = self.inner.database.read().await?;
        vault::count(&mut link, ledger, destroy).await
    }

    /// Destroys values, and certifies what was destroyed.
    ///
    /// # Errors
    /// When the store fails; a refusal is in the answer.
    pub async fn destroy(
        &self,
        ledger: &LedgerId,
        id: CommandId,
        destroy: DestroyValues,
        actor: Actor,
    ) -> Result<(Answer, Option<Certificate>), SubmitError> {
        let destroyed = self.destroy_one(ledger, id, destroy, actor).await?;
        let failed = |error| SubmitError::Failed(std::sync::Arc::new(error));
        self.forget_old_pages().await.map_err(failed)?;
        Ok(destroyed)
    }

    async fn destroy_one(
        &self,
        ledger: &LedgerId,
        id: CommandId,
        destroy: DestroyValues,
        actor: Actor,
    ) -> Result<(Answer, Option<Certificate>), SubmitError> {
        let (ledger, occurred_at) = (ledger.clone(), self.now());
        let command = destroy.into();
        let envelope = Envelope { id, ledger: ledger.clone(), command, device: None, occurred_at };
        let answer = self.submit(envelope, actor).await?;
        let failed = |error| SubmitError::Failed(std::sync::Arc::new(error));
        let mut certificate = None;
        if let Ok(done) = &answer.outcome
            && let Some((seq, _)) = done.facts.first()
        {
            certificate = self.certificate(&ledger, *seq).await.map_err(failed)?;
        }
        Ok((answer, certificate))
    }

    /// Removes the traces of what was destroyed, once for all that was.
    async fn forget_old_pages(&self) -> Result<(), StoreError> {
        let mut link = self.inner.database.write().await?;
        if !vault::unscrubbed(&mut link).await? {
            return Ok(());
        }
        self.remove_gone_files(&mut link).await?;
        match vault::scrub(&mut link).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!("a reader is in the way of removing traces; it is tried again");
                return Ok(());
            }
            Err(error) => {
                link.roll_back().await;
                return Err(error);
            }
        }
        let sql = "UPDATE setting SET value = 0 WHERE ledger = 'root' AND name = 'unscrubbed'";
        link.execute(sql, params![]).await.map(drop)
    }

    /// The certificate of a destruction by its fact; none if the fact is no destruction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn certificate(
        &self,
        ledger: &LedgerId,
        seq: i64,
    ) -> Result<Option<Certificate>, StoreError> {
        let mut link = self.inner.database.read().await?;
        let facts = queries::facts(&mut link, ledger.as_str(), seq - 1, seq).await?;
        let Some(recorded) = facts.first() else { return Ok(None) };
        let Fact::ValuesDestroyed { .. } = &recorded.fact else { return Ok(None) };
        let (body, at) = (recorded.fact.body(), recorded.recorded_at);
        let text = format!("linli destruction {ledger} {seq} {at} {body}");
        let signature = crate::keys::hex(&self.inner.keys.sign(text.as_bytes()));
        let public_key = crate::keys::hex(&self.inner.keys.public());
        Ok(Some(Certificate { text, signature, public_key }))
    }
}
