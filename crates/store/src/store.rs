//! The store itself: opened once, shared by everybody.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::{Arc, OnceLock};

use domain::command::Envelope;
use domain::ids::{AccountId, LedgerId, PlaceId};
use domain::places::OpenLedger;
use domain::rules::{Rules, SharedPack, SharedSheet};
use domain::{Actor, Grant, Recorded, Role};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::broadcast;

use crate::chain::head_bytes;
use crate::keys::Keys;
use crate::options::StoreOptions;
use crate::settings::{LedgerRules, Settings};
use crate::shelf::Shelf;
use crate::sql::{Connection, Database, params};
use crate::submit::Writers;
use crate::{StoreError, schema};

/// How many facts a slow listener may lag behind before it misses some.
const CHANGES_KEPT: usize = 16_384;
/// Connections that read at the same time.
const READERS: u32 = 8;

/// What all parts of the store share.
pub(crate) struct Inner {
    pub(crate) database: Database,
    pub(crate) options: StoreOptions,
    pub(crate) keys: Keys,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) settings: Settings,
    pub(crate) changes: broadcast::Sender<Arc<Recorded>>,
    /// Tells this process's notes on PostgreSQL from those of others.
    pub(crate) process: String,
    /// What was due and refused: not asked again.
    pub(crate) refused: std::sync::Mutex<std::collections::HashSet<String>>,
    /// Ledgers that a view could not follow, and why.
    pub(crate) failures: std::sync::Mutex<std::collections::BTreeMap<LedgerId, String>>,
}

/// The store.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
    writers: Arc<OnceLock<Writers>>,
}

impl Store {
    /// Opens the store, making it when it is not there; the root ledger is opened with it.
    ///
    /// # Errors
    /// When folder, keys or database cannot be had.
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let folder = &options.folder;
        std::fs::create_dir_all(folder).map_err(|error| StoreError::file(folder, error))?;
        let found = Keys::find(folder)?;
        let database = connect(&options).await?;
        let mut link = database.write().await?;
        link.begin().await?;
        match schema::migrate(&mut link).await {
            Ok(()) => link.commit().await?,
            Err(error) => {
                link.roll_back().await;
                return Err(error);
            }
        }
        let keys = keys_of(found, &mut link, folder).await?;
        let shelf = Arc::new(Shelf::new(Arc::clone(&options.packs), Arc::clone(&options.forms)));
        shelf.fill(&mut link).await?;
        drop(link);
        let inner = Arc::new(Inner {
            database,
            keys,
            settings: Settings::new(Arc::clone(&shelf)),
            shelf,
            changes: broadcast::channel(CHANGES_KEPT).0,
            process: crate::keys::hex(&crate::keys::random::<8>()),
            refused: std::sync::Mutex::default(),
            failures: std::sync::Mutex::default(),
            options,
        });
        let writers = if inner.database.is_postgres() { inner.options.writers } else { 1 };
        let running = Writers::start(writers, &inner);
        let store = Self { inner, writers: Arc::new(OnceLock::from(running)) };
        store.open_root().await?;
        store.hold_to_keys().await?;
        store.renew().await?;
        store.listen().await?;
        Ok(store)
    }

    /// Opens the root ledger unless it is there.
    async fn open_root(&self) -> Result<(), StoreError> {
        if self.ledger(&LedgerId::root()).await?.is_some() {
            return Ok(());
        }
        let place = PlaceId::new("root").map_err(StoreError::damaged)?;
        let open = OpenLedger {
            place: place.clone(),
            name: "root".to_owned(),
            level: "root".to_owned(),
            path: vec![place.clone()],
        };
        let envelope = Envelope {
            id: "open:root".parse().map_err(StoreError::damaged)?,
            ledger: LedgerId::root(),
            command: open.into(),
            device: None,
            occurred_at: self.now(),
        };
        let grant = Grant { role: Role::new(Role::OPERATOR), place, until: None };
        let account = AccountId::new("system").map_err(StoreError::damaged)?;
        let actor = Actor { account, person: None, grants: vec![grant] };
        let answer = self.submit(envelope, actor).await;
        let answer = answer.map_err(|error| StoreError::Unfit(error.to_string()))?;
        answer.outcome.map(drop).map_err(|refusal| StoreError::Unfit(refusal.words().en))
    }

    /// Makes sure that the database and the keys belong together from the first fact on: the
    /// root's head is signed, by these keys.
    async fn hold_to_keys(&self) -> Result<(), StoreError> {
        let signed = "SELECT 1 FROM signed_head WHERE ledger = 'root' LIMIT 1";
        if self.inner.database.rows(signed, params![]).await?.is_empty() {
            self.sign_heads().await?;
        }
        let mut link = self.inner.database.read().await?;
        if ours(&self.inner.keys, &mut link).await? {
            return Ok(());
        }
        Err(StoreError::OtherKeys { path: Keys::path(self.folder()).display().to_string() })
    }

    pub(crate) fn writers(&self) -> &Writers {
        self.writers.get_or_init(|| Writers::start(1, &self.inner))
    }

    /// Now, by the store's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.options.clock.now()
    }

    /// The deployment's time zone.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        self.inner.options.zone.clone()
    }

    /// The folder for keys and attachments.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.inner.options.folder
    }

    /// Every fact, after its commit. Who lags far behind misses some and must read.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Recorded>> {
        self.inner.changes.subscribe()
    }

    /// What holds in a ledger; none if there is no such ledger.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn ledger(&self, ledger: &LedgerId) -> Result<Option<Arc<LedgerRules>>, StoreError> {
        let mut link = self.inner.database.read().await?;
        let revision = self.inner.settings.look(&mut link).await?;
        self.inner.settings.ledger(&mut link, revision, ledger).await
    }

    /// The rules in force in a ledger.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn rules(&self, ledger: &LedgerId) -> Result<Option<Arc<Rules>>, StoreError> {
        Ok(self.ledger(ledger).await?.map(|holds| Arc::clone(&holds.rules)))
    }

    /// The account as somebody who gives commands; none if it is unknown or closed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn actor(&self, account: &AccountId) -> Result<Option<Arc<Actor>>, StoreError> {
        let mut link = self.inner.database.read().await?;
        let revision = self.inner.settings.look(&mut link).await?;
        self.inner.settings.actor(&mut link, revision, account).await
    }

    /// Puts a pack's files on the shelf; it is in force where it is adopted.
    ///
    /// # Errors
    /// When the pack does not read or cannot be written.
    pub async fn add_pack_file(&self, bytes: &[u8]) -> Result<SharedPack, StoreError> {
        let pack = self.inner.shelf.put(bytes)?;
        let sql = "INSERT INTO pack_file (ledger, hash, bytes) VALUES ('root', $1, $2) \
                   ON CONFLICT (ledger, hash) DO NOTHING";
        let added = self.inner.database.execute(sql, params![pack.hash.as_str(), bytes]).await?;
        if added > 0 {
            let sql =
                "UPDATE setting SET value = value + 1 WHERE ledger = 'root' AND name = 'revision'";
            self.inner.database.execute(sql, params![]).await?;
        }
        Ok(pack)
    }

    /// Puts the workbook of a form on the shelf; it is filled where it is published. Gives the hash
    /// that names it, and what it asks.
    ///
    /// # Errors
    /// When the workbook is no form or cannot be written.
    pub async fn add_form_file(
        &self,
        name: &str,
        bytes: &[u8],
    ) -> Result<(String, SharedSheet), StoreError> {
        let (hash, sheet) = self.inner.shelf.lay_out(name, bytes)?;
        let sql = "INSERT INTO form_file (ledger, hash, name, bytes) VALUES ('root', $1, $2, $3) \
                   ON CONFLICT (ledger, hash) DO NOTHING";
        let row = params![hash.as_str(), name, bytes];
        if self.inner.database.execute(sql, row).await? > 0 {
            let sql =
                "UPDATE setting SET value = value + 1 WHERE ledger = 'root' AND name = 'revision'";
            self.inner.database.execute(sql, params![]).await?;
        }
        Ok((hash, sheet))
    }

    /// The workbook of a form on the shelf.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn form_file(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM form_file WHERE ledger = 'root' AND hash = $1";
        let row = self.inner.database.row(sql, params![hash]).await?;
        row.map(|row| row.blob(0)).transpose()
    }

    /// All packs on the shelf.
    #[must_use]
    pub fn packs(&self) -> Vec<SharedPack> {
        self.inner.shelf.all()
    }

    /// Closes every connection, so that the files of the folder are whole and can be moved. What
    /// is asked afterwards fails.
    pub async fn close(&self) {
        self.inner.database.close().await;
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn reachable(&self) -> Result<(), StoreError> {
        self.inner
            .database
            .rows("SELECT value FROM setting WHERE ledger = 'root'", params![])
            .await?;
        Ok(())
    }
}

/// The keys that were found, if they are the database's; new ones for a database without facts.
async fn keys_of(
    found: Option<Keys>,
    link: &mut Connection,
    folder: &Path,
) -> Result<Keys, StoreError> {
    let others = || StoreError::OtherKeys { path: Keys::path(folder).display().to_string() };
    let Some(keys) = found else {
        let facts = link.rows("SELECT 1 FROM head LIMIT 1", params![]).await?;
        return if facts.is_empty() { Keys::draw(folder) } else { Err(others()) };
    };
    if ours(&keys, link).await? { Ok(keys) } else { Err(others()) }
}

/// Whether the root's last signature, if there is one, is by these keys.
async fn ours(keys: &Keys, link: &mut Connection) -> Result<bool, StoreError> {
    let sql = "SELECT seq, hash, signature FROM signed_head WHERE ledger = 'root' \
               ORDER BY seq DESC LIMIT 1";
    let rows = link.rows(sql, params![]).await?;
    let Some(row) = rows.first() else { return Ok(true) };
    Ok(keys.signed(&head_bytes("root", row.int(0)?, &row.blob(1)?), &row.blob(2)?))
}

/// Connects to the database that options name, making the file of SQLite when it is not there.
pub(crate) async fn connect(options: &StoreOptions) -> Result<Database, StoreError> {
    if let Some(url) = &options.database {
        let most = u32::try_from(options.writers).unwrap_or(4) + READERS;
        let pool = PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(options.wait)
            .connect(url)
            .await?;
        return Ok(Database::Postgres(pool));
    }
    let path = options.folder.join("linli.db");
    let link = SqliteConnectOptions::from_str("sqlite:")?
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(options.wait)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "MEMORY")
        .statement_cache_capacity(500);
    let writer = SqlitePoolOptions::new().max_connections(1).connect_with(link.clone()).await?;
    let reading = link.read_only(true).pragma("query_only", "ON");
    let readers = SqlitePoolOptions::new().max_connections(READERS).connect_lazy_with(reading);
    Ok(Database::Sqlite { writer, readers })
}
