//! The files of the repository, as git sees them, and the crates, as cargo sees them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::arrows::{self, Package};
use super::source::Source;

/// Text files above this are read by no rule.
const BYTES_MAX: u64 = 4 << 20;

/// A Rust file, taken apart.
#[derive(Debug)]
pub struct RustFile {
    /// From the root of the repository.
    pub path: String,
    /// As written.
    pub text: String,
    /// Taken apart.
    pub source: Source,
}

impl RustFile {
    /// The room: the first two folders of `crates/x/…` and `engines/x/…`, otherwise the first.
    #[must_use]
    pub fn room(&self) -> &str {
        let depth = if self.path.starts_with("xtask/") { 1 } else { 2 };
        let end = self.path.match_indices('/').nth(depth - 1).map_or(self.path.len(), |(at, _)| at);
        &self.path[..end]
    }
}

/// The repository as the rules see it.
#[derive(Debug, Default)]
pub struct Tree {
    /// Every path that is committed or would be.
    pub paths: BTreeSet<String>,
    /// Every text file of bearable size.
    pub texts: BTreeMap<String, String>,
    /// The Rust files, taken apart.
    pub rust: Vec<RustFile>,
    /// The crates of the workspace.
    pub packages: Vec<Package>,
}

impl Tree {
    /// Reads the repository.
    ///
    /// # Errors
    /// When git or cargo cannot be asked.
    pub fn read(root: &Path) -> Result<Self> {
        let mut texts = Vec::new();
        let mut paths = BTreeSet::new();
        for path in listed(root)? {
            let file = root.join(&path);
            let Ok(about) = std::fs::symlink_metadata(&file) else { continue };
            paths.insert(path.clone());
            if about.is_file() && about.len() <= BYTES_MAX {
                let bytes = std::fs::read(&file).with_context(|| format!("reading {path}"))?;
                texts.extend(String::from_utf8(bytes).ok().map(|text| (path, text)));
            }
        }
        let mut tree = Self::of(texts);
        tree.paths = paths;
        tree.packages = arrows::packages(root)?;
        Ok(tree)
    }

    /// A tree of these files, as tests build it.
    pub fn of<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let texts: BTreeMap<String, String> =
            files.into_iter().map(|(path, text)| (path.into(), text.into())).collect();
        let rust = texts.iter().filter(|(path, _)| path.ends_with(".rs")).map(|(path, text)| {
            let source = Source::read(text);
            RustFile { path: path.clone(), text: text.clone(), source }
        });
        let rust = rust.collect();
        let paths = texts.keys().cloned().collect();
        Self { paths, texts, rust, packages: Vec::new() }
    }

    /// Whether a file or folder of this path is in the repository.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        self.paths.contains(path)
            || self.paths.range(folder.clone()..).next().is_some_and(|p| p.starts_with(&folder))
    }

    /// The Rust files of crates and engines.
    pub fn rooms(&self) -> impl Iterator<Item = &RustFile> {
        self.rust
            .iter()
            .filter(|file| file.path.starts_with("crates/") || file.path.starts_with("engines/"))
    }
}

/// What git has, or would have if everything were added.
fn listed(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("git is needed to list the files of the repository")?;
    if !output.status.success() {
        bail!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let text = String::from_utf8(output.stdout).context("a path is not UTF-8")?;
    Ok(text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_when_a_file_in_it_is() {
        let tree = Tree::of([("crates/a/src/lib.rs", ""), ("web-old.txt", "")]);
        assert!(tree.has("crates/a/") && tree.has("crates") && tree.has("crates/a/src/lib.rs"));
        assert!(!tree.has("web") && !tree.has("crates/a/sr"));
    }

    #[test]
    fn a_room_is_a_crate() {
        let tree = Tree::of([("crates/a/src/lib.rs", ""), ("xtask/src/main.rs", "")]);
        let rooms: Vec<_> = tree.rust.iter().map(RustFile::room).collect();
        assert_eq!(rooms, ["crates/a", "xtask"]);
    }
}
