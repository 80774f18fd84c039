//! Settings: flags before the environment before one file, each remembering where it came from.

mod file;
mod known;
mod typed;

pub(crate) use file::NAME as FILE_NAME;
pub(crate) use typed::LogFormat;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::arguments::Home;
use known::{KNOWN, Known};

/// Where the value of a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A flag on the command line.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// The file.
    File(PathBuf),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Variable(name) => f.write_str(name),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("默认 default"),
        }
    }
}

/// A setting with its value.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// Its key.
    pub(crate) key: &'static str,
    /// Its value as it was written; none when it is absent.
    pub(crate) text: Option<String>,
    /// Where it came from.
    pub(crate) source: Source,
    /// Whether it may hold a password.
    secret: bool,
}

impl Setting {
    /// The value as it may be shown: without a password.
    pub(crate) fn shown(&self) -> String {
        match &self.text {
            None => "—".to_owned(),
            Some(text) if self.secret => without_password(text),
            Some(text) => text.clone(),
        }
    }
}

/// A URL without the password in it.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "…".to_owned() };
    let rest = rest.split('?').next().unwrap_or_default();
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:…@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

/// Every setting with its value.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    values: BTreeMap<&'static str, Setting>,
}

/// What was said on the command line: key, flag, text.
pub(crate) type Said<'a> = (&'static str, &'static str, Option<&'a str>);

impl Settings {
    /// Puts the settings together.
    ///
    /// # Errors
    /// When the file does not read, or a value does not fit.
    pub(crate) fn read(home: &Home, more: &[Said<'_>]) -> Result<Self> {
        let settings = Self::unchecked(home, more)?;
        let wrong = settings.wrong();
        if !wrong.is_empty() {
            bail!("{}", wrong.join("\n"));
        }
        Ok(settings)
    }

    /// Puts the settings together without a look at the values.
    ///
    /// # Errors
    /// When the file does not read.
    pub(crate) fn unchecked(home: &Home, more: &[Said<'_>]) -> Result<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let mut said = home.said();
        said.extend(more);
        let named = home.config.clone().or_else(|| variable("LINLI_CONFIG"));
        let dir = home.dir.clone().or_else(|| variable("LINLI_DIR"));
        let (file, written) = file::read(named.as_deref(), dir.as_deref().unwrap_or("linli-data"))?;
        let mut values = BTreeMap::new();
        for known in KNOWN {
            let flag = said.iter().find(|(key, _, text)| *key == known.key && text.is_some());
            let written = written.get(known.key);
            let (text, source) = match (flag, variable(known.variable), written, &file) {
                (Some((_, flag, text)), ..) => (text.map(str::to_owned), Source::Flag(flag)),
                (None, Some(text), ..) => (Some(text), Source::Variable(known.variable)),
                (None, None, Some(text), Some(file)) => {
                    (Some(beside(known, text, file)), Source::File(file.clone()))
                }
                _ => (known.default.map(str::to_owned), Source::Default),
            };
            let Known { key, secret, .. } = *known;
            values.insert(key, Setting { key, text, source, secret });
        }
        Ok(Self { values })
    }

    /// Every setting in the order in which people read them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Setting> {
        KNOWN.iter().filter_map(|known| self.values.get(known.key))
    }

    /// The same settings for another folder, with SQLite in it.
    pub(crate) fn in_folder(mut self, folder: &Path) -> Self {
        for setting in self.values.values_mut() {
            match setting.key {
                "dir" => setting.text = Some(folder.display().to_string()),
                "database" => setting.text = None,
                _ => {}
            }
        }
        self
    }

    fn get(&self, key: &str) -> Option<&Setting> {
        self.values.get(key)
    }
}

/// A path of the file, meant from the file's own folder.
fn beside(known: &Known, text: &str, file: &Path) -> String {
    match file.parent() {
        Some(folder) if known.path => folder.join(text).display().to_string(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("postgres://ada:secret@db/linli"), "postgres://ada:…@db/linli");
        assert_eq!(without_password("postgres://db/linli?password=secret"), "postgres://db/linli");
        assert_eq!(without_password("secret"), "…");
    }
}
