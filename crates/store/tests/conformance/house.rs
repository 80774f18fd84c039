//! A small deployment to test in: a root, a community, a clock that is set by hand.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use domain::command::Envelope;
use domain::ids::LedgerId;
use domain::{Actor, Command, Grant, Role};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection as _};
use store::{Answer, Clock, Store, StoreOptions};

/// A clock that stands still until it is set.
pub(crate) struct Hands(pub(crate) Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A deployment and what is needed to look into it.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) options: StoreOptions,
    pub(crate) clock: Arc<Hands>,
    pub(crate) folder: Arc<tempfile::TempDir>,
    given: Mutex<u64>,
}

/// An id from a text.
pub(crate) fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

/// Somebody with a role everywhere.
pub(crate) fn actor(account: &str, role: &str) -> Actor {
    let grant = Grant { role: Role::new(role), place: id("root"), until: None };
    Actor { account: id(account), person: None, grants: vec![grant] }
}

/// The operator.
pub(crate) fn operator() -> Actor {
    actor("operator", Role::OPERATOR)
}

impl House {
    /// Opens a store in a folder or a database, with nothing in it yet but its root.
    async fn bare(folder: Arc<tempfile::TempDir>, at: PathBuf, database: Option<String>) -> Self {
        let clock = Arc::new(Hands(Mutex::new("2020-02-01T08:00:00Z".parse().unwrap())));
        let packs = Arc::new(|_: &[u8]| Err("there are no packs here".to_owned()));
        let mut options = StoreOptions::new(at, packs);
        options.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        options.database = database;
        let store = Store::open(options.clone()).await.unwrap();
        Self { store, options, clock, folder, given: Mutex::new(0) }
    }

    async fn with_community(self) -> Self {
        let path = ["root", "community"];
        let open = json!({"place": "community", "name": "Elm Court", "level": "community", "path": path});
        self.done("community", "open_ledger", open).await;
        self
    }

    /// A deployment on SQLite in a folder of the caller's.
    pub(crate) async fn at(folder: PathBuf) -> Self {
        Self::open_again(folder).await.with_community().await
    }

    /// The same, when it is there already.
    pub(crate) async fn open_again(folder: PathBuf) -> Self {
        Self::bare(Arc::new(tempfile::tempdir().unwrap()), folder, None).await
    }

    /// One empty store per database that is to be tested.
    pub(crate) async fn empty() -> Vec<Self> {
        let mut databases = vec![None];
        if let Ok(server) = std::env::var("LINLI_TEST_POSTGRES") {
            databases.push(Some(new_database(&server).await));
        }
        let mut houses = Vec::new();
        for database in databases {
            let folder = Arc::new(tempfile::tempdir().unwrap());
            let at = folder.path().to_owned();
            houses.push(Self::bare(folder, at, database).await);
        }
        houses
    }

    /// One deployment per database that is to be tested.
    pub(crate) async fn all() -> Vec<Self> {
        let mut houses = Vec::new();
        for house in Self::empty().await {
            houses.push(house.with_community().await);
        }
        houses
    }

    /// An envelope for a command.
    pub(crate) fn envelope(&self, ledger: &str, kind: &str, body: Json) -> Envelope {
        let mut given = self.given.lock().unwrap();
        *given += 1;
        let command: Command = serde_json::from_value(json!({"kind": kind, "body": body})).unwrap();
        Envelope {
            id: id(&format!("command-{given}")),
            ledger: id::<LedgerId>(ledger),
            command,
            device: None,
            occurred_at: self.store.now(),
        }
    }

    /// Gives a command as the operator.
    pub(crate) async fn give(&self, ledger: &str, kind: &str, body: Json) -> Answer {
        let envelope = self.envelope(ledger, kind, body);
        self.store.submit(envelope, operator()).await.unwrap()
    }

    /// Gives a command that must not be refused.
    pub(crate) async fn done(&self, ledger: &str, kind: &str, body: Json) -> store::Done {
        self.give(ledger, kind, body).await.outcome.unwrap()
    }
}

async fn new_database(server: &str) -> String {
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let mut link = sqlx::PgConnection::connect(server).await.unwrap();
    let sql = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(sql).execute(&mut link).await.unwrap();
    let (front, _) = server.rsplit_once('/').unwrap();
    format!("{front}/{name}")
}
