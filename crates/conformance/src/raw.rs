//! Files written down as they are, for what no writer of workbooks would write.

use std::path::Path;

use anyhow::{Context, Result};

use crate::cases::OnDisk;

const FILES: &str = include_str!("../cases/raw.txt");

/// The files, each with its name and what it says.
fn files(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            files.push((name.to_owned(), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            *text += line;
            *text += "\n";
        }
    }
    for (_, text) in &mut files {
        text.truncate(text.trim_end_matches('\n').len());
        *text += "\n";
    }
    files
}

/// The same file as another system would save it.
fn variants(name: &str, text: &str) -> Vec<(String, String)> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    vec![
        (name.to_owned(), text.to_owned()),
        (format!("{stem}-crlf.{ending}"), text.replace('\n', "\r\n")),
        (format!("{stem}-bom.{ending}"), format!("\u{feff}{text}")),
        (format!("{stem}-cut.{ending}"), text.trim_end().to_owned()),
    ]
}

/// Writes the files into a folder.
///
/// # Errors
/// When one cannot be written.
pub fn write(folder: &Path) -> Result<Vec<OnDisk>> {
    std::fs::create_dir_all(folder)?;
    let mut written = Vec::new();
    for (name, text) in files(FILES).iter().flat_map(|(name, text)| variants(name, text)) {
        let path = folder.join(format!("raw__{name}"));
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        written.push(OnDisk { id: format!("raw/{name}"), path, name: None });
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_stands_below_its_name() {
        let read = files("== a.md\n| x |\n\n== b.csv\n\n");
        assert_eq!(read, [("a.md".into(), "| x |\n".into()), ("b.csv".into(), "\n".into())]);
    }

    #[test]
    fn each_file_comes_in_four_variants() {
        assert_eq!(variants("a.md", "x\n").len(), 4);
        assert_eq!(variants("a.md", "x\n")[1], ("a-crlf.md".into(), "x\r\n".into()));
    }
}
