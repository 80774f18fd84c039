//! The file of settings: TOML, read into keys and texts; keys that are not known are refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use super::known::KNOWN;

/// The file in a data folder that is read without being named.
pub(crate) const NAME: &str = "linli.toml";

/// The largest file of settings, in bytes.
const BYTES_MAX: u64 = 1024 * 1024;

/// Reads the file that was named, or the one in the folder if there is one.
///
/// # Errors
/// When the file that was named is not there, or a file does not read.
pub(super) fn read(
    named: Option<&str>,
    folder: &str,
) -> Result<(Option<PathBuf>, BTreeMap<String, String>)> {
    let path = match named {
        Some(path) => PathBuf::from(path),
        None => Path::new(folder).join(NAME),
    };
    if named.is_none() && !path.is_file() {
        return Ok((None, BTreeMap::new()));
    }
    let about = || format!("the configuration {}", path.display());
    if std::fs::metadata(&path).with_context(about)?.len() > BYTES_MAX {
        bail!("{}: larger than 1 MB, which is no configuration", path.display());
    }
    let text = std::fs::read_to_string(&path).with_context(about)?;
    let table: Table = text.parse().with_context(about)?;
    let mut written = BTreeMap::new();
    flatten("", &table, &mut written).with_context(about)?;
    if named.is_none() && written.contains_key("dir") {
        bail!(
            "{}: `dir` is said in a file that is in the folder itself; leave it out",
            path.display()
        );
    }
    Ok((Some(path), written))
}

fn flatten(above: &str, table: &Table, written: &mut BTreeMap<String, String>) -> Result<()> {
    for (name, value) in table {
        let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        let front = format!("{key}.");
        let text = match value {
            Value::Table(inner) if KNOWN.iter().any(|known| known.key.starts_with(&front)) => {
                flatten(&key, inner, written)?;
                continue;
            }
            Value::String(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Boolean(yes) => yes.to_string(),
            _ => bail!("`{key}` is neither a text nor a whole number nor true or false"),
        };
        if KNOWN.iter().all(|known| known.key != key) {
            let keys: Vec<&str> = KNOWN.iter().map(|known| known.key).collect();
            bail!("there is no setting `{key}`; there are: {}", keys.join(", "));
        }
        written.insert(key, text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str) -> Result<BTreeMap<String, String>> {
        let mut written = BTreeMap::new();
        flatten("", &text.parse().unwrap(), &mut written).map(|()| written)
    }

    #[test]
    fn tables_become_keys_with_dots() {
        let written = flat("listen = '[::]:80'\n[session]\nhours = 8").unwrap();
        assert_eq!(written["session.hours"], "8");
        assert_eq!(written["listen"], "[::]:80");
    }

    #[test]
    fn a_key_that_nobody_knows_is_refused_by_name() {
        let error = flat("[session]\nhuors = 8").unwrap_err().to_string();
        assert!(error.contains("session.huors") && error.contains("session.hours"), "{error}");
        assert!(flat("listen = [1]").is_err());
    }
}
