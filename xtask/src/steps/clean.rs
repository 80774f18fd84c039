//! The git tree as it was before: what is generated is up to date, and tests leave nothing behind.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;

use anyhow::{Result, bail};

use super::{Outcome, Visit};
use crate::run::Run;

/// What git says about the tree: each changed path with a print of its content.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    changed: BTreeMap<String, u64>,
}

impl State {
    /// Asks git.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let status =
            Run::new("git").say("status --porcelain=v1 -z --untracked-files=all --no-renames");
        let status = status.within(root).quiet()?;
        let entries = status.split('\0').filter(|entry| entry.len() > 3);
        let changed = entries.map(|entry| {
            let mut print = DefaultHasher::new();
            std::fs::read(root.join(&entry[3..])).ok().hash(&mut print);
            (entry[3..].to_owned(), print.finish())
        });
        Ok(Self { changed: changed.collect() })
    }

    /// The paths that are not as they were.
    fn against<'a>(&'a self, before: &'a Self) -> Vec<&'a str> {
        let mine =
            self.changed.iter().filter(|(path, print)| before.changed.get(*path) != Some(print));
        let gone = before.changed.keys().filter(|path| !self.changed.contains_key(*path));
        mine.map(|(path, _)| path.as_str()).chain(gone.map(String::as_str)).collect()
    }
}

/// The tree is as it was; on continuous integration nothing at all is changed.
pub(super) fn unchanged(visit: &Visit<'_>) -> Result<Outcome> {
    let now = State::read(visit.root)?;
    let on_integration = std::env::var_os("CI").is_some_and(|value| value != "false");
    let nothing = State { changed: BTreeMap::new() };
    let before = if on_integration { &nothing } else { &visit.before };
    let changed = now.against(before);
    if !changed.is_empty() {
        bail!(
            "changed while the tests ran; what is generated must be committed as it is made:\n  {}",
            changed.join("\n  ")
        );
    }
    Ok(Outcome::Passed(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_appears_changes_or_goes_is_told() {
        let state = |pairs: &[(&str, u64)]| State {
            changed: pairs.iter().map(|(path, print)| ((*path).to_owned(), *print)).collect(),
        };
        let before = state(&[("same", 1), ("other", 1), ("gone", 1)]);
        let after = state(&[("same", 1), ("other", 2), ("new", 1)]);
        assert_eq!(after.against(&before), ["new", "other", "gone"]);
        assert_eq!(before.against(&before), [""; 0]);
    }
}
