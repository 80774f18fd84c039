//! What a backup holds: each file with its size and hash, so that a damaged copy is found.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Component, Path};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::progress::Progress;

/// The file of a backup that says what is in it.
pub(super) const NAME: &str = "backup.json";
/// The form of that file.
const FORM: u32 = 1;
/// The largest such file, in bytes.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// Its size in bytes.
    bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    sha256: String,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    form: u32,
    version: String,
    taken_at: Timestamp,
    with_keys: bool,
    /// The files, by their path in the folder.
    pub(super) files: BTreeMap<String, Entry>,
}

impl Manifest {
    /// Reads every file of a folder.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(super) fn of(folder: &Path, with_keys: bool, progress: &Progress) -> Result<Self> {
        let mut files = BTreeMap::new();
        let mut paths = Vec::new();
        walk(folder, "", &mut paths)?;
        for path in paths {
            let entry = pass(&folder.join(&path), None, progress)?;
            files.insert(path, entry);
        }
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Self { form: FORM, version, taken_at: Timestamp::now(), with_keys, files })
    }

    /// Writes it into the folder of the backup.
    ///
    /// # Errors
    /// When the disk fails.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(NAME);
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(&path, text + "\n").with_context(|| format!("writing {}", path.display()))
    }

    /// Reads that of a backup.
    ///
    /// # Errors
    /// When the folder is no backup, or one of a newer program.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(NAME);
        let no_backup = || {
            format!(
                "{} is no backup (it has no `{NAME}`); name what `linli backup` wrote",
                folder.display()
            )
        };
        let file = File::open(&path).with_context(no_backup)?;
        let manifest: Self = serde_json::from_reader(file.take(BYTES_MAX))
            .with_context(|| format!("{} was damaged; take another copy", path.display()))?;
        if manifest.form > FORM {
            bail!("the backup was written by Linli {}; install that version", manifest.version);
        }
        for name in manifest.files.keys() {
            let inside = Path::new(name).components().all(|it| matches!(it, Component::Normal(_)));
            if !inside {
                bail!(
                    "{} names a file outside of the backup; it was tampered with",
                    path.display()
                );
            }
        }
        Ok(manifest)
    }

    /// The files with their sizes in bytes.
    pub(super) fn sizes(&self) -> impl Iterator<Item = (&str, u64)> {
        self.files.iter().map(|(name, entry)| (name.as_str(), entry.bytes))
    }

    /// How many bytes the files have.
    pub(super) fn bytes(&self) -> u64 {
        self.files.values().map(|entry| entry.bytes).sum()
    }

    /// Copies the files, each of which must be as it was written.
    ///
    /// # Errors
    /// When one is missing or damaged, or the disk fails.
    pub(super) fn copy(&self, from: &Path, to: &Path, progress: &Progress) -> Result<()> {
        self.each(from, Some(to), progress)
    }

    /// Checks that the files are as they were written.
    ///
    /// # Errors
    /// When one is missing or damaged.
    pub(super) fn check(&self, folder: &Path, progress: &Progress) -> Result<()> {
        self.each(folder, None, progress)
    }

    fn each(&self, from: &Path, to: Option<&Path>, progress: &Progress) -> Result<()> {
        for (name, said) in &self.files {
            let to = to.map(|to| to.join(name));
            if let Some(above) = to.as_ref().and_then(|to| to.parent()) {
                std::fs::create_dir_all(above)
                    .with_context(|| format!("making {}", above.display()))?;
            }
            let found = pass(&from.join(name), to.as_deref(), progress)?;
            if found.bytes != said.bytes {
                bail!(
                    "`{name}` has {} bytes, {} were written: the copy is not whole. Copy the backup \
                     again, or take another one; nothing was changed",
                    found.bytes,
                    said.bytes
                );
            }
            if found.sha256 != said.sha256 {
                bail!(
                    "`{name}` is not as it was written: the copy is damaged. Copy the backup again, \
                     or take another one; nothing was changed"
                );
            }
        }
        Ok(())
    }
}

/// The files below a folder, by their paths.
fn walk(folder: &Path, inside: &str, paths: &mut Vec<String>) -> Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// Reads a file to its end, copying it on the way when asked.
fn pass(path: &Path, to: Option<&Path>, progress: &Progress) -> Result<Entry> {
    let about = || format!("reading {}", path.display());
    let mut file = File::open(path).with_context(about)?;
    let all = file.metadata().with_context(about)?.len();
    let mut copy = match to {
        Some(to) => Some(private(to).with_context(|| format!("writing {}", to.display()))?),
        None => None,
    };
    let mut hash = Sha256::new();
    let mut block = vec![0; 1024 * 1024];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut block).with_context(about)?;
        if read == 0 {
            break;
        }
        hash.update(&block[..read]);
        if let Some(copy) = &mut copy {
            copy.write_all(&block[..read]).context("writing the copy")?;
        }
        bytes += read as u64;
        progress.report(bytes, all);
    }
    if let Some(copy) = copy {
        copy.sync_all().context("writing the copy")?;
    }
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Entry { bytes, sha256 })
}

/// A new file that only its owner may read.
pub(super) fn private(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}
