//! Attachments: bytes on disk under their hash, known to the ledger that they belong to.

use std::collections::BTreeSet;
use std::io::SeekFrom;
use std::path::{Path, PathBuf};

use domain::forms::FILE_ELEMENT;
use domain::ids::LedgerId;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use crate::sql::{Connection, Param, params};
use crate::{Store, StoreError};

/// The largest attachment, unless a smaller one is asked for.
pub const ATTACHMENT_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// How many bytes are read at a time.
const PIECE: usize = 64 * 1024;

/// What is known of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of the bytes, in hexadecimal.
    pub hash: String,
    /// What the bytes are, as the sender said.
    pub media: String,
    /// How many bytes there are.
    pub bytes: u64,
}

/// A file that goes when nobody has given it its name.
struct Half(PathBuf);

impl Drop for Half {
    fn drop(&mut self) {
        // It is not there any more once it has its name.
        drop(std::fs::remove_file(&self.0));
    }
}

/// The hashes of files whose names are among some values of the vault.
pub(crate) async fn named_by(
    link: &mut Connection,
    which: &str,
    params: Vec<Param>,
) -> Result<BTreeSet<String>, StoreError> {
    let sql =
        format!("SELECT DISTINCT item FROM vault WHERE {which} AND element = '{FILE_ELEMENT}'");
    let mut hashes = BTreeSet::new();
    for row in link.rows(&sql, params).await? {
        hashes.extend(row.text(0)?.rsplit_once('/').map(|(_, hash)| hash.to_owned()));
    }
    Ok(hashes)
}

/// Lets go of files that no value names any more: from now on nobody is given them, and their bytes
/// go once this is committed.
pub(crate) async fn let_go(
    link: &mut Connection,
    ledger: &LedgerId,
    hashes: BTreeSet<String>,
) -> Result<(), StoreError> {
    for hash in hashes {
        let sql = format!(
            "SELECT 1 FROM vault WHERE ledger = $1 AND element = '{FILE_ELEMENT}' AND item LIKE $2 LIMIT 1"
        );
        let named = params![ledger.as_str(), format!("%/{hash}")];
        if !link.rows(&sql, named).await?.is_empty() {
            continue;
        }
        let one = || params![ledger.as_str(), hash.as_str()];
        link.execute("DELETE FROM attachment WHERE ledger = $1 AND hash = $2", one()).await?;
        let sql = "INSERT INTO gone_file (ledger, hash) VALUES ($1, $2) ON CONFLICT (ledger, hash) DO NOTHING";
        link.execute(sql, one()).await?;
    }
    Ok(())
}

impl Store {
    /// Removes the bytes of files that were let go of, unless another ledger has the same.
    pub(crate) async fn remove_gone_files(&self, link: &mut Connection) -> Result<(), StoreError> {
        for row in link.rows("SELECT ledger, hash FROM gone_file", params![]).await? {
            let (ledger, hash) = (row.text(0)?, row.text(1)?);
            let kept = "SELECT 1 FROM attachment WHERE hash = $1 LIMIT 1";
            if link.rows(kept, params![hash.as_str()]).await?.is_empty() {
                let path = self.attachment_path(&hash);
                match tokio::fs::remove_file(&path).await {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(StoreError::file(&path, error));
                    }
                    _ => {}
                }
            }
            let sql = "DELETE FROM gone_file WHERE ledger = $1 AND hash = $2";
            link.execute(sql, params![ledger, hash]).await?;
        }
        Ok(())
    }

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
        bytes: &[u8],
    ) -> Result<String, StoreError> {
        let kept = self.put_attachment_from(ledger, media, ATTACHMENT_BYTES_MAX, bytes).await?;
        Ok(kept.hash)
    }

    /// Keeps the bytes of a stream without ever holding them all; at most so many.
    ///
    /// # Errors
    /// When there are more, the stream breaks off, or the disk fails: then nothing is kept.
    pub async fn put_attachment_from(
        &self,
        ledger: &LedgerId,
        media: &str,
        bytes_max: u64,
        mut from: impl AsyncRead + Unpin,
    ) -> Result<Attachment, StoreError> {
        let folder = self.folder().join("attachments");
        let failed = |path: &Path, error| StoreError::file(path, error);
        tokio::fs::create_dir_all(&folder).await.map_err(|error| failed(&folder, error))?;
        let half =
            Half(folder.join(format!("half-{}", crate::keys::hex(&crate::keys::random::<8>()))));
        let file = tokio::fs::File::create_new(&half.0).await;
        let mut file = file.map_err(|error| failed(&half.0, error))?;
        let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0_u64, vec![0; PIECE]);
        loop {
            let read = from.read(&mut piece).await;
            let read =
                read.map_err(|error| StoreError::Unfit(format!("the stream broke off: {error}")))?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            if bytes > bytes_max {
                return Err(StoreError::Unfit(format!(
                    "an attachment has at most {bytes_max} bytes"
                )));
            }
            hash.update(&piece[..read]);
            file.write_all(&piece[..read]).await.map_err(|error| failed(&half.0, error))?;
        }
        file.flush().await.map_err(|error| failed(&half.0, error))?;
        file.sync_all().await.map_err(|error| failed(&half.0, error))?;
        let hash = crate::keys::hex(&hash.finalize());
        let path = self.attachment_path(&hash);
        if let Some(shelf) = path.parent() {
            tokio::fs::create_dir_all(shelf).await.map_err(|error| failed(shelf, error))?;
            tokio::fs::rename(&half.0, &path).await.map_err(|error| failed(&path, error))?;
            // The name is as durable as the bytes before anybody is told of it.
            let shelf_file =
                tokio::fs::File::open(shelf).await.map_err(|error| failed(shelf, error))?;
            shelf_file.sync_all().await.map_err(|error| failed(shelf, error))?;
        }
        let sql = "INSERT INTO attachment (ledger, hash, bytes, media, stored_at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (ledger, hash) DO NOTHING";
        let size = i64::try_from(bytes).unwrap_or(i64::MAX);
        let row = params![ledger.as_str(), hash.as_str(), size, media, self.now().as_millisecond()];
        self.inner.database.execute(sql, row).await?;
        Ok(Attachment { hash, media: media.to_owned(), bytes })
    }

    /// What a ledger knows of an attachment; none if it is not the ledger's.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn attachment(
        &self,
        ledger: &LedgerId,
        hash: &str,
    ) -> Result<Option<Attachment>, StoreError> {
        let sql = "SELECT hash, media, bytes FROM attachment WHERE ledger = $1 AND hash = $2";
        let row = self.inner.database.row(sql, params![ledger.as_str(), hash]).await?;
        let read = |row: crate::sql::Row| {
            let bytes = u64::try_from(row.int(2)?).map_err(StoreError::damaged)?;
            Ok(Attachment { hash: row.text(0)?, media: row.text(1)?, bytes })
        };
        row.map(read).transpose()
    }

    /// All bytes of an attachment of a ledger, checked against their hash.
    ///
    /// # Errors
    /// When they cannot be read, or are no longer those of the hash.
    pub async fn attachment_bytes(
        &self,
        ledger: &LedgerId,
        hash: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(known) = self.attachment(ledger, hash).await? else { return Ok(None) };
        let path = self.attachment_path(&known.hash);
        let bytes = tokio::fs::read(&path).await.map_err(|error| StoreError::file(&path, error))?;
        if crate::keys::hex(&Sha256::digest(&bytes)) != known.hash {
            return Err(StoreError::Damaged(format!("the attachment {hash} was changed")));
        }
        Ok(Some(bytes))
    }

    /// A stream of some bytes of an attachment of a ledger, from one and at most so many, with
    /// what is known of it. The hash is over all bytes: who reads them all can check it.
    ///
    /// # Errors
    /// When the file cannot be read or has lost bytes, or the range begins behind its end.
    pub async fn open_attachment(
        &self,
        ledger: &LedgerId,
        hash: &str,
        (from, most): (u64, u64),
    ) -> Result<Option<(Attachment, impl AsyncRead + Send + Unpin + use<>)>, StoreError> {
        let Some(known) = self.attachment(ledger, hash).await? else { return Ok(None) };
        if from > known.bytes {
            return Err(StoreError::Unfit(format!("there are {} bytes, not {from}", known.bytes)));
        }
        let path = self.attachment_path(&known.hash);
        let failed = |error| StoreError::file(&path, error);
        let mut file = tokio::fs::File::open(&path).await.map_err(failed)?;
        if file.metadata().await.map_err(failed)?.len() != known.bytes {
            return Err(StoreError::Damaged(format!("the attachment {hash} was changed")));
        }
        file.seek(SeekFrom::Start(from)).await.map_err(failed)?;
        Ok(Some((known, file.take(most))))
    }
}
