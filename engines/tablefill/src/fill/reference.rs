//! What a formula refers to, and where that stands in its text.

use std::borrow::Cow;
use std::ops::Range;

use super::limits::{COLUMNS, ROWS};

/// A row or a column of a reference.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Where its letters or digits stand.
    pub(super) span: Range<usize>,
    /// Columns from 0, rows from 1.
    pub(super) value: u32,
    /// Whether a `$` stands before it.
    pub(super) fixed: bool,
}

/// A cell; of a whole column only the column, of a whole row only the row.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub(super) column: Option<Part>,
    pub(super) row: Option<Part>,
}

/// A cell or a range.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    /// With the sheet's name.
    pub(super) span: Range<usize>,
    pub(super) first: Point,
    pub(super) last: Option<Point>,
}

/// A piece of a formula.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    /// A cell or a range, on a sheet that is named or the formula's own.
    Reference(Option<&'a str>, Reference),
    /// A defined name.
    Name(&'a str),
    /// A function.
    Function(&'a str),
    /// A table and its columns, or a reference through several sheets.
    Wide(Wide),
}

/// What cannot be followed to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wide {
    /// A table's columns by their names.
    Table,
    /// The same cells of several sheets.
    Sheets,
}

/// Tells every piece of a formula.
pub(super) fn scan(formula: &str, tell: &mut dyn FnMut(Piece<'_>)) {
    let mut scan = Scan { text: formula, bytes: formula.as_bytes(), at: 0 };
    while scan.at < scan.bytes.len() {
        scan.step(tell);
    }
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn step(&mut self, tell: &mut dyn FnMut(Piece<'_>)) {
        match self.bytes[self.at] {
            b'"' => self.at = self.quoted(self.at, b'"'),
            b'\'' => {
                let start = self.at;
                self.at = self.quoted(start, b'\'');
                if self.byte(self.at) == Some(b'!') {
                    let name = self.text[start + 1..self.at - 1].replace("''", "'");
                    self.at += 1;
                    self.on_sheet(start, &name, tell);
                }
            }
            b'[' => {
                self.at = self.nested(self.at);
                // A sheet of another workbook.
                let end = self.word(self.at);
                if end > self.at && self.byte(end) == Some(b'!') {
                    self.at = end + 1;
                    self.target(end + 1);
                }
            }
            b'#' => {
                self.at += 1;
                if self.byte(self.at).is_some_and(|byte| byte.is_ascii_uppercase()) {
                    let error = |byte: &u8| byte.is_ascii_alphanumeric() || b"/!?_".contains(byte);
                    self.at += self.bytes[self.at..].iter().take_while(|byte| error(byte)).count();
                }
            }
            byte if byte == b'$' || is_word(byte) => self.word_or_target(tell),
            _ => self.at += 1,
        }
    }

    /// What begins with a letter, a digit or a `$`.
    fn word_or_target(&mut self, tell: &mut dyn FnMut(Piece<'_>)) {
        let start = self.at;
        if let Some(reference) = self.target(start) {
            if self.byte(self.at) != Some(b'!') {
                return tell(Piece::Reference(None, reference));
            }
            // Sheets whose names look like cells.
            self.at += 1;
            self.target(self.at);
            return tell(Piece::Wide(Wide::Sheets));
        }
        let end = self.word(start);
        if end == start {
            self.at += 1;
            return;
        }
        let word = &self.text[start..end];
        self.at = end;
        match self.byte(end) {
            Some(b'!') => {
                self.at += 1;
                self.on_sheet(start, word, tell);
            }
            Some(b'(') => tell(Piece::Function(word)),
            Some(b'[') => {
                self.at = self.nested(end);
                tell(Piece::Wide(Wide::Table));
            }
            Some(b':') => {
                let next = self.word(end + 1);
                if next > end + 1 && self.byte(next) == Some(b'!') {
                    self.at = next + 1;
                    self.target(self.at);
                    return tell(Piece::Wide(Wide::Sheets));
                }
                tell_name(word, tell);
            }
            _ => tell_name(word, tell),
        }
    }

    /// What stands behind a sheet's name.
    fn on_sheet(&mut self, start: usize, name: &str, tell: &mut dyn FnMut(Piece<'_>)) {
        let target = self.target(self.at);
        if name.contains('[') {
            return;
        }
        if name.contains(':') {
            return tell(Piece::Wide(Wide::Sheets));
        }
        if let Some(mut reference) = target {
            reference.span.start = start;
            tell(Piece::Reference(Some(name), reference));
        }
    }

    /// A cell or a range at a place, and goes behind it.
    fn target(&mut self, start: usize) -> Option<Reference> {
        if let Some((first, end)) = self.cell(start) {
            self.at = end;
            let mut last = None;
            if self.byte(end) == Some(b':')
                && let Some((point, end)) = self.cell(end + 1)
            {
                self.at = end;
                last = Some(point);
            }
            return Some(Reference { span: start..self.at, first, last });
        }
        let (first, end) = self.half(start)?;
        if self.byte(end) != Some(b':') {
            return None;
        }
        let (last, end) = self.half(end + 1)?;
        if first.row.is_some() != last.row.is_some() || self.byte(end).is_some_and(is_word) {
            return None;
        }
        self.at = end;
        Some(Reference { span: start..end, first, last: Some(last) })
    }

    fn cell(&self, start: usize) -> Option<(Point, usize)> {
        let (column, end) = self.column(start)?;
        let (row, end) = self.row(end)?;
        let next = self.byte(end);
        if next.is_some_and(|byte| is_word(byte) || byte == b'(') {
            return None;
        }
        Some((Point { column: Some(column), row: Some(row) }, end))
    }

    /// A whole column or a whole row.
    fn half(&self, start: usize) -> Option<(Point, usize)> {
        if let Some((row, end)) = self.row(start) {
            return Some((Point { column: None, row: Some(row) }, end));
        }
        let (column, end) = self.column(start)?;
        Some((Point { column: Some(column), row: None }, end))
    }

    fn column(&self, start: usize) -> Option<(Part, usize)> {
        let fixed = self.byte(start) == Some(b'$');
        let from = start + usize::from(fixed);
        let letters = self.bytes.get(from..)?.iter().take(4);
        let length = letters.take_while(|byte| byte.is_ascii_alphabetic()).count();
        let value = column_number(self.bytes.get(from..from + length)?)?;
        let span = from..from + length;
        Some((Part { span, value, fixed }, from + length))
    }

    fn row(&self, start: usize) -> Option<(Part, usize)> {
        let fixed = self.byte(start) == Some(b'$');
        let from = start + usize::from(fixed);
        let digits = self.bytes.get(from..)?.iter().take(8);
        let length = digits.take_while(|byte| byte.is_ascii_digit()).count();
        let value: u32 = self.text.get(from..from + length)?.parse().ok()?;
        if value == 0 || value > ROWS || self.bytes[from] == b'0' {
            return None;
        }
        Some((Part { span: from..from + length, value, fixed }, from + length))
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// Where the word that begins at a place ends.
    fn word(&self, start: usize) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        start + rest.iter().take_while(|byte| is_word(**byte)).count()
    }

    /// Where the text between quotes that begins at a place ends; a doubled quote is part of it.
    fn quoted(&self, start: usize, quote: u8) -> usize {
        let mut at = start + 1;
        while let Some(length) = memchr::memchr(quote, &self.bytes[at..]) {
            at += length + 1;
            if self.byte(at) != Some(quote) {
                return at;
            }
            at += 1;
        }
        self.bytes.len()
    }

    /// Where the brackets that begin at a place end; a `'` makes the next letter plain.
    fn nested(&self, start: usize) -> usize {
        let mut depth = 0u32;
        let mut at = start;
        while let Some(byte) = self.byte(at) {
            match byte {
                b'[' => depth += 1,
                b']' => depth -= 1,
                b'\'' if depth > 0 => at += 1,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                return at;
            }
        }
        self.bytes.len()
    }
}

/// A word that is no number is a name.
fn tell_name(word: &str, tell: &mut dyn FnMut(Piece<'_>)) {
    if !word.starts_with(|letter: char| letter.is_ascii_digit()) {
        tell(Piece::Name(word));
    }
}

/// Bytes of names: all letters of other scripts are among them.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_.\\?".contains(&byte)
}

/// The number of a column, from 0.
pub(super) fn column_number(letters: &[u8]) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let number = letters.iter().fold(0, |number, letter| {
        number * 26 + u32::from(letter.to_ascii_uppercase().wrapping_sub(b'A')) + 1
    });
    (number <= COLUMNS).then(|| number - 1)
}

/// The letters of a column.
pub(super) fn column_letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (column % 26) as u8));
        column /= 26;
        if column == 0 {
            break;
        }
        column -= 1;
    }
    letters.iter().rev().collect()
}

/// The column and row of a cell's name.
pub(super) fn cell_place(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let column = column_number(name.as_bytes().get(..letters)?)?;
    let row = name[letters..].parse().ok().filter(|row| (1..=ROWS).contains(row))?;
    Some((column, row))
}

/// The name of a cell.
pub(super) fn cell_name(column: u32, row: u32) -> String {
    format!("{}{row}", column_letters(column))
}

/// A text with pieces of it replaced.
pub(super) fn replaced(text: &str, mut edits: Vec<(Range<usize>, Cow<'_, str>)>) -> Option<String> {
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|(span, _)| span.start);
    let mut result = String::with_capacity(text.len() + 16);
    let mut done = 0;
    for (span, with) in edits {
        if span.start < done {
            continue;
        }
        result.push_str(&text[done..span.start]);
        result.push_str(&with);
        done = span.end;
    }
    result.push_str(&text[done..]);
    Some(result)
}

/// A formula as it reads when its cell is copied so many rows down and columns to the right.
pub(super) fn translated(formula: &str, rows: i64, columns: i64) -> Option<String> {
    let mut edits = Vec::new();
    scan(formula, &mut |piece| {
        let Piece::Reference(_, reference) = piece else { return };
        let before = edits.len();
        for point in std::iter::once(&reference.first).chain(&reference.last) {
            let row = point.row.as_ref().map(|part| (part, rows, 1, ROWS));
            let column = point.column.as_ref().map(|part| (part, columns, 0, COLUMNS - 1));
            for (part, by, least, most) in row.into_iter().chain(column) {
                if part.fixed || by == 0 {
                    continue;
                }
                let Some(value) = u32::try_from(i64::from(part.value) + by)
                    .ok()
                    .filter(|value| (least..=most).contains(value))
                else {
                    edits.truncate(before);
                    edits.push((reference.span.clone(), "#REF!".into()));
                    return;
                };
                let text = if least == 1 { value.to_string() } else { column_letters(value) };
                edits.push((part.span.clone(), text.into()));
            }
        }
    });
    replaced(formula, edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(formula: &str) -> Vec<String> {
        let mut all = Vec::new();
        scan(formula, &mut |piece| {
            all.push(match piece {
                Piece::Reference(sheet, reference) => {
                    let sheet = sheet.map(|sheet| format!("<{sheet}>")).unwrap_or_default();
                    format!("{sheet}{}", &formula[reference.span])
                }
                Piece::Name(name) => format!("name {name}"),
                Piece::Function(name) => format!("{name}()"),
                Piece::Wide(wide) => format!("{wide:?}"),
            });
        });
        all
    }

    #[test]
    fn references_are_told_from_everything_else() {
        assert_eq!(told("SUM(A1:$B$2)+LOG10(C3)"), ["SUM()", "A1:$B$2", "LOG10()", "C3"]);
        assert_eq!(told("\"A1\"\"B2\"&A3"), ["A3"]);
        assert_eq!(told("'它''s A1'!A1+表!$B2"), ["<它's A1>'它''s A1'!A1", "<表>表!$B2"]);
        assert_eq!(told("A:A+5:$9+1.5E3*X"), ["A:A", "5:$9", "name X"]);
        assert_eq!(told("甲:丙!A1+'甲:丙'!A1"), ["Sheets", "Sheets"]);
        assert_eq!(told("[1]甲!A1+'[x.xlsx]甲'!A1+#REF!+A1#"), ["A1"]);
        assert_eq!(
            told("表1[[#This Row],[A1]]+XFE1+A1048577"),
            ["Table", "name XFE1", "name A1048577"]
        );
        assert_eq!(told("A1:INDEX(B:B,3)"), ["A1", "INDEX()", "B:B"].map(str::to_owned).to_vec());
    }

    #[test]
    fn a_copied_formula_moves_what_is_not_fixed() {
        let moved = |formula, rows, columns| translated(formula, rows, columns).unwrap();
        assert_eq!(moved("A1+$A1+A$1+$A$1", 2, 1), "B3+$A3+B$1+$A$1");
        assert_eq!(moved("SUM(A$5:A5)+'x'!Z9", 1, 1), "SUM(B$5:B6)+'x'!AA10");
        assert_eq!(moved("A2+B1", -1, 0), "A1+#REF!");
        assert_eq!(translated("1+\"A1\"", 1, 1), None);
    }

    #[test]
    fn columns_have_letters() {
        for column in [0, 25, 26, 51, 52, 701, 702, 16_383] {
            assert_eq!(column_number(column_letters(column).as_bytes()), Some(column));
        }
        assert_eq!(column_letters(16_383), "XFD");
        assert_eq!(cell_place("XFD1048576"), Some((16_383, 1_048_576)));
    }
}
