//! A workbook as a grid: cells with what they hold and how they look, merges, hidden parts, checks.

use std::collections::BTreeMap;
use std::fmt;

/// A place on a sheet; rows and columns are counted from 0, row first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// Rows above it.
    pub row: u32,
    /// Columns before it.
    pub col: u32,
}

impl At {
    /// The place below so many rows and behind so many columns.
    #[must_use]
    pub fn new(row: u32, col: u32) -> Self {
        Self { row, col }
    }
}

/// As people write it: `B2`.
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [0_u8; 8];
        let mut start = letters.len();
        let mut left = u64::from(self.col) + 1;
        while left > 0 {
            left -= 1;
            start -= 1;
            letters[start] = b'A' + u8::try_from(left % 26).unwrap_or(0);
            left /= 26;
        }
        for letter in &letters[start..] {
            write!(f, "{}", char::from(*letter))?;
        }
        write!(f, "{}", u64::from(self.row) + 1)
    }
}

/// The last place that a sheet can have; what stands behind it is not looked at.
const LAST: At = At { row: 1_048_575, col: 16_383 };

/// A rectangle of places; all four sides belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Area {
    /// Its first row.
    pub top: u32,
    /// Its first column.
    pub left: u32,
    /// Its last row.
    pub bottom: u32,
    /// Its last column.
    pub right: u32,
}

impl Area {
    /// The rectangle between two corners.
    #[must_use]
    pub fn new(top: u32, left: u32, bottom: u32, right: u32) -> Self {
        Self { top, left, bottom: bottom.max(top), right: right.max(left) }
    }

    /// A single place.
    #[must_use]
    pub fn at(at: At) -> Self {
        Self::new(at.row, at.col, at.row, at.col)
    }

    /// Whether a place is in it.
    #[must_use]
    pub fn has(&self, at: At) -> bool {
        (self.top..=self.bottom).contains(&at.row) && (self.left..=self.right).contains(&at.col)
    }

    /// Whether the two share a place.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.top <= other.bottom
            && other.top <= self.bottom
            && self.left <= other.right
            && other.left <= self.right
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.bottom - self.top + 1
    }

    /// How many columns it has.
    #[must_use]
    pub fn cols(&self) -> u32 {
        self.right - self.left + 1
    }

    /// Its upper left corner, by which a merged cell is named.
    #[must_use]
    pub fn corner(&self) -> At {
        At::new(self.top, self.left)
    }

    /// Reads `A1:H20` or `B2`; dollar signs are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let (first, last) = (place(first)?, place(last)?);
        (first.row <= last.row && first.col <= last.col)
            .then(|| Self::new(first.row, first.col, last.row, last.col))
    }
}

/// As people write it: `A1:H20`, or `B2` for a single place.
impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.corner())?;
        let last = At::new(self.bottom, self.right);
        if last == self.corner() { Ok(()) } else { write!(f, ":{last}") }
    }
}

fn place(text: &str) -> Option<At> {
    let text = text.trim().replace('$', "");
    let split = text.find(|it: char| it.is_ascii_digit())?;
    let (letters, digits) = text.split_at(split);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut col = 0_u32;
    for letter in letters.bytes() {
        let letter = letter.to_ascii_uppercase();
        if !letter.is_ascii_uppercase() {
            return None;
        }
        col = col * 26 + u32::from(letter - b'A') + 1;
    }
    let row: u32 = digits.parse().ok()?;
    Some(At::new(row.checked_sub(1)?, col - 1))
}

/// What a cell holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Empty,
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
    /// A day, or a day and an hour, as it is written in ISO 8601.
    Date(String),
    /// True or false.
    Flag(bool),
    /// An error of a formula, such as `#REF!`.
    Error(String),
}

/// How a cell looks, as far as it says something about its part in a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Bold letters.
    pub bold: bool,
    /// A background colour.
    pub filled: bool,
    /// A line on any side.
    pub bordered: bool,
    /// In the middle of its width.
    pub centred: bool,
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// What it holds; of a formula the value that was last worked out.
    pub value: Value,
    /// The formula, without its equals sign.
    pub formula: Option<String>,
    /// How it looks.
    pub look: Look,
}

impl Cell {
    /// A cell with words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        let value = if text.is_empty() { Value::Empty } else { Value::Text(text) };
        Self { value, ..Self::default() }
    }

    /// What it holds, in words; whole numbers without a decimal point.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.value {
            Value::Empty => String::new(),
            Value::Text(text) | Value::Date(text) | Value::Error(text) => text.clone(),
            Value::Number(number) => format!("{number}"),
            Value::Flag(flag) => (if *flag { "TRUE" } else { "FALSE" }).to_owned(),
        }
    }
}

/// A check that the workbook makes when somebody types into a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// Where.
    pub areas: Vec<Area>,
    /// `list`, `whole`, `decimal`, `date`, `time`, `textLength` or `custom`.
    pub kind: String,
    /// The rule, or where the list stands, as the workbook has it.
    pub rule: String,
    /// What may be chosen, where it is a list that the workbook holds.
    pub codes: Vec<String>,
    /// What the person is told when the cell is chosen.
    pub prompt: String,
}

/// A sheet, or a table of a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// Every cell that holds something or has a look of its own.
    pub cells: BTreeMap<At, Cell>,
    /// Merged cells.
    pub merges: Vec<Area>,
    /// Hidden rows, as first and last.
    pub hidden_rows: Vec<(u32, u32)>,
    /// Hidden columns, as first and last.
    pub hidden_cols: Vec<(u32, u32)>,
    /// Checks.
    pub checks: Vec<Check>,
    /// What was noted beside cells.
    pub comments: Vec<(At, String)>,
    /// Lines before a table of a document; empty for a sheet.
    pub before: Vec<String>,
}

impl Sheet {
    /// A sheet of words: one list of cells for each row.
    #[must_use]
    pub fn of_words<R, C>(name: impl Into<String>, rows: R) -> Self
    where
        R: IntoIterator<Item = C>,
        C: IntoIterator,
        C::Item: Into<String>,
    {
        let mut sheet = Self { name: name.into(), ..Self::default() };
        for (row, cells) in (0_u32..).zip(rows) {
            for (col, text) in (0_u32..).zip(cells) {
                let cell = Cell::text(text);
                if cell.value != Value::Empty {
                    sheet.cells.insert(At::new(row, col), cell);
                }
            }
        }
        sheet
    }

    /// The rectangle of everything that holds something, with what is merged into it.
    #[must_use]
    pub fn used(&self) -> Option<Area> {
        let mut used: Option<Area> = None;
        let is_used = |cell: &Cell| {
            cell.value != Value::Empty || cell.formula.is_some() || cell.look.bordered
        };
        let places = self.cells.iter().filter(|it| is_used(it.1)).map(|(at, _)| Area::at(*at));
        let merges =
            self.merges.iter().filter(|it| self.cells.get(&it.corner()).is_some_and(is_used));
        for area in places.chain(merges.copied()) {
            used = Some(used.map_or(area, |it| {
                Area::new(
                    it.top.min(area.top),
                    it.left.min(area.left),
                    it.bottom.max(area.bottom),
                    it.right.max(area.right),
                )
            }));
        }
        let (row, col) = (LAST.row, LAST.col);
        used.map(|it| {
            let (top, left) = (it.top.min(row), it.left.min(col));
            Area::new(top, left, it.bottom.min(row), it.right.min(col))
        })
    }

    /// Whether a row is hidden.
    #[must_use]
    pub fn row_is_hidden(&self, row: u32) -> bool {
        self.hidden_rows.iter().any(|(first, last)| (*first..=*last).contains(&row))
    }

    /// Whether a column is hidden.
    #[must_use]
    pub fn col_is_hidden(&self, col: u32) -> bool {
        self.hidden_cols.iter().any(|(first, last)| (*first..=*last).contains(&col))
    }
}

/// A workbook, or the tables of a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Book {
    /// Its sheets, in their order.
    pub sheets: Vec<Sheet>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_people_write_them() {
        for (at, text) in [(At::new(0, 0), "A1"), (At::new(19, 25), "Z20"), (At::new(1, 26), "AA2")]
        {
            assert_eq!(at.to_string(), text);
            assert_eq!(Area::parse(text), Some(Area::at(at)));
        }
        assert_eq!(At::new(1_048_575, 16_383).to_string(), "XFD1048576");
        assert_eq!(Area::parse("$A$1:h20"), Some(Area::new(0, 0, 19, 7)));
        for wrong in ["", "A", "1", "A0", "AAAA1", "B2:A1", "A1:", "é1"] {
            assert_eq!(Area::parse(wrong), None, "{wrong}");
        }
    }
}
