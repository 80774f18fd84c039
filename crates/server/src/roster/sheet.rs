//! Bytes of a workbook or of comma-separated text -> cells, within bounds, whatever they claim.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};

use crate::problems::{DoorCode, Refused};

/// The most bytes of a file.
pub(crate) const BYTES_MAX: usize = 5 * 1024 * 1024;
/// The most bytes that a workbook may unpack to.
pub(crate) const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The most parts of a workbook.
const PARTS_MAX: usize = 500;
/// The most rows, the header not counted.
pub(crate) const ROWS_MAX: usize = 20_000;
/// The most columns.
pub(crate) const COLUMNS_MAX: usize = 64;
/// The longest text of a cell, in characters.
const CELL_CHARS_MAX: usize = 500;

/// A row of cells with its number in the file, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file.
    pub number: usize,
    /// Its cells; missing ones at the end are left out.
    pub cells: Vec<String>,
}

/// Reads the first sheet of a workbook, or comma-separated text in UTF-8 or GB 18030.
///
/// # Errors
/// When it is neither, or larger than the bounds.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Line>, Refused> {
    if bytes.len() > BYTES_MAX {
        return Err(too_large("MB", 5));
    }
    if bytes.starts_with(b"PK\x03\x04") { workbook(bytes) } else { separated(bytes) }
}

fn too_large(what: &str, most: usize) -> Refused {
    let refused = Refused::new(DoorCode::WorkbookTooLarge).with("what", what);
    refused.with("most", most.to_string())
}

fn unreadable(why: &str) -> Refused {
    let why: String = why.chars().take(200).collect();
    Refused::new(DoorCode::NotAWorkbook).with("why", why)
}

/// Unpacks every part once, counting, before anything else looks at it: sizes that an archive
/// claims are worth nothing.
fn measure(bytes: &[u8]) -> Result<(), Refused> {
    let failed = |error: zip::result::ZipError| unreadable(&error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(failed)?;
    if archive.len() > PARTS_MAX {
        return Err(too_large("parts / 部件", PARTS_MAX));
    }
    let mut left = UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(failed)?;
        let mut counted = part.by_ref().take(left + 1);
        let size = std::io::copy(&mut counted, &mut std::io::sink())
            .map_err(|error| unreadable(&error.to_string()))?;
        left = left.checked_sub(size).ok_or_else(|| too_large("MB unpacked / 解压后 MB", 64))?;
    }
    Ok(())
}

fn workbook(bytes: &[u8]) -> Result<Vec<Line>, Refused> {
    measure(bytes)?;
    let failed = |error: calamine::XlsxError| unreadable(&error.to_string());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(failed)?;
    let sheet = book.sheet_names().first().cloned().ok_or_else(|| unreadable("no sheet"))?;
    // Cell by cell: a sheet that claims a cell at its far end would otherwise fill the memory.
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(failed)?;
    let mut lines: Vec<Line> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(failed)? {
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        if column >= COLUMNS_MAX {
            return Err(too_large("columns / 列", COLUMNS_MAX));
        }
        if lines.last().is_none_or(|line| line.number != row + 1) {
            if lines.len() > ROWS_MAX {
                return Err(too_large("rows / 行", ROWS_MAX));
            }
            lines.push(Line { number: row + 1, cells: Vec::new() });
        }
        let Some(line) = lines.last_mut() else { continue };
        if line.cells.len() <= column {
            line.cells.resize(column + 1, String::new());
        }
        line.cells[column] = text;
    }
    Ok(lines)
}

fn text_of(value: &DataRef<'_>) -> String {
    let text = match value {
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
        // More digits than a number keeps: the last ones are gone, which the row is told.
        DataRef::Float(n) if n.abs() >= 1e15 => format!("{n:e}"),
        DataRef::Float(n) => n.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(at) => day_of(at.as_f64()).unwrap_or_default(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    };
    plain(&text)
}

/// The day of a serial number of a workbook.
fn day_of(serial: f64) -> Option<String> {
    if !(0.0..=80_000.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
    let days = serial.floor() as i64;
    let first = jiff::civil::date(1899, 12, 30);
    first.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(|day| day.to_string())
}

/// Without spaces around and without characters that nobody can see.
fn plain(text: &str) -> String {
    let seen = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{feff}' | '\u{200b}'));
    let kept: String = seen.take(CELL_CHARS_MAX).collect();
    kept.trim().to_owned()
}

fn separated(bytes: &[u8]) -> Result<Vec<Line>, Refused> {
    let text = decoded(bytes)?;
    let first = text.lines().next().unwrap_or_default();
    let separator = [b',', b'\t', b';']
        .into_iter()
        .max_by_key(|separator| first.bytes().filter(|byte| byte == separator).count());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator.unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error.to_string()))?;
        if record.len() > COLUMNS_MAX {
            return Err(too_large("columns / 列", COLUMNS_MAX));
        }
        if lines.len() > ROWS_MAX {
            return Err(too_large("rows / 行", ROWS_MAX));
        }
        let number = record
            .position()
            .map_or(lines.len() + 1, |at| usize::try_from(at.line()).unwrap_or(usize::MAX));
        let cells: Vec<String> = record.iter().map(plain).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            lines.push(Line { number, cells });
        }
    }
    if lines.is_empty() {
        return Err(unreadable("empty / 空"));
    }
    Ok(lines)
}

fn decoded(bytes: &[u8]) -> Result<String, Refused> {
    if bytes.contains(&0) {
        return Err(unreadable("binary / 二进制"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.trim_start_matches('\u{feff}').to_owned());
    }
    let (text, _, failed) = encoding_rs::GB18030.decode(bytes);
    if failed {
        return Err(unreadable("neither UTF-8 nor GB 18030 / 既不是 UTF-8 也不是 GB 18030"));
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn cells(lines: &[Line]) -> Vec<Vec<&str>> {
        lines.iter().map(|line| line.cells.iter().map(String::as_str).collect()).collect()
    }

    #[test]
    fn comma_separated_text_is_read_in_both_encodings() {
        let text = "姓名,门牌\n王芳,101\n";
        let (chinese, _, _) = encoding_rs::GB18030.encode(text);
        for bytes in [text.as_bytes(), &*chinese, format!("\u{feff}{text}").as_bytes()] {
            let lines = read(bytes).unwrap();
            assert_eq!(cells(&lines), [["姓名", "门牌"], ["王芳", "101"]]);
        }
    }

    #[test]
    fn a_workbook_is_read_as_text() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "姓名").unwrap();
        sheet.write(0, 1, "电话").unwrap();
        sheet.write(2, 1, 13_800_000_000_f64).unwrap();
        let lines = read(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(cells(&lines), [vec!["姓名", "电话"], vec!["", "13800000000"]]);
        assert_eq!(lines[1].number, 3);
    }

    #[test]
    fn a_zip_bomb_is_refused() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let nothing = vec![0u8; 1024 * 1024];
        archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
        for _ in 0..80 {
            archive.write_all(&nothing).unwrap();
        }
        let bytes = archive.finish().unwrap().into_inner();
        assert!(bytes.len() < BYTES_MAX, "{}", bytes.len());
        assert_eq!(read(&bytes).unwrap_err().code(), "workbook_too_large");
    }

    #[test]
    fn a_cell_at_the_far_end_of_a_sheet_does_not_fill_the_memory() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "姓名").unwrap();
        sheet.write(1_048_575, 16_383, "x").unwrap();
        let bytes = book.save_to_buffer().unwrap();
        assert_eq!(read(&bytes).unwrap_err().code(), "workbook_too_large");
    }

    #[test]
    fn bytes_that_are_no_table_are_refused() {
        for bytes in [&b"PK\x03\x04nonsense"[..], &b"\x00\x01"[..], &b""[..], &b"\xff\xff\xff"[..]]
        {
            assert_eq!(read(bytes).unwrap_err().code(), "not_a_workbook");
        }
        assert_eq!(read(&vec![b'a'; BYTES_MAX + 1]).unwrap_err().code(), "workbook_too_large");
    }
}
