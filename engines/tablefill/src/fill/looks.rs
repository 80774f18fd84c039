//! Which prepared row an inserted one looks like.

use super::markup::Broken;
use super::page::row_of;
use super::row::RowPart;
use super::shift::Insertion;
use super::survey::Survey;

/// The last prepared rows, at most four, and how their looks go on.
pub(super) struct Looks<'a> {
    /// The number of the first of them.
    pub(super) first: u32,
    pub(super) rows: Vec<Option<RowPart<'a>>>,
    count: u32,
    /// Whether the last row closes the register, with a line below it for instance: then it is
    /// the last inserted row that looks so.
    pub(super) closes: bool,
    /// Whether two looks take turns.
    turns: bool,
}

/// What a row looks like: its height and its cells' styles.
type Look<'a> = (Option<&'a str>, Vec<(u32, Option<u32>)>);

impl<'a> Looks<'a> {
    /// Compares the last prepared rows.
    pub(super) fn of(text: &'a str, survey: &Survey<'_>, at: Insertion) -> Result<Self, Broken> {
        let first = at.first.max(at.last.saturating_sub(3));
        let rows: Result<Vec<_>, _> =
            (first..=at.last).map(|number| row_of(text, survey, number)).collect();
        let rows = rows?;
        let looks: Vec<Option<Look<'_>>> =
            rows.iter().rev().map(|row| row.as_ref().map(look)).collect();
        let closes = looks.len() >= 3 && looks[0] != looks[1] && looks[1] == looks[2];
        let turns = looks.len() >= 3
            && looks[0] != looks[1]
            && looks[0] == looks[2]
            && looks.get(3).is_none_or(|fourth| *fourth == looks[1]);
        drop(looks);
        Ok(Self { first, rows, count: at.count, closes, turns })
    }

    /// Which of the rows an inserted one looks like; the last prepared row is number 0.
    pub(super) fn index(&self, below: u32) -> usize {
        let last = self.rows.len() - 1;
        let before = self.closes && below < self.count || self.turns && below % 2 == 1;
        if before { last - 1 } else { last }
    }

    /// The row that an inserted one looks like.
    pub(super) fn of_row(&self, below: u32) -> Option<&RowPart<'a>> {
        self.rows[self.index(below)].as_ref()
    }
}

fn look<'a>(row: &RowPart<'a>) -> Look<'a> {
    let cells = row.cells.iter().map(|cell| (cell.column, cell.style)).collect();
    (row.mark.raw_attribute("ht"), cells)
}
