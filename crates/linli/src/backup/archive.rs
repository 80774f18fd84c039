//! A backup as one file: the folder in a ZIP archive.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use anyhow::{Context, Result, bail};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::manifest::{Manifest, NAME, private};
use crate::keep::Part;
use crate::progress::Progress;

/// The most files in an archive.
const FILES_MAX: usize = 5_000_000;

/// Writes a folder into one file.
///
/// # Errors
/// When the disk fails.
pub(super) fn pack(folder: &Path, to: &Path, progress: &Progress) -> Result<()> {
    let manifest = Manifest::read(folder)?;
    let part = Part::begin(to)?;
    let mut archive = ZipWriter::new(BufWriter::new(&part.file));
    let names = std::iter::once(NAME).chain(manifest.files.keys().map(String::as_str));
    let all = manifest.files.len() as u64 + 1;
    for (done, name) in (0..).zip(names) {
        progress.report(done, all);
        archive.start_file(name, SimpleFileOptions::default().large_file(true))?;
        let mut file = File::open(folder.join(name))?;
        std::io::copy(&mut file, &mut archive)
            .with_context(|| format!("writing {}", to.display()))?;
    }
    archive.finish()?.into_inner().map_err(|error| error.into_error())?;
    part.finish()
}

/// Reads one file into a folder that is not there yet. What the archive claims about sizes is not
/// believed: the file that says what is in it comes first, and nothing larger is written.
///
/// # Errors
/// When it is no archive, not whole, or holds what it should not.
pub(super) fn unpack(from: &Path, folder: &Path) -> Result<()> {
    let damaged =
        || format!("{} is no whole backup; copy it again, or take another one", from.display());
    let file = File::open(from).with_context(|| format!("reading {}", from.display()))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).with_context(damaged)?;
    if archive.len() > FILES_MAX {
        bail!("{} holds more files than a backup has", from.display());
    }
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    write(&mut archive, NAME, folder, 256 * 1024 * 1024).with_context(damaged)?;
    let manifest = Manifest::read(folder)?;
    for (name, bytes) in manifest.sizes() {
        write(&mut archive, name, folder, bytes).with_context(damaged)?;
    }
    Ok(())
}

/// Writes a file of the archive, one byte more than it may have at most.
fn write(
    archive: &mut ZipArchive<BufReader<File>>,
    name: &str,
    folder: &Path,
    bytes_most: u64,
) -> Result<()> {
    use std::io::Read as _;
    let path = folder.join(name);
    if let Some(above) = path.parent() {
        std::fs::create_dir_all(above)?;
    }
    let entry = archive.by_name(name).with_context(|| format!("`{name}` is missing"))?;
    let mut out = private(&path)?;
    std::io::copy(&mut entry.take(bytes_most.saturating_add(1)), &mut out)?;
    Ok(())
}
