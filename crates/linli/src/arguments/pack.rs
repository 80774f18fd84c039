//! `linli pack`: what can be said to it.

use std::path::PathBuf;

use clap::Subcommand;

use super::Home;

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
    /// Put a pack in force in a ledger and below it.
    Adopt {
        /// The pack.
        folder: PathBuf,
        /// The ledger.
        #[arg(long, value_name = "LEDGER", default_value = "root")]
        ledger: String,
        /// Where the deployment is.
        #[command(flatten)]
        home: Home,
    },
}
