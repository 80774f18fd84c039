//! The two rounds, and the file that the trees and words of both are kept in.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::block::Block;
use super::features::{Figures, Group, Seen, figure};
use super::lexicon::{Lexicon, Odds};
use super::model::Forest;
use crate::grid::{Area, At, Sheet};

/// How likely it is that a cell heads a column, and a row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Likely {
    /// That it heads a column, between 0 and 1.
    pub column: f32,
    /// That it heads a row, between 0 and 1.
    pub row: f32,
}

/// Words and trees.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    /// What words say.
    pub lexicon: Lexicon,
    /// The first round: columns, rows.
    pub first: [Forest; 2],
    /// The second round: columns, rows.
    pub second: [Forest; 2],
}

/// A table as it is judged: for training and for tests.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) block: Block,
}

impl Table {
    /// The part of a sheet within an area; its first 100 rows and 128 columns.
    #[must_use]
    pub fn cut(sheet: &Sheet, area: Area) -> Self {
        Self { block: Block::cut(sheet, area) }
    }

    /// The whole cells: upper left corner and text.
    #[must_use]
    pub fn cells(&self) -> Vec<(At, &str)> {
        let cell = |it| (self.block.area_of(it).corner(), it.content.text.as_str());
        self.block.spots.iter().map(cell).collect()
    }

    /// The figures of every cell in the first round.
    #[must_use]
    pub fn first(&self, lexicon: &Lexicon) -> Vec<Vec<f32>> {
        let seen = Seen::new(&self.block, lexicon);
        let figures = |index: usize| {
            let mut figures = Figures::default();
            seen.figures(index, &mut figures);
            figures.values
        };
        (0..self.block.spots.len()).map(figures).collect()
    }

    /// The figures of every cell in the second round: those of the first, and what was said then.
    #[must_use]
    pub fn second(&self, first: &[Vec<f32>], said: &[Likely]) -> Vec<Vec<f32>> {
        let around = Around::new(&self.block, said);
        let figures = |index: usize| {
            let mut figures = Figures { values: first[index].clone(), names: None };
            around.figures(index, &mut figures);
            figures.values
        };
        (0..self.block.spots.len()).map(figures).collect()
    }
}

/// What each figure is about, in the order of the second round.
#[must_use]
pub fn names() -> Vec<(Group, String)> {
    let sheet = Sheet::of_words("", [["a", "b"], ["c", "d"]]);
    let table = Table::cut(&sheet, Area::new(0, 0, 1, 1));
    let mut figures = Figures { values: Vec::new(), names: Some(Vec::new()) };
    Seen::new(&table.block, &Lexicon::default()).figures(0, &mut figures);
    Around::new(&table.block, &[Likely::default(); 4]).figures(0, &mut figures);
    figures.names.unwrap_or_default()
}

/// What was said of the cells of a table in the first round.
struct Around<'a> {
    block: &'a Block,
    said: &'a [Likely],
    rows: Vec<Vec<usize>>,
    cols: Vec<Vec<usize>>,
}

impl<'a> Around<'a> {
    fn new(block: &'a Block, said: &'a [Likely]) -> Self {
        let rows = (0..block.rows).map(|it| block.row(it)).collect();
        let cols = (0..block.cols).map(|it| block.col(it)).collect();
        Self { block, said, rows, cols }
    }

    fn mean(&self, spots: &[usize]) -> Likely {
        let many = figure(spots.len().max(1));
        let sum = spots.iter().fold(Likely::default(), |sum, it| Likely {
            column: sum.column + self.said[*it].column,
            row: sum.row + self.said[*it].row,
        });
        Likely { column: sum.column / many, row: sum.row / many }
    }

    fn figures(&self, index: usize, into: &mut Figures) {
        let spot = &self.block.spots[index];
        let mut add = |name: &str, likely: Likely| {
            into.add(Group::Around, &format!("{name} column"), likely.column);
            into.add(Group::Around, &format!("{name} row"), likely.row);
        };
        let (row, col) = (&self.rows[spot.top], &self.cols[spot.left]);
        let across = row.iter().position(|it| *it == index).unwrap_or(0);
        let down = col.iter().position(|it| *it == index).unwrap_or(0);
        let one = |line: &[usize], at: Option<usize>| match at.and_then(|it| line.get(it)) {
            Some(it) => self.said[*it],
            None => Likely { column: -1.0, row: -1.0 },
        };
        add("self", self.said[index]);
        add("left", one(row, across.checked_sub(1)));
        add("left twice", one(row, across.checked_sub(2)));
        add("right", one(row, Some(across + 1)));
        add("right twice", one(row, Some(across + 2)));
        add("above", one(col, down.checked_sub(1)));
        add("above twice", one(col, down.checked_sub(2)));
        add("below", one(col, Some(down + 1)));
        add("below twice", one(col, Some(down + 2)));
        let but = |line: &[usize], at: usize| -> Vec<usize> {
            line.iter().enumerate().filter(|(it, _)| *it != at).map(|(_, it)| *it).collect()
        };
        add("rest of row", self.mean(&but(row, across)));
        add("rest of column", self.mean(&but(col, down)));
        add("left of it", self.mean(&row[..across]));
        add("right of it", self.mean(row.get(across + 1..).unwrap_or_default()));
        add("above it", self.mean(&col[..down]));
        add("below it", self.mean(col.get(down + 1..).unwrap_or_default()));
        add("first row", self.mean(&self.rows[0]));
        add("first column", self.mean(&self.cols[0]));
        let second = self.cols.get(1).map(Vec::as_slice).unwrap_or_default();
        add("second column", self.mean(second));
        let next = self.rows.get(spot.bottom + 1).map(Vec::as_slice).unwrap_or_default();
        add("next row", self.mean(next));
        let beside = self.cols.get(spot.right + 1).map(Vec::as_slice).unwrap_or_default();
        add("next column", self.mean(beside));
    }
}

impl Model {
    /// The trees and words that come with the crate.
    ///
    /// # Panics
    ///
    /// Never: the file is part of the crate, and a test reads it.
    #[must_use]
    pub fn grown() -> &'static Self {
        static GROWN: OnceLock<Model> = OnceLock::new();
        GROWN.get_or_init(|| Self::read(include_str!("grown.txt")).unwrap_or_default())
    }

    /// What is said of every cell of a table after both rounds.
    #[must_use]
    pub fn judge(&self, table: &Table) -> Vec<Likely> {
        self.judge_with_figures(table).0
    }

    /// The same with the figures of the second round.
    pub(crate) fn judge_with_figures(&self, table: &Table) -> (Vec<Likely>, Vec<Vec<f32>>) {
        let say = |forests: &[Forest; 2], figures: &[Vec<f32>]| -> Vec<Likely> {
            let one = |it: &Vec<f32>| Likely {
                column: forests[0].likely(it),
                row: forests[1].likely(it),
            };
            figures.iter().map(one).collect()
        };
        let first = table.first(&self.lexicon);
        let said = say(&self.first, &first);
        let second = table.second(&first, &said);
        (say(&self.second, &second), second)
    }

    /// Writes it down.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = String::new();
        for (token, odds) in &self.lexicon.odds {
            let _ = writeln!(text, "word {} {} {token}", odds.heads, odds.column);
        }
        self.first[0].write("first column", &mut text);
        self.first[1].write("first row", &mut text);
        self.second[0].write("second column", &mut text);
        self.second[1].write("second row", &mut text);
        text
    }

    /// Reads what [`Model::write`] wrote; none where it is something else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut model = Self::default();
        let mut forest: Option<&mut Forest> = None;
        for line in text.lines() {
            let (word, rest) = line.split_once(' ')?;
            match word {
                "word" => {
                    let mut parts = rest.splitn(3, ' ');
                    let heads = parts.next()?.parse().ok()?;
                    let column = parts.next()?.parse().ok()?;
                    model.lexicon.odds.insert(parts.next()?.to_owned(), Odds { heads, column });
                }
                "forest" => {
                    let (name, base) = rest.rsplit_once(' ')?;
                    let it = match name {
                        "first column" => &mut model.first[0],
                        "first row" => &mut model.first[1],
                        "second column" => &mut model.second[0],
                        "second row" => &mut model.second[1],
                        _ => return None,
                    };
                    it.base = base.parse().ok()?;
                    forest = Some(it);
                }
                "tree" => forest.as_mut()?.trees.push(Forest::read_tree(rest)?),
                _ => return None,
            }
        }
        Some(model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grown_file_asks_for_figures_that_there_are() {
        let model = Model::read(include_str!("grown.txt")).unwrap();
        let names = names().len();
        println!("{names} figures");
        for forest in model.first.iter().chain(&model.second) {
            assert!(!forest.trees.is_empty());
            let asked = forest.trees.iter().flat_map(|it| &it.0).filter_map(|it| it.asks);
            assert!(asked.into_iter().all(|it| usize::from(it) < names));
        }
        assert!(model.lexicon.odds.len() > 100);
    }

    #[test]
    fn what_is_written_down_is_read_again() {
        let text = include_str!("grown.txt");
        assert_eq!(Model::read(text).unwrap().write(), text);
        for wrong in ["tree 1<2:0:0:1", "forest somewhere 1", "word a", "x y"] {
            assert_eq!(Model::read(wrong), None, "{wrong}");
        }
    }
}
