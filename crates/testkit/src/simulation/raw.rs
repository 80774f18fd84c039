//! The rows and bytes of a store as anybody with the database and the disk would see them.

use std::path::Path;

use sqlx::{AssertSqlSafe, Column as _, Connection as _, PgConnection, Row as _, SqliteConnection};

use super::deployment::Deployment;

/// A connection beside the store.
enum Link {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Link {
    async fn to(deployment: &Deployment) -> Result<Self, sqlx::Error> {
        Ok(match &deployment.options.database {
            Some(url) => Self::Postgres(PgConnection::connect(url).await?),
            None => {
                let path = deployment.options.folder.join("linli.db");
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
                let options = options.busy_timeout(std::time::Duration::from_secs(30));
                Self::Sqlite(SqliteConnection::connect_with(&options).await?)
            }
        })
    }

    async fn lines(&mut self, sql: &str) -> Result<Vec<Vec<String>>, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(link) => {
                let rows = sqlx::query(sql).fetch_all(link).await?;
                rows.iter().map(|row| cells!(row)).collect()
            }
            Self::Postgres(link) => {
                let rows = sqlx::query(sql).fetch_all(link).await?;
                rows.iter().map(|row| cells!(row)).collect()
            }
        })
    }
}

/// The cells of a row as texts: texts as they are, numbers in digits, bytes in hexadecimal.
macro_rules! cells {
    ($row:expr) => {
        $row.columns()
            .iter()
            .map(|column| {
                let at = column.ordinal();
                let number = || $row.try_get::<i64, _>(at).map(|number| number.to_string());
                let bytes = || $row.try_get::<Vec<u8>, _>(at).map(|bytes| hex(&bytes));
                $row.try_get::<String, _>(at)
                    .or_else(|_| number())
                    .or_else(|_| bytes())
                    .unwrap_or_default()
            })
            .collect()
    };
}
use cells;

/// Bytes as hexadecimal text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Rows that a query gives, each as its cells.
pub(crate) fn rows(deployment: &Deployment, sql: &str) -> Result<Vec<Vec<String>>, String> {
    let asked = async { Link::to(deployment).await?.lines(sql).await };
    deployment.wait(asked).map_err(|error| format!("{}: {sql}: {error}", deployment.name))
}

/// All rows of a table in an order of their own, each as one line.
pub(crate) fn dump(deployment: &Deployment, table: &str) -> Result<Vec<String>, String> {
    let rows = rows(deployment, &format!("SELECT * FROM {table}"))?;
    let mut lines: Vec<String> = rows.iter().map(|cells| cells.join("|")).collect();
    lines.sort();
    Ok(lines)
}

/// The names of all tables.
pub(crate) fn tables(deployment: &Deployment) -> Result<Vec<String>, String> {
    let sql = match deployment.options.database {
        Some(_) => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        None => "SELECT name FROM sqlite_master WHERE type = 'table'",
    };
    Ok(rows(deployment, sql)?.into_iter().flatten().collect())
}

/// Runs a statement behind the store's back.
pub(crate) fn run(deployment: &Deployment, sql: &str) -> Result<(), String> {
    rows(deployment, sql).map(drop)
}

/// The first file below a folder that holds the bytes.
pub(crate) fn file_with(folder: &Path, bytes: &[u8]) -> Result<Option<String>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            if let Some(found) = file_with(&path, bytes)? {
                return Ok(Some(found));
            }
        } else {
            let content = std::fs::read(&path).map_err(|error| error.to_string())?;
            if content.windows(bytes.len()).any(|window| window == bytes) {
                return Ok(Some(path.display().to_string()));
            }
        }
    }
    Ok(None)
}
