//! What can be seen of a cell in its table, as figures: its words, its place, its neighbours, the
//! row and the column that it stands in.

use super::block::{Block, Spot};
use super::content::Kind;
use super::lexicon::{Lexicon, Reading};

/// What a figure is about; reasons are given by group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The words of the cell.
    Words,
    /// Where it stands in the table.
    Place,
    /// Over how many places it is merged.
    Merge,
    /// What stands below it.
    Below,
    /// What stands to its right.
    Right,
    /// What stands above it.
    Above,
    /// What stands to its left.
    Left,
    /// The row that it stands in.
    Row,
    /// The column that it stands in.
    Column,
    /// The table as a whole.
    Table,
    /// What the cells around it were taken for at first.
    Around,
}

/// Cells on each side that count as what stands there.
const NEAR: usize = 30;

/// A list of figures, and their names where somebody asks.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) values: Vec<f32>,
    pub(super) names: Option<Vec<(Group, String)>>,
}

impl Figures {
    pub(super) fn add(&mut self, group: Group, name: &str, value: f32) {
        self.part(group, "", name, value);
    }

    /// A figure whose name has two parts; they are put together only where names are asked for.
    fn part(&mut self, group: Group, of: &str, name: &str, value: f32) {
        self.values.push(value);
        if let Some(names) = &mut self.names {
            names.push((group, format!("{of} {name}").trim_start().to_owned()));
        }
    }

    fn flag(&mut self, group: Group, name: &str, value: bool) {
        self.add(group, name, f32::from(u8::from(value)));
    }

    fn count(&mut self, group: Group, name: &str, value: usize) {
        self.add(group, name, figure(value.min(60)));
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of places are small")]
pub(super) fn figure(count: usize) -> f32 {
    count as f32
}

/// What a line of cells holds, in shares and means.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    many: f32,
    empty: f32,
    figures: f32,
    values: f32,
    words: f32,
    sentences: f32,
    /// Mean length of what is not empty.
    length: f32,
    /// Mean of what the lexicon says of what is not empty.
    heads: f32,
    /// How many differ from each other, as a share.
    distinct: f32,
    /// How much of it is of its commonest kind.
    alike: f32,
}

/// A table with everything counted that its cells' figures need.
pub(super) struct Seen<'a> {
    block: &'a Block,
    readings: Vec<Reading>,
    rows: Vec<Vec<usize>>,
    cols: Vec<Vec<usize>>,
    row_lines: Vec<Line>,
    col_lines: Vec<Line>,
    /// How many cells of the table have the same text, by spot.
    same: Vec<usize>,
    whole: Line,
    merged: f32,
}

impl<'a> Seen<'a> {
    pub(super) fn new(block: &'a Block, lexicon: &Lexicon) -> Self {
        let readings: Vec<Reading> =
            block.spots.iter().map(|it| lexicon.read(&it.content)).collect();
        let rows: Vec<Vec<usize>> = (0..block.rows).map(|row| block.row(row)).collect();
        let cols: Vec<Vec<usize>> = (0..block.cols).map(|col| block.col(col)).collect();
        let mut texts = std::collections::HashMap::<&str, usize>::new();
        for spot in &block.spots {
            *texts.entry(&spot.content.text).or_default() += 1;
        }
        let same = block.spots.iter().map(|it| texts[it.content.text.as_str()]).collect();
        let all: Vec<usize> = (0..block.spots.len()).collect();
        let merged = block.spots.iter().filter(|it| it.right > it.left || it.bottom > it.top);
        let merged = figure(merged.count()) / figure(block.spots.len().max(1));
        let mut seen = Self {
            block,
            readings,
            rows,
            cols,
            row_lines: Vec::new(),
            col_lines: Vec::new(),
            same,
            whole: Line::default(),
            merged,
        };
        seen.whole = seen.line(&all);
        seen.row_lines = seen.rows.iter().map(|it| seen.line(it)).collect();
        seen.col_lines = seen.cols.iter().map(|it| seen.line(it)).collect();
        seen
    }

    fn line(&self, spots: &[usize]) -> Line {
        let mut line = Line { many: figure(spots.len()), ..Line::default() };
        if spots.is_empty() {
            return line;
        }
        let mut kinds = [0_usize; 9];
        let mut texts: Vec<&str> = Vec::with_capacity(spots.len());
        for index in spots {
            let content = &self.block.spots[*index].content;
            kinds[content.kind as usize] += 1;
            if content.kind != Kind::Empty {
                line.length += figure(content.length.min(60));
                line.heads += self.readings[*index].heads;
                texts.push(&content.text);
            }
        }
        let filled = figure(texts.len().max(1));
        line.length /= filled;
        line.heads /= filled;
        let count = |kind: Kind| kinds[kind as usize];
        let figures = count(Kind::Integer) + count(Kind::Decimal) + count(Kind::Percent);
        let values = figures + count(Kind::Date) + count(Kind::Code) + count(Kind::Mark);
        let alike = [figures, count(Kind::Date), count(Kind::Code), count(Kind::Word)];
        line.empty = figure(count(Kind::Empty)) / line.many;
        line.figures = figure(figures) / filled;
        line.values = figure(values) / filled;
        line.words = figure(count(Kind::Word)) / filled;
        line.sentences = figure(count(Kind::Sentence)) / filled;
        line.alike = figure(alike.into_iter().max().unwrap_or(0)) / filled;
        texts.sort_unstable();
        texts.dedup();
        line.distinct = figure(texts.len()) / filled;
        line
    }

    /// The figures of a spot.
    pub(super) fn figures(&self, index: usize, into: &mut Figures) {
        let spot = &self.block.spots[index];
        self.words(index, spot, into);
        self.place(index, spot, into);
        self.neighbours(spot, into);
        self.lines(index, spot, into);
        self.table(into);
    }

    fn words(&self, index: usize, spot: &Spot, into: &mut Figures) {
        let group = Group::Words;
        let content = &spot.content;
        let reading = &self.readings[index];
        into.flag(group, "empty", content.kind == Kind::Empty);
        into.flag(group, "figure", content.kind.is_figure());
        into.flag(group, "integer", content.kind == Kind::Integer);
        into.flag(group, "date", content.kind == Kind::Date);
        into.flag(group, "code", content.kind == Kind::Code);
        into.flag(group, "mark", content.kind == Kind::Mark);
        into.flag(group, "word", content.kind == Kind::Word);
        into.flag(group, "sentence", content.kind == Kind::Sentence);
        into.count(group, "length", content.length);
        into.add(group, "digits", content.digits);
        into.add(group, "chinese", content.chinese);
        into.flag(group, "total", content.is_total());
        into.flag(group, "colon", content.ends_in_colon());
        into.flag(group, "numbered", content.is_numbered());
        into.flag(group, "brackets", content.has_brackets());
        into.flag(group, "boxes", content.has_boxes());
        for (name, odds) in ["whole", "end2", "end1", "start2", "start1"].iter().zip(reading.odds) {
            into.part(group, name, "heads", odds.heads);
            into.part(group, name, "column", odds.column);
        }
        into.add(group, "heads", reading.heads);
        into.count(group, "same in table", self.same[index]);
    }

    fn place(&self, index: usize, spot: &Spot, into: &mut Figures) {
        let group = Group::Place;
        let (rows, cols) = (self.block.rows, self.block.cols);
        into.count(group, "top", spot.top);
        into.count(group, "left", spot.left);
        into.count(group, "rows below", rows - 1 - spot.bottom);
        into.count(group, "columns behind", cols - 1 - spot.right);
        into.add(group, "height", figure(spot.top) / figure(rows));
        into.add(group, "way", figure(spot.left) / figure(cols));
        let row = &self.rows[spot.top];
        let order = row.iter().position(|it| *it == index).unwrap_or(0);
        into.count(group, "order", order);
        into.count(group, "order from the right", row.len() - 1 - order);
        into.count(group, "odd", order % 2);
        let col = &self.cols[spot.left];
        let depth = col.iter().position(|it| *it == index).unwrap_or(0);
        into.count(group, "depth", depth);
        let before = row[..order].iter().filter(|it| self.is_filled(**it)).count();
        into.count(group, "filled before", before);
        let group = Group::Merge;
        into.count(group, "spans rows", spot.bottom - spot.top + 1);
        into.count(group, "spans columns", spot.right - spot.left + 1);
        into.flag(group, "full width", spot.left == 0 && spot.right + 1 == cols);
        into.flag(group, "full height", spot.top == 0 && spot.bottom + 1 == rows);
        into.count(group, "cells in row", row.len());
        into.count(group, "cells in column", col.len());
    }

    fn is_filled(&self, index: usize) -> bool {
        self.block.spots[index].content.kind != Kind::Empty
    }

    fn neighbours(&self, spot: &Spot, into: &mut Figures) {
        let (rows, cols) = (self.block.rows, self.block.cols);
        let step = |row: Option<usize>, col: Option<usize>| {
            let (row, col) = (row.filter(|it| *it < rows)?, col.filter(|it| *it < cols)?);
            Some(self.block.owner(row, col))
        };
        let sides = [
            (Group::Above, step(spot.top.checked_sub(1), Some(spot.left))),
            (Group::Left, step(Some(spot.top), spot.left.checked_sub(1))),
            (Group::Below, step(Some(spot.bottom + 1), Some(spot.left))),
            (Group::Right, step(Some(spot.top), Some(spot.right + 1))),
            (Group::Right, step(Some(spot.bottom), Some(spot.right + 1))),
            (Group::Above, step(spot.top.checked_sub(2), Some(spot.left))),
            (Group::Left, step(Some(spot.top), spot.left.checked_sub(2))),
            (Group::Below, step(Some(spot.bottom + 2), Some(spot.left))),
            (Group::Right, step(Some(spot.top), Some(spot.right + 2))),
        ];
        for (order, (group, side)) in sides.into_iter().enumerate() {
            let name = ["1", "2", "3", "4", "5", "6", "7", "8", "9"][order];
            let other = side.map(|it| &self.block.spots[it]);
            let kind = other.map(|it| it.content.kind);
            let sort = match kind {
                None => -1.0,
                Some(Kind::Empty) => 0.0,
                Some(Kind::Word) => 1.0,
                Some(Kind::Sentence) => 2.0,
                Some(Kind::Date | Kind::Code | Kind::Mark) => 3.0,
                Some(_) => 4.0,
            };
            into.part(group, name, "kind", sort);
            into.part(group, name, "heads", side.map_or(0.0, |it| self.readings[it].heads));
            let whole = side.map_or(0.0, |it| self.readings[it].odds[0].column);
            into.part(group, name, "whole column", whole);
            if order < 5 {
                into.part(
                    group,
                    name,
                    "length",
                    figure((other.map_or(0, |it| it.content.length)).min(60)),
                );
                into.part(
                    group,
                    name,
                    "rows",
                    figure((other.map_or(0, |it| it.bottom - it.top + 1)).min(60)),
                );
                into.part(
                    group,
                    name,
                    "columns",
                    figure((other.map_or(0, |it| it.right - it.left + 1)).min(60)),
                );
                let same = other.is_some_and(|it| it.content.text == spot.content.text);
                into.part(group, name, "same", f32::from(u8::from(same)));
            }
        }
    }

    fn lines(&self, index: usize, spot: &Spot, into: &mut Figures) {
        let split = |line: &[usize]| {
            let at = line.iter().position(|it| *it == index).unwrap_or(0);
            let from = at.saturating_sub(NEAR);
            let to = line.len().min(at + 1 + NEAR);
            (line[from..at].to_vec(), line.get(at + 1..to).unwrap_or_default().to_vec())
        };
        let (left, right) = split(&self.rows[spot.top]);
        let (above, below) = split(&self.cols[spot.left]);
        let near = |line: &[usize]| line[..line.len().min(4)].to_vec();
        add_line(Group::Right, "right", &self.line(&right), into);
        add_line(Group::Left, "left", &self.line(&left), into);
        add_line(Group::Below, "below", &self.line(&below), into);
        add_line(Group::Above, "above", &self.line(&above), into);
        add_line(Group::Below, "just below", &self.line(&near(&below)), into);
        add_line(Group::Row, "row", &self.row_lines[spot.top], into);
        add_line(Group::Column, "column", &self.col_lines[spot.left], into);
        let line = |lines: &[Line], at: Option<usize>| {
            at.and_then(|it| lines.get(it)).copied().unwrap_or_default()
        };
        let next = line(&self.row_lines, Some(spot.bottom + 1));
        add_short(Group::Below, "next row", &next, into);
        add_short(
            Group::Above,
            "row before",
            &line(&self.row_lines, spot.top.checked_sub(1)),
            into,
        );
        add_short(Group::Right, "next column", &line(&self.col_lines, Some(spot.right + 1)), into);
        let before = line(&self.col_lines, spot.left.checked_sub(1));
        add_short(Group::Left, "column before", &before, into);
        into.add(Group::Row, "like next", self.alike(spot.top, spot.bottom + 1));
        into.add(Group::Row, "like second next", self.alike(spot.top, spot.bottom + 2));
        let earlier = spot.top.checked_sub(1);
        into.add(Group::Row, "like last", earlier.map_or(-1.0, |it| self.alike(it, spot.top)));
        into.add(Group::Row, "like first", self.alike(0, spot.top));
    }

    /// How many places of two rows hold the same sort of thing; -1 where there is no such row.
    fn alike(&self, first: usize, second: usize) -> f32 {
        if second >= self.block.rows || first >= self.block.rows {
            return -1.0;
        }
        let sort = |row: usize, col: usize| {
            let kind = self.block.spot(row, col).content.kind;
            if kind.is_figure() { Kind::Integer } else { kind }
        };
        let same = (0..self.block.cols).filter(|it| sort(first, *it) == sort(second, *it)).count();
        figure(same) / figure(self.block.cols)
    }

    fn table(&self, into: &mut Figures) {
        let group = Group::Table;
        into.count(group, "rows", self.block.rows);
        into.count(group, "columns", self.block.cols);
        into.add(group, "merged", self.merged);
        add_line(group, "table", &self.whole, into);
        let line = |lines: &[Line], at: usize| lines.get(at).copied().unwrap_or_default();
        add_short(group, "first row", &line(&self.row_lines, 0), into);
        add_short(group, "second row", &line(&self.row_lines, 1), into);
        add_short(group, "first column", &line(&self.col_lines, 0), into);
        add_short(group, "second column", &line(&self.col_lines, 1), into);
        add_short(group, "third column", &line(&self.col_lines, 2), into);
    }
}

fn add_line(group: Group, name: &str, line: &Line, into: &mut Figures) {
    into.part(group, name, "many", line.many.min(60.0));
    into.part(group, name, "values", line.values);
    into.part(group, name, "sentences", line.sentences);
    into.part(group, name, "alike", line.alike);
    add_short(group, name, line, into);
}

fn add_short(group: Group, name: &str, line: &Line, into: &mut Figures) {
    into.part(group, name, "empty", line.empty);
    into.part(group, name, "figures", line.figures);
    into.part(group, name, "words", line.words);
    into.part(group, name, "length", line.length);
    into.part(group, name, "heads", line.heads);
    into.part(group, name, "distinct", line.distinct);
}
