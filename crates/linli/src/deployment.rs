//! A deployment's store, opened with the packs read by `packfile`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use packfile::Files;
use store::{Store, StoreOptions};

/// Opens the store of a folder, or of a PostgreSQL database with keys in the folder.
///
/// # Errors
/// When the folder or the database cannot be used.
pub(crate) async fn open(dir: &Path, database: Option<&str>) -> Result<Arc<Store>> {
    std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let mut options = StoreOptions::new(dir, Arc::new(read));
    options.database = database.map(str::to_owned);
    let store = Store::open(options).await;
    Ok(Arc::new(store.with_context(|| format!("opening the data in {}", dir.display()))?))
}

/// The bytes under which the store keeps the files of a pack.
///
/// # Errors
/// When a file is not text.
pub(crate) fn bytes(files: &Files) -> Result<Vec<u8>> {
    let mut texts = BTreeMap::new();
    for (path, bytes) in files {
        let text = std::str::from_utf8(bytes).with_context(|| format!("{path} is not UTF-8"))?;
        texts.insert(path, text);
    }
    Ok(serde_json::to_vec(&texts)?)
}

fn read(bytes: &[u8]) -> Result<domain::rules::SharedPack, String> {
    let texts: BTreeMap<String, String> =
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let files: Files = texts.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let checked = packfile::read(&files).map_err(|problems| problems.to_string())?;
    Ok(checked.pack)
}
