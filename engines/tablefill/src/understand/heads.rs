//! The headings of a table: what the model says, and where it says too little, what is plain to see.

use super::plan::{Axis, Header, Role, Words};
use super::{paths, why};
use crate::head::{Block, Likely, Model, Table};

/// From here on a cell is taken for a heading.
const ENOUGH: f32 = 0.5;

/// A table, and what its cells head.
#[derive(Debug, Clone)]
pub(super) struct Heads {
    pub(super) table: Table,
    /// By spot: whether it heads a column, a row.
    pub(super) column: Vec<bool>,
    pub(super) row: Vec<bool>,
    said: Vec<Likely>,
    figures: Vec<Vec<f32>>,
    /// Spots whose heading is plain to see although the model says otherwise, and why.
    plain: Vec<(usize, Words)>,
}

impl Heads {
    /// Judges a table.
    pub(super) fn judge(table: Table, model: &Model) -> Self {
        let (said, figures) = model.judge_with_figures(&table);
        let column = said.iter().map(|it| it.column > ENOUGH).collect();
        let row = said.iter().map(|it| it.row > ENOUGH).collect();
        let mut heads = Self { table, column, row, said, figures, plain: Vec::new() };
        heads.first_row();
        heads
    }

    pub(super) fn block(&self) -> &Block {
        &self.table.block
    }

    /// A table without any heading whose first row is words only, over rows that are not: that row
    /// heads the columns.
    fn first_row(&mut self) {
        let block = &self.table.block;
        let any = self.column.iter().chain(&self.row).any(|it| *it);
        if any || block.rows < 1 {
            return;
        }
        let first = block.row(0);
        let wordy = |it: &usize| {
            let content = &block.spots[*it].content;
            content.length > 0 && !content.kind.is_figure()
        };
        if first.len() < 2 || !first.iter().all(wordy) {
            return;
        }
        let why = Words::new("首行全是文字", "the first row holds nothing but words");
        for spot in first {
            self.column[spot] = true;
            self.plain.push((spot, why.clone()));
        }
    }

    /// How many rows at the top head columns.
    pub(super) fn depth(&self) -> usize {
        let block = self.block();
        let mut depth = 0;
        for row in 0..block.rows {
            let spots = block.row(row);
            let full: Vec<usize> =
                spots.into_iter().filter(|it| block.spots[*it].content.length > 0).collect();
            let heads = full.iter().filter(|it| self.column[**it]).count();
            let mine = full.iter().filter(|it| block.spots[**it].top == row).count();
            if heads == 0 || heads * 2 < full.len() {
                break;
            }
            // A row that holds only what comes down from above belongs to the headings above.
            let _ = mine;
            depth = row + 1;
        }
        depth
    }

    /// The headings, row by row.
    pub(super) fn headers(&self, model: &Model) -> Vec<Header> {
        let block = self.block();
        let mut headers = Vec::new();
        let depth = self.depth();
        for (index, spot) in block.spots.iter().enumerate() {
            for axis in [Axis::Column, Axis::Row] {
                let (heads, likely) = match axis {
                    Axis::Column => (self.column[index], self.said[index].column),
                    Axis::Row => (self.row[index], self.said[index].row),
                };
                if !heads {
                    continue;
                }
                let plain = self.plain.iter().find(|it| it.0 == index);
                let because = match plain {
                    Some((_, words)) => words.clone(),
                    None => why::why(model, &self.figures[index], axis),
                };
                let wide = spot.left == 0 && spot.right + 1 == block.cols && block.cols > 1;
                let alone = block
                    .row(spot.top)
                    .iter()
                    .all(|it| *it == index || block.spots[*it].content.length == 0);
                let role = match axis {
                    Axis::Column if wide && spot.top == 0 => Role::Title,
                    Axis::Column if spot.top >= depth && alone => Role::Section,
                    _ if spot.content.is_total() => Role::Total,
                    _ => Role::Heading,
                };
                let path = paths::path(self, index, axis);
                let area = block.area_of(spot);
                headers.push(Header { area, axis, path, role, likely, because });
            }
        }
        headers.sort_by_key(|it| (it.area.top, it.area.left, it.axis));
        headers
    }
}
