//! The peer on SQLite: a plain loop that writes the same rows into the same tables, with prepared
//! statements, one transaction a batch, and the same durability.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use rusqlite::Connection;
use rusqlite::types::Value;

/// The tables that registering a household writes, in order, and what tells rows of a batch apart.
const TABLES: &[&str] = &["fact", "touch", "command", "thing"];

/// The rows of one command, by table.
type Rows = Vec<(usize, Vec<Value>)>;

/// Rows by command, in the order of their facts, and the last head.
pub(crate) struct Written {
    commands: Vec<Rows>,
    columns: Vec<usize>,
    figures: Vec<Vec<Value>>,
}

fn open(folder: &Path) -> Result<Connection> {
    let link = Connection::open(folder.join("linli.db"))?;
    link.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; \
         PRAGMA temp_store = MEMORY;",
    )?;
    Ok(link)
}

/// Reads back what registering households wrote: one fact, its touches, the answer, the thing.
pub(crate) fn written(folder: &Path, name: &str) -> Result<Written> {
    let link = open(folder)?;
    let mut by_command: BTreeMap<String, Rows> = BTreeMap::new();
    let mut columns = Vec::new();
    let mut order: Vec<String> = Vec::new();
    let mut of_seq: BTreeMap<i64, String> = BTreeMap::new();
    for (table, sql) in [
        (0, "SELECT command, seq, * FROM fact WHERE command LIKE ?1 ORDER BY seq"),
        (
            1,
            "SELECT '', seq, * FROM touch WHERE seq IN (SELECT seq FROM fact WHERE command LIKE ?1)",
        ),
        (2, "SELECT id, 0, * FROM command WHERE id LIKE ?1"),
        (3, "SELECT id, 0, * FROM thing WHERE id LIKE ?1 AND kind = 'household'"),
    ] {
        let mut query = link.prepare(sql)?;
        let count = query.column_count() - 2;
        columns.push(count);
        let mut rows = query.query([format!("{name}-%")])?;
        while let Some(row) = rows.next()? {
            let (mut command, seq): (String, i64) = (row.get(0)?, row.get(1)?);
            if table == 0 {
                order.push(command.clone());
                of_seq.insert(seq, command.clone());
            }
            if table == 1 {
                command.clone_from(of_seq.get(&seq).context("a touch has its fact")?);
            }
            let values: rusqlite::Result<Vec<Value>> =
                (0..count).map(|column| row.get(column + 2)).collect();
            by_command.entry(command).or_default().push((table, values?));
        }
    }
    let mut query = link.prepare("SELECT * FROM figure WHERE ledger = 'community'")?;
    let rows = query.query_map([], |row| (0..5).map(|column| row.get(column)).collect())?;
    let figures: rusqlite::Result<Vec<Vec<Value>>> = rows.collect();
    let commands = order.iter().filter_map(|command| by_command.remove(command)).collect();
    Ok(Written { commands, columns, figures: figures? })
}

/// Writes the same rows into a fresh copy, so many commands a transaction; commands a second.
pub(crate) fn write(folder: &Path, written: &Written, batch: usize) -> Result<f64> {
    let mut link = open(folder)?;
    let inserts: Vec<String> = TABLES
        .iter()
        .zip(&written.columns)
        .map(|(table, columns)| {
            format!("INSERT INTO {table} VALUES ({})", vec!["?"; *columns].join(", "))
        })
        .collect();
    let head = "INSERT INTO head (ledger, seq, hash, signed, basis) VALUES ('community', ?1, ?2, 0, '') \
                ON CONFLICT (ledger) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
    let figure = "INSERT INTO figure VALUES (?, ?, ?, ?, ?) ON CONFLICT (ledger, indicator, place, day) \
                  DO UPDATE SET thousandths = figure.thousandths + excluded.thousandths";
    let began = Instant::now();
    for (number, commands) in written.commands.chunks(batch).enumerate() {
        let transaction =
            link.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for rows in commands {
            for (table, values) in rows {
                let mut insert = transaction.prepare_cached(&inserts[*table])?;
                insert.execute(rusqlite::params_from_iter(values))?;
            }
        }
        for values in &written.figures {
            let mut upsert = transaction.prepare_cached(figure)?;
            upsert.execute(rusqlite::params_from_iter(values))?;
        }
        let mut upsert = transaction.prepare_cached(head)?;
        upsert.execute((i64::try_from(number * batch)?, [0_u8; 32]))?;
        drop(upsert);
        transaction.commit()?;
    }
    Ok(written.commands.len() as f64 / began.elapsed().as_secs_f64())
}
