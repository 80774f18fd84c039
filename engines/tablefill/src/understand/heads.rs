//! The headings of a table: what the model says, and where it says too little, what is plain to see.

use super::plan::{Axis, Header, Role, Words};
use super::{lines, paths, why};
use crate::head::{Block, Likely, Model, Table};

/// From here on a cell is taken for a heading.
const ENOUGH: f32 = 0.5;

/// Rows among which headings are looked for where the first ones are none.
const SEARCHED: usize = 6;

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
        heads.no_headings();
        heads.notes_below();
        heads.title();
        heads.names_of_programs();
        heads.last_rows();
        heads.only_row();
        heads.first_row();
        heads.rest_of_row();
        heads
    }

    pub(super) fn block(&self) -> &Block {
        &self.table.block
    }

    /// What a program is to put in, and notes, head nothing, whatever stands around them.
    fn no_headings(&mut self) {
        let block = &self.table.block;
        for (index, spot) in block.spots.iter().enumerate() {
            let text = spot.content.text.as_str();
            let filled_by_program = ["{{", "{%", "${", "<%"].iter().any(|it| text.contains(it));
            let long = spot.content.length > 20 && spot.right > spot.left;
            let note = long && lines::is_note(text);
            let line = text.len() > 1 && text.chars().all(|it| "#*=_-~".contains(it));
            if filled_by_program || note || line {
                self.column[index] = false;
                self.row[index] = false;
            }
        }
    }

    /// Where a note begins and nothing but single texts follow, all of them are notes.
    fn notes_below(&mut self) {
        let block = &self.table.block;
        let mut notes = Vec::new();
        for row in (1..block.rows).rev() {
            let spots = block.row(row).into_iter();
            let full: Vec<usize> = spots.filter(|it| block.spots[*it].content.length > 0).collect();
            match full.as_slice() {
                [] => {}
                [one] => {
                    notes.push(*one);
                    if lines::is_note(&block.spots[*one].content.text) {
                        for note in notes.drain(..) {
                            self.column[note] = false;
                            self.row[note] = false;
                        }
                    }
                }
                _ => break,
            }
        }
    }

    /// A title over the whole width heads all columns.
    fn title(&mut self) {
        let block = &self.table.block;
        let Some(first) = (block.rows > 1).then(|| block.owner(0, 0)) else { return };
        let content = &block.spots[first].content;
        let wordy = !content.kind.is_value() && (1..=40).contains(&content.length);
        let program = content.text.contains("{{");
        if super::paths::is_title_of(block, first) && wordy && !program && !self.column[first] {
            self.column[first] = true;
            self.row[first] = false;
            let why = Words::new("首行通栏", "it stands over the whole width");
            self.plain.push((first, why));
        }
    }

    /// A row of names as programs write them (`person.firstName`), each once: what a program wrote
    /// or reads. Rows of such names above it head the same columns.
    fn names_of_programs(&mut self) {
        let block = &self.table.block;
        let name = |it: &usize| {
            let text = &block.spots[*it].content.text;
            let sign = |it: char| it.is_ascii_alphanumeric() || "_.-:#".contains(it);
            text.len() > 1
                && text.starts_with(|it: char| it.is_ascii_alphabetic())
                && text.chars().all(sign)
        };
        let names = |row: usize| {
            let full = self.full(row);
            let named = full.iter().filter(|it| name(it)).count();
            full.len() >= 5 && named * 10 >= full.len() * 9 && full.len() * 10 >= block.cols * 9
        };
        let each_once = |row: usize| {
            let full = self.full(row);
            let texts: std::collections::HashSet<&str> =
                full.iter().map(|it| block.spots[*it].content.text.as_str()).collect();
            texts.len() * 100 >= full.len() * 60
        };
        let rows = block.rows.min(3);
        let Some(last) = (0..rows).find(|it| names(*it) && each_once(*it)) else { return };
        if !(0..last).all(names) {
            return;
        }
        let why =
            Words::new("整行都是程序用的字段名", "its row holds names as programs write them");
        let spots: Vec<usize> = (0..=last).flat_map(|it| self.full(it)).collect();
        for spot in spots {
            self.row[spot] = false;
            if !self.column[spot] {
                self.column[spot] = true;
                self.plain.push((spot, why.clone()));
            }
        }
    }

    /// Rows of words at the very end, in a table where nothing else heads columns: a register that
    /// nobody has begun, below labels of its own.
    fn last_rows(&mut self) {
        let block = &self.table.block;
        let any = |it: &usize| self.column[*it] && !super::paths::is_title_of(block, *it);
        if (0..block.spots.len()).any(|it| any(&it)) {
            return;
        }
        let Some(first) = (0..block.rows).find(|it| self.full(*it).len() >= 5) else { return };
        let spots: Vec<usize> = (first..block.rows).flat_map(|it| self.full(it)).collect();
        let wordy = |it: &usize| {
            let spot = &block.spots[*it];
            spot.top >= first && !spot.content.kind.is_figure() && !spot.content.ends_in_colon()
        };
        let labels = self.full(first).iter().filter(|it| self.row[**it]).count();
        if block.rows - first > 3 || labels > 1 || first == 0 || !spots.iter().all(wordy) {
            return;
        }
        let why = Words::new("末尾整行都是文字", "the last row holds nothing but words");
        for spot in spots {
            self.row[spot] = false;
            if !self.column[spot] {
                self.column[spot] = true;
                self.plain.push((spot, why.clone()));
            }
        }
    }

    /// In a row at the top of which most cells head columns, so do the other words.
    fn rest_of_row(&mut self) {
        let block = &self.table.block;
        let mut more = Vec::new();
        for row in 0..self.depth() {
            let spots = block.row(row).into_iter().filter(|it| block.spots[*it].top == row);
            let full: Vec<usize> = spots.filter(|it| block.spots[*it].content.length > 0).collect();
            let heads = full.iter().filter(|it| self.column[**it]).count();
            if full.len() < 4 || heads * 10 < full.len() * 7 {
                continue;
            }
            more.extend(full.into_iter().filter(|it| {
                let kind = block.spots[*it].content.kind;
                !self.column[*it] && !self.row[*it] && kind == crate::head::Kind::Word
            }));
        }
        for spot in more {
            self.column[spot] = true;
            let why = Words::new("同行其他单元格都是列表头", "the rest of its row heads columns");
            self.plain.push((spot, why));
        }
    }

    /// A table that ends with its headings: all its words, the title aside, begin in one row.
    fn only_row(&mut self) {
        let block = &self.table.block;
        let full = block.spots.iter().enumerate().filter(|(index, it)| {
            it.content.length > 0 && !super::paths::is_title_of(block, *index)
        });
        let full: Vec<(usize, &crate::head::Spot)> = full.collect();
        let Some(top) = full.first().map(|it| it.1.top) else { return };
        let wordy = |it: &crate::head::Spot| {
            let kind = it.content.kind;
            let value = kind.is_value() && kind != crate::head::Kind::Code;
            it.top == top && !value && !it.content.ends_in_colon()
        };
        if full.len() < 3 || !full.iter().all(|it| wordy(it.1)) {
            return;
        }
        let why =
            Words::new("唯一的一行，全是文字", "it stands in the only row, and that holds words");
        let spots: Vec<usize> = full.iter().map(|it| it.0).collect();
        for spot in spots {
            self.row[spot] = false;
            if !self.column[spot] {
                self.column[spot] = true;
                self.plain.push((spot, why.clone()));
            }
        }
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

    /// The row below the last of the rows that head columns at the top. A title, rows left free and
    /// rows without any heading may stand above them.
    pub(super) fn depth(&self) -> usize {
        let block = self.block();
        let mut depth = 0;
        for row in 0..block.rows {
            let full = self.full(row);
            let heads = full.iter().filter(|it| self.column[**it]).count();
            if heads > 0 && heads * 2 >= full.len() {
                depth = row + 1;
                continue;
            }
            let begun = (0..depth).any(|it| self.full(it).len() > 1);
            let labels = full.iter().any(|it| self.row[*it]);
            if begun || labels || row >= SEARCHED {
                break;
            }
            // Nothing began yet: what follows may still be the headings, if it says so clearly.
            let clear = (row + 1..block.rows.min(SEARCHED)).find(|it| {
                let full = self.full(*it);
                let heads = full.iter().filter(|it| self.column[**it]).count();
                full.len() > 2 && heads * 10 >= full.len() * 7
            });
            let free = |it: usize| !self.full(it).iter().any(|it| self.row[*it]);
            if !clear.is_some_and(|clear| (row..clear).all(free)) {
                break;
            }
        }
        depth
    }

    /// The spots of a row that hold something.
    fn full(&self, row: usize) -> Vec<usize> {
        let block = self.block();
        block.row(row).into_iter().filter(|it| block.spots[*it].content.length > 0).collect()
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
