//! Backups of a store on SQLite: one folder that opens like the original.

use std::path::Path;

use crate::keys::Keys;
use crate::sql::params;
use crate::{Store, StoreError};

impl Store {
    /// Writes a backup into a new folder: the database as of one instant, and the attachments.
    /// The keys only when asked: whoever holds them and the backup can read the vault.
    ///
    /// # Errors
    /// When the folder is there already, the disk fails, or the store is on PostgreSQL, whose own
    /// `pg_dump` does this.
    pub async fn backup(&self, to: &Path, with_keys: bool) -> Result<(), StoreError> {
        if self.inner.database.is_postgres() {
            let what =
                "a store on PostgreSQL is backed up by pg_dump, and the keys by copying their file";
            return Err(StoreError::Unfit(what.to_owned()));
        }
        std::fs::create_dir(to).map_err(|error| StoreError::file(to, error))?;
        let database = to.join("linli.db").display().to_string();
        self.inner.database.execute("VACUUM INTO $1", params![database]).await?;
        let attachments = self.folder().join("attachments");
        if attachments.is_dir() {
            copy(&attachments, &to.join("attachments"))?;
        }
        if with_keys {
            copy(&Keys::path(self.folder()), &Keys::path(to))?;
        }
        Ok(())
    }

    /// Puts a backup into a new data folder. Keys that the backup lacks are copied there by hand.
    ///
    /// # Errors
    /// When the folder is there already or the disk fails.
    pub fn restore(from: &Path, to: &Path) -> Result<(), StoreError> {
        if !from.join("linli.db").is_file() {
            return Err(StoreError::Unfit(format!("{} is no backup", from.display())));
        }
        if to.join("linli.db").exists() {
            return Err(StoreError::Unfit(format!("{} holds a store already", to.display())));
        }
        copy(from, to)
    }
}

/// Copies a file, or a folder with everything in it; what is there already stays.
fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    if from.is_file() {
        return std::fs::copy(from, to).map(drop).map_err(|error| StoreError::file(to, error));
    }
    std::fs::create_dir_all(to).map_err(|error| StoreError::file(to, error))?;
    let entries = std::fs::read_dir(from).map_err(|error| StoreError::file(from, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| StoreError::file(from, error))?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
