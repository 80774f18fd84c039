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
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(follow(listener, inner));
        Ok(())
    }
}

async fn follow(mut listener: PgListener, inner: Weak<Inner>) {
    loop {
        // Now and then it looks whether anybody is left for whom it listens.
        let note = tokio::time::timeout(LOOKS_UP_EVERY, listener.recv()).await;
        let Some(inner) = inner.upgrade() else { return };
        let passed_on = match note {
            Err(_) => continue,
            Ok(Ok(note)) => pass_on(&inner, note.payload()).await,
            // A store that closes waits until this connection is given back.
            Ok(Err(_)) if inner.database.is_closed() => return,
            Ok(Err(error)) => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Err(error.into())
            }
        };
        if let Err(error) = passed_on {
            tracing::warn!(%error, "changes of other processes may be missing");
        }
    }
}

async fn pass_on(inner: &Inner, note: &str) -> Result<(), StoreError> {
    let parts: Vec<&str> = note.split(' ').collect();
    let [process, ledger, from, to] = parts[..] else { return Ok(()) };
    if process == inner.process || inner.changes.receiver_count() == 0 {
        return Ok(());
    }
    let (Ok(from), Ok(to)) = (from.parse::<i64>(), to.parse::<i64>()) else { return Ok(()) };
    let mut link = inner.database.read().await?;
    for fact in crate::queries::facts(&mut link, ledger, from - 1, to).await? {
        drop(inner.changes.send(Arc::new(fact)));
    }
    Ok(())
}
