//! What can go wrong below the rules: the disk, the database, a key that does not fit.

use std::sync::Arc;

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// What is stored is not what was written.
    #[error("what is stored does not read: {0}")]
    Damaged(String),
    /// A sealed value or key does not open with the deployment's key.
    #[error("a sealed value does not open: the key does not fit or the bytes were changed")]
    Sealed,
    /// The database was written with other keys than those in the folder, or with keys that are
    /// not there.
    #[error(
        "the database was written with other keys than {path}: copy the file `keys` there from the \
         data folder that it was made with, then try again"
    )]
    OtherKeys {
        /// Where the file of keys is, or would be.
        path: String,
    },
    /// What was asked cannot be done.
    #[error("{0}")]
    Unfit(String),
}

impl StoreError {
    pub(crate) fn file(path: &std::path::Path, error: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), error }
    }

    pub(crate) fn damaged(what: impl ToString) -> Self {
        Self::Damaged(what.to_string())
    }
}

/// Why a command has no answer: it may or may not have been given; the same id tells.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// The store failed; nothing of the batch was written.
    #[error("not written: {0}")]
    Failed(Arc<StoreError>),
    /// The store is closing.
    #[error("the store is closing")]
    Closing,
}
