//! Memory: the ledger, the vault, the views, the outbox and attachments, on SQLite or PostgreSQL.
//!
//! The only room that knows SQL. [`Store::submit`] is the only function that appends; everything
//! else reads, derives, or keeps what is no fact (keys, sessions, attachments).

mod attachments;
mod backup;
mod batch;
mod chain;
mod changes;
mod credentials;
mod error;
mod export;
mod figures;
mod following;
mod inspect;
mod keys;
mod listing;
mod options;
mod outbox;
mod queries;
mod replay;
mod retention;
mod rows;
mod schema;
mod settings;
mod shelf;
mod sql;
mod store;
mod submit;
mod vault;
mod verify;
mod wake;

pub use attachments::{ATTACHMENT_BYTES_MAX, Attachment};
pub use credentials::Credential;
pub use error::{StoreError, SubmitError};
pub use following::Following;
pub use inspect::Inspection;
pub use listing::{Listing, Page, Under};
pub use options::{
    Clock, Entropy, FormReader, PackReader, StoreOptions, SystemClock, SystemEntropy,
};
pub use outbox::{DeadLetter, Delivered, OutboxEntry, TRIES_MAX};
pub use replay::Progress;
pub use retention::{Certificate, Destruction};
pub use settings::LedgerRules;
pub use store::Store;
pub use submit::{Answer, Done};
pub use vault::{Opened, Read, Reader, Wanted};
pub use verify::{Verified, Wrong};
