//! The peer on PostgreSQL: the same rows by one statement a table with arrays, one transaction a
//! batch, one connection.

use std::time::Instant;

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

/// The tables that registering a household writes, their columns that make a row the next one's,
/// and the type of the row.
const TABLES: &[&str] = &["fact", "touch", "command", "thing"];

/// Makes an empty database beside another on the same server; its address.
pub(crate) async fn new_database(server: &str, name: &str) -> Result<String> {
    let mut link = PgConnection::connect(server).await?;
    for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut link).await?;
    }
    let (front, _) = server.rsplit_once('/').unwrap_or((server, ""));
    Ok(format!("{front}/{name}"))
}

/// The rows that were written, by table, each as the text of its composite type.
pub(crate) async fn written(database: &str, name: &str) -> Result<Vec<Vec<String>>> {
    let mut link = PgConnection::connect(database).await?;
    // Without it the joins below are planned as if the tables were empty.
    sqlx::query("ANALYZE").execute(&mut link).await?;
    let like = format!("{name}-%");
    let mut tables = Vec::new();
    for sql in [
        "SELECT f::text FROM fact f WHERE command LIKE $1 ORDER BY seq",
        "SELECT t::text FROM touch t JOIN fact f ON f.ledger = t.ledger AND f.seq = t.seq WHERE f.command LIKE $1 ORDER BY t.seq",
        "SELECT c::text FROM command c JOIN fact f ON f.ledger = c.ledger AND f.command = c.id WHERE c.id LIKE $1 ORDER BY f.seq",
        "SELECT t::text FROM thing t JOIN fact f ON f.ledger = t.ledger AND f.command = t.id WHERE t.id LIKE $1 AND t.kind = 'household' ORDER BY f.seq",
    ] {
        let rows = sqlx::query(sql).bind(&like).fetch_all(&mut link).await?;
        tables.push(rows.iter().map(|row| row.get::<String, _>(0)).collect());
    }
    Ok(tables)
}

/// Writes them again after they were taken away, so many commands a transaction; commands a
/// second.
pub(crate) async fn write(database: &str, tables: &[Vec<String>], batch: usize) -> Result<f64> {
    let mut link = PgConnection::connect(database).await?;
    for table in TABLES {
        let sql = AssertSqlSafe(format!("DELETE FROM {table}"));
        sqlx::query(sql).execute(&mut link).await?;
    }
    sqlx::query("VACUUM").execute(&mut link).await?;
    let commands = tables[0].len();
    let began = Instant::now();
    let mut first = 0;
    while first < commands {
        let next = (first + batch).min(commands);
        let mut transaction = link.begin().await?;
        for (table, rows) in TABLES.iter().zip(tables) {
            // Every command has the same number of rows in a table.
            let each = rows.len() / commands;
            let rows = &rows[first * each..next * each];
            let sql = format!("INSERT INTO {table} SELECT * FROM unnest($1::text[]::{table}[])");
            sqlx::query(AssertSqlSafe(sql)).bind(rows).execute(&mut *transaction).await?;
        }
        let head = "UPDATE head SET seq = $1 WHERE ledger = 'community'";
        sqlx::query(head).bind(i64::try_from(next)?).execute(&mut *transaction).await?;
        transaction.commit().await?;
        first = next;
    }
    Ok(commands as f64 / began.elapsed().as_secs_f64())
}
