//! What can be said on the command line.

mod demo;
mod pack;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use demo::Demo;
pub(crate) use pack::Pack;

/// Looks after neighbourhoods, in quiet times and in an emergency.
///
/// Every fact is entered once, by the person closest to it; everything else is derived.
#[derive(Debug, Parser)]
#[command(name = "linli", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Serve a deployment.
    Serve(Serve),
    /// Make an invented street with its people and packs, and serve it.
    Demo(Demo),
    /// Check the chain, the signatures, the vault and the views.
    Verify(Where),
    /// Write, check, compare and try packs.
    #[command(subcommand)]
    Pack(Pack),
}

/// Where a deployment keeps its data.
#[derive(Debug, Clone, Args)]
pub(crate) struct Where {
    /// Folder for keys, attachments and, with SQLite, the database.
    #[arg(long, env = "LINLI_DIR", value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// A PostgreSQL database; SQLite in the folder when absent.
    #[arg(long, env = "LINLI_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(crate) database: Option<String>,
}

/// Serve a deployment.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where its data are; `./linli-data` when absent.
    #[command(flatten)]
    pub(crate) place: Where,
    /// Address and port.
    #[arg(long, env = "LINLI_LISTEN", default_value = "127.0.0.1:8700", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
}
