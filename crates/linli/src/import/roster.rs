//! `linli import roster`: good rows land, bad rows come back in a workbook.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use domain::Actor;

use crate::arguments::Roster;
use crate::deployment::{Absent, Deployment};
use crate::keep::{Part, known_ledger};
use crate::progress::Progress;
use crate::settings::Settings;

/// The largest file that is looked at, in bytes; the reader refuses what is larger than it takes.
const BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How many bad rows are told one by one.
const TOLD_MAX: usize = 20;

/// Brings in a roster.
///
/// # Errors
/// When the file is no roster, or the deployment cannot be written.
pub(crate) async fn import(it: &Roster, settings: &Settings) -> Result<ExitCode> {
    let bytes = bytes(&it.file)?;
    let problems = it.problems.clone().unwrap_or_else(|| beside(&it.file));
    // Said before anything is done: whoever corrected the last workbook would lose it.
    if it.problems.is_some() && problems.exists() {
        bail!("{} is there already; name a file that is not with --problems", problems.display());
    }
    let deployment = Deployment::open(settings, Absent::Refuse).await?;
    let ledger = known_ledger(&deployment, &it.ledger).await?;
    let progress = Progress::begin("导入名册 import roster");
    let report = |done, all| progress.report(done, all);
    let taken =
        server::take_roster(&deployment.store, &Actor::console(), &ledger, bytes, &report).await;
    progress.end();
    let taken = taken.map_err(|refused| {
        let words = &refused.0.words;
        anyhow::anyhow!("{}: {} {}", it.file.display(), words.zh, words.en)
    })?;
    deployment.sign().await?;
    println!(
        "{} 行已导入 rows taken, {} 未变 unchanged, {} 有误 not taken",
        taken.good,
        taken.unchanged,
        taken.bad.len()
    );
    for bad in taken.bad.iter().take(TOLD_MAX) {
        eprintln!("{}:{}: {} {}", it.file.display(), bad.line, bad.why.zh, bad.why.en);
    }
    if taken.bad.len() > TOLD_MAX {
        eprintln!("…");
    }
    let Some(workbook) = taken.workbook else { return Ok(ExitCode::SUCCESS) };
    let path = free(problems);
    let mut part = Part::begin(&path)?;
    part.file.write_all(&workbook).with_context(|| format!("writing {}", path.display()))?;
    part.finish()?;
    println!("请改正后再次导入 correct and bring in again: {}", path.display());
    Ok(ExitCode::FAILURE)
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    let about = || format!("reading {}", path.display());
    let file = std::fs::File::open(path).with_context(about)?;
    let mut bytes = Vec::new();
    file.take(BYTES_MAX).read_to_end(&mut bytes).with_context(about)?;
    Ok(bytes)
}

/// Where bad rows go when nobody says: beside the roster.
fn beside(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-problems.xlsx"))
}

/// The path, or the first like it that is not taken.
fn free(path: PathBuf) -> PathBuf {
    if !path.exists() {
        return path;
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let names = (2..).map(|number| path.with_file_name(format!("{stem}-{number}.xlsx")));
    names.into_iter().find(|name| !name.exists()).unwrap_or(path)
}
