//! `linli import divisions`: a country of places, streamed; again, it changes nothing.

mod code;
mod families;
mod picked;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use domain::ids::{LedgerId, PlaceId};
use tokio::sync::mpsc;

use crate::arguments::Divisions;
use crate::deployment::{Absent, Deployment};
use crate::progress::Progress;
use crate::settings::Settings;
use code::Code;
use families::Families;
use table::{Bad, Rows};

/// How many bad rows are told one by one.
const TOLD_MAX: usize = 100;

/// What became of the rows.
#[derive(Debug, Default)]
struct Tally {
    added: u64,
    unchanged: u64,
    renamed: u64,
    bad: u64,
}

/// Brings in divisions and opens the ledgers of picked streets.
///
/// # Errors
/// When a file does not read or the deployment cannot be written.
pub(crate) async fn import(it: &Divisions, settings: &Settings) -> Result<ExitCode> {
    let files = it.from.as_deref().map(table::files).transpose()?.unwrap_or_default();
    let within = match &it.within {
        Some(text) => Some(Code::read(text).with_context(|| format!("`{text}` is no code"))?),
        None => None,
    };
    let deployment = Deployment::open(settings, Absent::Make).await?;
    let below: PlaceId = it.below.parse().with_context(|| format!("`{}` is no place", it.below))?;
    let Some((ledger, _)) = deployment.place(&below).await? else {
        bail!("没有地点 there is no place `{below}`");
    };
    let mut well = true;
    if !files.is_empty() {
        let tally = bring_in(&deployment, ledger, below, files, within).await?;
        println!(
            "{} 新增 added, {} 未变 unchanged, {} 改名 renamed, {} 有误 not taken",
            tally.added, tally.unchanged, tally.renamed, tally.bad
        );
        well = tally.bad == 0;
    }
    for street in &it.street {
        picked::open(&deployment, street).await?;
    }
    deployment.sign().await?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn bring_in(
    deployment: &Deployment,
    ledger: LedgerId,
    below: PlaceId,
    files: Vec<PathBuf>,
    within: Option<Code>,
) -> Result<Tally> {
    let progress = Progress::begin("导入地点 import divisions");
    let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    let counted = files.clone();
    let all = tokio::task::spawn_blocking(move || table::count(&counted)).await??;
    let (to, mut from) = mpsc::channel::<Result<Rows>>(4);
    std::thread::spawn(move || {
        if let Err(error) = table::read(&files, within, &to) {
            // Whoever reads may have stopped.
            drop(to.blocking_send(Err(error)));
        }
    });
    let mut families = Families::new(deployment, ledger, below);
    let mut told = 0;
    let mut done = 0;
    let mut tell = |bad: Vec<Bad>| {
        for Bad { file, line, why } in bad {
            told += 1;
            if told <= TOLD_MAX {
                progress.note(&format!("{}:{line}: {why}", names[file]));
            } else if told == TOLD_MAX + 1 {
                progress.note("…");
            }
        }
    };
    while let Some(rows) = from.recv().await {
        let rows = rows?;
        done += (rows.good.len() + rows.bad.len()) as u64;
        families.bad(rows.bad);
        families.take(rows.good).await?;
        tell(families.found_bad());
        progress.report(done, all);
    }
    let tally = families.finish().await?;
    tell(tally.1);
    progress.end();
    Ok(tally.0)
}
