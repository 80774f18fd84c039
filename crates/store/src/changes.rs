//! The change feed across processes: on PostgreSQL each commit tells the others what it wrote.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use domain::Recorded;
use domain::ids::LedgerId;
use sqlx::postgres::PgListener;

use crate::sql::{Connection, Database, params};
use crate::store::Inner;
use crate::{Store, StoreError};

const CHANNEL: &str = "linli_facts";
/// How long a store that was dropped may still be listened for.
const LOOKS_UP_EVERY: Duration = Duration::from_secs(5);

impl Inner {
    /// Tells other processes, at the commit, which facts there are.
    pub(crate) async fn notify(
        &self,
        link: &mut Connection,
        facts: &[Recorded],
    ) -> Result<(), StoreError> {
        if !link.is_postgres() {
            return Ok(());
        }
        let mut spans: BTreeMap<&LedgerId, (i64, i64)> = BTreeMap::new();
        for fact in facts {
            let span = spans.entry(&fact.ledger).or_insert((fact.seq, fact.seq));
            span.1 = fact.seq;
        }
        for (ledger, (from, to)) in spans {
            let note = format!("{} {ledger} {from} {to}", self.process);
            link.rows("SELECT pg_notify($1, $2)::text", params![CHANNEL, note]).await?;
        }
        Ok(())
    }
}

impl Store {
    /// Follows what other processes write.
    pub(crate) async fn listen(&self) -> Result<(), StoreError> {
        let Database::Postgres(pool) = &self.inner.database else { return Ok(()) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        let mut ear = Ear::default();
        for (ledger, seq) in heads(&self.inner).await? {
            ear.heard.insert(ledger, seq);
        }
        tokio::spawn(follow(listener, Arc::downgrade(&self.inner), ear));
        Ok(())
    }
}

/// What this process has heard of.
#[derive(Default)]
struct Ear {
    /// Up to which fact, by ledger.
    heard: BTreeMap<String, i64>,
    /// Whether notes may have been lost since.
    behind: bool,
}

async fn heads(inner: &Inner) -> Result<Vec<(String, i64)>, StoreError> {
    let mut link = inner.database.read().await?;
    let rows = link.rows("SELECT ledger, seq FROM head WHERE seq > 0", params![]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}

async fn follow(mut listener: PgListener, inner: Weak<Inner>, mut ear: Ear) {
    loop {
        // Now and then it looks whether anybody is left for whom it listens.
        let note = tokio::time::timeout(LOOKS_UP_EVERY, listener.try_recv()).await;
        let Some(inner) = inner.upgrade() else { return };
        let passed_on = match note {
            Err(_) if !ear.behind => continue,
            // It may still be cut off: what is missing is read, and looked for again.
            Err(_) => ear.catch_up(&inner).await,
            Ok(Ok(Some(note))) => match ear.pass_on(&inner, note.payload()).await {
                Ok(()) if ear.behind => ear.catch_up(&inner).await.map(|()| ear.behind = false),
                passed_on => passed_on,
            },
            // Cut off, and listening again: what was written meanwhile is read.
            Ok(Ok(None)) => {
                ear.behind = true;
                ear.catch_up(&inner).await.map(|()| ear.behind = false)
            }
            // A store that closes waits until this connection is given back.
            Ok(Err(_)) if inner.database.is_closed() => return,
            Ok(Err(error)) => {
                ear.behind = true;
                tokio::time::sleep(Duration::from_millis(200)).await;
                Err(error.into())
            }
        };
        if let Err(error) = passed_on {
            ear.behind = true;
            tracing::warn!(%error, "changes of other processes come later");
        }
    }
}

impl Ear {
    /// Passes on the facts that a note of another process speaks of.
    async fn pass_on(&mut self, inner: &Inner, note: &str) -> Result<(), StoreError> {
        let parts: Vec<&str> = note.split(' ').collect();
        let [process, ledger, from, to] = parts[..] else { return Ok(()) };
        let (Ok(from), Ok(to)) = (from.parse::<i64>(), to.parse::<i64>()) else { return Ok(()) };
        let heard = self.heard.get(ledger).copied().unwrap_or_default();
        if process != inner.process {
            tell(inner, ledger, heard.max(from - 1), to).await?;
        }
        // While notes are missing, only what has been read counts as heard.
        if !self.behind {
            self.heard.insert(ledger.to_owned(), heard.max(to));
        }
        Ok(())
    }

    /// Passes on what has been written since it last heard; some of it may be told twice.
    async fn catch_up(&mut self, inner: &Inner) -> Result<(), StoreError> {
        for (ledger, seq) in heads(inner).await? {
            let heard = self.heard.get(&ledger).copied().unwrap_or_default();
            if seq > heard {
                tell(inner, &ledger, heard, seq).await?;
                self.heard.insert(ledger, seq);
            }
        }
        Ok(())
    }
}

/// Sends facts of a ledger, after one and up to another, to whoever listens in this process.
async fn tell(inner: &Inner, ledger: &str, after: i64, to: i64) -> Result<(), StoreError> {
    if inner.changes.receiver_count() == 0 || after >= to {
        return Ok(());
    }
    let mut link = inner.database.read().await?;
    for fact in crate::queries::facts(&mut link, ledger, after, to).await? {
        drop(inner.changes.send(Arc::new(fact)));
    }
    Ok(())
}
