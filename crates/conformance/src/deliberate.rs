//! The list of differences that are meant, each with its reason.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::compare::{Comparison, Verdict};

/// The list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliberate {
    /// Its entries.
    #[serde(default)]
    difference: Vec<Entry>,
}

/// A difference that is meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Which cases; `*` stands for anything.
    cases: String,
    /// What the comparison says.
    verdict: String,
    /// What stands in every line of the difference, or in the words of whoever refuses.
    says: Option<String>,
    /// Why it is meant.
    reason: String,
    #[serde(skip)]
    used: usize,
}

impl Deliberate {
    /// Reads the list.
    ///
    /// # Errors
    /// When it is no list, an entry has no reason or a verdict that there is not.
    pub fn read(text: &str) -> Result<Self> {
        let list: Self = toml::from_str(text).context("reading the deliberate differences")?;
        for entry in &list.difference {
            if !Verdict::ALL.iter().any(|it| !it.is_agreement() && it.name() == entry.verdict) {
                bail!("{}: `{}` is no verdict", entry.cases, entry.verdict);
            }
            if entry.reason.trim().is_empty() {
                bail!("{}: a deliberate difference has a reason", entry.cases);
            }
        }
        Ok(list)
    }

    /// Whether this difference is meant; remembers that its entry is used.
    pub fn means(&mut self, case: &str, comparison: &Comparison) -> bool {
        let entry = self.difference.iter_mut().find(|entry| entry.means(case, comparison));
        if let Some(entry) = entry {
            entry.used += 1;
            return true;
        }
        false
    }

    /// The entries that nothing has used.
    #[must_use]
    pub fn unused(&self) -> Vec<String> {
        let unused = self.difference.iter().filter(|entry| entry.used == 0);
        unused.map(|entry| format!("{} ({})", entry.cases, entry.reason.trim())).collect()
    }

    /// The reasons, each with how many cases it stands for.
    #[must_use]
    pub fn reasons(&self) -> Vec<(&str, usize)> {
        let mut reasons: Vec<(&str, usize)> = Vec::new();
        for entry in &self.difference {
            let reason = entry.reason.trim();
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, used)) => *used += entry.used,
                None => reasons.push((reason, entry.used)),
            }
        }
        reasons
    }
}

impl Entry {
    fn means(&self, case: &str, comparison: &Comparison) -> bool {
        let says = self.says.as_deref().unwrap_or_default();
        self.verdict == comparison.verdict.name()
            && fits(&self.cases, case)
            && comparison.lines.iter().all(|line| line.contains(says))
    }
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "
[[difference]]
cases = 'readers/*-csv'
verdict = 'peer_crashes'
says = 'TypeError'
reason = 'A sheet too many is no crash.'

[[difference]]
cases = 'never'
verdict = 'differs'
reason = 'Nobody knows.'
";

    fn crash(why: &str) -> Comparison {
        Comparison { verdict: Verdict::PeerCrashes, lines: vec![format!("- {why}")] }
    }

    #[test]
    fn a_pattern_fits_whole_names() {
        for (pattern, name, is) in [
            ("a/b", "a/b", true),
            ("a/b", "a/bc", false),
            ("a/*", "a/bc", true),
            ("*/c", "a/b/c", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, name), is, "{pattern} {name}");
        }
    }

    #[test]
    fn a_difference_is_meant_when_case_verdict_and_words_fit() {
        let mut list = Deliberate::read(LIST).unwrap();
        assert!(list.means("readers/capital-csv", &crash("TypeError: x")));
        assert!(!list.means("readers/capital-csv", &crash("KeyError: x")));
        assert!(!list.means("readers/capital", &crash("TypeError: x")));
        assert_eq!(list.unused(), ["never (Nobody knows.)"]);
        assert_eq!(list.reasons()[0], ("A sheet too many is no crash.", 1));
    }

    #[test]
    fn an_entry_without_reason_or_with_an_unknown_verdict_is_refused() {
        for (verdict, reason) in [("equal", "x"), ("other", "x"), ("differs", " ")] {
            let text = format!(
                "[[difference]]\ncases = 'a'\nverdict = '{verdict}'\nreason = '{reason}'\n"
            );
            assert!(Deliberate::read(&text).is_err(), "{verdict} {reason}");
        }
    }
}
