//! `linli backup` and `restore`: a copy as of one instant, checked byte by byte when it comes back.

mod archive;
mod manifest;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::arguments::{Backup, Restore};
use crate::ask;
use crate::deployment::{self, Absent, Deployment};
use crate::progress::Progress;
use crate::settings::{FILE_NAME, Settings};
use manifest::Manifest;

/// A folder that is taken away again unless it is kept.
struct Draft {
    path: PathBuf,
    kept: bool,
}

impl Draft {
    /// A folder beside another path, not there yet.
    fn beside(path: &Path) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".draft-{}", std::process::id()));
        Self { path: PathBuf::from(name), kept: false }
    }

    /// Gives the folder its name.
    fn keep(mut self, path: &Path) -> Result<()> {
        std::fs::rename(&self.path, path)
            .with_context(|| format!("moving {} to {}", self.path.display(), path.display()))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Whether a path stands for one file rather than a folder.
fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"))
}

/// Copies everything as it is at one instant.
///
/// # Errors
/// When the place is taken, the disk fails, or the deployment is on PostgreSQL.
pub(crate) async fn backup(it: &Backup, settings: &Settings) -> Result<ExitCode> {
    if it.to.exists() {
        bail!("{} is there already; name a folder or a .zip that is not", it.to.display());
    }
    if settings.database().is_some() {
        bail!(
            "the facts are in PostgreSQL: back them up with pg_dump, and with it the file `keys` \
             and the folder `attachments` in {}",
            settings.dir().display()
        );
    }
    let deployment = Deployment::open(settings, Absent::Refuse).await?;
    deployment.sign().await?;
    let draft = Draft::beside(&it.to);
    let progress = Progress::begin("备份 backup");
    let all = size(&settings.dir().join("linli.db"));
    let copied = deployment.backup(&draft.path, it.with_keys);
    watched(copied, || progress.report(size(&draft.path.join("linli.db")), all)).await?;
    let manifest = Manifest::of(&draft.path, it.with_keys, &progress)?;
    manifest.write(&draft.path)?;
    if is_archive(&it.to) {
        archive::pack(&draft.path, &it.to, &progress)?;
    } else {
        draft.keep(&it.to)?;
    }
    progress.end();
    println!(
        "{} 文件 files, {} 字节 bytes: {}",
        manifest.files.len(),
        manifest.bytes(),
        it.to.display()
    );
    if !it.with_keys {
        println!(
            "不含密钥 without keys: keep a copy of {} somewhere else, or personal values cannot be \
             read again",
            settings.dir().join("keys").display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}

/// Waits for a job and looks now and then how far it is.
async fn watched<T>(job: impl Future<Output = T>, look: impl Fn()) -> T {
    tokio::pin!(job);
    let mut ticks = tokio::time::interval(Duration::from_millis(200));
    loop {
        tokio::select! {
            done = &mut job => return done,
            _ = ticks.tick() => look(),
        }
    }
}

/// Brings back a backup, when every byte of it is as it was written and the chain fits.
///
/// # Errors
/// When the backup is damaged or its keys are missing; the folder is then as it was.
pub(crate) async fn restore(it: &Restore, settings: &Settings) -> Result<ExitCode> {
    if settings.database().is_some() {
        bail!(
            "the facts are in PostgreSQL: bring them back with pg_restore, and with them the file \
             `keys` and the folder `attachments` in {}",
            settings.dir().display()
        );
    }
    let dir = settings.dir();
    let there = deployment::is_ours(&dir)?;
    let draft = Draft::beside(&dir);
    if let Some(above) = dir.parent().filter(|above| !above.as_os_str().is_empty()) {
        std::fs::create_dir_all(above).with_context(|| format!("making {}", above.display()))?;
    }
    let progress = Progress::begin("恢复 restore");
    assemble(it, &dir, &draft.path, &progress)?;
    let facts = check(settings, &draft.path, &progress).await?;
    progress.end();
    if there {
        let what = format!(
            "{0} 里已有数据，将改名保留在旁边。\n{0} holds a deployment; it will be put aside, not deleted.",
            dir.display()
        );
        ask::before(what, it.yes).await?;
    }
    let put_aside = swap(draft, &dir)?;
    println!("{facts} 事实 facts: {}", dir.display());
    if let Some(aside) = put_aside {
        println!("原有数据 what was there: {}", aside.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Puts the files of a backup, and the keys, into a folder beside the data.
fn assemble(it: &Restore, dir: &Path, draft: &Path, progress: &Progress) -> Result<()> {
    if !it.from.exists() {
        bail!("{} is not there; name what `linli backup` wrote", it.from.display());
    }
    if it.from.is_dir() {
        let manifest = Manifest::read(&it.from)?;
        manifest.copy(&it.from, draft, progress)?;
    } else {
        archive::unpack(&it.from, draft)?;
        Manifest::read(draft)?.check(draft, progress)?;
    }
    let keys = draft.join("keys");
    if keys.is_file() {
        return Ok(());
    }
    let theirs = it.keys.clone().or_else(|| Some(dir.join("keys")).filter(|path| path.is_file()));
    let Some(theirs) = theirs else {
        bail!(
            "the backup is without keys, and {} has none: name the file of keys with --keys",
            dir.display()
        );
    };
    std::fs::copy(&theirs, &keys).with_context(|| format!("reading {}", theirs.display()))?;
    Ok(())
}

/// Opens what was assembled and reads everything in it. Says how many facts there are.
async fn check(settings: &Settings, draft: &Path, progress: &Progress) -> Result<u64> {
    let settings = settings.clone().in_folder(draft);
    let deployment = Deployment::open(&settings, Absent::Refuse).await.context(
        "the backup does not open, or its keys are others (name the right ones with --keys); \
             nothing was changed",
    )?;
    let found = deployment.verify(&|done, all| progress.report(done, all)).await;
    deployment.store.close().await;
    match found {
        Ok(Ok(verified)) => Ok(verified.facts),
        Ok(Err(wrong)) => bail!(
            "the backup is not sound, or its keys are others: {wrong}. Nothing was changed; try an \
             earlier backup, or the right keys with --keys"
        ),
        Err(error) => Err(error)
            .context("the backup does not read, or its keys are others; nothing was changed"),
    }
}

/// Puts the new folder in the place of the old one, which stays beside it.
fn swap(draft: Draft, dir: &Path) -> Result<Option<PathBuf>> {
    let mut aside = None;
    let mut held = None;
    if dir.exists() {
        held = deployment::hold_alone(dir)?;
        if held.is_none() {
            bail!(
                "a program is at work on {}: stop the server, then try again; nothing was changed",
                dir.display()
            );
        }
        let settings = dir.join(FILE_NAME);
        if settings.is_file() {
            std::fs::copy(&settings, draft.path.join(FILE_NAME))
                .with_context(|| format!("copying {}", settings.display()))?;
        }
        let mut name = dir.as_os_str().to_owned();
        name.push(format!(".before-{}", jiff::Timestamp::now().as_second()));
        let name = PathBuf::from(name);
        std::fs::rename(dir, &name).with_context(|| format!("moving {}", dir.display()))?;
        aside = Some(name);
    }
    draft.keep(dir)?;
    drop(held);
    // A folder that held nothing but its lock is not worth keeping.
    if let Some(empty) = aside.as_ref().filter(|aside| !aside.join("keys").is_file()) {
        std::fs::remove_dir_all(empty).with_context(|| format!("removing {}", empty.display()))?;
        aside = None;
    }
    Ok(aside)
}
