//! What is known, put where a table asks for it: the rows of a register, the blanks of a form.
//!
//! A register without rows gets every row that is known. Where rows stand already (a department
//! sends a list of names and wants the rest), each is found again by its keys and only its blanks
//! are filled. Nothing is guessed: what is not known becomes [`Value::Unknown`].

mod ask;
mod find;
mod older;
mod write;

use std::collections::BTreeMap;

pub use ask::{about, asked};
pub use older::older;

use crate::fill::{Day, Put, Rows, Unknown, Value};
use crate::grid::{At, Sheet};
use crate::map::{Asked, Dictionary, Element, Mapped, Meaning};
use crate::understand::{TableKind, TablePlan};

/// What is known: of each person, household or place a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// The rows, in the order in which a register lists them.
    pub rows: Vec<Row>,
    /// Elements by which a row is found again, the most telling first, by their ids.
    pub keys: Vec<String>,
}

/// What is known of one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Whose it is, as people are told who has to be asked.
    pub whose: String,
    /// Values by the ids of their elements.
    pub values: BTreeMap<String, Datum>,
}

/// A value that is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// Words; also numbers of documents and telephones.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    YesNo(bool),
    /// A day.
    Date(Day),
    /// A second of a day.
    Moment(Day, u32),
    /// An entry of the element's code list, by its code.
    Code(String),
    /// Several of them.
    Codes(Vec<String>),
}

/// How much of a heading is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// The heading, from the outermost to its own.
    pub path: Vec<String>,
    /// What it means, where that is an element.
    pub element: Option<String>,
    /// Cells that were filled from what is known.
    pub known: u64,
    /// Cells that stay blank.
    pub unknown: u64,
    /// Cells that were filled already.
    pub kept: u64,
}

/// A cell that says otherwise than what is known. It is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// Its row, from 1.
    pub row: u32,
    /// Its column, from 0.
    pub column: u32,
    /// What stands there.
    pub there: String,
    /// What is known.
    pub known: String,
}

/// What a table is to be filled with.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    /// Rows of a register that had none.
    pub rows: Option<Rows>,
    /// Single cells.
    pub cells: Vec<Put>,
    /// By heading, in the order in which they were asked.
    pub counts: Vec<Count>,
    /// What stands there and is known otherwise.
    pub differs: Vec<Differs>,
    /// Rows of the sheet of whom nobody is known, or of whom several may be meant, from 1.
    pub not_found: Vec<u32>,
}

/// Puts what is known where a table asks for it. `mapped` says what the headings mean that
/// [`asked`] gives, in the same order.
///
/// Cross tables ask for sums, which rows of people do not answer; nothing is filled there.
#[must_use]
pub fn answer(
    sheet: &Sheet,
    table: &TablePlan,
    mapped: &Mapped,
    dictionary: &Dictionary,
    known: &Known,
) -> Answered {
    let headings = asked(sheet, table);
    let columns = Columns::new(&headings, mapped, dictionary);
    let mut answered = Answered { counts: columns.counts(), ..Answered::default() };
    match table.kind {
        TableKind::Form => fill_form(table, &columns, known, &mut answered),
        TableKind::Register | TableKind::Mixed if !table.columns.is_empty() => {
            fill_register(sheet, table, &columns, known, &mut answered);
        }
        _ => {}
    }
    answered
}

/// The headings of a table with what they mean.
struct Columns<'a> {
    headings: &'a [Asked],
    mapped: &'a Mapped,
    /// By heading, its element.
    elements: Vec<Option<&'a Element>>,
}

impl<'a> Columns<'a> {
    fn new(headings: &'a [Asked], mapped: &'a Mapped, dictionary: &'a Dictionary) -> Self {
        let element = |meaning: &Meaning| {
            let Meaning::Element(id) = meaning else { return None };
            dictionary.elements.iter().find(|element| element.id == *id)
        };
        let elements = mapped.headings.iter().map(|it| element(&it.chosen.meaning)).collect();
        Self { headings, mapped, elements }
    }

    fn counts(&self) -> Vec<Count> {
        let count = |(heading, element): (&Asked, &Option<&Element>)| Count {
            path: heading.path.clone(),
            element: element.map(|element| element.id.clone()),
            ..Count::default()
        };
        self.headings.iter().zip(&self.elements).map(count).collect()
    }

    /// What to write for a heading of one who is known; nothing for what needs no value.
    fn value(&self, at: usize, row: &Row, number: u32) -> Option<Value> {
        let mapping = &self.mapped.headings[at].chosen;
        match &mapping.meaning {
            Meaning::Serial => Some(Value::Number(f64::from(number))),
            Meaning::Total | Meaning::Remark | Meaning::Signature => None,
            Meaning::Unknown => Some(self.unknown(at, &row.whose, None)),
            Meaning::Element(id) => {
                let Some(datum) = row.values.get(id) else {
                    return Some(self.unknown(at, &row.whose, None));
                };
                let written =
                    write::value(datum, &self.headings[at], &mapping.codes, self.elements[at]);
                Some(written.unwrap_or_else(|| self.unknown(at, &row.whose, Some(datum))))
            }
        }
    }

    /// That nobody knows, or that the sheet has no word for what is known.
    fn unknown(&self, at: usize, whose: &str, datum: Option<&Datum>) -> Value {
        let heading = self.headings[at].path.join(" / ");
        let name = self.elements[at].and_then(|element| element.names.first());
        let asked = name.unwrap_or(&heading);
        let question = match datum {
            None => format!("{asked}？"),
            Some(datum) => {
                format!("表中没有“{}”这一选项 | not among the sheet's choices", write::plain(datum))
            }
        };
        Value::Unknown(Box::new(Unknown { heading, whose: whose.to_owned(), question }))
    }
}

impl Count {
    fn note(&mut self, value: &Value) {
        match value {
            Value::Unknown(_) => self.unknown += 1,
            Value::Clear => {}
            _ => self.known += 1,
        }
    }
}

/// Fills the blanks of a form about one.
fn fill_form(table: &TablePlan, columns: &Columns<'_>, known: &Known, answered: &mut Answered) {
    let Some(row) = known.rows.first() else { return };
    for (at, blank) in table.blanks.iter().enumerate() {
        if !write::is_blank(&blank.text) {
            answered.counts[at].kept += 1;
            continue;
        }
        let Some(value) = columns.value(at, row, 1) else { continue };
        answered.counts[at].note(&value);
        let corner = blank.area.corner();
        answered.cells.push(Put { row: corner.row + 1, column: corner.col, value });
    }
}

/// Fills the rows of a register.
fn fill_register(
    sheet: &Sheet,
    table: &TablePlan,
    columns: &Columns<'_>,
    known: &Known,
    answered: &mut Answered,
) {
    let Some(data) = table.data else { return };
    let ends = table.totals.iter().copied().filter(|row| *row > data.top).min();
    let below = ends.unwrap_or(data.bottom + 1);
    let rows: Vec<u32> = (data.top..below).filter(|row| !table.samples.contains(row)).collect();
    let there = find::rows(sheet, table, columns, &rows);
    if there.is_empty() {
        let first = rows.first().copied().unwrap_or(data.top);
        let prepared = if rows.is_empty() { 1 } else { below - first };
        let fill = |(row, number): (&Row, u32)| {
            let cells = table.columns.iter().enumerate().filter_map(|(at, column)| {
                if column.formula.is_some() {
                    return None;
                }
                let value = columns.value(at, row, number)?;
                answered.counts[at].note(&value);
                Some((column.col, value))
            });
            cells.collect()
        };
        let rows = known.rows.iter().zip(1..).map(fill).collect();
        answered.rows = Some(Rows { first: first + 1, there: prepared, rows });
        return;
    }
    let index = find::Index::new(known);
    for row in there {
        let found = index.find(sheet, table, columns, row);
        let nobody = Row::default();
        let one = found.unwrap_or_else(|| {
            answered.not_found.push(row + 1);
            &nobody
        });
        fill_row(sheet, table, columns, (row, one), answered);
    }
}

/// Fills the blanks of a row that stands there already.
fn fill_row(
    sheet: &Sheet,
    table: &TablePlan,
    columns: &Columns<'_>,
    (row, one): (u32, &Row),
    answered: &mut Answered,
) {
    let whose = find::whose(sheet, table, row, one);
    let one = Row { whose, values: one.values.clone() };
    for (at, column) in table.columns.iter().enumerate() {
        let place = At::new(row, column.col);
        let there = sheet.cells.get(&place).map(crate::grid::Cell::words).unwrap_or_default();
        if column.formula.is_some() || column.serial {
            continue;
        }
        let value = columns.value(at, &one, 0);
        if !there.trim().is_empty() {
            answered.counts[at].kept += 1;
            if let Some(value) = value.and_then(|value| write::words(&value))
                && !write::is_same(&there, &value)
            {
                let column = column.col;
                answered.differs.push(Differs { row: row + 1, column, there, known: value });
            }
            continue;
        }
        let Some(value) = value else { continue };
        answered.counts[at].note(&value);
        answered.cells.push(Put { row: row + 1, column: column.col, value });
    }
}
