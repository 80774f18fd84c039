//! Verbs that keep a deployment: what can be said to them.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::Home;

/// Check the chain, the signatures, the vault and the views.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Sign the heads of all ledgers when nothing is wrong.
    #[arg(long)]
    pub(crate) sign: bool,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Make all views anew from the facts.
#[derive(Debug, Args)]
pub(crate) struct Rebuild {
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Write all facts as lines of JSON; no names or numbers of people are among them.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Where to write; compressed when it ends in `.gz`, `-` for standard output.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Only this ledger.
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<String>,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Show what waits to be told to others by the webhook, and what could not be told.
#[derive(Debug, Args)]
pub(crate) struct Outbox {
    /// Tell again what was given up, from the next five seconds on.
    #[arg(long)]
    pub(crate) retry: bool,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Copy everything as it is at one instant, while the server runs.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// A folder that is not there yet, or one file when it ends in `.zip`.
    #[arg(value_name = "TO")]
    pub(crate) to: PathBuf,
    /// The keys too: whoever holds the backup can then read what people told in confidence.
    #[arg(long)]
    pub(crate) with_keys: bool,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Bring back what `backup` wrote, after checking every byte of it.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The folder or file that `backup` wrote.
    #[arg(value_name = "FROM")]
    pub(crate) from: PathBuf,
    /// The file of keys, when the backup is without and the folder has none.
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
    /// Do not ask before what is in the folder is put aside.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Where the deployment shall be.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Show every setting with where it came from, and check that all is in order.
///
/// Nothing is made or changed. The exit code is 1 when something is wrong.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Address and port [`LINLI_LISTEN`; 127.0.0.1:8700].
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Destroy what is kept about a person, and give a signed certificate of it.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["purpose", "all"]))]
pub(crate) struct Erase {
    /// The ledger that keeps the values.
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: String,
    /// Only this person's; everybody's in the ledger when absent.
    #[arg(long, value_name = "PERSON", required_unless_present = "purpose")]
    pub(crate) person: Option<String>,
    /// Only what is kept for this purpose.
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) purpose: Option<String>,
    /// Whatever the purpose.
    #[arg(long)]
    pub(crate) all: bool,
    /// Where to save the certificate; in the deployment's folder when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Do not ask.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}
