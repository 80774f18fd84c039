//! The tables, as numbered texts that both databases understand after a few words are filled in.

use crate::StoreError;
use crate::sql::{Connection, params};

/// Every change of the tables, in order. Never edited after a release: add one below.
const STEPS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("schema_second.sql"),
    include_str!("schema_third.sql"),
    include_str!("schema_fourth.sql"),
    // Views hold more than earlier programs wrote: people and households have versions.
    include_str!("schema_fifth.sql"),
];

/// The text of a step for a database.
fn filled(step: &str, postgres: bool) -> String {
    let (text, blob, keyed) = match postgres {
        true => ("TEXT COLLATE \"C\"", "BYTEA", ""),
        false => ("TEXT", "BLOB", "WITHOUT ROWID"),
    };
    step.replace("{text}", text).replace("{blob}", blob).replace("{keyed}", keyed)
}

/// How many steps the program knows.
pub(crate) fn known() -> usize {
    STEPS.len()
}

/// Brings the tables up to date.
pub(crate) async fn migrate(link: &mut Connection) -> Result<(), StoreError> {
    let postgres = link.is_postgres();
    if postgres {
        // Several processes that start at once wait for each other here.
        link.rows("SELECT pg_advisory_xact_lock(7301125)::text", params![]).await?;
    }
    let name = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
    link.script(&format!(
        "CREATE TABLE IF NOT EXISTS migration (ledger {name} NOT NULL, step BIGINT NOT NULL, \
         PRIMARY KEY (ledger, step))"
    ))
    .await?;
    let done = link.rows("SELECT step FROM migration ORDER BY step", params![]).await?.len();
    if done > STEPS.len() {
        return Err(StoreError::Unfit(
            "the database is of a newer version than the program".to_owned(),
        ));
    }
    for (step, text) in STEPS.iter().enumerate().skip(done) {
        link.script(&filled(text, postgres)).await?;
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        link.execute("INSERT INTO migration (ledger, step) VALUES ('root', $1)", params![step])
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unique_key_begins_with_the_ledger_and_no_foreign_key_is_there() {
        let all = STEPS.concat();
        let tables = all.matches("CREATE TABLE").count();
        assert_eq!(tables, all.matches("PRIMARY KEY (ledger").count());
        assert_eq!(tables, all.matches("PRIMARY KEY").count());
        assert!(!all.contains("UNIQUE") && !all.contains("REFERENCES"));
    }
}
