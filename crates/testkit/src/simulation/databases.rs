//! Where the two stores of a week lie: SQLite, and PostgreSQL when `LINLI_TEST_POSTGRES` names one.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

static MADE: AtomicU32 = AtomicU32::new(0);

/// Folders and a database that go when this goes.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    /// The server, and the database made on it.
    postgres: Option<(String, String)>,
}

impl Place {
    pub(crate) fn new() -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = std::env::var("LINLI_TEST_POSTGRES").ok();
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("week_{}_{number}", std::process::id());
        if let Some(server) = &server {
            at_server(server, &format!("CREATE DATABASE {name}"))?;
        } else {
            eprintln!("LINLI_TEST_POSTGRES is not set: both stores are on SQLite");
        }
        Ok(Self { folder, postgres: server.map(|server| (server, name)) })
    }

    /// Name, folder and database of each store. Without PostgreSQL the second one is on SQLite
    /// too: it is given the same commands in other lists.
    pub(crate) fn stores(&self) -> Vec<(&'static str, PathBuf, Option<String>)> {
        let at = |name: &str| self.folder.path().join(name).join("0");
        let url = self.postgres.as_ref().map(|(server, name)| {
            let (front, _) = server.rsplit_once('/').unwrap_or((server, ""));
            format!("{front}/{name}")
        });
        let second = if url.is_some() { "postgres" } else { "sqlite-2" };
        vec![("sqlite", at("sqlite"), None), (second, at(second), url)]
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            // The folder of a server that is thrown away goes anyway.
            drop(at_server(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        }
    }
}

fn at_server(server: &str, sql: &str) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        let mut link = PgConnection::connect(server).await?;
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut link).await
    });
    done.map(drop).map_err(std::io::Error::other)
}
