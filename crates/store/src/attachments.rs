//! Attachments: bytes on disk under their hash, known to the ledger that they belong to.

use std::path::PathBuf;

use domain::ids::LedgerId;
use sha2::{Digest, Sha256};

use crate::sql::params;
use crate::{Store, StoreError};

/// The largest attachment.
pub(crate) const BYTES_MAX: usize = 32 * 1024 * 1024;

/// An attachment with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of the bytes, in hexadecimal.
    pub hash: String,
    /// What the bytes are, as the sender said.
    pub media: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Store {
    fn attachment_path(&self, hash: &str) -> PathBuf {
        let (front, _) = hash.split_at(2.min(hash.len()));
        self.folder().join("attachments").join(front).join(hash)
    }

    /// Keeps bytes; gives the hash under which they are found.
    ///
    /// # Errors
    /// When they are too many, or the disk fails.
    pub async fn put_attachment(
        &self,
        ledger: &LedgerId,
        media: &str,
        bytes: Vec<u8>,
    ) -> Result<String, StoreError> {
        if bytes.len() > BYTES_MAX {
            return Err(StoreError::Unfit(format!("an attachment has at most {BYTES_MAX} bytes")));
        }
        let hash = crate::keys::hex(&Sha256::digest(&bytes));
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let path = self.attachment_path(&hash);
        if tokio::fs::metadata(&path).await.is_err() {
            let folder = path.parent().unwrap_or(self.folder());
            tokio::fs::create_dir_all(folder)
                .await
                .map_err(|error| StoreError::file(folder, error))?;
            let half = path.with_extension(crate::keys::hex(&crate::keys::random::<8>()));
            tokio::fs::write(&half, bytes).await.map_err(|error| StoreError::file(&half, error))?;
            let file = tokio::fs::File::open(&half)
                .await
                .map_err(|error| StoreError::file(&half, error))?;
            file.sync_all().await.map_err(|error| StoreError::file(&half, error))?;
            tokio::fs::rename(&half, &path)
                .await
                .map_err(|error| StoreError::file(&path, error))?;
        }
        let sql = "INSERT INTO attachment (ledger, hash, bytes, media, stored_at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (ledger, hash) DO NOTHING";
        let row = params![ledger.as_str(), hash.as_str(), size, media, self.now().as_millisecond()];
        self.inner.database.execute(sql, row).await?;
        Ok(hash)
    }

    /// An attachment of a ledger.
    ///
    /// # Errors
    /// When it cannot be read, or the bytes are no longer those of the hash.
    pub async fn attachment(
        &self,
        ledger: &LedgerId,
        hash: &str,
    ) -> Result<Option<Attachment>, StoreError> {
        let sql = "SELECT hash, media FROM attachment WHERE ledger = $1 AND hash = $2";
        let Some(row) = self.inner.database.row(sql, params![ledger.as_str(), hash]).await? else {
            return Ok(None);
        };
        let (hash, media) = (row.text(0)?, row.text(1)?);
        let path = self.attachment_path(&hash);
        let bytes = tokio::fs::read(&path).await.map_err(|error| StoreError::file(&path, error))?;
        if crate::keys::hex(&Sha256::digest(&bytes)) != hash {
            return Err(StoreError::Damaged(format!("the attachment {hash} was changed")));
        }
        Ok(Some(Attachment { hash, media, bytes }))
    }
}
