//! Where the two stores of a week lie: SQLite, and PostgreSQL when `LINLI_TEST_POSTGRES` names one.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

static MADE: AtomicU32 = AtomicU32::new(0);

/// Folders and a database, with what is to go when this goes.
pub(crate) struct Place {
    folder: PathBuf,
    /// The address of the database on PostgreSQL.
    url: Option<String>,
    /// The folder, and the server with the database made on it.
    thrown_away: Option<(tempfile::TempDir, Option<(String, String)>)>,
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
        let url = server.as_ref().map(|server| {
            let (front, _) = server.rsplit_once('/').unwrap_or((server, ""));
            format!("{front}/{name}")
        });
        let made = server.map(|server| (server, name));
        Ok(Self { folder: folder.path().to_owned(), url, thrown_away: Some((folder, made)) })
    }

    /// A folder, and a database, that somebody else looks after.
    pub(crate) fn lent(folder: &Path, url: Option<String>) -> Self {
        Self { folder: folder.to_owned(), url, thrown_away: None }
    }

    /// The address of the database on PostgreSQL, if there is one.
    pub(crate) fn url(&self) -> Option<String> {
        self.url.clone()
    }

    /// The folder in which the stores lie.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Name, folder and database of each store. Without PostgreSQL the second one is on SQLite
    /// too: it is given the same commands in other lists.
    pub(crate) fn stores(&self) -> Vec<(&'static str, PathBuf, Option<String>)> {
        let at = |name: &str| self.folder.join(name).join("0");
        let second = if self.url.is_some() { "postgres" } else { "sqlite-2" };
        vec![("sqlite", at("sqlite"), None), (second, at(second), self.url())]
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((_, Some((server, name)))) = &self.thrown_away {
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
