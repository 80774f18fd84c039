//! Real workbooks of others, with a list of what they are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cases::OnDisk;

/// The folder of what every developer has at hand, when it is not beside the repository.
const VARIABLE: &str = "LINLI_SHARED";
const MANIFEST: &str = "MANIFEST_dev.csv";

/// The workbooks that the list names.
///
/// # Errors
/// When the folder or its list is not there.
pub fn workbooks(root: &Path) -> Result<Vec<OnDisk>> {
    let shared = std::env::var_os(VARIABLE).map_or_else(|| root.join("../shared"), PathBuf::from);
    let folder = shared.join("data/xlsforms");
    let manifest = folder.join(MANIFEST);
    let list = std::fs::read_to_string(&manifest).with_context(|| {
        format!(
            "there is no {}: set {VARIABLE} to the folder that has data/xlsforms",
            manifest.display()
        )
    })?;
    let mut workbooks = Vec::new();
    for line in list.lines().skip(1) {
        let file = line.split(',').next().unwrap_or_default().trim_matches('"');
        let path = folder.join(file);
        if file.is_empty() {
            continue;
        }
        if !path.exists() {
            eprintln!("{MANIFEST} names {file}, which is not there; it is left out");
            continue;
        }
        workbooks.push(OnDisk { id: format!("corpus/{file}"), path, name: None });
    }
    Ok(workbooks)
}
