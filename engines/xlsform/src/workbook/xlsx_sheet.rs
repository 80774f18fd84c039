//! A sheet of an .xlsx, cell by cell, without a grid.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};

use super::archive::Pieces;
use super::number_format::Meaning;
use super::read::Reading;
use super::table::Table;
use super::xlsx::{Shared, damaged};
use super::xml::{self, Xml};
use super::{limits, python, words};
use crate::problem::{At, Problem};

/// Digits of the longest number that Python writes.
const DIGITS_MAX: usize = 400;

/// A sheet while it is read.
struct Sheet<'a> {
    shared: &'a Shared,
    table: &'a mut Table,
    reading: &'a mut Reading,
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
    /// How many elements the first row is in.
    outside: u32,
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

/// Where the reading of a piece has come to.
#[derive(PartialEq)]
enum Goes {
    /// The sheet goes on.
    On,
    /// The piece has ended.
    Out,
    /// The sheet has ended, or nothing of it counts any more.
    Home,
}

/// Reads a sheet into a table, and no more of its part than counts.
pub(super) fn read(
    mut pieces: Pieces<'_>,
    shared: &Shared,
    table: &mut Table,
    reading: &mut Reading,
) -> Result<(), Problem> {
    let mut sheet = Sheet {
        shared,
        table,
        reading,
        row: 0,
        next: 1,
        column: 0,
        cells: Vec::new(),
        disordered: false,
        buffer: String::new(),
        outside: 0,
    };
    let mut first = true;
    while let Some(piece) = pieces.next()? {
        let mut xml = match first {
            true => Xml::new(&piece),
            false => Xml::within("sheetData", &piece),
        };
        if sheet.rows(&mut xml)? == Goes::Home {
            return Ok(());
        }
        // A piece ends between two rows; rows within rows would be taken apart.
        let wanted = if first { sheet.outside } else { 0 };
        if xml.depth() != wanted {
            break;
        }
        first = false;
    }
    Err(sheet.damaged())
}

impl Sheet<'_> {
    /// Reads the rows of a piece.
    fn rows(&mut self, xml: &mut Xml<'_>) -> Result<Goes, Problem> {
        loop {
            while let Some(cell) = xml.plain_cell() {
                let column = column_of(cell.place).ok_or_else(|| self.damaged())?;
                if let Some(position) = self.place(column) {
                    let head = Head { reference: None, kind: cell.kind, style: cell.style };
                    // Only the text of an inline cell is no value.
                    let value = if cell.kind == "inlineStr" { "" } else { cell.value };
                    self.value(&head, value, position, column)?;
                }
            }
            let goes = match xml.next() {
                Some(Event::Start(element)) => self.begin(xml, &element, false)?,
                Some(Event::Empty(element)) => self.begin(xml, &element, true)?,
                Some(Event::End(element)) => match element.local_name().as_ref() {
                    "row" => self.end_row()?,
                    "sheetData" => Goes::Home,
                    _ => Goes::On,
                },
                Some(Event::Eof) => Goes::Out,
                None => return Err(self.damaged()),
                Some(_) => Goes::On,
            };
            if goes != Goes::On {
                return Ok(goes);
            }
        }
    }

    /// Takes an element.
    fn begin(
        &mut self,
        xml: &mut Xml<'_>,
        element: &BytesStart<'_>,
        empty: bool,
    ) -> Result<Goes, Problem> {
        match element.local_name().as_ref() {
            "row" => {
                if self.outside == 0 {
                    self.outside = xml.depth() - u32::from(!empty);
                }
                self.begin_row(element)?;
                if empty { self.end_row() } else { Ok(Goes::On) }
            }
            "c" => self.cell(xml, element, empty).map(|()| Goes::On),
            "sheetData" if empty => Ok(Goes::Home),
            _ => Ok(Goes::On),
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

    /// Gives the row to the table.
    fn end_row(&mut self) -> Result<Goes, Problem> {
        let mut cells = std::mem::take(&mut self.cells);
        if std::mem::take(&mut self.disordered) {
            // Of cells in one place the last counts.
            cells.reverse();
            cells.sort_by_key(|cell| cell.0);
            cells.dedup_by_key(|cell| cell.0);
            cells.retain(|cell| !cell.1.is_empty());
        }
        if self.row < self.next {
            return Ok(Goes::On);
        }
        self.next = self.row.saturating_add(1);
        let goes_on = if self.row == 1 {
            self.table.head(cells, self.reading);
            !self.table.is_headless()
        } else {
            !self.table.is_headless()
                && self.table.row(self.row - 2, cells, &mut self.reading.budget)?
        };
        Ok(if goes_on { Goes::On } else { Goes::Home })
    }

    fn cell(
        &mut self,
        xml: &mut Xml<'_>,
        element: &BytesStart<'_>,
        empty: bool,
    ) -> Result<(), Problem> {
        let head = head(element);
        let column = match head.reference {
            Some(reference) => column_of(reference).ok_or_else(|| self.damaged())?,
            None => self.column,
        };
        let Some(position) = self.place(column) else {
            let skipped = if empty { Some(()) } else { xml.skip() };
            return skipped.ok_or_else(|| self.damaged());
        };
        self.buffer.clear();
        if !empty {
            let read = self.content(xml, head.kind == "inlineStr");
            limits::cell(self.buffer.len())?;
            read.ok_or_else(|| self.damaged())?;
        }
        let buffer = std::mem::take(&mut self.buffer);
        let taken = self.value(&head, &buffer, position, column);
        self.buffer = buffer;
        taken
    }

    /// Takes what a cell holds.
    fn value(
        &mut self,
        head: &Head<'_>,
        raw: &str,
        position: u32,
        column: u32,
    ) -> Result<(), Problem> {
        let text = match text(head, raw, self.shared) {
            // A heading is compared with others as it is written.
            Ok(text) if self.row == 1 => text.into_owned(),
            Ok(text) => python::cell_text(&text),
            Err(fault) => return self.refuse(fault, raw, column),
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
    fn content(&mut self, xml: &mut Xml<'_>, inline: bool) -> Option<()> {
        let mut found = false;
        loop {
            match xml.next()? {
                Event::Start(child) => match child.local_name().as_ref() {
                    "v" if !inline && !found => {
                        found = true;
                        xml.text(&mut self.buffer)?;
                    }
                    "is" if inline && !found => {
                        found = true;
                        xml.rich_text(&mut self.buffer)?;
                    }
                    _ => xml.skip()?,
                },
                Event::Empty(child) => found |= child.local_name().as_ref() == "v",
                Event::End(_) => return Some(()),
                Event::Eof => return None,
                _ => {}
            }
        }
    }

    /// Notes that a cell has no value of its type, and goes on.
    fn refuse(&mut self, fault: Fault, raw: &str, column: u32) -> Result<(), Problem> {
        let sheet = &self.table.sheet;
        let position = self.table.position(column);
        let heading = position.map(|position| sheet.columns[position as usize].heading.clone());
        let at = At::sheet(&sheet.name).row(self.row);
        let at = at.column(heading.unwrap_or_else(|| words::letters(column)));
        let shown: String = raw.chars().take(40).collect();
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
