//! What a store is opened with: where, which clock, which randomness, who reads packs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::ids::{CommandId, LedgerId};
use domain::rules::{SharedPack, SharedSheet};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Draws the randomness of a command: its salts come from it.
pub trait Entropy: Send + Sync {
    /// Thirty-two bytes that nobody can guess.
    fn seed(&self, ledger: &LedgerId, command: &CommandId) -> [u8; 32];
}

/// The machine's randomness.
#[derive(Debug, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn seed(&self, _: &LedgerId, _: &CommandId) -> [u8; 32] {
        crate::keys::random()
    }
}

/// Makes a checked pack of the bytes of its files.
pub type PackReader = Arc<dyn Fn(&[u8]) -> Result<SharedPack, String> + Send + Sync>;

/// Makes a form of the bytes of its workbook and the name of its file without the ending.
pub type FormReader = Arc<dyn Fn(&str, &[u8]) -> Result<SharedSheet, String> + Send + Sync>;

/// What a store is opened with.
#[derive(Clone)]
pub struct StoreOptions {
    /// The folder for keys, attachments and, on SQLite, the database.
    pub folder: PathBuf,
    /// `postgres://…`, or none for SQLite in the folder.
    pub database: Option<String>,
    /// The deployment's time zone.
    pub zone: TimeZone,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where salts come from.
    pub entropy: Arc<dyn Entropy>,
    /// Who reads packs.
    pub packs: PackReader,
    /// Who reads the workbooks of forms; nobody, unless it is said who.
    pub forms: FormReader,
    /// How many writers run side by side on PostgreSQL.
    pub writers: usize,
    /// How long to wait for a database that another program holds.
    pub wait: Duration,
}

impl StoreOptions {
    /// SQLite in a folder, the machine's clock and randomness, UTC+8.
    ///
    /// # Panics
    /// Never: the time zone is built in.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, packs: PackReader) -> Self {
        Self {
            folder: folder.into(),
            database: None,
            zone: TimeZone::fixed(jiff::tz::offset(8)),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            packs,
            forms: Arc::new(|_, _| Err("nobody here reads forms".to_owned())),
            writers: 4,
            wait: Duration::from_secs(30),
        }
    }
}
