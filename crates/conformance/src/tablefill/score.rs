//! How many headings were found, how many were not, and what was taken for what.

use std::collections::{BTreeMap, BTreeSet};

use tablefill::At;

/// Found, missed, and taken for headings that are none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Headings that were found.
    pub found: u32,
    /// Headings that were not.
    pub missed: u32,
    /// Cells that were taken for headings and are none.
    pub wrong: u32,
}

impl Tally {
    /// Counts what was found of what was marked.
    pub fn add(&mut self, found: &BTreeSet<At>, marked: &BTreeSet<At>) {
        let many = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        self.found += many(found.intersection(marked).count());
        self.missed += many(marked.difference(found).count());
        self.wrong += many(found.difference(marked).count());
    }

    fn merge(&mut self, other: Self) {
        self.found += other.found;
        self.missed += other.missed;
        self.wrong += other.wrong;
    }

    /// Of what was taken for a heading, the share that is one.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.found, self.found + self.wrong)
    }

    /// Of the headings, the share that was found.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.found, self.found + self.missed)
    }

    /// The harmonic mean of the two.
    #[must_use]
    pub fn f1(&self) -> f64 {
        share(2 * self.found, 2 * self.found + self.wrong + self.missed)
    }
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 { 1.0 } else { f64::from(part) / f64::from(whole) }
}

/// The tallies of tables.
#[derive(Debug, Clone, Default)]
pub struct Score {
    /// Heading or not.
    pub any: Tally,
    /// Headings of columns.
    pub columns: Tally,
    /// Headings of rows.
    pub rows: Tally,
    /// Headings or not, by sort of table.
    pub sorts: BTreeMap<String, Tally>,
    /// Marked as, taken for: how often.
    pub confused: BTreeMap<(&'static str, &'static str), u32>,
}

impl Score {
    /// Counts a table: what was found and what was marked, columns and rows.
    pub fn add(
        &mut self,
        sort: &str,
        cells: &BTreeSet<At>,
        found: [&BTreeSet<At>; 2],
        marked: [&BTreeSet<At>; 2],
    ) {
        let all =
            |it: [&BTreeSet<At>; 2]| -> BTreeSet<At> { it[0].union(it[1]).copied().collect() };
        let (any_found, any_marked) = (all(found), all(marked));
        self.any.add(&any_found, &any_marked);
        self.sorts.entry(sort.to_owned()).or_default().add(&any_found, &any_marked);
        self.columns.add(found[0], marked[0]);
        self.rows.add(found[1], marked[1]);
        let name = |it: [&BTreeSet<At>; 2], at: &At| match (it[0].contains(at), it[1].contains(at))
        {
            (true, true) => "both",
            (true, false) => "column",
            (false, true) => "row",
            (false, false) => "neither",
        };
        for at in cells {
            *self.confused.entry((name(marked, at), name(found, at))).or_default() += 1;
        }
    }

    /// Adds the tallies of other tables.
    pub fn merge(&mut self, other: &Self) {
        self.any.merge(other.any);
        self.columns.merge(other.columns);
        self.rows.merge(other.rows);
        for (sort, tally) in &other.sorts {
            self.sorts.entry(sort.clone()).or_default().merge(*tally);
        }
        for (names, count) in &other.confused {
            *self.confused.entry(*names).or_default() += count;
        }
    }

    /// Headings by axis: columns and rows together.
    #[must_use]
    pub fn axes(&self) -> Tally {
        Tally {
            found: self.columns.found + self.rows.found,
            missed: self.columns.missed + self.rows.missed,
            wrong: self.columns.wrong + self.rows.wrong,
        }
    }
}
