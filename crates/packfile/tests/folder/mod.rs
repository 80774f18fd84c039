//! A pack as it lies in its folder.

use std::fs;
use std::path::Path;

use packfile::Files;

/// The files of a pack's folder.
pub(crate) fn files(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(here) = folders.pop() {
        for entry in fs::read_dir(&here).expect("a folder that can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("below the folder");
            let bytes = fs::read(&path).expect("a file that can be read");
            files.insert(name.to_string_lossy().replace('\\', "/"), bytes);
        }
    }
    files
}
