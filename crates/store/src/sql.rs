//! One way to speak SQL to both databases: parameters, rows, and writes of many rows at once.

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, PgPool, Postgres, Row as _, Sqlite, SqlitePool};

use crate::StoreError;

/// The most rows in one statement on SQLite, where each value is a parameter of its own.
const SQLITE_ROWS_MAX: usize = 512;

/// The database behind the store.
#[derive(Clone)]
pub(crate) enum Database {
    /// One connection that writes, and others that read and never wait for it.
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    /// Any number of connections.
    Postgres(PgPool),
}

/// A connection of either kind.
pub(crate) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A value on its way into a statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Param {
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<i64> for Param {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Param {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Param {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&[u8]> for Param {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl From<Vec<u8>> for Param {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

/// Builds a list of parameters from anything that can be one.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Param::from($value)),*] };
}
pub(crate) use params;

/// A row that was read.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn blob(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
}

/// What kind of values a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Int,
    Text,
    Blob,
}

impl Type {
    fn array(self) -> &'static str {
        match self {
            Self::Int => "int8[]",
            Self::Text => "text[]",
            Self::Blob => "bytea[]",
        }
    }
}

/// A statement that takes many rows: text before them, their columns, text after them.
pub(crate) struct Many {
    pub(crate) before: &'static str,
    pub(crate) columns: &'static [Type],
    pub(crate) after: &'static str,
}

impl Database {
    /// A connection that may write.
    pub(crate) async fn write(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Connection::Sqlite(writer.acquire().await?),
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        })
    }

    /// A connection that only reads.
    pub(crate) async fn read(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Connection::Sqlite(readers.acquire().await?),
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        })
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Whether it has been closed, or is closing.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Sqlite { writer, .. } => writer.is_closed(),
            Self::Postgres(pool) => pool.is_closed(),
        }
    }

    /// Reads rows outside of any transaction.
    pub(crate) async fn rows(&self, sql: &str, with: Vec<Param>) -> Result<Vec<Row>, StoreError> {
        self.read().await?.rows(sql, with).await
    }

    /// Reads at most one row outside of any transaction.
    pub(crate) async fn row(&self, sql: &str, with: Vec<Param>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, with).await?.into_iter().next())
    }

    /// Changes something by one statement of its own.
    pub(crate) async fn execute(&self, sql: &str, with: Vec<Param>) -> Result<u64, StoreError> {
        self.write().await?.execute(sql, with).await
    }
}

impl Connection {
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Runs a statement and gives the number of rows that it changed.
    pub(crate) async fn execute(&mut self, sql: &str, with: Vec<Param>) -> Result<u64, StoreError> {
        let sql = AssertSqlSafe(sql);
        Ok(match self {
            Self::Sqlite(link) => {
                let query = sqlx::query_with(sql, sqlite_arguments(with)?);
                query.execute(&mut **link).await?.rows_affected()
            }
            Self::Postgres(link) => {
                let query = sqlx::query_with(sql, postgres_arguments(with)?);
                query.execute(&mut **link).await?.rows_affected()
            }
        })
    }

    /// Runs a query and gives its rows.
    pub(crate) async fn rows(
        &mut self,
        sql: &str,
        with: Vec<Param>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = AssertSqlSafe(sql);
        Ok(match self {
            Self::Sqlite(link) => {
                let query = sqlx::query_with(sql, sqlite_arguments(with)?);
                query.fetch_all(&mut **link).await?.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(link) => {
                let query = sqlx::query_with(sql, postgres_arguments(with)?);
                query.fetch_all(&mut **link).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs several statements that take no parameters.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(link) => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **link).await?;
            }
            Self::Postgres(link) => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **link).await?;
            }
        }
        Ok(())
    }

    /// Begins a transaction that will write.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        let begin = if self.is_postgres() { "BEGIN" } else { "BEGIN IMMEDIATE" };
        self.execute(begin, Vec::new()).await.map(drop)
    }

    /// Makes what was written durable.
    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        self.execute("COMMIT", Vec::new()).await.map(drop)
    }

    /// Forgets what was written. A connection that cannot even do that is closed.
    pub(crate) async fn roll_back(mut self) {
        if let Err(error) = self.execute("ROLLBACK", Vec::new()).await {
            tracing::warn!(%error, "a connection is given up");
            match self {
                Self::Sqlite(link) => drop(link.detach()),
                Self::Postgres(link) => drop(link.detach()),
            }
        }
    }

    /// Writes many rows by few statements.
    pub(crate) async fn write(
        &mut self,
        many: &Many,
        rows: Vec<Vec<Param>>,
    ) -> Result<(), StoreError> {
        if self.is_postgres() {
            if rows.is_empty() {
                return Ok(());
            }
            let sql =
                format!("{} SELECT * FROM {} {}", many.before, unnest(many.columns), many.after);
            return self.execute_columns(&sql, many.columns, rows).await.map(drop);
        }
        for chunk in chunks(rows) {
            let values = placeholders(many.columns.len(), chunk.len());
            let sql = format!("{} VALUES {values} {}", many.before, many.after);
            self.execute(&sql, chunk.into_iter().flatten().collect()).await?;
        }
        Ok(())
    }

    /// Reads the rows that match keys: `{keys}` in the query stands for a table of their columns
    /// `k1`, `k2`, ….
    pub(crate) async fn matching(
        &mut self,
        sql: &str,
        columns: &'static [Type],
        keys: Vec<Vec<Param>>,
    ) -> Result<Vec<Row>, StoreError> {
        let names: Vec<String> = (1..=columns.len()).map(|n| format!("k{n}")).collect();
        let names = names.join(", ");
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        if self.is_postgres() {
            let table = format!("{} AS k({names}) JOIN", unnest(columns));
            let sql = sql.replace("{keys}", &table);
            let Self::Postgres(link) = self else { return Ok(Vec::new()) };
            let query = sqlx::query_with(AssertSqlSafe(sql), column_arguments(columns, keys)?);
            return Ok(query
                .fetch_all(&mut **link)
                .await?
                .into_iter()
                .map(Row::Postgres)
                .collect());
        }
        let mut found = Vec::new();
        for chunk in chunks(keys) {
            let values = placeholders(columns.len(), chunk.len());
            let with = format!("WITH k({names}) AS (VALUES {values}) ");
            let sql = with + &sql.replace("{keys}", "k CROSS JOIN");
            found.extend(self.rows(&sql, chunk.into_iter().flatten().collect()).await?);
        }
        Ok(found)
    }

    async fn execute_columns(
        &mut self,
        sql: &str,
        columns: &[Type],
        rows: Vec<Vec<Param>>,
    ) -> Result<u64, StoreError> {
        let Self::Postgres(link) = self else { return Ok(0) };
        let query = sqlx::query_with(AssertSqlSafe(sql), column_arguments(columns, rows)?);
        Ok(query.execute(&mut **link).await?.rows_affected())
    }
}

fn sqlite_arguments(with: Vec<Param>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for param in with {
        match param {
            Param::Int(value) => arguments.add(value),
            Param::Text(value) => arguments.add(value),
            Param::Blob(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn postgres_arguments(with: Vec<Param>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for param in with {
        match param {
            Param::Int(value) => arguments.add(value),
            Param::Text(value) => arguments.add(value),
            Param::Blob(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// Turns rows into one array per column.
fn column_arguments(columns: &[Type], rows: Vec<Vec<Param>>) -> Result<PgArguments, StoreError> {
    let mut turned: Vec<Vec<Param>> =
        columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, param) in turned.iter_mut().zip(row) {
            column.push(param);
        }
    }
    let mut arguments = PgArguments::default();
    for (of, column) in columns.iter().zip(turned) {
        let column = column.into_iter();
        match of {
            Type::Int => arguments.add(column.filter_map(Param::int).collect::<Vec<i64>>()),
            Type::Text => arguments.add(column.filter_map(Param::text).collect::<Vec<String>>()),
            Type::Blob => arguments.add(column.filter_map(Param::blob).collect::<Vec<Vec<u8>>>()),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

impl Param {
    fn int(self) -> Option<i64> {
        if let Self::Int(value) = self { Some(value) } else { None }
    }

    fn text(self) -> Option<String> {
        if let Self::Text(value) = self { Some(value) } else { None }
    }

    fn blob(self) -> Option<Vec<u8>> {
        if let Self::Blob(value) = self { Some(value) } else { None }
    }
}

/// `unnest($1::text[], …)` over the columns.
fn unnest(columns: &[Type]) -> String {
    let arrays = columns.iter().enumerate().map(|(n, of)| format!("${}::{}", n + 1, of.array()));
    format!("unnest({})", arrays.collect::<Vec<_>>().join(", "))
}

/// `(?, ?), (?, ?)`: rows of so many columns.
fn placeholders(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

/// Cuts rows into pieces whose sizes are powers of two: few different statements, which are
/// prepared once and used again.
fn chunks<T>(rows: Vec<T>) -> Vec<Vec<T>> {
    let mut pieces = Vec::new();
    let mut rest = rows.into_iter();
    while !rest.as_slice().is_empty() {
        let left = rest.as_slice().len();
        let size = (1 << left.ilog2()).min(SQLITE_ROWS_MAX);
        pieces.push(rest.by_ref().take(size).collect());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_powers_of_two_and_none_is_lost() {
        for count in [0, 1, 3, 511, 512, 1300] {
            let pieces = chunks((0..count).collect::<Vec<usize>>());
            assert!(pieces.iter().all(|piece| piece.len().is_power_of_two()));
            let all: Vec<usize> = pieces.into_iter().flatten().collect();
            assert_eq!(all, (0..count).collect::<Vec<usize>>());
        }
    }
}
