//! Packs and forms that were ever put here, read once and found by their hash.

use std::collections::HashMap;
use std::sync::RwLock;

use domain::ids::FormId;
use domain::rules::{Library, SharedPack, SharedSheet};
use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::options::{FormReader, PackReader};
use crate::sql::{Connection, params};

/// The packs and forms at hand.
pub(crate) struct Shelf {
    packs: RwLock<HashMap<String, SharedPack>>,
    sheets: RwLock<HashMap<String, SharedSheet>>,
    reader: PackReader,
    forms: FormReader,
}

/// The hash of a form: SHA-256 over the name of its file, a zero byte, and its bytes.
fn form_hash(name: &str, bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(name);
    hash.update([0]);
    hash.update(bytes);
    crate::keys::hex(&hash.finalize())
}

impl Shelf {
    pub(crate) fn new(reader: PackReader, forms: FormReader) -> Self {
        Self { packs: RwLock::default(), sheets: RwLock::default(), reader, forms }
    }

    /// Reads a form from the bytes of its workbook and puts it here; with the hash that names it.
    pub(crate) fn lay_out(
        &self,
        name: &str,
        bytes: &[u8],
    ) -> Result<(String, SharedSheet), StoreError> {
        let sheet = (self.forms)(name, bytes).map_err(StoreError::Unfit)?;
        let hash = form_hash(name, bytes);
        if let Ok(mut sheets) = self.sheets.write() {
            sheets.insert(hash.clone(), SharedSheet::clone(&sheet));
        }
        Ok((hash, sheet))
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
        self.fill_sheets(link).await
    }

    /// Reads the forms in the database that are not here yet. One that this program cannot read is
    /// as if it were not there: what is filled by it still comes in.
    async fn fill_sheets(&self, link: &mut Connection) -> Result<(), StoreError> {
        for row in link.rows("SELECT hash FROM form_file WHERE ledger = 'root'", params![]).await? {
            let hash = row.text(0)?;
            if self.sheet(&hash).is_some() {
                continue;
            }
            let sql = "SELECT name, bytes FROM form_file WHERE ledger = 'root' AND hash = $1";
            for row in link.rows(sql, params![hash.as_str()]).await? {
                if let Err(why) = self.lay_out(&row.text(0)?, &row.blob(1)?) {
                    tracing::warn!(hash, %why, "a form on the shelf cannot be read");
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

    fn pack_with(&self, form: &FormId, version: &str) -> Option<SharedPack> {
        let packs = self.packs.read().ok()?;
        let has = |pack: &&SharedPack| {
            let sheet = pack.forms.get(form).and_then(|form| form.sheet.as_ref());
            sheet.is_some_and(|sheet| sheet.version() == version)
        };
        // Which of several is told by the hash, so that every program tells the same.
        packs.values().filter(has).min_by(|a, b| a.hash.cmp(&b.hash)).cloned()
    }

    fn sheet(&self, hash: &str) -> Option<SharedSheet> {
        self.sheets.read().ok()?.get(hash).cloned()
    }
}
