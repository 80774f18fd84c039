//! `.csv`: one sheet of words, in whatever encoding and with whatever between the values.

use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

use super::{CELLS_MAX, words};
use crate::grid::{At, Book, Cell, Sheet, Value};
use crate::problem::Problem;

/// Reads values with something between them.
pub(super) fn read(bytes: &[u8]) -> Result<Book, Problem> {
    let text = decode(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(between(&text))
        .from_reader(text.as_bytes());
    let mut sheet = Sheet { name: "csv".to_owned(), ..Sheet::default() };
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    while reader.read_record(&mut record).map_err(|it| words::broken(".csv", it))? {
        for (col, text) in (0_u32..).zip(&record) {
            let cell = Cell::text(text);
            if cell.value != Value::Empty {
                sheet.cells.insert(At::new(row, col), cell);
            }
        }
        if sheet.cells.len() > CELLS_MAX || row as usize > CELLS_MAX {
            return Err(words::too_large("1 million cells", " 100 万个单元格"));
        }
        row += 1;
    }
    Ok(Book { sheets: vec![sheet] })
}

/// By its mark; else UTF-8, GB 18030 or Windows-1252, whichever reads it without a fault.
fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    for encoding in [UTF_8, GB18030] {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            // Western letters with accents read as rare Chinese ones: few of them is no Chinese.
            let chinese = text.chars().filter(|it| crate::head::is_chinese(*it)).count();
            let letters = text.chars().filter(|it| it.is_ascii_alphabetic()).count();
            if encoding == UTF_8 || chinese * 8 > letters {
                return text.into_owned();
            }
        }
    }
    WINDOWS_1252.decode(bytes).0.into_owned()
}

/// What stands between values: whatever the first lines have most of, outside of quotes.
fn between(text: &str) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in text.bytes().take(8192) {
        if byte == b'"' {
            quoted = !quoted;
        } else if !quoted && let Some(it) = counts.iter_mut().find(|it| it.0 == byte) {
            it.1 += 1;
        }
    }
    counts.iter().rev().max_by_key(|it| it.1).filter(|it| it.1 > 0).map_or(b',', |it| it.0)
}
