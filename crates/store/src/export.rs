//! Facts as lines of JSON: out for anybody, and in again into an empty store.

use std::io::{BufRead, Write};

use domain::ids::LedgerId;

use crate::chain::{FactRow, Hash};
use crate::replay::{Progress, count, ledgers, page};
use crate::sql::{Param, params};
use crate::{Store, StoreError, rows};

/// How many facts are written at a time.
const PAGE: usize = 1000;

impl Store {
    /// Writes all facts as lines of JSON, ledger by ledger; no personal values are among them.
    ///
    /// # Errors
    /// When the database cannot be read or the lines cannot be written.
    pub async fn export(
        &self,
        to: &mut (dyn Write + Send),
        progress: Progress<'_>,
    ) -> Result<u64, StoreError> {
        self.export_of(None, to, progress).await
    }

    /// Writes the facts of one ledger, or of all, as lines of JSON.
    ///
    /// # Errors
    /// When the database cannot be read or the lines cannot be written.
    pub async fn export_of(
        &self,
        only: Option<&LedgerId>,
        to: &mut (dyn Write + Send),
        progress: Progress<'_>,
    ) -> Result<u64, StoreError> {
        let mut link = self.inner.database.read().await?;
        let all = match only {
            Some(ledger) => u64::try_from(self.last_seq(ledger).await?).unwrap_or(0),
            None => count(&mut link).await?,
        };
        let ledgers = match only {
            Some(ledger) => vec![ledger.clone()],
            None => ledgers(&mut link).await?,
        };
        let mut done = 0;
        for ledger in ledgers {
            let mut after = 0;
            loop {
                let facts = page(&mut link, ledger.as_str(), after).await?;
                let Some(last) = facts.last() else { break };
                after = last.seq;
                done += facts.len() as u64;
                for fact in facts {
                    let line = serde_json::to_string(&fact).map_err(StoreError::damaged)?;
                    writeln!(to, "{line}").map_err(|error| StoreError::Unfit(error.to_string()))?;
                }
                progress(done, all);
            }
        }
        Ok(done)
    }

    /// Takes the facts of an export into a store that holds nothing but its own beginning, and
    /// makes the views. The chain of the export is checked line by line.
    ///
    /// # Errors
    /// When the store is not new, or a line does not fit: then nothing was taken.
    pub async fn load_export(
        &self,
        from: &mut (dyn BufRead + Send),
        progress: Progress<'_>,
    ) -> Result<u64, StoreError> {
        let mut link = self.inner.database.write().await?;
        link.begin().await?;
        let taken = take(&mut link, from).await;
        match taken {
            Ok(_) => link.commit().await?,
            Err(error) => {
                link.roll_back().await;
                return Err(error);
            }
        }
        drop(link);
        self.rebuild(progress).await
    }
}

async fn take(
    link: &mut crate::sql::Connection,
    from: &mut (dyn BufRead + Send),
) -> Result<(), StoreError> {
    if count(link).await? > 1 {
        return Err(StoreError::Unfit("an export is loaded into a new store only".to_owned()));
    }
    for table in ["fact", "command", "head", "signed_head"] {
        link.execute(&format!("DELETE FROM {table}"), params![]).await?;
    }
    let mut heads: std::collections::BTreeMap<String, (i64, Hash)> =
        std::collections::BTreeMap::new();
    let mut facts: Vec<Vec<Param>> = Vec::new();
    let mut text = String::new();
    loop {
        text.clear();
        let read =
            from.read_line(&mut text).map_err(|error| StoreError::Unfit(error.to_string()))?;
        if read == 0 {
            break;
        }
        let mut row: FactRow = serde_json::from_str(&text).map_err(StoreError::damaged)?;
        let head = heads.entry(row.ledger.clone()).or_insert((0, [0; 32]));
        let hash = row.chained(&head.1);
        if row.seq != head.0 + 1 || row.hash != hash {
            let what = format!("ledger {}, fact {}: the chain does not fit", row.ledger, row.seq);
            return Err(StoreError::Damaged(what));
        }
        *head = (row.seq, hash);
        row.hash = hash.to_vec();
        facts.push(row.params());
        if facts.len() == PAGE {
            link.write(&rows::FACTS, std::mem::take(&mut facts)).await?;
        }
    }
    link.write(&rows::FACTS, facts).await?;
    let heads =
        heads.into_iter().map(|(ledger, (seq, hash))| params![ledger, seq, hash.as_slice(), 0, ""]);
    link.write(&rows::HEADS, heads.collect()).await?;
    let sql = "UPDATE setting SET value = value + 1 WHERE ledger = 'root' AND name = 'revision'";
    link.execute(sql, params![]).await.map(drop)
}
