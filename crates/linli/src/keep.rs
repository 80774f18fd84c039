//! `linli verify`, `rebuild` and `export`: the truth read again, the views made anew, the facts out.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use domain::ids::LedgerId;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::arguments::{Export, Rebuild, Verify};
use crate::deployment::{Absent, Deployment};
use crate::progress::Progress;
use crate::settings::Settings;

/// Reads everything again and says what is wrong first, if anything is.
///
/// # Errors
/// When the deployment cannot be read.
pub(crate) async fn verify(it: &Verify, settings: &Settings) -> Result<ExitCode> {
    let deployment = Deployment::open(settings, Absent::Refuse).await?;
    let progress = Progress::begin("核对 verify");
    let found = deployment.verify(&|done, all| progress.report(done, all)).await?;
    progress.end();
    let verified = match found {
        Ok(verified) => verified,
        Err(wrong) => {
            println!("不一致 not well: {wrong}");
            println!(
                "Stop the program, keep the folder as it is, and bring back the last good backup \
                 into another one: linli restore"
            );
            return Ok(ExitCode::FAILURE);
        }
    };
    println!(
        "{} 账本 ledgers, {} 事实 facts, {} 签名 signatures, {} 保险库值 vault values, {} 状态 states: 一致 all is well",
        verified.ledgers, verified.facts, verified.signatures, verified.values, verified.things
    );
    if it.sign {
        deployment.sign().await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes all views anew.
///
/// # Errors
/// When the store fails; the views are then as they were.
pub(crate) async fn rebuild(_: &Rebuild, settings: &Settings) -> Result<ExitCode> {
    let deployment = Deployment::open(settings, Absent::Refuse).await?;
    let progress = Progress::begin("重建 rebuild");
    let facts = deployment.rebuild(&|done, all| progress.report(done, all)).await?;
    progress.end();
    println!("{facts} 事实 facts: 视图已重建 the views are made anew");
    Ok(ExitCode::SUCCESS)
}

/// Writes facts as lines of JSON.
///
/// # Errors
/// When the ledger is unknown, or the file is there already or cannot be written.
pub(crate) async fn export(it: &Export, settings: &Settings) -> Result<ExitCode> {
    let deployment = Deployment::open(settings, Absent::Refuse).await?;
    let ledger = match &it.ledger {
        Some(id) => Some(known_ledger(&deployment, id).await?),
        None => None,
    };
    let progress = Progress::begin("导出 export");
    let report = |done, all| progress.report(done, all);
    if it.file == Path::new("-") {
        let mut out = BufWriter::new(std::io::stdout());
        deployment.export_of(ledger.as_ref(), &mut out, &report).await?;
        out.flush().context("writing to standard output")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut part = Part::begin(&it.file)?;
    let compressed = it.file.extension().is_some_and(|end| end == "gz");
    let facts = if compressed {
        let mut out = GzEncoder::new(&mut part.file, Compression::default());
        let facts = deployment.export_of(ledger.as_ref(), &mut out, &report).await?;
        out.finish().with_context(|| format!("writing {}", it.file.display()))?;
        facts
    } else {
        let mut out = BufWriter::new(&mut part.file);
        let facts = deployment.export_of(ledger.as_ref(), &mut out, &report).await?;
        out.flush().with_context(|| format!("writing {}", it.file.display()))?;
        facts
    };
    part.finish()?;
    progress.end();
    println!("{facts} 事实 facts: {}", it.file.display());
    Ok(ExitCode::SUCCESS)
}

/// A ledger that is there, by its id.
///
/// # Errors
/// When it is no id, or there is no such ledger.
pub(crate) async fn known_ledger(deployment: &Deployment, id: &str) -> Result<LedgerId> {
    let ledger: LedgerId = id.parse().with_context(|| format!("`{id}` is no ledger"))?;
    if deployment.ledger(&ledger).await?.is_none() {
        let ledgers = deployment.ledgers().await?;
        let mut names: Vec<String> =
            ledgers.iter().take(20).map(|(id, head)| format!("{id} {}", head.name)).collect();
        if ledgers.len() > names.len() {
            names.push(format!("… ({})", ledgers.len()));
        }
        bail!("没有账本 there is no ledger `{id}`; there are: {}", names.join(", "));
    }
    Ok(ledger)
}

/// A file that has its name only when it is whole; what was begun is taken away otherwise.
pub(crate) struct Part {
    /// What is written to.
    pub(crate) file: File,
    path: PathBuf,
    part: PathBuf,
    whole: bool,
}

impl Part {
    /// Begins a file that is not there yet.
    ///
    /// # Errors
    /// When it is there already, or cannot be written.
    pub(crate) fn begin(path: &Path) -> Result<Self> {
        if path.exists() {
            bail!("{} is there already; name a file that is not", path.display());
        }
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".part-{}", std::process::id()));
        let part = PathBuf::from(name);
        let file =
            File::create_new(&part).with_context(|| format!("writing {}", part.display()))?;
        Ok(Self { file, path: path.to_owned(), part, whole: false })
    }

    /// Gives the file its name, when its bytes are on the disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn finish(mut self) -> Result<()> {
        let about = || format!("writing {}", self.path.display());
        self.file.sync_all().with_context(about)?;
        std::fs::rename(&self.part, &self.path).with_context(about)?;
        self.whole = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.whole {
            let _ = std::fs::remove_file(&self.part);
        }
    }
}
