//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

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
    /// Write, check, compare and try packs.
    #[command(subcommand)]
    Pack(Pack),
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
