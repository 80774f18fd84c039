//! What is said of all comparisons: for people, and as the table of the page.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use crate::compare::Verdict;

/// Marks of the page between which the table stands.
const BEGIN: &str = "<!-- conformance: written by cargo xtask conformance xlsform --table -->";
const END: &str = "<!-- conformance end -->";
/// The page.
const PAGE: &str = "docs/xlsform.md";

/// Counts of one group of cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    verdicts: BTreeMap<Verdict, usize>,
    /// Of those that are no agreement, how many are meant.
    pub meant: usize,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict, meant: bool) {
        *self.verdicts.entry(verdict).or_default() += 1;
        self.meant += usize::from(meant);
    }

    /// How many have this verdict.
    #[must_use]
    pub fn of(&self, verdict: Verdict) -> usize {
        self.verdicts.get(&verdict).copied().unwrap_or_default()
    }

    /// All.
    #[must_use]
    pub fn all(&self) -> usize {
        self.verdicts.values().sum()
    }
}

/// Counts by group.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The groups.
    pub groups: BTreeMap<String, Counts>,
    /// What ODK Validate says of ours, if it was asked.
    pub validated: Option<Validated>,
}

/// What ODK Validate says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validated {
    /// XForms of ours that were read.
    pub read: usize,
    /// Of these, those that fail though pyxform's passes.
    pub only_ours: usize,
    /// Of these, those that fail as pyxform's does.
    pub both: usize,
    /// Of these, those that fail where pyxform has none.
    pub alone: usize,
    /// XForms of pyxform that fail though ours passes.
    pub only_peers: usize,
}

impl Report {
    /// Counts one more.
    pub fn add(&mut self, group: &str, verdict: Verdict, meant: bool) {
        self.groups.entry(group.to_owned()).or_default().add(verdict, meant);
    }

    fn sum(&self) -> Counts {
        let mut sum = Counts::default();
        for counts in self.groups.values() {
            for (verdict, number) in &counts.verdicts {
                *sum.verdicts.entry(*verdict).or_default() += number;
            }
            sum.meant += counts.meant;
        }
        sum
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = "\
| cases | all | equal | both refuse | differ | only ours refuses | only pyxform refuses | pyxform crashes, ours converts | of these meant |
|---|---|---|---|---|---|---|---|---|
"
        .to_owned();
        let sum = self.sum();
        let groups = self.groups.iter().map(|(name, counts)| (name.as_str(), counts));
        for (name, counts) in groups.chain([("**all**", &sum)]) {
            table += &format!("| {name} | {} |", counts.all());
            for verdict in Verdict::ALL {
                table += &format!(" {} |", counts.of(verdict));
            }
            table += &format!(" {} |\n", counts.meant);
        }
        if let Some(validated) = &self.validated {
            table += &format!(
                "\nODK Validate reads {} XForms of ours: {} fail though pyxform's pass, {} fail as \
                 pyxform's do (many made forms are odd on purpose), {} fail where pyxform crashes \
                 or refuses, and {} of pyxform's fail where ours pass.\n",
                validated.read,
                validated.only_ours,
                validated.both,
                validated.alone,
                validated.only_peers
            );
        }
        table
    }

    /// Writes the table between the marks of the page.
    ///
    /// # Errors
    /// When the page has no marks.
    pub fn write(&self, root: &Path, about: &str) -> Result<()> {
        let path = root.join(PAGE);
        let page = std::fs::read_to_string(&path).with_context(|| format!("reading {PAGE}"))?;
        std::fs::write(&path, between(&page, &format!("{about}\n\n{}", self.table()))?)?;
        eprintln!("{PAGE} has the new table");
        Ok(())
    }
}

/// The page with this between its marks.
fn between(page: &str, said: &str) -> Result<String> {
    let marks = page.find(BEGIN).zip(page.find(END)).filter(|(begin, end)| begin < end);
    let (begin, end) =
        marks.with_context(|| format!("{PAGE} has no place for the table: {BEGIN} … {END}"))?;
    Ok(format!("{}{BEGIN}\n{said}{}", &page[..begin], &page[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_row_for_each_group_and_one_for_all() {
        let mut report = Report::default();
        report.add("types", Verdict::Equal, false);
        report.add("logic", Verdict::Differs, true);
        let table = report.table();
        assert!(table.contains("| types | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 0 |\n"), "{table}");
        assert!(table.contains("| **all** | 2 | 1 | 0 | 1 | 0 | 0 | 0 | 1 |\n"), "{table}");
    }

    #[test]
    fn the_table_stands_between_the_marks() {
        let page = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        assert_eq!(between(&page, "new\n").unwrap(), format!("a\n{BEGIN}\nnew\n{END}\nb\n"));
        assert!(between("a", "new").is_err());
    }
}
