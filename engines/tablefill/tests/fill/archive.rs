//! What the tests of filling share: parts of an archive, cells read back, short ways to values.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader, Xlsx};
use tablefill::fill::{Filled, Filling, Put, Rows, SheetFilling, Unknown, Value, fill};

/// All parts of an archive, inflated.
pub(crate) fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let mut inflated = Vec::new();
        entry.read_to_end(&mut inflated).unwrap();
        parts.insert(entry.name().unwrap().into_owned(), inflated);
    }
    parts
}

/// An archive of parts.
pub(crate) fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A part as text.
pub(crate) fn part(bytes: &[u8], name: &str) -> String {
    let mut all = parts(bytes);
    let part = all.remove(name).unwrap_or_else(|| panic!("there is no {name}"));
    String::from_utf8(part).unwrap()
}

/// The values of a sheet by row from 1 and column from 0.
pub(crate) fn cells(bytes: &[u8], sheet: &str) -> BTreeMap<(u32, u32), Data> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let start = range.start().unwrap_or_default();
    let cells = range.used_cells().map(|(row, column, data)| {
        ((row as u32 + start.0 + 1, column as u32 + start.1), data.clone())
    });
    cells.collect()
}

/// The formulas of a sheet by row from 1 and column from 0.
pub(crate) fn formulas(bytes: &[u8], sheet: &str) -> BTreeMap<(u32, u32), String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_formula(sheet).unwrap();
    let start = range.start().unwrap_or_default();
    let cells = range.used_cells().map(|(row, column, formula)| {
        ((row as u32 + start.0 + 1, column as u32 + start.1), formula.clone())
    });
    cells.filter(|(_, formula)| !formula.is_empty()).collect()
}

/// A text as a value.
pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// An unknown value.
pub(crate) fn unknown(heading: &str, whose: &str) -> Value {
    let (heading, whose) = (heading.to_owned(), whose.to_owned());
    Value::Unknown(Box::new(Unknown { heading, whose, question: "请问？".to_owned() }))
}

/// One register on one sheet.
pub(crate) fn register(
    sheet: &str,
    first: u32,
    there: u32,
    rows: Vec<Vec<(u32, Value)>>,
) -> Filling {
    let registers = vec![Rows { first, there, rows }];
    Filling { sheets: vec![SheetFilling { sheet: sheet.to_owned(), registers, cells: vec![] }] }
}

/// Single cells of one sheet.
pub(crate) fn puts(sheet: &str, puts: Vec<(u32, u32, Value)>) -> Filling {
    let cells = puts.into_iter().map(|(row, column, value)| Put { row, column, value }).collect();
    Filling { sheets: vec![SheetFilling { sheet: sheet.to_owned(), registers: vec![], cells }] }
}

/// Fills, and reads the copy again as a whole.
pub(crate) fn filled(bytes: &[u8], filling: &Filling) -> Filled {
    let filled = fill(bytes, filling).unwrap_or_else(|problem| panic!("{problem:?}"));
    let again = Filling::default();
    fill(&filled.bytes, &again).unwrap_or_else(|problem| panic!("again: {problem:?}"));
    filled
}
