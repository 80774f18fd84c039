//! A table on a sheet as rows and columns of whole cells: a merged cell is one.

use std::collections::BTreeMap;

use super::content::Content;
use crate::grid::{Area, At, Cell, Sheet};

/// Rows of a table that are looked at; what stands below them is more of the same.
pub(crate) const ROWS: u32 = 100;
/// Columns of a table that are looked at.
pub(crate) const COLS: u32 = 128;

/// A whole cell: one place, or all places of a merge. Rows and columns count within the block.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) top: usize,
    pub(crate) left: usize,
    pub(crate) bottom: usize,
    pub(crate) right: usize,
    pub(crate) content: Content,
}

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// Where it stands on the sheet, as far as it is looked at.
    pub(crate) area: Area,
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) spots: Vec<Spot>,
    /// For each place the spot that covers it, row by row.
    owner: Vec<usize>,
}

impl Block {
    /// The part of a sheet within an area.
    pub(crate) fn cut(sheet: &Sheet, area: Area) -> Self {
        let bottom = area.bottom.min(area.top.saturating_add(ROWS - 1));
        let right = area.right.min(area.left.saturating_add(COLS - 1));
        let area = Area { bottom, right, ..area };
        let (rows, cols) = (area.rows() as usize, area.cols() as usize);
        let nobody = usize::MAX;
        let mut block =
            Self { area, rows, cols, spots: Vec::new(), owner: vec![nobody; rows * cols] };
        let mut merges: BTreeMap<At, Area> = BTreeMap::new();
        for merge in sheet.merges.iter().filter(|it| it.meets(&area)) {
            merges.insert(merge.corner(), *merge);
        }
        for merge in merges.values() {
            block.cover(*merge, sheet.cells.get(&merge.corner()));
        }
        for row in 0..rows {
            for col in 0..cols {
                if block.owner[row * cols + col] == nobody {
                    let at = block.place(row, col);
                    block.cover(Area::at(at), sheet.cells.get(&at));
                }
            }
        }
        block
    }

    /// Adds a spot over those places of an area that no other has.
    fn cover(&mut self, place: Area, cell: Option<&Cell>) {
        let within = |at: u32, first: u32, many: usize| {
            usize::try_from(at.saturating_sub(first)).unwrap_or(usize::MAX).min(many - 1)
        };
        let top = within(place.top, self.area.top, self.rows);
        let bottom = within(place.bottom, self.area.top, self.rows);
        let left = within(place.left, self.area.left, self.cols);
        let right = within(place.right, self.area.left, self.cols);
        let free = |block: &Self, row: usize| {
            (left..=right).all(|col| block.owner[row * block.cols + col] == usize::MAX)
        };
        if !(top..=bottom).all(|row| free(self, row)) {
            return;
        }
        let index = self.spots.len();
        for row in top..=bottom {
            for col in left..=right {
                self.owner[row * self.cols + col] = index;
            }
        }
        let nothing = Cell::default();
        let cell = cell.unwrap_or(&nothing);
        self.spots.push(Spot { top, left, bottom, right, content: Content::of_cell(cell) });
    }

    /// The place on the sheet.
    pub(crate) fn place(&self, row: usize, col: usize) -> At {
        let step = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        At::new(self.area.top + step(row), self.area.left + step(col))
    }

    /// Where a spot stands on the sheet.
    pub(crate) fn area_of(&self, spot: &Spot) -> Area {
        let (first, last) = (self.place(spot.top, spot.left), self.place(spot.bottom, spot.right));
        Area::new(first.row, first.col, last.row, last.col)
    }

    /// The number of the spot that covers a place.
    pub(crate) fn owner(&self, row: usize, col: usize) -> usize {
        self.owner[row * self.cols + col]
    }

    /// The spot that covers a place.
    pub(crate) fn spot(&self, row: usize, col: usize) -> &Spot {
        &self.spots[self.owner(row, col)]
    }

    /// The numbers of the spots of a row from left to right, each once.
    pub(crate) fn row(&self, row: usize) -> Vec<usize> {
        let mut spots: Vec<usize> = (0..self.cols).map(|col| self.owner(row, col)).collect();
        spots.dedup();
        spots
    }

    /// The numbers of the spots of a column from the top, each once.
    pub(crate) fn col(&self, col: usize) -> Vec<usize> {
        let mut spots: Vec<usize> = (0..self.rows).map(|row| self.owner(row, col)).collect();
        spots.dedup();
        spots
    }
}
