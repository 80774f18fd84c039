//! A small deployment to test in: a root, a community, a clock that is set by hand.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use domain::command::Envelope;
use domain::ids::{LedgerId, ModeId, PurposeId};
use domain::rules::{Indicator, LevelRule, ModeRule, Over, Pack, Purpose, StockSort};
use domain::{Actor, Command, Grant, Role, Words};
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
    let mut operator = actor("operator", Role::OPERATOR);
    operator.grants.extend(actor("operator", Role::COORDINATOR).grants);
    operator
}

impl House {
    /// Opens a store in a folder or a database, with nothing in it yet but its root.
    pub(crate) async fn bare(
        folder: Arc<tempfile::TempDir>,
        at: PathBuf,
        database: Option<String>,
    ) -> Self {
        let clock = Arc::new(Hands(Mutex::new("2020-02-01T08:00:00Z".parse().unwrap())));
        let packs = Arc::new(|bytes: &[u8]| Ok(Arc::new(pack(bytes))));
        let mut options = StoreOptions::new(at, packs);
        options.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        options.database = database;
        let store = Store::open(options.clone()).await.unwrap();
        Self { store, options, clock, folder, given: Mutex::new(0) }
    }

    async fn with_community(self) -> Self {
        let path = ["root", "community"];
        let open =
            json!({"place": "community", "name": "Elm Court", "level": "community", "path": path});
        self.done("community", "open_ledger", open).await;
        self
    }

    /// A deployment in a folder, and a database, of the caller's.
    pub(crate) async fn at(folder: PathBuf, database: Option<String>) -> Self {
        Self::open_again(folder, database).await.with_community().await
    }

    /// The same, when it is there already.
    pub(crate) async fn open_again(folder: PathBuf, database: Option<String>) -> Self {
        Self::bare(Arc::new(tempfile::tempdir().unwrap()), folder, database).await
    }

    /// One empty store per database that is to be tested.
    pub(crate) async fn empty() -> Vec<Self> {
        let mut houses = Vec::new();
        for database in databases().await {
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

    /// Puts a pack on the shelf and into force everywhere.
    pub(crate) async fn adopt(&self, name: &str) {
        let pack = self.store.add_pack_file(name.as_bytes()).await.unwrap();
        let body = json!({"pack": "test", "version": pack.version, "hash": pack.hash});
        self.done("root", "adopt_pack", body).await;
    }

    /// Gives a command that must not be refused.
    pub(crate) async fn done(&self, ledger: &str, kind: &str, body: Json) -> store::Done {
        self.give(ledger, kind, body).await.outcome.unwrap()
    }
}

/// The databases to test on, each empty: none for SQLite, and a new one on PostgreSQL.
pub(crate) async fn databases() -> Vec<Option<String>> {
    let mut databases = vec![None];
    match std::env::var("LINLI_TEST_POSTGRES") {
        Ok(server) => databases.push(Some(new_database(&server).await)),
        Err(_) => eprintln!("LINLI_TEST_POSTGRES is not set: tested on SQLite only"),
    }
    databases
}

/// Runs statements that take no parameters on PostgreSQL.
pub(crate) async fn run_script(url: &str, sql: String) {
    let mut link = sqlx::PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut link).await.unwrap();
}

async fn new_database(server: &str) -> String {
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let mut link = sqlx::PgConnection::connect(server).await.unwrap();
    let sql = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(sql).execute(&mut link).await.unwrap();
    let (front, _) = server.rsplit_once('/').unwrap();
    format!("{front}/{name}")
}

/// A pack that counts people, households and pools, and keeps rooms.
fn pack(bytes: &[u8]) -> Pack {
    let words = || Words::new("词".to_owned(), "words".to_owned());
    let indicator = |name: &str, over: Over| Indicator {
        id: id(name),
        name: words(),
        definition: words(),
        unit: None,
        over,
        when: None,
        value: None,
        on: None,
    };
    let mut indicators = vec![indicator("test.people", Over::People)];
    if bytes == b"two" {
        indicators.push(indicator("test.homes", Over::Households));
        indicators.push(indicator("test.pools", Over::Pools(None)));
    }
    let room = StockSort {
        id: "room".to_owned(),
        name: words(),
        unit: words(),
        hold_minutes_max: 240,
        houses_people: false,
    };
    Pack {
        id: id("test"),
        version: String::from_utf8_lossy(bytes).into_owned(),
        hash: format!("hash-{}", String::from_utf8_lossy(bytes)),
        name: words(),
        about: words(),
        authority: words(),
        source: String::new(),
        reviewer: String::new(),
        valid_from: "2020-01-01".parse().unwrap(),
        valid_until: None,
        purposes: if bytes == b"alarm" { BTreeMap::from([purpose()]) } else { BTreeMap::new() },
        elements: BTreeMap::new(),
        kinds: if bytes == b"alarm" {
            let kind = crate::texts::kind();
            BTreeMap::from([(kind.id.clone(), kind)])
        } else {
            BTreeMap::new()
        },
        forms: BTreeMap::new(),
        indicators: indicators.into_iter().map(|it| (it.id.clone(), it)).collect(),
        tables: BTreeMap::new(),
        modes: if bytes == b"alarm" { BTreeMap::from([mode()]) } else { BTreeMap::new() },
        duties: Vec::new(),
        stock: BTreeMap::from([("room".to_owned(), room)]),
        roles: BTreeMap::new(),
    }
}

/// A purpose that ends with a mode: its values go three days later.
fn purpose() -> (PurposeId, Purpose) {
    let words = || Words::new("词".to_owned(), "words".to_owned());
    let mode = Some(id("test.alarm"));
    let purpose = Purpose { name: words(), legal_basis: words(), mode, retention_days: 3 };
    (id("alarm"), purpose)
}

fn mode() -> (ModeId, ModeRule) {
    let words = || Words::new("词".to_owned(), "words".to_owned());
    let level = LevelRule {
        id: "low".to_owned(),
        rank: 1,
        name: words(),
        about: words(),
        kinds: Vec::new(),
        forms: Vec::new(),
        roles: Vec::new(),
        deadlines: Vec::new(),
    };
    let rule = ModeRule {
        id: id("test.alarm"),
        name: words(),
        trigger: words(),
        levels: BTreeMap::from([("low".to_owned(), level)]),
        longest_days: 30,
        declared_by: vec![Role::COORDINATOR.to_owned()],
        purposes: vec![id("alarm")],
    };
    (id("test.alarm"), rule)
}
