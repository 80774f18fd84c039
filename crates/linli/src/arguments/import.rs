//! `linli import`: what can be said to it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Home;

/// Bring in places or people from files.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Bring in administrative divisions: provinces, cities, counties, streets, communities.
    ///
    /// From one file or all files of a folder: comma-separated text with the columns `code` and
    /// `name`, perhaps compressed by gzip. A code has 2, 4, 6, 9 or 12 digits and begins with that
    /// of the division above. Rows that cannot be taken are told by file and line; the exit code is
    /// then 1. Again, it changes nothing; a name that has changed is changed.
    Divisions(Divisions),
    /// Bring in the households and people of a roster.
    ///
    /// From a workbook (.xlsx) or comma-separated text in UTF-8 or GB 18030. Rows that are right
    /// land; the others are told, and written with what is wrong in each into a workbook that can
    /// be corrected and brought in again; the exit code is then 1. Again, it changes nothing.
    Roster(Roster),
}

/// Bring in the households and people of a roster.
#[derive(Debug, Args)]
pub(crate) struct Roster {
    /// The workbook or text.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The ledger of the community, or of the street whose communities stand in the file.
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: String,
    /// Where to write the rows that could not be taken; the file's name with `-problems` when
    /// absent.
    #[arg(long, value_name = "OUT.xlsx")]
    pub(crate) problems: Option<PathBuf>,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Bring in administrative divisions.
#[derive(Debug, Args)]
pub(crate) struct Divisions {
    /// A file, or a folder of files.
    #[arg(value_name = "FILE|FOLDER", required_unless_present = "street")]
    pub(crate) from: Option<PathBuf>,
    /// The place below which they stand.
    #[arg(long, value_name = "PLACE", default_value = "root")]
    pub(crate) below: String,
    /// Only this division, what is above it and what is below it.
    #[arg(long, value_name = "CODE")]
    pub(crate) within: Option<String>,
    /// Pick a street: it and each of its communities get a ledger of their own.
    #[arg(long, value_name = "CODE")]
    pub(crate) street: Vec<String>,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}
