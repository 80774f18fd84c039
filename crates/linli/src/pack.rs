//! `linli pack`: packs are written, checked, compared and tried, without a deployment.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use domain::packs::AdoptPack;
use domain::{Actor, Code};
use packfile::{Checked, FILES_MAX, Files, PACK_BYTES_MAX};

use crate::arguments::Pack;
use crate::deployment::{Absent, Deployment};
use crate::settings::Settings;
use crate::{console, deployment, keep, trouble};

/// Does what was asked. Ends with failure when a pack is not sound or a story goes another way.
pub(crate) fn run(verb: &Pack) -> Result<ExitCode> {
    match verb {
        Pack::New { folder } => new(folder),
        Pack::Check { folders } => each(folders, |folder, checked| {
            for warning in &checked.warnings {
                println!("{}: {warning}", folder.display());
            }
            let pack = &checked.pack;
            let (kinds, forms, examples) =
                (pack.kinds.len(), pack.forms.len(), checked.examples.len());
            println!(
                "{} {}: {kinds} 类型 kinds, {forms} 表单 forms, {examples} 例 examples",
                pack.id, pack.version
            );
            true
        }),
        Pack::Diff { old, new } => diff(old, new),
        Pack::Test { folders } => each(folders, |_, checked| test(checked)),
        Pack::Adopt { .. } => bail!("a pack is adopted in a deployment"),
    }
}

/// Puts a pack in force in a ledger and below it; again, it changes nothing.
///
/// # Errors
/// When the pack is not sound, an example goes another way, or the ledger refuses it.
pub(crate) async fn adopt(folder: &Path, ledger: &str, settings: &Settings) -> Result<ExitCode> {
    let files = files(folder)?;
    let checked = match packfile::read(&files) {
        Ok(checked) => checked,
        Err(problems) => bail!("{}:\n{problems}", folder.display()),
    };
    if !test(&checked) {
        bail!("an example goes another way; nothing was changed");
    }
    let deployment = Deployment::open(settings, Absent::Refuse).await?;
    let ledger = keep::known_ledger(&deployment, ledger).await?;
    let pack = deployment.add_pack_file(&deployment::bytes(&files)?).await?;
    let adopt =
        AdoptPack { pack: pack.id.clone(), version: pack.version.clone(), hash: pack.hash.clone() };
    let envelope = console::envelope(&deployment, &ledger, adopt.into())?;
    let answer = deployment.submit(envelope, Actor::console()).await;
    match answer.map_err(trouble::unanswered)?.outcome {
        Ok(_) => println!("{} {} → {ledger}: 已生效 in force", pack.id, pack.version),
        Err(refusal) if refusal.code == Code::PackInForce => {
            println!(
                "{} {} → {ledger}: 早已生效，没有改动 in force already",
                pack.id, pack.version
            );
        }
        Err(refusal) => return Err(trouble::refused(&refusal)),
    }
    deployment.sign().await?;
    Ok(ExitCode::SUCCESS)
}

/// Checks packs one after the other and does something with those that are sound.
fn each<P: AsRef<Path>>(
    folders: &[P],
    mut with: impl FnMut(&Path, &Checked) -> bool,
) -> Result<ExitCode> {
    let mut sound = true;
    for folder in folders {
        let folder = folder.as_ref();
        match packfile::read(&files(folder)?) {
            Ok(checked) => sound &= with(folder, &checked),
            Err(problems) => {
                sound = false;
                eprintln!("{}:\n{problems}", folder.display());
            }
        }
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn test(checked: &Checked) -> bool {
    let mut sound = true;
    for example in &checked.examples {
        match packfile::rehearse(checked, example) {
            Ok(report) => println!(
                "{} {}: {} / {} ({} 步 steps, {} 项核对 checks)",
                checked.pack.id,
                report.id,
                report.name.zh,
                report.name.en,
                report.steps,
                report.checks
            ),
            Err(failure) => {
                sound = false;
                eprintln!("{} {}: {failure}", checked.pack.id, example.id);
            }
        }
    }
    sound
}

fn diff(old: &Path, new: &Path) -> Result<ExitCode> {
    let mut packs = Vec::new();
    for folder in [old, new] {
        match packfile::read(&files(folder)?) {
            Ok(checked) => packs.push(checked.pack),
            Err(problems) => bail!("{}:\n{problems}", folder.display()),
        }
    }
    let differences = packfile::diff(&packs[0], &packs[1]);
    for difference in &differences {
        println!("{difference}");
    }
    if differences.is_empty() {
        println!("没有差别 / no difference");
    }
    Ok(ExitCode::SUCCESS)
}

fn new(folder: &Path) -> Result<ExitCode> {
    if folder.exists() {
        bail!("{} is there already; name a folder that is not", folder.display());
    }
    let name = folder.file_name().and_then(|name| name.to_str());
    let id = name.context("the folder's name is the pack's id: name one")?;
    let files = packfile::new(id).map_err(|problem| anyhow::anyhow!("{problem}"))?;
    for (path, bytes) in &files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
    }
    println!("{}: linli pack check {}", folder.display(), folder.display());
    Ok(ExitCode::SUCCESS)
}

/// The files of a pack's folder, as many and as large as a pack may have.
fn files(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    let mut bytes_left = u64::try_from(PACK_BYTES_MAX)? + 1;
    collect(folder, folder, &mut files, &mut bytes_left)?;
    Ok(files)
}

fn collect(top: &Path, folder: &Path, files: &mut Files, bytes_left: &mut u64) -> Result<()> {
    use std::io::Read;
    let entries =
        fs::read_dir(folder).with_context(|| format!("reading the folder {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // One more than a pack may have is enough for the reader to say so.
        if hidden || files.len() > FILES_MAX {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(top, &path, files, bytes_left)?;
            continue;
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(&path).with_context(|| format!("reading {}", path.display()))?;
        file.take(*bytes_left).read_to_end(&mut bytes)?;
        *bytes_left -= bytes.len() as u64;
        let inside = path.strip_prefix(top)?.to_string_lossy().replace('\\', "/");
        files.insert(inside, bytes);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_pack_is_sound_and_its_examples_hold() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("lamps");
        new(&folder).unwrap();
        let checked = packfile::read(&files(&folder).unwrap()).unwrap();
        assert_eq!(checked.pack.id.as_str(), "lamps");
        assert!(test(&checked));
    }

    #[test]
    fn a_folder_that_is_there_is_not_written_over() {
        let place = tempfile::tempdir().unwrap();
        assert!(new(place.path()).is_err());
    }

    #[test]
    fn a_pack_that_is_not_sound_fails() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("pack.yaml"), "id: lamps\n").unwrap();
        assert_eq!(each(&[place.path()], |_, _| true).unwrap(), ExitCode::FAILURE);
    }
}
