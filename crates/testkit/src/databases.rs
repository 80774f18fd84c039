//! The databases that a test is to run on.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// The variable that names a PostgreSQL server: `postgres://user@host:port/postgres`.
pub const POSTGRES: &str = "LINLI_TEST_POSTGRES";

/// SQLite, which is `None`, and an empty database on PostgreSQL where a server is named.
///
/// # Panics
/// When the server that is named cannot be reached.
pub async fn all() -> Vec<Option<String>> {
    let mut databases = vec![None];
    databases.extend(postgres().await.map(Some));
    databases
}

/// An empty database on PostgreSQL, where a server is named.
///
/// # Panics
/// When the server that is named cannot be reached.
pub async fn postgres() -> Option<String> {
    let Ok(server) = std::env::var(POSTGRES) else {
        println!("{POSTGRES} names no server: not tested on PostgreSQL");
        return None;
    };
    Some(new_on(&server).await)
}

/// Makes an empty database on a server; its address.
///
/// # Panics
/// When the server cannot be reached.
pub async fn new_on(server: &str) -> String {
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let mut link = PgConnection::connect(server).await.expect("the server can be reached");
    let sql = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(sql).execute(&mut link).await.expect("a database can be made");
    let (front, _) = server.rsplit_once('/').expect("an address ends in a database");
    format!("{front}/{name}")
}

/// Cuts the connections by which programs hear of each other's facts in a database; how many.
///
/// # Panics
/// When the database cannot be reached.
pub async fn cut_listeners(database: &str) -> usize {
    let mut link = PgConnection::connect(database).await.expect("the database can be reached");
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    sqlx::query(sql).fetch_all(&mut link).await.expect("connections can be cut").len()
}
