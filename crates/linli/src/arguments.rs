//! What can be said on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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

/// Make an invented street with its people and packs, and serve it.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where its data are; `./linli-demo` when absent.
    #[command(flatten)]
    pub(crate) place: Where,
    /// Address and port.
    #[arg(long, default_value = "127.0.0.1:8700", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// What chance begins with; the same seed gives the same street.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub(crate) seed: u64,
    /// Make the street, tell what is there, and end.
    #[arg(long)]
    pub(crate) no_serve: bool,
}

/// Write, check, compare and try packs.
#[derive(Debug, Subcommand)]
pub(crate) enum Pack {
    /// Write a small complete pack to begin with.
    New {
        /// The folder, which is not there yet; its name is the pack's id.
        folder: PathBuf,
    },
    /// Say what is wrong, at line and column.
    Check {
        /// One or several packs.
        #[arg(required = true)]
        folders: Vec<PathBuf>,
    },
    /// Say what changes from one version to another.
    Diff {
        /// The version before.
        old: PathBuf,
        /// The version after.
        new: PathBuf,
    },
    /// Play the examples.
    Test {
        /// One or several packs.
        #[arg(required = true)]
        folders: Vec<PathBuf>,
    },
}
