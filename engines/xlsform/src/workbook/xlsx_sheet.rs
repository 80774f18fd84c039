//! A sheet of an .xlsx, cell by cell, without a grid.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};

use super::number_format::Meaning;
use super::read::Reading;
use super::table::Table;
use super::xlsx::{Shared, damaged};
use super::xml::{self, Xml};
use super::{python, words};
use crate::problem::{At, Problem};

/// Digits of the longest number that Python writes.
const DIGITS_MAX: usize = 400;

/// A sheet while it is read.
struct Sheet<'a, 'b> {
    xml: Xml<'a>,
    shared: &'b Shared,
    table: &'b mut Table,
    reading: &'b mut Reading,
    /// The number of the row, from 1.
    row: u32,
    /// The number of the next row that counts: rows out of order do not.
    next: u32,
    /// The column after the last cell.
    column: u32,
    cells: Vec<(u32, String)>,
    /// Whether the cells are out of order.
    disordered: bool,
    buffer: String,
}

/// What a cell says of itself.
struct Head<'a> {
    reference: Option<&'a str>,
    kind: &'a str,
    style: &'a str,
}

/// Why a cell has no text.
enum Fault {
    Damaged,
    Number,
    Date,
}

/// Reads a sheet into a table.
pub(super) fn read(
    xml: &str,
    shared: &Shared,
    table: &mut Table,
    reading: &mut Reading,
) -> Result<(), Problem> {
    let mut sheet = Sheet {
        xml: Xml::new(xml),
        shared,
        table,
        reading,
        row: 0,
        next: 1,
        column: 0,
        cells: Vec::new(),
        disordered: false,
        buffer: String::new(),
    };
    sheet.rows()
}

impl Sheet<'_, '_> {
    fn rows(&mut self) -> Result<(), Problem> {
        loop {
            while let Some(place) = self.xml.bare_cell() {
                let column = column_of(place).ok_or_else(|| self.damaged())?;
                if let Some(position) = self.place(column) {
                    self.take(position, String::new())?;
                }
            }
            let goes_on = match self.xml.next() {
                Some(Event::Start(element)) => self.begin(&element, false)?,
                Some(Event::Empty(element)) => self.begin(&element, true)?,
                Some(Event::End(element)) => match element.local_name().as_ref() {
                    "row" => self.end_row()?,
                    "sheetData" => false,
                    _ => true,
                },
                Some(Event::Eof) | None => return Err(self.damaged()),
                Some(_) => true,
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// Takes an element; says whether the sheet goes on.
    fn begin(&mut self, element: &BytesStart<'_>, empty: bool) -> Result<bool, Problem> {
        match element.local_name().as_ref() {
            "row" => {
                self.begin_row(element)?;
                if empty { self.end_row() } else { Ok(true) }
            }
            "c" => self.cell(element, empty).map(|()| true),
            "sheetData" => Ok(!empty),
            _ => Ok(true),
        }
    }

    fn damaged(&self) -> Problem {
        damaged(&self.table.sheet.name)
    }

    fn begin_row(&mut self, element: &BytesStart<'_>) -> Result<(), Problem> {
        self.column = 0;
        let number = xml::raw_attributes(element).find(|(name, _)| *name == "r");
        self.row = match number {
            Some((_, number)) => row_number(number).ok_or_else(|| self.damaged())?,
            None => self.row.saturating_add(1),
        };
        Ok(())
    }

    /// Gives the row to the table; says whether the sheet goes on.
    fn end_row(&mut self) -> Result<bool, Problem> {
        let mut cells = std::mem::take(&mut self.cells);
        if std::mem::take(&mut self.disordered) {
            // Of cells in one place the last counts.
            cells.reverse();
            cells.sort_by_key(|cell| cell.0);
            cells.dedup_by_key(|cell| cell.0);
            cells.retain(|cell| !cell.1.is_empty());
        }
        if self.row < self.next {
            return Ok(true);
        }
        self.next = self.row.saturating_add(1);
        if self.row == 1 {
            self.table.head(cells, self.reading);
            return Ok(!self.table.is_headless());
        }
        if self.table.is_headless() {
            return Ok(false);
        }
        self.table.row(self.row - 2, cells, &mut self.reading.budget)
    }

    fn cell(&mut self, element: &BytesStart<'_>, empty: bool) -> Result<(), Problem> {
        let head = head(element);
        let column = match head.reference {
            Some(reference) => column_of(reference).ok_or_else(|| self.damaged())?,
            None => self.column,
        };
        let heads = self.row == 1;
        let Some(position) = self.place(column) else {
            let skipped = if empty { Some(()) } else { self.xml.skip() };
            return skipped.ok_or_else(|| self.damaged());
        };
        self.buffer.clear();
        if !empty {
            self.content(head.kind == "inlineStr").ok_or_else(|| self.damaged())?;
        }
        let text = match text(&head, &self.buffer, self.shared) {
            // A heading is compared with others as it is written.
            Ok(text) if heads => text.into_owned(),
            Ok(text) => python::cell_text(&text),
            Err(fault) => return self.refuse(fault, column),
        };
        self.take(position, text)
    }

    /// Goes on to a column; gives the position of its cell, if it counts.
    fn place(&mut self, column: u32) -> Option<u32> {
        self.column = column + 1;
        let position = if self.row == 1 { Some(column) } else { self.table.position(column) };
        position.filter(|_| self.row >= self.next)
    }

    /// Takes the text of a cell.
    fn take(&mut self, position: u32, text: String) -> Result<(), Problem> {
        // Where cells are out of order, empty ones may take the place of others.
        self.disordered |= self.cells.last().is_some_and(|last| last.0 >= position);
        if !text.is_empty() || self.disordered {
            self.reading.budget.cell(text.len())?;
            self.cells.push((position, text));
        }
        Ok(())
    }

    /// Reads what a cell holds into the buffer; `None` if the sheet breaks off.
    fn content(&mut self, inline: bool) -> Option<()> {
        let mut found = false;
        loop {
            match self.xml.next()? {
                Event::Start(child) => match child.local_name().as_ref() {
                    "v" if !inline && !found => {
                        found = true;
                        self.xml.text(&mut self.buffer)?;
                    }
                    "is" if inline && !found => {
                        found = true;
                        self.xml.rich_text(&mut self.buffer)?;
                    }
                    _ => self.xml.skip()?,
                },
                Event::Empty(child) => found |= child.local_name().as_ref() == "v",
                Event::End(_) => return Some(()),
                Event::Eof => return None,
                _ => {}
            }
        }
    }

    /// Notes that a cell has no value of its type, and goes on.
    fn refuse(&mut self, fault: Fault, column: u32) -> Result<(), Problem> {
        let sheet = &self.table.sheet;
        let position = self.table.position(column);
        let heading = position.map(|position| sheet.columns[position as usize].heading.clone());
        let at = At::sheet(&sheet.name).row(self.row);
        let at = at.column(heading.unwrap_or_else(|| words::letters(column)));
        let shown: String = self.buffer.chars().take(40).collect();
        self.reading.note(match fault {
            Fault::Damaged => return Err(self.damaged()),
            Fault::Number => words::bad_number(at, &shown),
            Fault::Date => words::bad_date(at, &shown),
        });
        Ok(())
    }
}

/// The attributes of a cell.
fn head<'a>(element: &'a BytesStart<'_>) -> Head<'a> {
    let mut head = Head { reference: None, kind: "n", style: "0" };
    for (name, value) in xml::raw_attributes(element) {
        match name {
            "r" => head.reference = Some(value),
            "t" => head.kind = value,
            "s" => head.style = value,
            _ => {}
        }
    }
    head
}

/// The text of a cell by its type and style, of what stands in it.
fn text<'a>(head: &Head<'_>, raw: &'a str, shared: &'a Shared) -> Result<Cow<'a, str>, Fault> {
    if raw.is_empty() {
        return Ok(Cow::Borrowed(""));
    }
    let text = match head.kind {
        "s" => {
            let index = raw.trim().parse().map_err(|_| Fault::Damaged)?;
            return shared.string(index).map(Cow::Borrowed).ok_or(Fault::Damaged);
        }
        "n" => {
            let meaning = shared.meaning(head.style.trim().parse().unwrap_or(0));
            number(raw.trim(), meaning, shared.from_1904).ok_or(Fault::Number)?
        }
        "b" => match raw.trim() {
            "0" | "false" => "FALSE".to_owned(),
            "true" => "TRUE".to_owned(),
            number if number.parse::<i64>().is_ok() => "TRUE".to_owned(),
            _ => return Err(Fault::Number),
        },
        "d" => python::iso_moment(raw).ok_or(Fault::Date)?,
        _ => return Ok(Cow::Borrowed(raw)),
    };
    Ok(Cow::Owned(text))
}

/// A number as text; `None` if it is none.
fn number(raw: &str, meaning: Meaning, from_1904: bool) -> Option<String> {
    let digits = raw.strip_prefix(['-', '+']).unwrap_or(raw);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if raw.len() > DIGITS_MAX || !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let value: f64 = raw.parse().ok()?;
    let moment = match meaning {
        Meaning::Moment => python::xlsx_moment(value, from_1904),
        Meaning::Span => python::xlsx_span(value),
        _ if whole => return Some(whole_number(raw, digits)),
        _ => return Some(python::number(value).unwrap_or_else(|| python::float(value))),
    };
    // What openpyxl gives for a date that is outside the calendar.
    Some(moment.unwrap_or_else(|| "#VALUE!".to_owned()))
}

/// A whole number of any length, without needless zeros.
fn whole_number(raw: &str, digits: &str) -> String {
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits if raw.starts_with('-') => format!("-{digits}"),
        digits => digits.to_owned(),
    }
}

/// The number of a row.
fn row_number(text: &str) -> Option<u32> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let value: f64 = text.parse().ok()?;
        (value.fract() == 0.0 && (0.0..4e9).contains(&value)).then_some(value as u32)
    })
}

/// The column of a reference such as `B7`, from 0.
fn column_of(reference: &str) -> Option<u32> {
    let letters = reference.strip_prefix('$').unwrap_or(reference);
    let length = letters.bytes().take(4).take_while(u8::is_ascii_alphabetic).count();
    if !(1..=3).contains(&length) {
        return None;
    }
    let value = |byte: u8| u32::from(byte.to_ascii_uppercase() - b'A') + 1;
    Some(letters[..length].bytes().fold(0, |sum, byte| sum * 26 + value(byte)) - 1)
}
