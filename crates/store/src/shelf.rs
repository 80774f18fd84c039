//! Packs that were ever put here, read once and found by their hash.

use std::collections::HashMap;
use std::sync::RwLock;

use domain::rules::{Library, SharedPack};

use crate::StoreError;
use crate::options::PackReader;
use crate::sql::{Connection, params};

/// The packs at hand.
pub(crate) struct Shelf {
    packs: RwLock<HashMap<String, SharedPack>>,
    reader: PackReader,
}

impl Shelf {
    pub(crate) fn new(reader: PackReader) -> Self {
        Self { packs: RwLock::default(), reader }
    }

    /// Reads a pack from the bytes of its files and puts it here.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<SharedPack, StoreError> {
        let pack = (self.reader)(bytes).map_err(StoreError::Unfit)?;
        if let Ok(mut packs) = self.packs.write() {
            packs.insert(pack.hash.clone(), pack.clone());
        }
        Ok(pack)
    }

    /// Reads the packs in the database that are not here yet.
    pub(crate) async fn fill(&self, link: &mut Connection) -> Result<(), StoreError> {
        for row in link.rows("SELECT hash FROM pack_file WHERE ledger = 'root'", params![]).await? {
            let hash = row.text(0)?;
            if self.pack(&hash).is_some() {
                continue;
            }
            let sql = "SELECT bytes FROM pack_file WHERE ledger = 'root' AND hash = $1";
            for row in link.rows(sql, params![hash.as_str()]).await? {
                let pack = (self.reader)(&row.blob(0)?).map_err(StoreError::Unfit)?;
                if let Ok(mut packs) = self.packs.write() {
                    packs.insert(hash.clone(), pack);
                }
            }
        }
        Ok(())
    }

    /// All packs at hand.
    pub(crate) fn all(&self) -> Vec<SharedPack> {
        self.packs.read().map(|packs| packs.values().cloned().collect()).unwrap_or_default()
    }
}

impl Library for Shelf {
    fn pack(&self, hash: &str) -> Option<SharedPack> {
        self.packs.read().ok()?.get(hash).cloned()
    }
}
