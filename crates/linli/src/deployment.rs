//! A deployment's store, opened with the packs read by `packfile`, and closed with signed heads.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use packfile::Files;
use store::{Store, StoreOptions};

use crate::settings::Settings;
use crate::trouble;

/// The file that every program at work on a folder holds.
const LOCK: &str = "lock";

/// Whether a deployment that is not there yet is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It is made, and that is said.
    Make,
    /// It is refused: a folder was misspelt.
    Refuse,
}

/// An open deployment.
pub(crate) struct Deployment {
    /// The store.
    pub(crate) store: Arc<Store>,
    _held: File,
}

impl Deref for Deployment {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Deployment {
    /// Opens a deployment.
    ///
    /// # Errors
    /// In words that say what to do next.
    pub(crate) async fn open(settings: &Settings, absent: Absent) -> Result<Self> {
        let dir = settings.dir();
        let there = is_ours(&dir)?;
        if !there && absent == Absent::Refuse {
            bail!(
                "{} holds no Linli data. Name the right folder with --dir, or begin a deployment \
                 with `linli account add NAME --role operator`",
                dir.display()
            );
        }
        make(&dir)?;
        let held = hold(&dir)?;
        let mut options = StoreOptions::new(&dir, Arc::new(read));
        options.forms = Arc::new(packfile::shelved);
        options.database = settings.database().map(str::to_owned);
        options.zone = settings.zone();
        options.writers = settings.writers();
        options.wait = settings.wait();
        let store =
            Store::open(options).await.map_err(|error| trouble::explained(error, settings))?;
        if !there {
            eprintln!("新部署 new deployment: {}", dir.display());
        }
        Ok(Self { store: Arc::new(store), _held: held })
    }

    /// Signs what was written. Said at the end of every verb that writes.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn sign(&self) -> Result<()> {
        self.store.sign_heads().await.context("signing the heads").map(drop)
    }
}

/// Makes a folder that only its owner may look into.
fn make(dir: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.with_context(|| format!("making {}", dir.display()))
}

/// Whether a folder holds a deployment; a folder with other things in it is refused.
///
/// # Errors
/// When it is not ours, or cannot be read.
pub(crate) fn is_ours(dir: &Path) -> Result<bool> {
    let about = || format!("reading {}", dir.display());
    let found = match std::fs::metadata(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        found => found.with_context(about)?,
    };
    if !found.is_dir() {
        bail!("{} is a file; name a folder with --dir", dir.display());
    }
    if dir.join("keys").is_file() {
        return Ok(true);
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).with_context(about)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| name != crate::settings::FILE_NAME && name != LOCK);
    if names.iter().any(|name| name == "linli.db") {
        bail!(
            "{} holds a database but not its file `keys`: without it personal values cannot be \
             read. Copy the file `keys` there from where you keep it, then try again",
            dir.display()
        );
    }
    if let Some(other) = names.first() {
        bail!(
            "{} holds other things (`{other}`) and no Linli data; name another folder with --dir",
            dir.display()
        );
    }
    Ok(false)
}

/// Says that this program works on a folder: others may too, but nobody may put another in its place.
///
/// # Errors
/// When somebody holds it alone, or it cannot be written to.
pub(crate) fn hold(dir: &Path) -> Result<File> {
    let path = dir.join(LOCK);
    let file = File::create(&path).with_context(|| format!("writing {}", path.display()))?;
    match file.try_lock_shared() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("{} is being restored by another program; wait until it is done", dir.display())
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("holding {}", path.display()))
        }
    }
}

/// Holds a folder alone; none while another program works on it.
///
/// # Errors
/// When the folder cannot be written to.
pub(crate) fn hold_alone(dir: &Path) -> Result<Option<File>> {
    let path = dir.join(LOCK);
    let file = File::create(&path).with_context(|| format!("writing {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("holding {}", path.display()))
        }
    }
}

/// Opens the store of a folder, or of a PostgreSQL database with keys in the folder, with options
/// of its own.
///
/// # Errors
/// When the folder or the database cannot be used.
pub(crate) async fn open_with(
    dir: &Path,
    database: Option<&str>,
    change: impl FnOnce(&mut StoreOptions),
) -> Result<Arc<Store>> {
    std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let mut options = StoreOptions::new(dir, Arc::new(read));
    options.forms = Arc::new(packfile::shelved);
    options.database = database.map(str::to_owned);
    change(&mut options);
    let store = Store::open(options).await;
    Ok(Arc::new(store.with_context(|| format!("opening the data in {}", dir.display()))?))
}

/// A file of a pack as the store keeps it: text, or a workbook's bytes.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Kept {
    Text(String),
    Bytes(Vec<u8>),
}

/// The bytes under which the store keeps the files of a pack.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn bytes(files: &Files) -> Result<Vec<u8>> {
    let kept = |bytes: &Vec<u8>| match std::str::from_utf8(bytes) {
        Ok(text) => Kept::Text(text.to_owned()),
        Err(_) => Kept::Bytes(bytes.clone()),
    };
    let all: BTreeMap<&String, Kept> =
        files.iter().map(|(path, bytes)| (path, kept(bytes))).collect();
    Ok(serde_json::to_vec(&all)?)
}

/// Reads a pack from the bytes under which the store keeps it.
///
/// # Errors
/// In words, when it is not sound.
pub(crate) fn read(bytes: &[u8]) -> Result<domain::rules::SharedPack, String> {
    let all: BTreeMap<String, Kept> =
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let bytes = |kept| match kept {
        Kept::Text(text) => text.into_bytes(),
        Kept::Bytes(bytes) => bytes,
    };
    let files: Files = all.into_iter().map(|(path, kept)| (path, bytes(kept))).collect();
    let checked = packfile::read(&files).map_err(|problems| problems.to_string())?;
    Ok(checked.pack)
}
