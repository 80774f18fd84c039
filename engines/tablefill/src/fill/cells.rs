//! The marks of cells and rows as they are written into the copy.

use std::fmt::Write as _;

use super::markup::attributes;
use super::reference::column_letters;
use super::styles::Styles;
use super::value::{push_number, push_text};
use super::{Unknown, Value};

/// What rows are written into.
pub(super) struct Paper<'a> {
    pub(super) out: String,
    pub(super) prefix: &'a str,
    letters: Vec<String>,
    /// The last column and row that were written, columns from 0.
    pub(super) extent: Option<(u32, u32)>,
    pub(super) cells: u64,
}

impl<'a> Paper<'a> {
    /// An empty one.
    pub(super) fn new(prefix: &'a str, size: usize) -> Self {
        let out = String::with_capacity(size);
        Self { out, prefix, letters: Vec::new(), extent: None, cells: 0 }
    }

    /// Appends the name of a cell.
    fn push_place(&mut self, column: u32, row: u32) {
        while self.letters.len() <= column as usize {
            self.letters.push(column_letters(self.letters.len() as u32));
        }
        self.out.push_str(&self.letters[column as usize]);
        push_row(&mut self.out, row);
        let (right, bottom) = self.extent.unwrap_or((column, row));
        self.extent = Some((right.max(column), bottom.max(row)));
    }

    /// Appends a mark with other attributes, without its end.
    pub(super) fn push_mark(
        &mut self,
        raw: &str,
        place: Option<(u32, u32)>,
        style: Option<Option<u32>>,
        leave_out: &[&str],
    ) {
        let name = raw.bytes().position(|b| b.is_ascii_whitespace() || b == b'>' || b == b'/');
        self.out.push_str(&raw[..name.unwrap_or(raw.len() - 1)]);
        if let Some((column, row)) = place {
            self.out.push_str(" r=\"");
            self.push_place(column, row);
            self.out.push('"');
        }
        if let Some(style) = style {
            self.push_style(style);
        }
        for one in attributes(raw) {
            let replaced = one.name == "r" && place.is_some() || one.name == "s" && style.is_some();
            if !replaced && !leave_out.contains(&one.name) {
                self.out.push(' ');
                self.out.push_str(&raw[one.whole]);
            }
        }
    }

    /// Appends the mark of a row, without its end.
    pub(super) fn push_row_mark(&mut self, raw: Option<&str>, row: u32, keeps_spans: bool) {
        let Some(raw) = raw else {
            let _ = write!(self.out, "<{}row r=\"{row}\"", self.prefix);
            return;
        };
        let name = raw.bytes().position(|b| b.is_ascii_whitespace() || b == b'>' || b == b'/');
        self.out.push_str(&raw[..name.unwrap_or(raw.len() - 1)]);
        self.out.push_str(" r=\"");
        push_row(&mut self.out, row);
        self.out.push('"');
        for one in attributes(raw) {
            if one.name != "r" && (keeps_spans || one.name != "spans") {
                self.out.push(' ');
                self.out.push_str(&raw[one.whole]);
            }
        }
    }

    /// Appends the beginning of a cell's mark.
    pub(super) fn push_cell(&mut self, column: u32, row: u32, style: Option<u32>) {
        self.out.push('<');
        self.out.push_str(self.prefix);
        self.out.push_str("c r=\"");
        self.push_place(column, row);
        self.out.push('"');
        self.push_style(style);
    }

    fn push_style(&mut self, style: Option<u32>) {
        if let Some(style) = style.filter(|style| *style != 0) {
            self.out.push_str(" s=\"");
            push_row(&mut self.out, style);
            self.out.push('"');
        }
    }

    /// Appends an empty cell, where its style makes one needed.
    pub(super) fn push_blank(&mut self, column: u32, row: u32, style: Option<u32>) {
        if style.is_some_and(|style| style != 0) {
            self.push_cell(column, row, style);
            self.out.push_str("/>");
        }
    }

    /// Appends a cell with a value and gives what is unknown of it.
    pub(super) fn push_value<'f>(
        &mut self,
        (column, row): (u32, u32),
        style: Option<u32>,
        value: &'f Value,
        styles: &mut Styles,
        from_1904: bool,
    ) -> Option<&'f Unknown> {
        self.cells += 1;
        let is_date = styles.is_date(style.unwrap_or(0));
        let (number, text) = match value {
            Value::Clear => {
                self.push_blank(column, row, style);
                return None;
            }
            Value::Unknown(unknown) => {
                let coloured = styles.coloured(style.unwrap_or(0));
                self.push_blank(column, row, Some(coloured));
                return Some(unknown);
            }
            Value::Truth(truth) => {
                self.push_cell(column, row, style);
                let digit = u8::from(*truth);
                let prefix = self.prefix;
                let _ = write!(self.out, " t=\"b\"><{prefix}v>{digit}</{prefix}v></{prefix}c>");
                return None;
            }
            Value::Number(number) => (Some(*number), ""),
            Value::Text(text) => (None, &**text),
            Value::Date { day, text } => (day.serial(from_1904).filter(|_| is_date), &**text),
            Value::Moment { day, second, text } => {
                let serial = day.serial(from_1904).filter(|_| is_date);
                (serial.map(|serial| serial + f64::from(*second) / 86_400.0), &**text)
            }
        };
        match number {
            Some(number) => {
                self.push_cell(column, row, style);
                push_number(&mut self.out, self.prefix, number);
            }
            None if text.is_empty() => self.push_blank(column, row, style),
            None => {
                self.push_cell(column, row, style);
                push_text(&mut self.out, self.prefix, text);
            }
        }
        None
    }
}

/// Appends a number.
fn push_row(out: &mut String, number: u32) {
    let mut digits = [0u8; 10];
    let mut at = digits.len();
    let mut left = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|digit| char::from(*digit)));
}
