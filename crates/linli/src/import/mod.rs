//! `linli import`: places and people from files, in good batches, through the same door as all else.

mod divisions;
mod roster;

use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::Import;
use crate::settings::Settings;

/// Does what was asked.
///
/// # Errors
/// When a file does not read or the deployment cannot be written.
pub(crate) async fn run(verb: &Import, settings: &Settings) -> Result<ExitCode> {
    match verb {
        Import::Divisions(it) => divisions::import(it, settings).await,
        Import::Roster(it) => roster::import(it, settings).await,
    }
}
